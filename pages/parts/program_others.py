"""Other programs of the same network, by size."""

from collections.abc import Callable

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.views.alternatives_figure import (
    alternative_label,
    alternative_rows,
    alternatives_figure,
    verdict_of,
)
from mips_core.views.code_diff import diff_html, diff_rows
from mips_core.views.program_names import without_claims
from pages.parts import program_data
from pages.parts.address import forget_other_run, keep_unusual, prepare
from pages.parts.fold import fold
from pages.parts.words import program as words

_LONG = 60


def others_section(run: Run, put: Callable[[str], None]) -> None:
    """Show figure, table and the code of a chosen one; ``put`` takes its text into the editor."""
    st.markdown(words.OTHERS)
    _section(run, put)


@st.fragment
def _section(run: Run, put: Callable[[str], None]) -> None:
    forget_other_run(run.id, "other", "more")
    prepare("more", False, (True, False), "True".__eq__)
    searched = bool(st.session_state["more"])
    keep_unusual("more", searched, False)
    if searched:
        with st.spinner(words.SEARCHING):
            found = program_data.more_alternatives(run)
    else:
        found = program_data.alternatives(run)
    labels = [alternative_label(each) for each in found]
    own = next(i for i, each in enumerate(found) if each.is_own)
    prepare("other", own, range(len(found)), int)
    number = st.selectbox("Look at", range(len(found)), format_func=labels.__getitem__, key="other")
    keep_unusual("other", number, own)
    chosen = found[number]
    st.plotly_chart(
        alternatives_figure(found, number), key="alternatives", config={"displaylogo": False},
        alt=f"{len(found)} programs: share of right outputs against size. Looked at: {labels[number]}, "
        f"{100 * chosen.steps:.1f} % right.",
    )  # fmt: skip
    st.dataframe(alternative_rows(found), hide_index=True, key="alternatives_table")
    machine = run.machine
    if not isinstance(machine, MealyMachine) or machine.has_words:
        st.caption(words.NO_SEARCH["words" if isinstance(machine, MealyMachine) else "equations"])
    elif not searched:
        st.button(
            "Search for more (2 s)", icon=":material/search:", key="search_more",
            on_click=lambda: st.session_state.update(more=True),
        )  # fmt: skip
    st.markdown(f"**{labels[number]}** · {verdict_of(chosen)}")
    text = without_claims(chosen.program)
    st.code(text, language="python", line_numbers=True, height=420 if text.count("\n") > _LONG else "content")
    if chosen.is_own:
        return
    if st.button("Put it into the editor", icon=":material/edit:", key="put_other"):
        put(text)
        st.rerun()
    fold(
        "Against this page's program", "against", "difference",
        lambda: st.html(diff_html(diff_rows(program_data.original_text(run), text))),
    )  # fmt: skip
