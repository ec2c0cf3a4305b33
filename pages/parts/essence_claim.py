"""The badge of a distillation: what was compared, and how often code and network differ."""

import streamlit as st

from mips_core.essence.losslessness import EXHAUSTIVE
from mips_core.essence.stored import StoredEssence
from mips_core.essence.tasks import registry
from mips_core.views.sequences import count_text
from mips_core.wording import time_text
from pages.parts.plain import plain


def show_claim(stored: StoredEssence) -> None:
    """Show what the data teach, the claim, and how much became how little."""
    if stored.name in registry.names():
        st.markdown(registry.get(stored.name).sentence)
    st.success(f"**{claim_words(stored)}**", icon=":material/verified:")
    network, program, seconds = (stored.report[part] for part in ("network", "program", "seconds"))
    st.markdown(
        f"{count_text(network['neurons'], 'neuron')} with {network['numbers']:,} numbers became "
        f"**{count_text(program['lines'], 'line')} of Python**. Trained in {time_text(seconds['train'])}, condensed in "
        f"{time_text(seconds['condense'])}, compared in {time_text(seconds['verify'])}."
    )
    if program["assumed"]:
        notes = "\n".join(f"- {plain(note)}" for note in program["assumed"])
        st.warning(f"Other sizes rest on assumptions:\n{notes}", icon=":material/help:")


def claim_words(stored: StoredEssence) -> str:
    """Say what was compared: ``512 of 512 inputs, every layer: no mismatch.``"""
    found = stored.report["losslessness"]
    checked = int(found["checked"])
    if found["kind"] == EXHAUSTIVE:
        return f"{checked:,} of {checked:,} inputs, every layer: no mismatch."
    return (
        f"{checked:,} inputs, every layer: no mismatch. All weights follow from the groups; inputs are taught, random "
        f"and hard ones, seed {found['seed']}."
    )
