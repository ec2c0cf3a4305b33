"""The program: code, mathematics, where each line comes from, what is claimed of it, and changing it."""

import streamlit as st

from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.claims import (
    claims,
    counterexample,
    counterexample_answers,
    counterexample_text,
    counts,
    facts,
    suspicious,
)
from mips_core.views.program_names import plain_program
from mips_core.views.provenance_lines import origin_columns
from mips_core.views.sequences import count_text
from mips_core.views.step_words import code as code_span
from pages.parts import data, program_data, words
from pages.parts.downloads import download_row
from pages.parts.fold import fold
from pages.parts.frame import head, in_python, teach
from pages.parts.mathematics import show_equations
from pages.parts.picker import choose_run, link_to, show_claim, type_sequence
from pages.parts.player import player
from pages.parts.program_edit import edit_section, put_text
from pages.parts.program_origins import origins_section, size_caption, stages_list
from pages.parts.program_others import others_section
from pages.parts.sidebar import path_of
from pages.parts.vocabularies import show_words
from pages.parts.words import program as texts

LONG = 60  # lines of a program above which it scrolls in a window of its own


def code_and_mathematics(run: Run) -> None:
    """Show the text and its equations, under names for roles or plain ones."""
    program = run.program
    assert program is not None
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("As Python", anchor=False)
        plain = (
            st.segmented_control(
                "Names", ["roles", "plain"], default="roles", key="names", required=True, bind="query-params",
                help=texts.NAMES_HELP,
            )
            == "plain"
        ) if program.system.state else False  # fmt: skip
    shown = plain_program(program) if plain else program
    height = 560 if shown.source.count("\n") > LONG else "content"
    st.code(shown.source, language="python", line_numbers=True, height=height)
    st.caption(f"{texts.METHODS[str(program.method)]}. {size_caption(run)}")
    if run.report.get("words"):
        st.subheader("As a table", anchor=False, divider="gray")
        show_words(run)
    else:
        st.subheader("As mathematics", anchor=False, divider="gray")
        show_equations(shown.system)


def what_was_checked(run: Run) -> None:
    """Show the counts, the three facts, every claim, and the shortest difference."""
    report = run.report
    found = counts(report)
    if found:
        rows = [
            {
                "compared": c.pair,
                "length": c.length,
                "agree on": c.text,
                "verdict": "all agree" if c.holds else "differ on some",
            }
            for c in found
        ]
        st.dataframe(rows, hide_index=True)
        st.caption(
            f"The trained length is {count_text(int(report['length']), 'step')}. The sequences are held out: neither "
            "training nor the search has seen them."
        )
    else:
        st.markdown("Nothing could be compared.")
    st.markdown("\n".join(f"- {line}" for line in facts(report)))
    doubtful = suspicious(report)
    if doubtful:
        st.markdown(f"**Suspicious:** {count_text(len(doubtful), 'recorded output')} that the program contradicts.")
        st.dataframe(doubtful, hide_index=True)
    fold(
        "Every claim, word for word", "claims", "fact_check",
        lambda: st.markdown("\n".join(f"- {sentence}" for sentence in claims(report))),
    )  # fmt: skip
    difference = counterexample(report)
    if difference is not None:
        by_network, by_program = counterexample_answers(difference)
        text = counterexample_text(difference)
        st.markdown(
            f"**Shortest difference found:** at the end of the input `{text}` the network "
            f"answers **{code_span(by_network)}** and the program **{code_span(by_program)}**."
        )
        st.page_link(
            "pages/player_view.py", label="Open it in the player", icon=":material/play_circle:",
            query_params={**link_to(run), "xs": text, "t": str(len(text.split()))},
        )  # fmt: skip


@st.fragment
def step_by_step(run: Run, x: IntArray) -> None:
    """Show the lines that run at each step; a pause in the player runs this part of the page only."""
    player(run, x, panels=("tape", "program", "outputs"), key="program_player")


head("Program", texts.PURPOSE)
run = choose_run()
show_claim(run)
path_of(run)

if run.program is None:
    st.warning(words.NO_PROGRAM, icon=":material/block:")
    st.subheader("What was tried", anchor=False, divider="gray")
    stages_list(run)
    st.subheader("What was checked", anchor=False, divider="gray")
    what_was_checked(run)
else:
    code_and_mathematics(run)
    st.subheader("Where each line comes from", anchor=False, divider="gray")
    origins_section(run)
    fold("What was tried before it", "stages", "history", lambda: stages_list(run))
    st.subheader("Step by step", anchor=False, divider="gray")
    x = type_sequence(run)
    step_by_step(run, x)
    st.subheader("Change it and check", anchor=False, divider="gray")
    edit_section(run)
    st.subheader("Other programs, by size", anchor=False, divider="gray")
    others_section(run, put_text)
    st.subheader("What was checked", anchor=False, divider="gray")
    what_was_checked(run)

teach(texts.SEES)
call = data.program_call(run, data.example(run))
in_python(
    call if run.program is None else f"{call}\n\n# Change it and check it:\n{program_data.check_call(run)}",
    f"{data.distill_command(run)}\n{data.verify_command(run)}",
)
if run.program is None:
    download_row(run)
else:
    download_row(run, lambda: origin_columns(run.program, program_data.provenance(run)))
