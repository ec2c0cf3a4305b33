"""The Benchmark page's view of all tasks: what came out, at what cost, and what the paper's own method did."""

import streamlit as st

from mips_core.benchmarks.certificates import certificate_totals
from mips_core.benchmarks.paper import PaperResult
from mips_core.views.benchmark import ORDERS, OUTCOMES, chosen, outcome, paper_figure, seconds_figure, table_html
from mips_core.views.benchmark_proofs import (
    PROOFS,
    proof_word,
    wrong_columns,
    wrong_figure,
    wrong_rows,
    wrong_sentence,
)
from mips_core.views.sequences import count_text
from pages.parts import benchmark_data, data
from pages.parts.address import forget
from pages.parts.clickable import clickable
from pages.parts.downloads import File, offer, table_file
from pages.parts.fold import fold
from pages.parts.frame import in_python, more_filters, teach
from pages.parts.words import NO_MATCH
from pages.parts.words import benchmark as words

PLAIN = {"displayModeBar": False}
OPENED = "opened_row"
"""Where the session notes the task of a chosen row: callbacks cannot switch pages, so the page does at its start."""


def show_tasks() -> None:
    """Show the stored benchmark of all tasks."""
    result = benchmark_data.task_benchmark()
    if result is None:
        st.info(words.NO_TASKS, icon=":material/info:")
        st.code("mips bench tasks --out assets/benchmark/tasks.json", language="bash")
        return

    found = result.totals
    with st.container(horizontal=True, gap="small"):
        for label, number, meaning in (
            ("Networks 100 %", found.trained, words.TOTALS["trained"]),
            ("Right at 1x", found.exact_short, words.TOTALS["short"]),
            ("Right at 5x", found.exact_long, words.TOTALS["long"]),
            ("As formulas", found.formulas, words.TOTALS["formulas"]),
            ("The paper", found.paper_solved + found.paper_likely, words.TOTALS["paper"]),
        ):
            st.metric(label, f"{number} of {found.tasks}", help=meaning, border=True, width=148)
    networks = "trained anew" if result.settings.fresh else "as they ship"
    st.caption(
        f"Of the {found.solved} programs that are right at both lengths, {found.formulas} are formulas and "
        f"{found.tables} are tables; {found.imperfect} of all were read from an imperfect network. "
        f"Networks {networks}, seed {result.settings.seed}; {result.seconds:.0f} s in all, {found.longest:.1f} s for "
        f"the slowest task. Measured {result.conditions.text}."
    )

    proved = certificate_totals(row.certificates for row in result.rows)
    st.markdown(f":material/verified: {proved.sentence}")

    st.subheader("Task by task", anchor=False, divider="gray")
    search, order = st.columns([3, 2], gap="medium")
    with search:
        text = st.text_input(
            "Search", key="find", placeholder="e.g. parity, max, % 7", live="250ms", bind="query-params"
        )
    with order:
        by = st.selectbox("Order by", list(ORDERS), key="order", bind="query-params")
    present = {outcome(row) for row in result.rows}
    outcomes, paper = st.columns(2, gap="medium")
    with outcomes:
        results = st.pills(
            "Result here", [word for word in OUTCOMES if word in present], selection_mode="multi", key="outcome",
            bind="query-params",
        )  # fmt: skip
    with paper:
        others = st.pills(
            "Result in the paper", [word.value for word in PaperResult], selection_mode="multi",
            key="paper", bind="query-params",
        )  # fmt: skip
    with more_filters("group", "route", "proof"):
        proofs = st.pills(
            "Certificate", [word for word in PROOFS if word in {proof_word(row.certificates) for row in result.rows}],
            selection_mode="multi", key="proof", bind="query-params",
        )  # fmt: skip
        groups = st.pills(
            "Kind of task", list(dict.fromkeys(row.group for row in result.rows)), selection_mode="multi", key="group",
            bind="query-params",
        )  # fmt: skip
        routes = st.pills(
            "Route: how the program was found", sorted({row.route for row in result.rows if row.route}),
            selection_mode="multi", key="route", bind="query-params",
        )  # fmt: skip
    shown = chosen(
        result.rows, text=text or "", outcomes=results, paper=others, groups=groups, routes=routes, proofs=proofs
    )
    shown = tuple(sorted(shown, key=ORDERS[by]))
    st.caption(f"{len(shown)} of {count_text(len(result.rows), 'task')}. A row opens its program.")
    if shown:
        clickable(table_html(shown, data.shipped().keys()), key="benchmark_rows", on_chosen=_open)
    else:
        st.info(NO_MATCH, icon=":material/search_off:")

    if shown:
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("Solved here and in the paper", anchor=False, divider="gray")
            st.plotly_chart(
                paper_figure(shown), key="paper_figure", config=PLAIN,
                alt="Solved tasks of each kind: here as formula or table, and by the paper's own method.",
            )  # fmt: skip
        with right:
            st.subheader("Where the seconds go", anchor=False, divider="gray")
            st.plotly_chart(
                seconds_figure(shown), key="seconds_figure", config=PLAIN,
                alt="Seconds of each stage, for the slowest of the tasks shown.",
            )  # fmt: skip

    before = benchmark_data.counterexamples()
    if before:
        st.subheader("Right on all random tests, and wrong", anchor=False, divider="gray")
        st.markdown(wrong_sentence(before))
        if wrong_rows(before):
            st.plotly_chart(wrong_figure(before), key="wrong_figure", config=PLAIN, alt=wrong_sentence(before))
        fold(
            "All networks before training on counterexamples", "before", "table",
            lambda: st.dataframe(wrong_columns(before), hide_index=True),
        )  # fmt: skip

    teach(words.SEES_TASKS)
    in_python(
        "from mips_core.benchmarks import run_task_benchmark\n\n"
        'if __name__ == "__main__":\n    for row in run_task_benchmark(workers=2):\n'
        "        print(row.task, row.exact, row.formula)",
        "mips bench tasks --workers 2\nmips bench tasks --fresh --only Parity_All,Div_7 --json",
    )
    offer(
        [
            File("Table", "mips_benchmark.csv", lambda: result.to_csv().encode("utf-8")),
            *([table_file("mips_counterexamples", lambda: wrong_columns(before), "Counterexamples")] if before else []),
            File("Everything", "mips_benchmark.json", lambda: benchmark_data.benchmark_text(result)),
        ]
    )


def _open(name: str) -> None:
    forget("task", "xs", "t", "state")
    st.session_state[OPENED] = name
