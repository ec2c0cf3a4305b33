"""Pictures of a training run: loss curves, accuracy by length, and hidden states as they turn into clusters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from mips_core.errors import MipsError
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import Machine
from mips_core.networks import Network
from mips_core.networks.snapshots import LossCurves, Snapshots
from mips_core.views.colouring import Colouring, choices, colouring
from mips_core.views.hidden_state_figure import hidden_state_figure
from mips_core.views.hidden_states import Cloud, collect, principal_axes
from mips_core.views.palette import GREY, HUES, SHAPES
from mips_core.views.sequences import share_text

FloatArray = NDArray[np.float64]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_MOST_LABELS = len(HUES)
_MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}
_LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}

PHASE_WORDS = {
    "start": "before training",
    "train": "training",
    "settle": "settling, with falling rates",
    "correct": "training on words that were wrong",
    "end": "the network that came out",
}
"""What the phases of snapshots are called."""


@dataclass(frozen=True)
class Looks:
    """What a running job has told of one seed so far.

    Parameters
    ----------
    curves : losses of all architectures
    lengths : numbers of first steps that accuracy is given for
    steps, accuracy : int64 (S,) and float64 (S, L), of the architecture that is trained now
    rung : that architecture, or ""
    points : float64 (P, 2), hidden states of the best member at the last look
    labels : the right output after each of them
    """

    curves: LossCurves
    lengths: tuple[int, ...]
    steps: tuple[int, ...]
    accuracy: tuple[tuple[float, ...], ...]
    rung: str
    points: tuple[tuple[float, float], ...]
    labels: tuple[int, ...]


def looks(events: Iterable[Mapping[str, Any]]) -> Looks:
    """Gather what a job told, oldest first; only what it told of its last seed counts."""
    rungs: dict[str, int] = {}
    losses: list[tuple[int, int, float]] = []
    lengths: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()
    seen: list[Mapping[str, Any]] = []
    seed = None
    for event in events:
        if event.get("seed") != seed:
            seed = event.get("seed")
            rungs, losses, seen = {}, [], []
        kind = event.get("kind")
        if kind == "begin":
            lengths, labels = tuple(event["lengths"]), tuple(event["labels"])
        elif kind == "loss":
            losses.append((rungs.setdefault(event["rung"], len(rungs)), event["step"], event["loss"]))
        elif kind == "look":
            seen.append(event)
    now = [event for event in seen if event["rung"] == seen[-1]["rung"]]
    of, steps, values = zip(*losses, strict=True) if losses else ((), (), ())
    curves = LossCurves(
        tuple(rungs), np.array(of, dtype=np.int64), np.array(steps, dtype=np.int64), np.array(values, dtype=float)
    )
    return Looks(
        curves, lengths, tuple(e["step"] for e in now), tuple(tuple(e["accuracy"]) for e in now),
        now[-1]["rung"] if now else "", tuple((p[0], p[1]) for p in now[-1]["points"]) if now else (), labels,
    )  # fmt: skip


def loss_figure(curves: LossCurves, chosen: str = "") -> go.Figure:
    """Draw the loss of every architecture on a log scale; colour, dashes and name tell them apart.

    Parameters
    ----------
    chosen : the architecture that is drawn with a thicker line
    """
    figure = go.Figure()
    for number, rung in enumerate(curves.rungs):
        rows = curves.of == number
        figure.add_trace(
            go.Scatter(
                x=curves.steps[rows], y=curves.losses[rows], name=rung, mode="lines+markers",
                line={
                    "color": HUES[number % len(HUES)], "dash": DASHES[number % len(DASHES)],
                    "width": 3 if rung == chosen else 1.7,
                },
                marker={"size": 5, "symbol": SHAPES[number % len(SHAPES)]},
                hovertemplate=f"<b>{rung}</b><br>step %{{x:,}}<br>loss %{{y:.2g}}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(margin=_MARGIN, height=300, legend=_LEGEND, showlegend=True)
    figure.update_xaxes(title_text="optimiser steps", rangemode="tozero")
    figure.update_yaxes(title_text="training loss", type="log", exponentformat="power")
    return figure


def accuracy_figure(
    steps: Sequence[int],
    lengths: Sequence[int],
    accuracy: Sequence[Sequence[float]] | FloatArray,
    now: int | None = None,
) -> go.Figure:
    """Draw the share of held-out sequences that are right in so many first steps, one line per length.

    Parameters
    ----------
    steps : optimiser steps, or the numbers, of S moments
    lengths : L numbers of first steps
    accuracy : shares in [0, 1], (S, L)
    now : which of the S moments is marked by a vertical line
    """
    shares = np.asarray(accuracy, dtype=float).reshape(len(steps), len(lengths))
    figure = go.Figure()
    for number, length in enumerate(lengths):
        figure.add_trace(
            go.Scatter(
                x=list(steps), y=shares[:, number], name=length_name(length, lengths), mode="lines+markers",
                line={"color": HUES[number % len(HUES)], "dash": DASHES[number % len(DASHES)], "width": 2},
                marker={"size": 7, "symbol": SHAPES[number % len(SHAPES)]},
                hovertemplate=f"%{{x:,}}<br>{length} steps: %{{y:.1%}} right<extra></extra>",
            )
        )  # fmt: skip
    if now is not None:
        figure.add_vline(x=steps[now], line={"color": GREY, "width": 1.5, "dash": "dot"})
    figure.update_layout(margin=_MARGIN, height=300, legend=_LEGEND, showlegend=True)
    figure.update_xaxes(title_text="optimiser steps", rangemode="tozero")
    figure.update_yaxes(
        title_text="held-out sequences right",
        range=[-0.04, 1.06],
        tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1],
        ticktext=["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"],
    )
    return figure


def length_name(length: int, lengths: Sequence[int]) -> str:
    """Call a length by its steps, and by how often the shortest goes into it.

    >>> length_name(50, (10, 20, 50)), length_name(3, (2, 3))
    ('50 steps (5x)', '3 steps')
    """
    steps = "1 step" if length == 1 else f"{length} steps"
    whole = all(each % lengths[0] == 0 for each in lengths) and lengths[0] > 1
    return f"{steps} ({length // lengths[0]}x)" if whole and len(lengths) > 1 else steps


def points_figure(points: Sequence[tuple[float, float]], labels: Sequence[int]) -> go.Figure:
    """Draw hidden states at one moment of training, told apart by the right output after each."""
    places, outputs = np.asarray(points, dtype=float).reshape(-1, 2), np.asarray(labels)
    figure = go.Figure()
    values = np.unique(outputs)
    if len(values) > _MOST_LABELS:
        marker = {"color": outputs, "colorscale": "Viridis", "size": 7, "opacity": 0.85,
                  "colorbar": {"title": {"text": "output"}, "thickness": 12, "outlinewidth": 0}}  # fmt: skip
        figure.add_trace(go.Scatter(x=places[:, 0], y=places[:, 1], mode="markers", marker=marker, showlegend=False))
    for number, value in enumerate(values if len(values) <= _MOST_LABELS else ()):
        rows = outputs == value
        figure.add_trace(
            go.Scatter(
                x=places[rows, 0], y=places[rows, 1], mode="markers", name=f"output {value}", hoverinfo="name",
                marker={"color": HUES[number], "symbol": SHAPES[number], "size": 9, "opacity": 0.85,
                        "line": {"width": 0.7, "color": "rgba(20, 20, 20, 0.55)"}},
            )
        )  # fmt: skip
    figure.update_layout(margin=_MARGIN, height=360, legend=_LEGEND, showlegend=len(values) <= _MOST_LABELS)
    figure.update_xaxes(title_text="principal axis 1 of this moment", zeroline=False)
    figure.update_yaxes(title_text="principal axis 2", zeroline=False)
    return figure


@dataclass(frozen=True, eq=False)
class Film:
    """Snapshots ready to be drawn: the points of every moment with what the finished machine says about them.

    Parameters
    ----------
    snapshots : the moments
    cloud : the points of the last moment, with the inputs that led to them
    colours : by what the points are coloured at every moment: what the finished machine says, or outputs without one
    hidden : float64 (S, P, d), the points of every moment, the start state first
    """

    snapshots: Snapshots
    cloud: Cloud
    colours: Colouring
    hidden: FloatArray


def film(snapshots: Snapshots, network: Network, machine: Machine | None) -> Film:
    """Pair the moments with the states of the machine that was found at the end, or with outputs where none fits.

    Of sequences of several lengths, the steps are taken that most of them have.
    """
    lengths = snapshots.mask.sum(axis=1)
    steps = max(range(1, snapshots.mask.shape[1] + 1), key=lambda t: t * int((lengths >= t).sum()))
    rows = np.flatnonzero(lengths >= steps)
    x = snapshots.inputs[rows, :steps]
    try:
        cloud = collect(network, machine, x)
    except MipsError:  # the machine may not know every input that the data hold
        cloud = collect(network, None, x)
    size = snapshots.hidden.shape[-1]
    moved = snapshots.hidden[:, rows, :steps].astype(np.float64).reshape(snapshots.count, -1, size)
    begin = np.broadcast_to(cloud.states[:1, :size], (snapshots.count, 1, size))
    states = machine.states if cloud.finite and isinstance(machine, MealyMachine) else None
    colours = colouring(cloud, choices(cloud)[0], np.zeros(len(cloud.states), dtype=np.int64), states)
    return Film(snapshots, cloud, colours, np.concatenate([begin, moved], axis=1))


def moment_figure(shown: Film, moment: int) -> go.Figure:
    """Draw the hidden states of one moment on the principal axes of the last; the frame is the same for all moments."""
    axes = principal_axes(shown.hidden[-1], 2)
    figure = hidden_state_figure(replace(shown.cloud, states=shown.hidden[moment]), axes, shown.colours)
    (low_x, high_x), (low_y, high_y) = _frame(shown, axes)
    figure.update_xaxes(range=[low_x, high_x])
    figure.update_yaxes(range=[low_y, high_y])
    figure.update_layout(height=430)
    return figure


def _frame(shown: Film, axes: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the extent of all moments, but of no more than twice that of the last, so that its groups stay visible."""
    places = axes(shown.hidden)
    if places.shape[-1] < 2:
        steps = np.broadcast_to(shown.cloud.steps[None, :, None].astype(float), (*places.shape[:2], 1))
        places = np.concatenate([places, steps], axis=2)
    found = []
    for axis in (0, 1):
        last, every = places[-1, :, axis], places[:, :, axis]
        half = max(float(np.ptp(last)) / 2, 1e-6)
        centre = float(last.min()) + half
        low, high = max(float(every.min()), centre - 2 * half), min(float(every.max()), centre + 2 * half)
        margin = 0.06 * (high - low)
        found.append((low - margin, high + margin))
    return found[0], found[1]


