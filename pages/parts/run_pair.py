"""Two runs side by side."""

from itertools import islice

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.views.claims import claims
from mips_core.views.code_diff import DIFF_CSS, diff_counts, diff_html, diff_rows
from mips_core.views.gallery import showcase
from mips_core.views.run_comparison import Behaviour, behaviour, fact_rows
from mips_core.views.sequences import count_text
from pages.parts import data
from pages.parts.address import keep, restore
from pages.parts.clickable import clickable
from pages.parts.plain import plain
from pages.parts.run_choice import run_labels, search_own
from pages.parts.run_key import BY_FOLDER
from pages.parts.words import runs as words


@st.cache_resource(max_entries=64, show_spinner="Comparing what the two runs do", hash_funcs=BY_FOLDER)
def compared(a: Run, b: Run) -> Behaviour:
    """Return how machines or programs of two runs relate."""
    return behaviour(a, b)


def choose_pair() -> tuple[Run, Run] | None:
    """Show two selectors of runs, own or shipped, which live in the address; None where there is no run at all."""
    usual = _usual()
    if usual is None:
        return None
    text = search_own("search_pair")
    columns, chosen = st.columns(2, gap="medium"), []
    for column, name, first in zip(columns, ("a", "b"), usual, strict=True):
        if data.run_with(restore(name, first)) is None:
            column.info(f"The run {name.upper()} of this link is not here any more; another one stands in its place.")
            st.session_state[name] = first
    labels = run_labels(st.session_state["a"], st.session_state["b"], text=text)
    for column, name in zip(columns, ("a", "b"), strict=True):
        with column:
            value = st.selectbox(f"Run {name.upper()}", list(labels), key=name, format_func=lambda i: labels.get(i, i))
        keep(name, value)
        run = data.run_with(value)
        if run is None:
            column.info(words.RUN_NOT_HERE.format(plain(value)))
            return None
        chosen.append(run)
    return chosen[0], chosen[1]


def _usual() -> tuple[str, str] | None:
    """Return the first pair: the newest own run beside the shipped one of its task, else two machines of one size.

    None where there is no run at all.
    """
    runs = data.shipped()
    latest = list(islice(data.recent_runs(), 2))
    if not latest:
        return None
    first = latest[0]
    if first.is_own:
        task = first.report.get("task")
        return first.id, task if task in runs else latest[-1].id
    best = showcase(runs.values())
    name = best.id if best is not None else first.id
    alike = [i for i, run in runs.items() if i != name and _size(run) == _size(runs[name])]
    return name, next(iter([*alike, *(i for i in runs if i != name)]), name)


def _size(run: Run) -> tuple[object, object]:
    return run.report["inputs"], (run.report["machine"] or {}).get("states")


def show_pair(a: Run, b: Run) -> None:
    """Show facts, behaviour, machines, programs and claims of two runs."""
    found = compared(a, b)
    sentence, kind, icon = words.VERDICTS[found.verdict]
    getattr(st, kind)(f"**{sentence}** {plain(found.claim)}", icon=icon)
    if found.inputs or found.left:
        rows = {
            "": ["input", "A gives", "B gives"],
            "sequence": [found.inputs or "(nothing yet)", found.left, found.right],
        }
        _table(rows, "The shortest sequence known on which the two differ")
    _table(fact_columns(a, b), "Facts about both runs")
    finite = [run for run in (a, b) if isinstance(run.machine, MealyMachine)]
    if finite:
        st.markdown("#### Machines")
        for column, run, letter in zip(st.columns(2, gap="medium"), (a, b), "AB", strict=True):
            with column:
                _machine(run, letter)
    _programs(a, b)
    with st.expander("Every claim, word for word", icon=":material/fact_check:"):
        for column, run, letter in zip(st.columns(2, gap="medium"), (a, b), "AB", strict=True):
            lines = "\n".join(f"- {plain(claim)}" for claim in claims(run.report))
            column.markdown(f"**{letter}: {plain(run.name)}**\n\n{lines}")


def fact_columns(a: Run, b: Run) -> dict[str, list[str]]:
    """Return the facts of two runs as the columns of a table."""
    rows = fact_rows(a, b)
    return {
        "fact": [row.fact for row in rows],
        "A": [row.left for row in rows],
        "B": [row.right for row in rows],
        "alike?": ["✓ same" if row.same else "≠ differs" for row in rows],
    }


def _table(columns: dict[str, list[str]], alt: str) -> None:
    """Show texts as a table that wraps on a narrow page; Markdown in them stays as it is."""
    shown = {name: [plain(text) for text in texts] for name, texts in columns.items()}
    st.table(shown, hide_index=True, border="horizontal", alt=alt)


def _machine(run: Run, letter: str) -> None:
    st.markdown(f"**{letter}: {plain(run.name)}**")
    if not isinstance(run.machine, MealyMachine):
        st.markdown("Its machine is its formulas, which have no picture." if run.machine else "No machine was found.")
        return
    picture = data.picture(run, None, None, None, False)
    clickable(f'<div class="drawing" tabindex="0">{picture.svg}</div>', key=f"machine_{letter}")
    if picture.note:
        st.caption(picture.note)


def _programs(a: Run, b: Run) -> None:
    st.markdown("#### Programs")
    sources = ["" if run.program is None else run.program.source for run in (a, b)]
    for column, run, letter, source in zip(st.columns(2, gap="medium"), (a, b), "AB", sources, strict=True):
        with column:
            st.markdown(f"**{letter}: {plain(run.name)}**")
            if source:
                st.code(source, language="python", height=380 if source.count("\n") > 16 else "content")
            else:
                st.markdown("No program was found.")
    if not all(sources):
        return
    rows = diff_rows(*sources)
    if not rows:
        st.markdown(words.SAME_TEXT)
        return
    gone, come = diff_counts(rows)
    with st.expander(
        f"What changes from A to B: {count_text(gone, 'line')} out (−), {count_text(come, 'line')} in (+)",
        icon=":material/difference:", expanded=gone + come <= 40,
    ):  # fmt: skip
        st.html(f"<style>{DIFF_CSS}</style>{diff_html(rows)}")
