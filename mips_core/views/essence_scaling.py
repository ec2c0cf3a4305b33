"""How distilled code does at sizes far beyond those taught, beside models that were taught the same samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from mips_core.views.palette import HUES
from mips_core.views.sequences import count_text, share_text
from mips_core.wording import time_text

CODE = "distilled code"
_LOOKS = {
    CODE: (HUES[0], "circle", "solid"),
    "multilayer perceptron": (HUES[5], "square", "dash"),
    "decision tree": (HUES[2], "diamond", "dot"),
}
_MORE = (
    (HUES[3], "triangle-up", "dashdot"), (HUES[1], "star", "longdash"), (HUES[4], "hexagon", "longdashdot"),
    (HUES[6], "cross", "dot"), (HUES[7], "triangle-down", "dash"),
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One answerer at one size.

    Parameters
    ----------
    who : the code, a model or another algorithm
    kind : which kind of test inputs, where there are several; ""
    size : as text, "28 x 28"
    length : the first number of the size
    share : right ones, in 0..1; None where it cannot take the size
    count : in words
    seconds : for one case, or None
    """

    who: str
    kind: str
    size: str
    length: int
    share: float | None
    count: str
    seconds: float | None


def size_text(size: int | Sequence[int]) -> str:
    """Write a size.

    >>> size_text([28, 28]), size_text(6000)
    ('28 × 28', '6,000')
    """
    return " × ".join(f"{part:,}" for part in ([size] if isinstance(size, int) else size))


def scaling_points(report: Mapping[str, Any], baselines: Sequence[Mapping[str, Any]]) -> list[Point]:
    """Return all that is known: the code's rows, the models', and the other algorithms on formulas."""
    points = []
    for row in report["scaling"]:
        points.append(_point(CODE, row))
        for rival in row.get("rivals", ()):
            points.append(_rival(rival["name"], row, rival["satisfied"]["mean"]))
    for model in baselines:
        points += [_point(str(model["model"]), row) for row in model["scaling"]]
        for size in model["cannot"]:
            text = size_text(size)
            points.append(Point(str(model["model"]), "", text, _first(size), None, "cannot take it", None))
    return list({(p.who, p.kind, p.size): p for p in points}.values())  # the last measured counts


def kinds_of(points: Sequence[Point]) -> list[str]:
    """Return the kinds of test inputs; [] where there are none to tell apart."""
    return list(dict.fromkeys(p.kind for p in points if p.kind and p.kind != "taught"))


def of_kind(points: Sequence[Point], kind: str) -> list[Point]:
    """Return the points of one kind, and those that hold for every kind."""
    return [p for p in points if p.kind in (kind, "")]


def _point(who: str, row: Mapping[str, Any]) -> Point:
    kind = row.get("kind", "")
    count = f"{row['correct']:,} of {row['cases']:,}"
    if row.get("abstained"):
        count += f", {count_text(row['abstained'], 'tie')}"
    return Point(
        who, kind, size_text(row["size"]), _first(row["size"]), row["correct"] / max(row["cases"], 1), count,
        row["seconds"] / max(row["cases"], 1),
    )  # fmt: skip


def _rival(name: str, row: Mapping[str, Any], mean: float) -> Point:
    clauses = row["size"][1]
    count = f"{mean:.2f} of {clauses} clauses, on average"
    return Point(name, "", size_text(row["size"]), _first(row["size"]), mean / clauses, count, None)


def _first(size: int | Sequence[int]) -> int:
    return size if isinstance(size, int) else int(size[0])


