"""The benchmark as words, as a table and as figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from mips_core.benchmarks.paper import PaperResult
from mips_core.benchmarks.row import STAGES, BenchmarkRow, Count, holds
from mips_core.views.benchmark_proofs import certified_text, proof_word, trained_text
from mips_core.views.palette import HUES
from mips_core.views.sequences import count_text

FORMULA, TABLE, DIFFERS, NO_PROGRAM, NOT_MEASURED = (
    "formula", "table", "differs", "no program", "not measured",
)  # fmt: skip
OUTCOMES = (FORMULA, TABLE, DIFFERS, NO_PROGRAM, NOT_MEASURED)

ORDERS: dict[str, Callable[[BenchmarkRow], Any]] = {
    "the paper's order": lambda row: 0,
    "size, smallest first": lambda row: (row.nodes is None, row.nodes or 0),
    "states, most first": lambda row: -(row.states or 0),
    "seconds, slowest first": lambda row: -row.total_seconds,
    "name": lambda row: row.task,
}
"""Ways to sort the table; sorting is stable, so that ties stay in the paper's order."""

TABLE_CSS = """
.bench { overflow: auto; max-height: 40rem; border: 1px solid var(--st-border-color); border-radius: 8px; }
.bench table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.86rem; }
.bench th:last-child, .bench td:last-child { min-width: 5rem; }
.bench th { position: sticky; top: 0; z-index: 1; text-align: left; font-weight: 600; padding: 8px 6px;
  background: var(--st-secondary-background-color); white-space: nowrap; }
.bench td { padding: 7px 6px; border-top: 1px solid var(--st-border-color); vertical-align: top; }
.bench td.program { min-width: 10.5rem; width: 40%; }
.bench td.proof { min-width: 6rem; }
.bench td.short { white-space: nowrap; }
.bench td.short small { white-space: normal; }
.bench td.name { min-width: 7.5rem; }
.bench td.network { min-width: 6.2rem; }
.bench .task { font-weight: 600; color: var(--st-link-color); text-decoration: none; }
.bench a.task:hover { text-decoration: underline; }
.bench span.task { color: inherit; }
.bench small { display: block; opacity: 0.78; font-size: 0.78rem; line-height: 1.35; }
.bench code { font-family: var(--st-code-font); font-size: 0.79rem; overflow-wrap: anywhere; }
.bench .yes { color: var(--st-blue-text-color); }
.bench .no { color: var(--st-orange-text-color); font-weight: 600; }
.bench tr[data-value] { cursor: pointer; }
.bench tr[data-value]:hover td { background: var(--st-secondary-background-color); }
@media (max-width: 700px) {
  .bench table, .bench tbody, .bench tr, .bench td { display: block; }
  .bench thead { display: none; }
  .bench tr { padding: 9px 12px; border-top: 1px solid var(--st-border-color); }
  .bench td, .bench td:is(.program, .name, .network, .proof) { border: 0; padding: 2px 0; text-align: left;
    white-space: normal; width: auto; min-width: 0; }
  .bench td div { display: inline; margin-right: 8px; }
  .bench td:is(.short, .network, .proof) small { display: inline; margin-left: 8px; }
  .bench td[data-name]::before { content: attr(data-name) ": "; opacity: 0.78; }
  .bench td small.group { display: inline; margin-left: 6px; }
}
"""

_FIGURE = {
    "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    "dragmode": False,
}
_PATTERN = {"fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.8)", "size": 7, "solidity": 0.25}
_STAGE_LOOK = {"train": ("", HUES[7]), "extract": ("/", HUES[0]), "regress": ("x", HUES[1]), "verify": (".", HUES[2])}


def outcome(row: BenchmarkRow) -> str:
    """Return the word for what came out, one of :data:`OUTCOMES`."""
    if not row.measured:
        return NOT_MEASURED
    if row.method is None:
        return NO_PROGRAM
    if not row.exact:
        return DIFFERS
    return TABLE if row.is_table else FORMULA


