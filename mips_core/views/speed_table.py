"""The speed benchmark as tables: a summary of each section, and every piece of work."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape

from mips_core.benchmarks.speed import Against, Measured, SpeedBenchmark
from mips_core.benchmarks.speed.promises import Promise, answers, verdicts_text
from mips_core.benchmarks.speed.words import ratio_text
from mips_core.views.speed_rows import (
    ABSENT,
    AS_FAST,
    AT_LEAST,
    FASTER,
    OURS_FAILED,
    PEER_FAILED,
    RESULTS,
    SLOWER,
    SpeedRow,
    facts_text,
    section_of,
)
from mips_core.wording import plural, time_text

_YARDSTICK = "No contest: this peer does not do the same work, and gives a measure."
_ON_REQUEST = re.compile(r"(\w+) was left out on request\.")
SPEED_CSS = """
.speed { overflow: auto; border: 1px solid var(--st-border-color); border-radius: 8px; }
.speed.long { max-height: 40rem; }
.speed:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.speed table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.86rem; }
.speed th { text-align: left; font-weight: 600; padding: 8px 10px; vertical-align: bottom;
  background: var(--st-secondary-background-color); }
.speed thead th { position: sticky; top: 0; z-index: 1; }
.speed td { padding: 7px 10px; border-top: 1px solid var(--st-border-color); vertical-align: top; }
.speed tbody th { border-top: 1px solid var(--st-border-color); }
.speed tbody th small { font-weight: 400; }
.speed small { display: block; opacity: 0.8; font-size: 0.78rem; line-height: 1.35; overflow-wrap: anywhere; }
.speed .won { color: var(--st-blue-text-color); }
.speed .lost { color: var(--st-orange-text-color); font-weight: 600; }
.speed td.short { white-space: nowrap; }
.speed td.short small { white-space: normal; }
@container (max-width: 620px) {
  .speed table, .speed tbody, .speed tr, .speed td, .speed tbody th { display: block; }
  .speed thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .speed tr { padding: 9px 12px; border-top: 1px solid var(--st-border-color); }
  .speed tr.section { padding: 0; border: 0; }
  .speed td { border: 0; padding: 2px 0; white-space: normal; }
  .speed td[data-name]::before { content: attr(data-name) ": "; opacity: 0.8; }
}
.speedbox { container-type: inline-size; padding: 3px; }
"""


def framed(body: str, *, head: Sequence[str], label: str, long: bool = False) -> str:
    """Return rows of a table with its head, style and name; a long one scrolls by itself."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    kind = "speed long" if long else "speed"
    return (
        f'<style>{SPEED_CSS}</style><div class="speedbox"><div class="{kind}" tabindex="0" role="region" '
        f'aria-label="{escape(label)}"><table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div></div>'
    )


def cell(name: str, content: str, small: str = "", kind: str = "") -> str:
    """Return one cell of a table; on a narrow page its column's name stands before it. ``content`` is HTML."""
    note = f"<small>{escape(small)}</small>" if small else ""
    return f'<td class="{kind}" data-name="{escape(name)}">{content}{note}</td>'


def headline(rows: Sequence[SpeedRow]) -> str:
    """Say in how many cases ours is faster and in how many slower, bounds included; all parts add up to the first.

    A yardstick does not count, and is said not to.
    """
    every, rows = rows, [row for row in rows if not section_of(row.section).yardstick]
    yardsticks = len(every) - len(rows)
    counts = {word: sum(1 for row in rows if row.result == word) for word in RESULTS}
    ended = sum(1 for row in rows if row.result == FASTER and row.bound == AT_LEAST)
    said = f"Of {plural(len(rows), 'comparison')} ours is faster in **{counts[FASTER]}**"
    said += f" (in {ended} of these the peer was ended)" if ended else ""
    said += f", as fast in {counts[AS_FAST]} and slower in **{counts[SLOWER]}**"
    for word, wrong in ((PEER_FAILED, "the peer's result is wrong"), (OURS_FAILED, "ours is wrong or was ended")):
        said += f"; {wrong} in {counts[word]}" if counts[word] else ""
    said += f"; in {counts[ABSENT]} the peer took no part" if counts[ABSENT] else ""
    beside = f" Not counted: {plural(yardsticks, 'row')} beside a yardstick, which is no contest." if yardsticks else ""
    return f"{said}.{beside}"


def conditions_text(benchmark: SpeedBenchmark) -> str:
    """Say where, when and with which versions a benchmark was measured."""
    versions = ", ".join(f"{name} {version}" for name, version in benchmark.packages.items())
    return (
        f"Measured {benchmark.conditions.text}, processor {benchmark.processor or 'unknown'}, seed {benchmark.seed}, "
        f"in {time_text(benchmark.seconds)}. Versions: {versions or 'not told'}."
    )


def summary_html(benchmark: SpeedBenchmark) -> str:
    """Return each section with what is promised of it, and ours against each peer."""
    rows: list[str] = []
    found, promised = benchmark.against(), answers(benchmark)
    for section in dict.fromkeys(one.section for one in benchmark.comparisons):
        known = section_of(section)
        small = f"<small>{escape(_YARDSTICK)}</small>" if known.yardstick else ""
        small += "".join(_promise_html(one) for one in promised if one.section == section)
        rows.append(f'<tr class="section"><th colspan="5" scope="rowgroup">{escape(known.title)}{small}</th></tr>')
        ran = [row for row in found if row.section == section]
        rows += map(_against_html, ran)
        rows += map(_absent_html, _absent(benchmark, section, {row.peer for row in ran}))
    head = ("Against", "Median", "Geometric mean", "Slowest case", "Solved: ours, peer")
    return framed("".join(rows), head=head, label="Ours against each peer, by section")