def moment_columns(snapshots: Snapshots) -> dict[str, list[object]]:
    """Return the moments of a training as named columns: step, phase, loss, and the share right in so many steps."""
    lengths = snapshots.lengths.tolist()
    shares = {f"share right in the first {length} steps": snapshots.accuracy[:, i].tolist()
              for i, length in enumerate(lengths)}  # fmt: skip
    return {
        "moment": list(range(snapshots.count)),
        "step": snapshots.steps.tolist(),
        "phase": [PHASE_WORDS.get(phase, phase) for phase in snapshots.phases],
        "loss": ["" if np.isnan(loss) else loss for loss in snapshots.losses.tolist()],
        **shares,
    }


def moment_words(snapshots: Snapshots, moment: int) -> str:
    """Say in a line which moment it is and how good the network was.

    E.g. "Step 43, training: right on 12 % of sequences of 10 steps, 0 % of 50 steps."
    """
    shares = [
        f"{share_text(share)} of {length_name(int(length), snapshots.lengths.tolist())}"
        for length, share in zip(snapshots.lengths, snapshots.accuracy[moment], strict=True)
    ]
    phase = PHASE_WORDS.get(snapshots.phases[moment], snapshots.phases[moment])
    return f"Step {int(snapshots.steps[moment]):,}, {phase}. Held-out sequences right: {', '.join(shares)}."