def chosen(
    rows: Iterable[BenchmarkRow],
    *,
    text: str = "",
    outcomes: Collection[str] = (),
    paper: Collection[str] = (),
    groups: Collection[str] = (),
    routes: Collection[str] = (),
    proofs: Collection[str] = (),
) -> tuple[BenchmarkRow, ...]:
    """Return the rows that pass all filters; an empty one lets everything pass.

    Parameters
    ----------
    text : words that must all occur in the task's name, its group or the formula
    """
    words = text.lower().replace("_", " ").split()

    def passes(row: BenchmarkRow) -> bool:
        content = f"{row.task.replace('_', ' ')} {row.group} {row.formula or ''}".lower()
        return (
            all(word in content for word in words)
            and (not outcomes or outcome(row) in outcomes)
            and (not paper or row.paper.result.value in paper)
            and (not groups or row.group in groups)
            and (not routes or row.route in routes)
            and (not proofs or proof_word(row.certificates) in proofs)
        )

    return tuple(row for row in rows if passes(row))


def memory_text(row: BenchmarkRow) -> str:
    """Return what the machine remembers, in words."""
    if row.states is not None:
        return count_text(row.states, "state")
    if row.order is None:
        return "none"
    return count_text(row.order, "integer") if row.order else "no memory"


def network_text(row: BenchmarkRow) -> str:
    """Return the share of fresh sequences that the network gets right; only all of them are 100 %.

    >>> network_text(BenchmarkRow("Prev1", "", 10, trained=Count(9999, 10000)))
    '99.99 %'
    """
    if row.trained is None:
        return "not trained"
    if holds(row.trained):
        return "100 %"
    return f"{int(10_000 * row.trained.agree / row.trained.sequences) / 100:.2f} %"


def reach_text(row: BenchmarkRow) -> str:
    """Return how far program and network were seen to agree.

    >>> reach_text(BenchmarkRow("Prev1", "", 10, method="linear", holds_to=12))
    'equals program to length 12'
    """
    if row.method is None:
        return ""
    reach = "for all lengths, proved" if row.proved else f"to length {row.holds_to}"
    return f"equals program {reach}"


