"""Which data the page "Deep Distilling" is about: a stored preset, a rule, or a file of the visitor's own."""

from dataclasses import dataclass

import streamlit as st

from mips_core.errors import MipsError
from mips_core.essence.stored import StoredEssence, shipped_names
from mips_core.essence.tasks import registry
from pages.parts import essence_data
from pages.parts.address import keep_unusual, prepare
from pages.parts.plain import plain
from pages.parts.words import essence as words

RULE, OWN = "eca", "own"
FIRST = ("life", "orientation", "argmax", "max-sat", RULE, "eca-joint")
"""Presets in the order of the papers; our own tasks follow."""


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Parameters
    ----------
    task : name of a task, or "own"
    """

    task: str

    @property
    def is_own(self) -> bool:
        """Whether the data are a visitor's file."""
        return self.task == OWN


def choose() -> Choice:
    """Show the picker; the choice lives in the address."""
    stored = set(shipped_names())
    others = [name for name in registry.names() if not name.startswith("eca-") and name not in FIRST]
    options = [*(name for name in (*FIRST, *others) if name in stored or name == RULE), OWN]
    prepare("preset", options[0], options)
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        preset = st.selectbox("Data", options, key="preset", format_func=_title, help=words.PRESET_HELP)
    keep_unusual("preset", preset, options[0])
    if preset == RULE:
        prepare("rule", 30, range(256), int)
        with right:
            number = st.number_input("Rule", 0, 255, key="rule", step=1, help=words.RULE_HELP)
        keep_unusual("rule", number, 30)
        return Choice(f"{RULE}-{number}")
    return Choice(preset)


def stored_of(choice: Choice) -> StoredEssence | None:
    """Return the result of a preset: stored, or for a rule that is not, distilled now; errors are shown."""
    try:
        if choice.task in shipped_names():
            return essence_data.shipped(choice.task)
        return essence_data.distilled_now(choice.task)
    except MipsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        for line in getattr(error, "tried", ()):
            st.markdown(f"- {plain(line)}")
        return None


def _title(name: str) -> str:
    if name == RULE:
        return words.RULES
    return words.OWN if name == OWN else registry.get(name).title
