"""Data, network, machine and program compared: who agrees with whom, how far, and why they part."""

import streamlit as st

from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.agreement_matrix import matrix_html, matrix_sentence
from mips_core.views.claims import counts, facts
from mips_core.views.length_figure import length_alt, length_figure, length_rows, length_sentence
from mips_core.views.lockstep import ROWS, LockStep
from mips_core.views.sequences import count_text
from mips_core.views.step_words import agreement_rows, everything, verdict_sentence
from mips_core.views.values_figure import rounding_figure
from pages.parts import comparing, data
from pages.parts.clickable import clickable
from pages.parts.compare_files import code, files
from pages.parts.downloads import download_row
from pages.parts.failures_view import open_asked, open_in_player, show_failures
from pages.parts.fold import fold
from pages.parts.frame import head, in_python, teach
from pages.parts.picker import choose_run, sample_buttons, show_claim, type_sequence
from pages.parts.player import player
from pages.parts.sidebar import path_of
from pages.parts.words import compare as words


def show_matrix(run: Run) -> None:
    """Show who agrees with whom; a cell opens its first difference in the player."""
    compared, cells = comparing.compared(run), comparing.cells(run)
    sentence, agree = matrix_sentence(cells)
    (st.info if agree else st.warning)(sentence, icon=":material/check_circle:" if agree else ":material/warning:")

    def opened(value: str) -> None:
        left, right, times = value.split()
        cell = next(c for c in cells if (c.left, c.right, str(c.times)) == (left, right, times))
        if cell.example is not None:
            open_in_player(run, cell.example)

    if cells:
        clickable(matrix_html(cells, compared.length), key="matrix", on_chosen=opened)
    if compared.task is not None:
        judge = words.DATA_RULE
    else:
        judge = words.DATA_NONE if compared.recorded is None else words.DATA_ROWS
    st.caption(f"{judge} {words.TIMES.format(steps=count_text(compared.length, 'step'))}")
    fold("What was claimed when the run was made", "claims", "fact_check", lambda: show_claims(run))


def show_claims(run: Run) -> None:
    """Show the counts and facts that were stored with the run."""
    found = counts(run.report)
    if found:
        st.dataframe([{"compared": c.pair, "length": c.length, "agree on": c.text} for c in found], hide_index=True)
    st.markdown("\n".join(f"- {line}" for line in facts(run.report)) or "Nothing could be compared.")


@st.fragment
def show_lengths(run: Run) -> None:
    """Show accuracy against length."""
    lengths = comparing.lengths(run)
    if not lengths.points:
        st.caption(length_sentence(lengths))
        return
    st.markdown(length_sentence(lengths))
    by = st.segmented_control(
        "Count", ["sequences", "outputs"], default="sequences", key="count", bind="query-params", required=True,
        help="A sequence is right when all of its outputs are.",
    )  # fmt: skip
    figure = length_figure(lengths, by == "outputs")
    st.plotly_chart(figure, key="lengths", alt=length_alt(lengths), config={"displayModeBar": False})
    first = lengths.of(lengths.names[0])
    chosen = words.CHOSEN.format(
        sequences=count_text(first[0].sequences, "sequence"), fewest=f"{first[-1].sequences:,}"
    )
    st.caption(f"{words.JUDGED_BY[lengths.points[0].against]} {chosen} {lengths.stopped}")
    fold("The counts", "counts", "table", lambda: st.dataframe(length_rows(lengths), hide_index=True))


@st.fragment
def show_steps(run: Run, x: IntArray) -> None:
    """Show the player; a pause or a choice in it runs this part of the page only."""
    player(run, x, panels=("tape", "outputs", "machine"))


def show_sequence(run: Run) -> IntArray:
    """Show a sequence of the reader's own in lock-step, and return it."""
    x = type_sequence(run)
    sample_buttons(run)
    lock = data.stepped(run, x)
    sentence, agree = verdict_sentence(lock)
    (st.info if agree else st.warning)(sentence, icon=":material/check_circle:" if agree else ":material/warning:")
    for name in (row for row in ROWS if row in lock.missing):
        st.caption(f"{name.capitalize()}: {lock.missing[name]}")
    if not len(x):
        st.caption("The sequence is empty: nothing has been read yet.")
    show_steps(run, x)
    fold("All numbers of this sequence", "numbers", "table", lambda: show_numbers(lock))
    return x


def show_numbers(lock: LockStep) -> None:
    """Show who agrees at each step, the rounding, and every number."""
    if rows := agreement_rows(lock):
        st.dataframe(rows, hide_index=True)
    if lock.length and lock.rounds:
        st.plotly_chart(
            rounding_figure(lock, 0), key="rounding",
            alt="The network's outputs before rounding, beside the integers that they become.",
        )  # fmt: skip
    st.dataframe(everything(lock), hide_index=True)


head(words.TITLE, words.PURPOSE)
run = choose_run()
show_claim(run)
if run.note:
    st.caption(run.note)
path_of(run)
open_asked()

st.subheader("Who agrees with whom", anchor=False, divider="gray")
show_matrix(run)
st.subheader("Accuracy against length", anchor=False, divider="gray")
show_lengths(run)
st.subheader("Failures by cause", anchor=False, divider="gray")
show_failures(run)
st.subheader("In lock-step on a sequence", anchor=False, divider="gray")
x = show_sequence(run)

teach(words.SEES)
in_python(code(run, x), f"mips compare {run.id} --shrink")
download_row(run, more=files(run))