def table_html(rows: Sequence[BenchmarkRow], openable: Collection[str] = ()) -> str:
    """Return the rows as an HTML table with its style; ``openable`` names the tasks that have a page to open."""
    names = ("Task", "Program", "Right", "Network", "Certificate", "As trained", "Paper")
    head = "".join(f"<th scope='col'>{name}</th>" for name in names)
    body = "".join(_row_html(row, row.task in openable) for row in rows)
    return (
        f"<style>{TABLE_CSS}</style><div class='bench' tabindex='0' role='region' aria-label='Results per task'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row_html(row: BenchmarkRow, opens: bool) -> str:
    name = escape(row.task)
    title = name.replace("_", " ")
    link = f"<a class='task' href='program?task={name}'>{title}</a>" if opens else f"<span class='task'>{title}</span>"
    if row.formula is not None:
        by = f", by {row.route}" if row.route else ""
        size = "" if row.is_table else f", size {row.nodes}"  # of a table the formula column says the entries
        note = f"{memory_text(row)}; {row.method}{size}{by}; {row.total_seconds:.1f} s"
        program = f"<code>{escape(row.formula)}</code><small>{escape(note)}</small>"
    else:
        program = f"<strong>{escape(outcome(row))}</strong><small>{escape(row.reason or '')}</small>"
    both = (("1x", row.program_vs_data.short), ("5x", row.program_vs_data.long))
    exact = "".join(_exact_html(count, times) for times, count in both)
    trained = row.trained.text if row.trained is not None else ""
    network = f"<span class='{_sign(row.trained)}'>{network_text(row)}</span><small>{escape(reach_text(row))}</small>"
    paper = row.paper
    word = f"<span>{paper.result.value}</span>" + (f"<small>{escape(paper.method)}</small>" if paper.method else "")
    cells = [
        f"<td class='name'>{link}<small class='group'>{escape(row.group)}</small></td>",
        f"<td class='program'>{program}</td>",
        _cell("Right", exact, "short"),
        _cell("Network", network, "network", trained),
        _cell("Certificate", _certificate_html(row), "proof"),
        _cell("As trained", _as_trained_html(row), "proof"),
        _cell("Paper", word, "short", paper.source),
    ]
    return f"<tr{f' data-value={name!r}' if opens else ''}>{''.join(cells)}</tr>"


def _certificate_html(row: BenchmarkRow) -> str:
    reach, network = certified_text(row.certificates)
    if not network:
        return f"<span>{reach}</span>"
    return f"<span class='yes'>✓ {escape(reach)}</span><small>{escape(network)}</small>"


def _as_trained_html(row: BenchmarkRow) -> str:
    text, proved = trained_text(row.certificates)
    sign, kind = {True: ("✓ ", "yes"), False: ("✗ ", "no"), None: ("", "")}[proved]
    return f"<span class='{kind}'>{sign}{escape(text)}</span>"


def _cell(name: str, content: str, kind: str = "", title: str = "") -> str:
    told = f' title="{escape(title)}"' if title else ""
    return f'<td class="{kind}" data-name="{name}"{told}>{content}</td>'


def _sign(count: Count | None) -> str:
    return "yes" if holds(count) else "no"


def _exact_html(count: Count | None, times: str) -> str:
    if count is None:
        return f"<div>{times} not compared</div>"
    if count.holds:
        return f"<div class='yes' title='{count.text}'>✓ {times}</div>"
    return f"<div class='no'>✗ {times}</div><small>{count.text}</small>"


def paper_figure(rows: Sequence[BenchmarkRow]) -> go.Figure:
    """Draw per kind of task how many are solved here and how many by the paper's own method."""
    groups = list(dict.fromkeys(row.group for row in rows))

    def tally(test: Callable[[BenchmarkRow], bool]) -> list[int]:
        return [sum(1 for row in rows if row.group == group and test(row)) for group in groups]

    total = tally(lambda row: True)
    bars = [
        ("here, as formula", tally(lambda row: outcome(row) == FORMULA), -0.42, "", HUES[0]),
        ("here, as table", tally(lambda row: outcome(row) == TABLE), -0.42, "/", HUES[4]),
        ("paper, solved", tally(lambda row: row.paper.result is PaperResult.SOLVED), 0.02, "", HUES[5]),
        ("paper, likely solved", tally(lambda row: row.paper.result is PaperResult.LIKELY), 0.02, "/", HUES[1]),
    ]
    labels = [_two_lines(group) for group in groups]
    figure = go.Figure()
    base: dict[float, list[int]] = {}
    for name, counts, offset, pattern, colour in bars:
        below = base.get(offset, [0] * len(groups))
        figure.add_trace(
            go.Bar(
                y=labels, x=counts, base=below, offset=offset, width=0.4, orientation="h", name=name,
                marker={"color": colour, "pattern": {"shape": pattern, **_PATTERN}},
                customdata=[[name, count, all_of] for count, all_of in zip(counts, total, strict=True)],
                hovertemplate="%{customdata[0]}: %{customdata[1]} of %{customdata[2]}<extra></extra>",
            )
        )  # fmt: skip
        base[offset] = [b + c for b, c in zip(below, counts, strict=True)]
    figure.update_layout(**_FIGURE, barmode="overlay", height=150 + 44 * len(groups))
    figure.update_xaxes(title_text="tasks", fixedrange=True, dtick=2, rangemode="tozero")
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True)
    return figure


def seconds_figure(rows: Sequence[BenchmarkRow], most: int = 12) -> go.Figure:
    """Draw the seconds of each stage, for the ``most`` slowest tasks."""
    slowest = sorted(rows, key=lambda row: -row.total_seconds)[:most]
    figure = go.Figure()
    for stage in STAGES:
        seconds = [row.seconds.get(stage, 0.0) for row in slowest]
        if not any(seconds):
            continue
        pattern, colour = _STAGE_LOOK[stage]
        figure.add_trace(
            go.Bar(
                y=[row.task.replace("_", " ") for row in slowest], x=seconds, orientation="h", name=stage,
                marker={"color": colour, "pattern": {"shape": pattern, **_PATTERN}},
                hovertemplate=f"{stage}: %{{x:.1f}} s<extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(**_FIGURE, barmode="stack", height=150 + 28 * len(slowest), showlegend=True)
    figure.update_xaxes(title_text="seconds", fixedrange=True, rangemode="tozero")
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True)
    return figure


def _two_lines(text: str, width: int = 20) -> str:
    """Break a label at the word that makes it longer than ``width``.

    >>> _two_lines("Running extremes, counts and sums")
    'Running extremes,<br>counts and sums'
    """
    first, rest = "", text.split()
    while rest and (not first or len(f"{first} {rest[0]}") <= width):
        first = f"{first} {rest.pop(0)}".strip()
    return f"{first}<br>{' '.join(rest)}" if rest else first
