"""Change the program and check it: editor, changes to try, verdict, difference to the original."""

import streamlit as st

from mips_core.errors import BadInputError
from mips_core.programs.mutations import Mutation
from mips_core.programs.sandbox import missing_limits
from mips_core.programs.subset import LONGEST_SOURCE
from mips_core.runs import Run
from mips_core.verification.compare import Counterexample
from mips_core.verification.edit import EditCheck
from mips_core.views.code_diff import DIFF_CSS, diff_counts, diff_html, diff_rows
from mips_core.views.edit_words import (
    DIFFERENCE_CSS,
    answers_at_the_end,
    caret,
    difference_html,
    evidence_of,
    headline_of,
)
from mips_core.views.link_text import pack_text, unpack_text
from mips_core.views.sequences import LONGEST
from mips_core.views.step_words import code as code_span
from pages.parts import program_data
from pages.parts.address import followed, last, write
from pages.parts.code_editor import code_editor
from pages.parts.picker import link_to
from pages.parts.plain import plain
from pages.parts.words import program as words

_CSS = f"""<style>
{DIFF_CSS}{DIFFERENCE_CSS}
.st-key-changes button p {{ font-family: "Source Code Pro", monospace; font-size: 0.82rem; white-space: normal;
  overflow-wrap: anywhere; text-align: left; }}
</style>"""
_SIGNS = {"agrees": st.success, "differs": st.warning, "refused": st.error, "stopped": st.error}
_ICONS = {
    "agrees": ":material/check:", "differs": ":material/close:", "refused": ":material/block:",
    "stopped": ":material/timer_off:",
}  # fmt: skip


def edit_section(run: Run) -> None:
    """Show editor and verdict; a run of them alone leaves the rest of the page as it is."""
    original = program_data.original_text(run)
    _settle(run, original)
    st.html(_CSS)
    st.markdown(words.EDIT)
    missing = missing_limits()
    if missing:
        st.warning(words.NO_LIMITS.format(missing), icon=":material/shield:")
    _section(run, original)


@st.fragment
def _section(run: Run, original: str) -> None:
    text: str = st.session_state["edit_text"]
    if st.session_state.pop("edit_wanted", False):
        st.session_state["edit_asked"] = text
    result = None
    if st.session_state["edit_asked"] == text:
        with st.spinner(words.WAITING):
            result = program_data.checked(run, text)
    changes = program_data.changes(run)
    if changes:
        st.markdown(words.TRY)
        with st.container(horizontal=True, gap="small", key="changes"):
            for number, change in enumerate(changes):
                st.button(
                    f"{plain(change.before)} → {plain(change.after)}", key=f"change_{number}", on_click=_try,
                    args=(change,), help=f"Line {change.line}",
                )  # fmt: skip
    code_editor(
        text, st.session_state["edit_version"], "code_editor", label="Program text", hint=words.EDIT_HINT,
        bad_line=_bad_line(result), on_edit=_note, on_check=_check,
    )  # fmt: skip
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Run check", type="primary", icon=":material/play_arrow:", on_click=_check_now, key="run_check")
        st.button("Reset", icon=":material/undo:", on_click=put_text, args=(original,), disabled=text == original,
                  key="reset_edit", help="Back to the original program")  # fmt: skip
        st.download_button(
            "Edited program (.py)", text, f"{run.file_name}_edited.py", "text/x-python", on_click="ignore",
            icon=":material/download:", key="download_edited",
        )  # fmt: skip
    _keep(text, original)
    if st.session_state["edit_from_link"] and result is None:
        st.info(words.FROM_LINK, icon=":material/link:")
    if result is not None:
        _verdict(run, text, result)
    rows = diff_rows(original, text)
    if rows:
        gone, come = diff_counts(rows)
        st.markdown(f"**Against the original:** {gone} line{'s' * (gone != 1)} out, {come} in.")
        st.html(diff_html(rows))
    elif result is not None:
        st.caption("The text is the original.")


def _settle(run: Run, original: str) -> None:
    """Choose the text to begin with: of the link that was followed, of this session, or the original."""
    key = f"{run.folder}"
    if followed("edit"):
        try:
            put_text(unpack_text(st.query_params["edit"]))
            st.session_state["edit_from_link"] = True
        except BadInputError as error:
            st.error(str(error), icon=":material/link_off:")
            put_text(original)
        write("edit", st.query_params["edit"])
    elif st.session_state.get("edit_run") != key or "edit_text" not in st.session_state:
        packed = last("edit") if st.session_state.get("edit_run") == key else None
        put_text(original if packed is None else unpack_text(packed))
    st.session_state["edit_run"] = key


def put_text(text: str) -> None:
    """Put a text into the editor, unchecked."""
    st.session_state["edit_text"] = text
    st.session_state["edit_version"] = st.session_state.get("edit_version", 0) + 1
    st.session_state["edit_asked"] = None
    st.session_state["edit_from_link"] = False


def _try(change: Mutation) -> None:
    put_text(change.source)
    st.session_state["edit_asked"] = change.source


def _note(text: str) -> None:
    st.session_state["edit_text"] = _kept(text)


def _check(text: str) -> None:
    st.session_state["edit_text"] = st.session_state["edit_asked"] = _kept(text)


def _kept(text: str) -> str:
    """Return as much of a text as the check refuses for its length: a browser may send any amount."""
    return text[: LONGEST_SOURCE + 1]


def _check_now() -> None:
    # A click out of the field brings click and text together, and this callback may come first: with the old text.
    st.session_state["edit_wanted"] = True


def _keep(text: str, original: str) -> None:
    """Write the text to the address, where it differs from the original and is short enough."""
    if text == original:
        write("edit", None)
        return
    packed = pack_text(text)
    write("edit", packed)
    if packed is None:
        st.caption(words.TOO_LONG)


def _bad_line(result: EditCheck | None) -> int | None:
    if result is None:
        return None
    return result.verdict.line or result.fault_line


def _verdict(run: Run, text: str, result: EditCheck) -> None:
    verdict = result.verdict
    with st.container(key="verdict"):
        _SIGNS[verdict.verdict](f"**{plain(headline_of(result))}**", icon=_ICONS[verdict.verdict])
        if verdict.line is not None:
            st.code(caret(text, verdict.line, verdict.column), language=None)
        if verdict.counterexample is not None:
            _counterexample(run, verdict.counterexample)
        st.markdown("\n".join(f"- {plain(line)}" for line in evidence_of(result)))
        st.caption(f"Checked in {result.seconds:.1f} s.")


def _counterexample(run: Run, found: Counterexample) -> None:
    by_network, by_program = answers_at_the_end(found)
    if found.length:
        verb = "does not answer" if isinstance(found.right, str) else "answers"
        theirs = "" if isinstance(found.right, str) else f" {code_span(by_program)}"
        st.markdown(f"At the last step the network answers {code_span(by_network)}; the edited program {verb}{theirs}.")
        st.html(difference_html(found))
    if isinstance(found.right, str):
        st.markdown(f"What happened: {code_span(by_program)}.")
    if 0 < found.length <= LONGEST:
        typed = " ".join(";".join(map(str, s)) if isinstance(s, list | tuple) else str(s) for s in found.inputs)
        st.page_link(
            "pages/player_view.py", label="Open in the player", icon=":material/play_circle:",
            query_params={**link_to(run), "xs": typed, "t": str(found.length)},
        )  # fmt: skip