def promises_text(benchmark: SpeedBenchmark) -> str:
    """Count what was promised by how it came out, and name what was not kept."""
    promised = answers(benchmark)
    broken = "; ".join(dict.fromkeys(section_of(one.section).title for one in promised if one.kept is False))
    return f"Promises: {verdicts_text(promised)}." + (f" Not kept in: {broken}." if broken else "")


def skipped_texts(benchmark: SpeedBenchmark) -> tuple[str, ...]:
    """Return what was left out, in sentences; parts that were not asked for stand in one, by their titles."""
    parts = [_ON_REQUEST.fullmatch(sentence) for sentence in benchmark.skipped]
    titles = ", ".join(section_of(part[1]).title for part in parts if part is not None)
    others = [sentence for sentence, part in zip(benchmark.skipped, parts, strict=True) if part is None]
    return (*([f"Left out on request: {titles}."] if titles else []), *others)


def _promise_html(promise: Promise) -> str:
    sign, kind = {True: ("✓", "won"), False: ("✗", "lost"), None: ("–", "")}[promise.kept]
    return (
        f'<small>Promised: {escape(promise.words)}. <span class="{kind}">{sign} {promise.verdict}</span>: '
        f"{escape(promise.figure)}</small>"
    )


def _against_html(row: Against) -> str:
    both = f"{row.both} of {row.cases} cases solved by both"
    ended = (
        f"{ratio_text(row.capped_mean)} when unfinished runs count as the time given"
        if row.capped_mean is not None and row.both < row.cases
        else ""
    )
    return "<tr>" + "".join(
        (
            cell("Against", f"<strong>{escape(row.peer)}</strong>", both),
            cell("Median", _ratio_html(row.median), kind="short"),
            cell("Geometric mean", _ratio_html(row.mean), ended, "short"),
            cell("Slowest case", _ratio_html(row.least), kind="short"),
            cell("Solved: ours, peer", f"{row.ours_solved} and {row.peer_solved} of {row.cases}", kind="short"),
        )
    ) + "</tr>"  # fmt: skip


def _absent(benchmark: SpeedBenchmark, section: str, ran: Collection[str]) -> list[Measured]:
    """Return the peers of a section that are not among those that took part in it."""
    peers = (peer for one in benchmark.comparisons if one.section == section for peer in one.peers)
    return list({peer.name: peer for peer in peers if peer.name not in ran}.values())


def _absent_html(peer: Measured) -> str:
    why = escape(peer.reason or "not measured")
    name = cell("Against", f"<strong>{escape(peer.name)}</strong>")
    return f'<tr>{name}<td colspan="4">did not take part: {why}</td></tr>'


def _ratio_html(ratio: float | None) -> str:
    said = "no case" if ratio is None else ratio_text(ratio)
    kind = "won" if said.endswith("faster") else "lost" if said.endswith("slower") else ""
    return f'<span class="{kind}">{said}</span>'


def cases_html(rows: Sequence[SpeedRow]) -> str:
    """Return every piece of work as a table."""
    head = ("Case", "Ours", "Peer", "Ours is", "Memory: ours, peer")
    return framed("".join(_case_html(row) for row in rows), head=head, label="All cases", long=True)


def _case_html(row: SpeedRow) -> str:
    lost = row.result == SLOWER or (not row.ours.solved and row.peer.solved)
    kind = "lost" if lost else "won" if row.said.endswith("faster") else ""
    return "<tr>" + "".join(
        (
            cell("Case", f"<strong>{escape(row.case)}</strong>", row.title),
            cell("Ours", escape(took_text(row.ours)), _beside(row.ours)),
            cell("Peer", f"{escape(took_text(row.peer))}<small>{escape(row.peer.name)}</small>", _beside(row.peer)),
            cell("Ours is", f'<span class="{kind}">{escape(row.said)}</span>', kind="short"),
            cell("Memory: ours, peer", f"{megabytes_text(row.ours.megabytes)}, {megabytes_text(row.peer.megabytes)}"),
        )
    ) + "</tr>"  # fmt: skip


def took_text(one: Measured) -> str:
    """Say how long somebody took, and whether it came to a right end.

    >>> took_text(Measured("ours", 0.5, 3, solved=True)), took_text(Measured("peer", 60.0, 1, capped=True))
    ('500 ms ✓', 'ended after 60 s ✗')
    """
    if one.seconds is None:
        return "did not take part"
    if one.capped:
        return f"ended after {time_text(one.seconds)} ✗"
    return f"{time_text(one.seconds)} {'✓' if one.solved else '✗ not solved'}"


def _beside(one: Measured) -> str:
    return "; ".join(part for part in (facts_text(one.facts), "" if one.solved else one.reason) if part)


def megabytes_text(megabytes: float | None) -> str:
    """Write an amount of memory.

    >>> megabytes_text(1234.5), megabytes_text(0.26), megabytes_text(0.001), megabytes_text(None)
    ('1,234 MB', '0.3 MB', 'under 0.1 MB', 'unknown')
    """
    if megabytes is None:
        return "unknown"
    if megabytes < 0.1:
        return "under 0.1 MB"
    return f"{megabytes:,.0f} MB" if megabytes >= 10 else f"{megabytes:.1f} MB"
