"""The points that a person chose: as rows of a table, as text of an address, and as states in a strip."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray
from mips_core.views.colouring import STATE, Colouring, cluster_name
from mips_core.views.hidden_states import Cloud
from mips_core.views.palette import state_name
from mips_core.views.sequences import count_text, sequence_text, step_text

MOST_CHOSEN = 150
"""Points that are kept as chosen: more cannot be read in a table, nor be written in an address."""

MOST_STATES = 60
"""States that a strip shows; of more, only those that are lit, and the start."""

START = "(nothing yet)"

Row = dict[str, str | int | float]


def points_text(points: Sequence[int]) -> str:
    """Write chosen points for an address.

    >>> points_text([4, 17])
    '4.17'
    """
    return ".".join(str(point) for point in points)


def parse_points(text: str, count: int) -> tuple[int, ...]:
    """Read points from an address, those of them that exist; at most :data:`MOST_CHOSEN`.

    >>> parse_points("4.17.99", 20)
    (4, 17)

    Raises
    ------
    ValueError
        when something is no number.
    """
    found = dict.fromkeys(int(part) for part in text.split(".") if part)
    return tuple(point for point in found if 0 <= point < count)[:MOST_CHOSEN]


def point_rows(
    cloud: Cloud, points: Sequence[int], clusters: IntArray, met: IntArray | None = None,
    codes: FloatArray | None = None,
) -> list[Row]:  # fmt: skip
    """Return a row for each point: the inputs that lead to it, its state, cluster and output, and its numbers.

    Parameters
    ----------
    clusters : int64 (P,)
    met : int64 (P,), how often each hidden state was met; 0 for those that are not drawn
    codes : float64 (P, n), places on the lattice, before rounding
    """
    rows = []
    for point in points:
        prefix, output = cloud.prefix(point), cloud.output(point)
        row: Row = {
            "inputs so far": sequence_text(prefix, cloud.input_words) or START,
            "steps": int(cloud.steps[point]),
        }
        if cloud.finite:
            row["state"] = state_name(int(cloud.values[point]))
        row["cluster"] = cluster_name(int(clusters[point]))
        row |= {name: int(values[point]) for name, values in cloud.variables.items()}
        row["output"] = "none yet" if output is None else step_text(output, cloud.output_words)
        if met is not None:
            row["times met"] = int(met[point])
        if codes is not None:
            row["place on the lattice"] = " ".join(f"{v:g}" for v in np.round(codes[point], 3) + 0.0)
        row["hidden state"] = " ".join(f"{v:.4g}" for v in cloud.states[point])
        rows.append(row)
    return rows


def points_columns(cloud: Cloud, points: Sequence[int] | IntArray, clusters: IntArray) -> dict[str, list[object]]:
    """Return points as named columns, with every hidden number in a column of its own and in full precision."""
    rows = np.asarray(points, dtype=np.int64)
    outputs = [cloud.output(point) for point in rows.tolist()]
    columns: dict[str, list[object]] = {
        "inputs": [sequence_text(cloud.prefix(point), cloud.input_words) for point in rows.tolist()],
        "steps": cloud.steps[rows].tolist(),
    }
    if cloud.finite:
        columns["state"] = [state_name(value) for value in cloud.values[rows].tolist()]
    columns["cluster"] = [cluster_name(cluster) for cluster in clusters[rows].tolist()]
    columns |= {name: values[rows].tolist() for name, values in cloud.variables.items()}
    columns["output"] = ["" if output is None else step_text(output, cloud.output_words) for output in outputs]
    return columns | {f"h{i + 1}": column.tolist() for i, column in enumerate(cloud.states[rows].T)}


def first_points(cloud: Cloud, drawn: IntArray, groups: IntArray) -> tuple[int, ...]:
    """Return for each group the drawn point with the shortest prefix, in the order of the groups."""
    order = drawn[np.lexsort((drawn, cloud.steps[drawn]))]
    _, first = np.unique(groups[order], return_index=True)
    return tuple(order[first].tolist())


def lit_states(cloud: Cloud, points: Sequence[int]) -> dict[int, int]:
    """Return the machine states of some points, with how many of the points each has."""
    if not cloud.finite:
        return {}
    values, counts = np.unique(cloud.values[list(points)], return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


_SIGNS = {
    "circle": '<circle cx="7" cy="7" r="5.2"/>',
    "square": '<rect x="2.4" y="2.4" width="9.2" height="9.2"/>',
    "diamond": '<path d="M7 .8 13.2 7 7 13.2 .8 7z"/>',
    "triangle-up": '<path d="M7 1.4 13 12H1z"/>',
    "triangle-down": '<path d="M7 12.6 1 2h12z"/>',
    "star": '<path d="M7 .6 8.7 5.1l4.7.2-3.7 3 1.3 4.6L7 10.2l-4 2.7 1.3-4.6-3.7-3 4.7-.2z"/>',
    "hexagon": '<path d="M7 .9l5.3 3v6.2L7 13.1l-5.3-3V3.9z"/>',
    "cross": '<path d="M4.8 1h4.4v3.8H13v4.4H9.2V13H4.8V9.2H1V4.8h3.8z"/>',
}

STRIP_CSS = """<style>
.strip { display: flex; flex-wrap: wrap; gap: 6px; padding: 3px; align-items: center; }
.strip button { font: inherit; font-size: 0.86rem; color: inherit; display: inline-flex; align-items: center; gap: 6px;
  padding: 4px 10px; min-height: 30px; border-radius: 99px; border: 1.5px solid var(--st-border-color, #ccc);
  background: var(--st-background-color, #fff); cursor: pointer; }
.strip button:hover { border-color: var(--st-primary-color, #0072B2); }
.strip button[aria-pressed=true] { border-color: var(--st-primary-color, #0072B2); border-width: 2.5px;
  font-weight: 700; background: var(--st-secondary-background-color, #eee); }
.strip small { opacity: 0.75; font-weight: 400; }
.strip .rest { opacity: 0.75; font-size: 0.86rem; padding-left: 4px; }
</style>"""


def state_strip(
    colours: Colouring, states: int, start: int, lit: dict[int, int], chosen: int | None, counts: dict[int, int]
) -> str:
    """Return the states of a machine as a row of buttons; lit ones are pressed and count their chosen points.

    Parameters
    ----------
    colours : colours by machine state
    lit : by state, how many of the chosen points it has
    chosen : the state that is chosen on all pages
    counts : by state, how many hidden states belong to it
    """
    assert colours.label == STATE
    front = tuple(dict.fromkeys([*lit, *([] if chosen is None else [chosen])]))
    shown = range(states) if states <= MOST_STATES else sorted({start, *front})
    parts = []
    for state in shown:
        style = colours.style(state, front)
        pressed = state in front
        said = (
            f"{count_text(lit[state], 'chosen point')}" if state in lit else count_text(counts.get(state, 0), "point")
        )
        parts.append(
            f'<button data-value="{state}" aria-pressed="{str(pressed).lower()}" '
            f'aria-label="state {style.name}, {said}">'
            f'<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" fill="{style.colour}" '
            f'stroke="currentColor" stroke-opacity="0.5" stroke-width="0.7">{_SIGNS[style.shape]}</svg>'
            f"{style.name}{' start' if state == start else ''}<small>{escape(said)}</small></button>"
        )
    left = states - len(shown)
    rest = f'<span class="rest">and {left:,} more, which you find by name below</span>' if left else ""
    return f'{STRIP_CSS}<div class="strip" role="group" aria-label="States of the machine">{"".join(parts)}{rest}</div>'
