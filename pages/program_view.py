"""The program: code, mathematics, where it came from, and what is claimed of it."""

import streamlit as st

from mips_core.views.claims import (
    claims,
    counterexample,
    counterexample_answers,
    counterexample_text,
    counts,
    facts,
    suspicious,
)
from mips_core.views.sequences import count_text
from mips_core.views.step_words import code as code_span
from pages.parts import data, words
from pages.parts.downloads import download_row
from pages.parts.frame import head, in_python, teach
from pages.parts.mathematics import show_equations
from pages.parts.picker import choose_run, show_claim
from pages.parts.sidebar import path_of
from pages.parts.vocabularies import show_words

METHODS = {
    "linear": "Linear: sums of whole multiples",
    "boolean": "Boolean: and, or, exclusive or on bits",
    "symbolic": "Symbolic: found by searching through small formulas",
    "mixed": "Mixed: its formulas were found in different ways",
    "table": "Table: every case is written down",
}
SIGNS = {"done": ":material/check:", "failed": ":material/close:", "skipped": ":material/remove:"}

head("Program", words.PURPOSE["program"])
run = choose_run()
show_claim(run)
path_of(run)
program, report = run.program, run.report

if program is None:
    st.warning(words.NO_PROGRAM, icon=":material/block:")
else:
    # One below the other: lines of code are up to 88 characters long.
    st.subheader("As Python", anchor=False, divider="gray")
    long = program.source.count("\n") > 60
    st.code(program.source, language="python", line_numbers=True, height=560 if long else "content")
    size = "" if program.system.tables else f" Size of its formulas: {count_text(program.nodes, 'node')}."
    st.caption(f"{METHODS[str(program.method)]}.{size}")
    if report.get("words"):
        st.subheader("As a table", anchor=False, divider="gray")
        show_words(run)
    else:
        st.subheader("As mathematics", anchor=False, divider="gray")
        show_equations(program.system)

st.subheader("What was checked", anchor=False, divider="gray")
found = counts(report)
if found:
    rows = [
        {
            "compared": c.pair,
            "length": c.length,
            "agree on": c.text,
            "": "all agree" if c.holds else "differ on some",
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
with st.expander("Every claim, word for word", icon=":material/fact_check:"):
    st.markdown("\n".join(f"- {sentence}" for sentence in claims(report)))
difference = counterexample(report)
if difference is not None:
    by_network, by_program = counterexample_answers(difference)
    st.markdown(
        f"**Shortest difference found:** at the end of the input `{counterexample_text(difference)}` the network "
        f"answers **{code_span(by_network)}** and the program **{code_span(by_program)}**."
    )
    text = counterexample_text(difference)
    st.page_link(
        "pages/compare_view.py", label="Open it in Compare", icon=":material/compare_arrows:",
        query_params={"task": run.name, "xs": text, "t": str(len(text.split()))},
    )  # fmt: skip

st.subheader("Where it came from", anchor=False, divider="gray")
st.markdown("The ways that were tried, in order, each with what it found or why it failed.")
for stage in report.get("stages", []):
    sign, column = SIGNS.get(stage["status"], SIGNS["skipped"]), f"**{stage['stage']}**"
    st.markdown(f"{sign} {column} ({stage['status']}, {stage['seconds']:.1f} s): {stage['reason']}")
seconds = report.get("seconds", {})
if seconds:
    parts = [f"{name} {value:.1f} s" for name, value in seconds.items() if name != "total" and value]
    st.caption(f"Time: {', '.join(parts)}; {seconds.get('total', 0):.1f} s in all.")

teach(words.SEES["program"])
in_python(
    data.program_call(run, data.example(run)),
    f"{data.distill_command(run)}\n{data.verify_command(run)}",
)
download_row(run)