def accuracy_figure(points: Sequence[Point]) -> go.Figure:
    """Draw the share of right answers over the size; who cannot take a size has a cross at the bottom."""
    figure = go.Figure()
    low = min([p.share for p in points if p.share is not None] or [0.0])
    bottom = max(0.0, 100 * low - max(4.0, 12 * (1 - low)))
    for who, own in _by_who(points).items():
        colour, symbol, dash = _look(who, points)
        there = [p for p in own if p.share is not None]
        figure.add_trace(
            go.Scatter(
                x=[p.length for p in there], y=[100 * (p.share or 0) for p in there], mode="lines+markers", name=who,
                line={"color": colour, "dash": dash, "width": 2.5},
                marker={"symbol": symbol, "size": 10, "color": colour}, text=[f"{p.size}: {p.count}" for p in there],
                hovertemplate="%{text}<extra>%{fullData.name}</extra>", cliponaxis=False,
            )
        )  # fmt: skip
    missing = [p for p in points if p.share is None]
    if missing:
        figure.add_trace(
            go.Scatter(
                x=[p.length for p in missing], y=[bottom] * len(missing), mode="markers", name="cannot take this size",
                marker={"symbol": "x-thin", "size": 12, "line": {"width": 3, "color": HUES[5]}},
                text=[f"{p.who}, {p.size}: cannot take it" for p in missing],
                hovertemplate="%{text}<extra></extra>", cliponaxis=False,
            )
        )  # fmt: skip
    figure.update_yaxes(range=[bottom - 1, 100.8 if bottom > 50 else 104], ticksuffix=" %", title_text="right")
    return _framed(figure, points)


def seconds_figure(points: Sequence[Point]) -> go.Figure:
    """Draw the time for one case over the size, both on logarithmic scales."""
    figure = go.Figure()
    for who, own in _by_who(points).items():
        there = [p for p in own if p.seconds]
        if not there:
            continue
        colour, symbol, dash = _look(who, points)
        figure.add_trace(
            go.Scatter(
                x=[p.length for p in there], y=[p.seconds for p in there], mode="lines+markers", name=who,
                line={"color": colour, "dash": dash, "width": 2.5},
                marker={"symbol": symbol, "size": 10, "color": colour},
                text=[f"{p.size}: {time_text(p.seconds or 0)}" for p in there],
                hovertemplate="%{text}<extra>%{fullData.name}</extra>", cliponaxis=False,
            )
        )  # fmt: skip
    figure.update_yaxes(type="log", title_text="seconds for one case", exponentformat="power", dtick=1)
    return _framed(figure, points)


def _framed(figure: go.Figure, points: Sequence[Point]) -> go.Figure:
    sizes = dict(sorted({p.length: p.size for p in points}.items()))
    figure.update_xaxes(type="log", tickvals=list(sizes), ticktext=list(sizes.values()), title_text="size of the input")
    figure.update_layout(
        height=360, margin={"l": 10, "r": 20, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    return figure


def _by_who(points: Sequence[Point]) -> dict[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(point.who, []).append(point)
    return {who: sorted(own, key=lambda p: p.length) for who, own in found.items()}


def _look(who: str, points: Sequence[Point]) -> tuple[str, str, str]:
    if who in _LOOKS:
        return _LOOKS[who]
    others = [name for name in _by_who(points) if name not in _LOOKS]
    return _MORE[others.index(who) % len(_MORE)]


def scaling_rows(points: Sequence[Point]) -> list[dict[str, str]]:
    """Return all points as rows of a table."""
    return [
        {
            "size": p.size, "who": p.who, "inputs": p.kind or "all", "right": p.count,
            "share": "" if p.share is None else share_text(p.share),
            "time for one case": "" if not p.seconds else time_text(p.seconds),
        }
        for p in sorted(points, key=lambda p: (p.length, p.who, p.kind))
    ]  # fmt: skip


def sizes_of(points: Sequence[Point]) -> list[str]:
    """Return the sizes as text, ascending."""
    return list(dict.fromkeys(p.size for p in sorted(points, key=lambda p: p.length)))


def size_sentences(points: Sequence[Point], size: str) -> list[str]:
    """Say for one size how everybody did."""
    said = []
    for point in points:
        if point.size != size:
            continue
        if point.share is None:
            said.append(f"**{point.who}**: cannot take it. It was made for inputs of one size.")
        else:
            took = "" if not point.seconds else f", {time_text(point.seconds)} for one case"
            said.append(f"**{point.who}**: right on {point.count}{took}.")
    return said


def scaling_alt(points: Sequence[Point]) -> str:
    """Say what the figures show."""
    parts = []
    for who, own in _by_who(points).items():
        there = [p for p in own if p.share is not None]
        cannot = len(own) - len(there)
        if there:
            parts.append(
                f"{who}: {share_text(there[0].share or 0)} at {there[0].size}, "
                f"{share_text(there[-1].share or 0)} at {there[-1].size}"
            )
        if cannot:
            parts.append(f"{who} cannot take {count_text(cannot, 'size')}")
    return f"Share of right answers by size. {'; '.join(parts)}."
