"""One weight or one place in the code is changed, and the certificate must see it."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mips_core.errors import ProgramRefusedError, ProgramStoppedError
from mips_core.essence.breaking import differing_input, with_changed_weight
from mips_core.essence.check_source import SourceCheck, check_source
from mips_core.essence.counterexamples import Counterexample
from mips_core.essence.stored import StoredEssence
from mips_core.programs.mutations import Mutation, suggestions
from mips_core.programs.sandbox import Limits, missing_limits
from mips_core.views.code_diff import DIFF_CSS, diff_html, diff_rows
from mips_core.views.essence_answers import counterexample_html, counterexample_words
from mips_core.views.essence_style import styled
from pages.parts import essence_data
from pages.parts.clickable import clickable
from pages.parts.code_editor import code_editor
from pages.parts.essence_claim import claim_words
from pages.parts.fold import fold
from pages.parts.plain import plain
from pages.parts.words import essence as words
from pages.parts.words import program as program_words

_ASKED, _OF, _EDIT, _VERSION = "break_asked", "break_of", "break_text", "break_version"
_CALLS = 600
"""Calls of a changed program while somebody waits."""

_LIMITS = Limits(soft_seconds=2.0, hard_seconds=3.0, start_seconds=3.0)
_CSS = f"""<style>
{DIFF_CSS}
.st-key-breaks button p {{ font-family: "Source Code Pro", monospace; font-size: 0.82rem; white-space: normal;
  overflow-wrap: anywhere; text-align: left; }}
</style>"""


@dataclass(frozen=True)
class Asked:
    """What was changed: a weight, by the number of the change, or the code, by its new text, which may be empty."""

    weight: int = 0
    text: str | None = None


@st.fragment
def show_break(stored: StoredEssence) -> None:
    """Show the changes to try, the badge as it is then, and an editor; all of it runs without the rest of the page."""
    if st.session_state.get(_OF) != stored.name:
        st.session_state[_OF] = stored.name
        st.session_state[_ASKED] = None
        _put(stored.source)
    st.html(_CSS)
    st.markdown(words.BREAK_TEXT)
    with st.container(horizontal=True, gap="small", key="breaks"):
        st.button(words.BREAK_WEIGHT, icon=":material/tune:", key="break_weight", on_click=_weight)
        for number, change in enumerate(_suggestions(stored.source)):
            st.button(
                f"{plain(change.before)} → {plain(change.after)}", key=f"break_{number}", on_click=_try,
                args=(change.source,), help=f"Line {change.line}",
            )  # fmt: skip
        asked: Asked | None = st.session_state[_ASKED]
        st.button("Undo", icon=":material/undo:", key="break_undo", on_click=_undo, args=(stored.source,),
                  disabled=asked is None)  # fmt: skip
    if asked is None:
        st.success(f"**{claim_words(stored)}**", icon=":material/verified:")
    elif asked.text is not None:
        _changed_code(stored, asked.text)
    else:
        _changed_weight(stored, asked.weight)
    fold(words.BREAK_EDIT, "break_editor", "edit", lambda: _editor(stored))


def _weight() -> None:
    asked: Asked | None = st.session_state.get(_ASKED)
    st.session_state[_ASKED] = Asked(weight=(asked.weight if asked is not None else 0) + 1)


def _try(text: str) -> None:
    _put(text)
    st.session_state[_ASKED] = Asked(text=text)


def _undo(source: str) -> None:
    _put(source)
    st.session_state[_ASKED] = None


def _put(text: str) -> None:
    st.session_state[_EDIT] = text
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1


def _changed_weight(stored: StoredEssence, number: int) -> None:
    network, change = with_changed_weight(stored.network, np.random.default_rng(number))
    with st.spinner(words.SEARCHING):
        examination, found = _broken(stored, number)
    layer = network.layers[change.layer].name
    st.error(
        f"**The certificate is void.** In the {layer} layer, neuron {change.neuron}, input {change.input}, the weight "
        f"{change.before} became {change.after}.",
        icon=":material/gpp_bad:",
    )
    if examination:
        st.markdown(f"Groups against weights: {plain(examination)}")
    if found is None:
        st.markdown(words.WEIGHT_ONLY)
    else:
        _counterexample(found, "weight")


def _changed_code(stored: StoredEssence, text: str) -> None:
    try:
        with st.spinner(words.SEARCHING):
            found = _checked(stored, text)
    except (ProgramRefusedError, ProgramStoppedError) as error:
        st.error(f"**The changed code cannot be run.** {plain(str(error))}", icon=":material/block:")
    else:
        if found.counterexample is None:
            st.info(f"{words.UNSEEN} {plain(found.sentence)}", icon=":material/search_check:")
        else:
            st.error(
                f"**The certificate is void.** Code and network differ on {found.mismatches:,} of {found.checked:,} "
                "inputs.",
                icon=":material/gpp_bad:",
            )
            _counterexample(found.counterexample, "code")
    rows = diff_rows(stored.source, text)
    if rows:
        st.html(diff_html(rows))
    else:
        st.caption("The text is the original.")


def _counterexample(found: Counterexample, what: str) -> None:
    st.markdown(f"**An input that shows it.** {plain(counterexample_words(found))}.")
    clickable(styled(counterexample_html(found)), f"break_input_{what}")


def _editor(stored: StoredEssence) -> None:
    missing = missing_limits()
    if missing:
        st.warning(program_words.NO_LIMITS.format(missing), icon=":material/shield:")
    code_editor(
        st.session_state[_EDIT], st.session_state[_VERSION], "break_code", label="Program text",
        hint=program_words.EDIT_HINT, on_edit=_note, on_check=_note_and_check,
    )  # fmt: skip
    st.button("Run check", type="primary", icon=":material/play_arrow:", key="break_check", on_click=_wanted)
    if st.session_state.pop("break_wanted", False):  # the text may come after the click
        text = st.session_state[_EDIT]
        st.session_state[_ASKED] = None if text == stored.source else Asked(text=text)
        st.rerun(scope="app")


def _note(text: str) -> None:
    st.session_state[_EDIT] = text


def _note_and_check(text: str) -> None:
    _note(text)
    _wanted()


def _wanted() -> None:
    st.session_state["break_wanted"] = True


@st.cache_data(max_entries=64, show_spinner=False)
def _suggestions(source: str) -> list[Mutation]:
    return list(suggestions(source))


def _broken(stored: StoredEssence, number: int) -> tuple[str, Counterexample | None]:
    """Return how a changed weight differs from the groups, and an input on which the answer does."""
    key = ("broken", stored.name, stored.source, number)
    if st.session_state.get("break_kept", (None,))[0] != key:
        network, _ = with_changed_weight(stored.network, np.random.default_rng(number))
        examination = essence_data.examined(stored, network)
        found = differing_input(examination, stored.program.function)
        st.session_state["break_kept"] = (key, (examination.layer_difference, found))
    kept: tuple[str, Counterexample | None] = st.session_state["break_kept"][1]
    return kept


def _checked(stored: StoredEssence, text: str) -> SourceCheck:
    """Return what came of a changed program."""
    key = ("checked", stored.name, stored.source, text)
    if st.session_state.get("break_kept", (None,))[0] != key:
        examination = essence_data.examination(stored)
        st.session_state["break_kept"] = (key, check_source(text, examination, questions=_CALLS, limits=_LIMITS))
    kept: SourceCheck = st.session_state["break_kept"][1]
    return kept
