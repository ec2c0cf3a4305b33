"""A sweep at a glance: one line for each task or file, one sign for each seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from mips_core.sweeps.plan import Unit
from mips_core.sweeps.record import RUNNING, SweepState
from mips_core.sweeps.row import Outcome, Row
from mips_core.views.csv_text import columns_of
from mips_core.wording import plural

MOST_SIGNS = 200
"""Signs on one line; more seeds than that are counted instead."""


@dataclass(frozen=True)
class Sign:
    """How one state of a unit is shown: never by colour alone."""

    name: str
    shape: str
    colour: str


SIGNS: Mapping[str, Sign] = {
    Outcome.SOLVED: Sign("solved", "●", "#009E73"),
    Outcome.UNSOLVED: Sign("not solved", "▲", "#E69F00"),
    Outcome.FAILED: Sign("failed", "✕", "#D55E00"),
    "running": Sign("running", "◐", "#56B4E9"),
    "waiting": Sign("waiting", "○", "#8A8A8A"),
    "not done": Sign("not done", "○", "#8A8A8A"),  # as nobody is at the sweep any more
}

SWEEP_CSS = """
.sweep { font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.sweep .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 10px; padding: 0; list-style: none; }
.sweep .line { display: flex; flex-wrap: wrap; gap: 0 12px; padding: 3px 0; align-items: baseline;
  border-bottom: 1px solid rgb(128 128 128 / 0.25); break-inside: avoid; }
.sweep .line b { flex: 1 1 11rem; font-weight: 600; overflow-wrap: anywhere; }
.sweep .signs { flex: 0 1 auto; min-width: 0; overflow-wrap: anywhere; letter-spacing: 0.28em; line-height: 1.35; }
.sweep .signs i, .sweep .legend i { font-style: normal; font-size: 1.05rem; }
.sweep .count { flex: none; min-width: 6.6rem; text-align: right; opacity: 0.85; }
.sweep .lines { columns: 2; column-gap: 36px; }
@media (max-width: 1000px) { .sweep .lines { columns: 1; } }
"""


def sweep_grid_html(state: SweepState) -> str:
    """Return the legend with counts, and one line for each source and setting, with a sign for each seed."""
    rows = {row.unit: row for row in state.rows}
    lines: dict[str, list[Unit]] = defaultdict(list)
    several = len({unit.settings for unit in state.units}) > 1
    for unit in state.units:
        lines[", ".join(part for part in (unit.source, unit.settings if several else "") if part)].append(unit)
    states = {unit: _state(unit, rows.get(unit), state) for unit in state.units}
    legend = "".join(
        f"<li>{_sign(name)} {sign.name} {count:,}</li>"
        for name, sign in SIGNS.items()
        if (count := sum(found == name for found in states.values()))
    )
    body = "".join(_line(name, units, states, rows) for name, units in lines.items())
    return (
        f'<style>{SWEEP_CSS}</style><div class="sweep"><ul class="legend">{legend}</ul>'
        f'<div class="lines">{body}</div></div>'
    )


def sweep_text(state: SweepState) -> str:
    """Say in a sentence or two how far a sweep is."""
    totals = state.totals
    if totals.stored == totals.units:
        were = "The unit was" if totals.units == 1 else f"All {totals.units:,} units were"
        return f"{were} stored already, {totals.solved:,} solved. Nothing had to be computed."
    said = [f"{totals.over:,} of {plural(totals.units, 'unit')} done, {totals.solved:,} solved"]
    said += [f"{totals.failed:,} failed"] if totals.failed else []
    said += [f"{totals.stored:,} were stored already"] if totals.stored else []
    said += [f"{plural(totals.lost, 'worker')} lost"] if totals.lost else []
    said += [f"begun again {totals.again:,} times"] if totals.again > 1 else ["begun again once"] * totals.again
    text = f"{', '.join(said)}."
    if state.state != RUNNING or totals.over == totals.units:
        return text
    if not state.workers_title:
        return f"{text} Getting workers ready."
    left = "" if totals.remaining is None else f"About {_time(totals.remaining)} left, on "
    return f"{text} {left or 'On '}{state.workers_title}."


def sweep_columns(state: SweepState) -> dict[str, list[object]]:
    """Return all units as the columns of a table, waiting ones last."""
    rows = {row.unit: row for row in state.rows}
    units = sorted(state.units, key=lambda unit: unit not in rows)
    return columns_of(
        [
            {
                "source": unit.source, "seed": unit.seed, "setting": unit.settings,
                "result": SIGNS[_state(unit, row, state)].name,
                "program": "" if row is None or row.outcome == Outcome.FAILED else row.program_text,
                "seconds": None if row is None else row.seconds,
                "run": "" if row is None else row.run, "reason": "" if row is None else row.reason,
            }
            for unit in units
            for row in (rows.get(unit),)
        ]
    )  # fmt: skip


def _state(unit: Unit, row: Row | None, state: SweepState) -> str:
    if row is not None:
        return row.outcome
    if state.state != RUNNING:
        return "not done"
    return "running" if unit in state.running else "waiting"


def _line(name: str, units: Sequence[Unit], states: Mapping[Unit, str], rows: Mapping[Unit, Row]) -> str:
    solved = sum(states[unit] == Outcome.SOLVED for unit in units)
    signs = (
        "" if len(units) > MOST_SIGNS else "".join(_sign(states[unit], _tip(unit, rows.get(unit))) for unit in units)
    )
    count = f"{solved:,} of {len(units):,} solved"
    return (
        f'<div class="line"><b>{escape(name)}</b><span class="signs" aria-hidden="true">{signs}</span>'
        f'<span class="count">{count}</span></div>'
    )


def _tip(unit: Unit, row: Row | None) -> str:
    if row is None:
        return f"seed {unit.seed}"
    return f"seed {unit.seed}: {SIGNS[row.outcome].name}, {row.found_text}"


def _sign(name: str, tip: str = "") -> str:
    sign = SIGNS[name]
    told = f' title="{escape(tip)}"' if tip else ""
    return f'<i style="color:{sign.colour}"{told}>{sign.shape}</i>'


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 100 else f"{minutes} min" if minutes < 100 else f"{minutes / 60:.1f} h"
