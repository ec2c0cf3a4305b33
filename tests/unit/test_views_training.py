"""Pictures of a training: what a job told, and stored moments of every kind of network."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.networks.snapshots import LossCurves, Snapshots
from mips_core.runs import shipped_run
from mips_core.stepping import trace
from mips_core.views.training import (
    accuracy_figure,
    film,
    looks,
    loss_figure,
    moment_figure,
    moment_words,
    points_figure,
)

CURVES = LossCurves(("a", "b"), np.array([0, 0, 1]), np.array([50, 100, 50]), np.array([1.0, 0.1, 0.5]))


def snapshots_of(name: str, *, ragged: bool = False, blown_up: bool = False) -> Snapshots:
    """Return moments of a shipped network: its hidden states, smaller before."""
    network = shipped_run(name).network
    inputs = network.card.inputs
    assert inputs is not None
    rng = np.random.default_rng(0)
    x = rng.integers([r.low for r in inputs], [r.high for r in inputs], size=(12, 8, len(inputs)))
    states = trace(network, x).states[:, 1:]
    mask = np.ones((12, 8), dtype=bool)
    if ragged:
        mask[:5, 3:] = False
    scales = (0.0, 1000.0 if blown_up else 0.3, 1.0)
    return Snapshots(
        "a", np.array([0, 30, 60]), ("start", "train", "end"), np.array([np.nan, 0.5, 0.1]), np.array([8, 16]),
        np.array([[0.0, 0.0], [0.9996, 0.5], [1.0, 1.0]]), x, mask, np.stack([s * states for s in scales]), CURVES,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Parity_Last3", "Sum_All", "Binary_Addition"])
def test_every_moment_of_every_kind_of_machine_is_drawn(name: str) -> None:
    run = shipped_run(name)
    shown = film(snapshots_of(name), run.network, run.machine)
    assert shown.hidden.shape[:2] == (3, 1 + 12 * 8)
    figures = [moment_figure(shown, moment) for moment in range(3)]
    assert len({figure.layout.xaxis.range for figure in figures}) == 1
    drawn = sum(len(trace.x) for trace in figures[2].data)
    assert drawn >= 97
    assert {len(figure.data) for figure in figures} == {len(figures[0].data)}


def test_without_a_machine_outputs_tell_points_apart() -> None:
    shown = film(snapshots_of("Parity_Last3"), shipped_run("Parity_Last3").network, None)
    assert shown.colours.label == "output"
    assert {trace.name for trace in moment_figure(shown, 2).data} >= {"0", "1"}


def test_a_machine_of_other_inputs_does_not_hinder() -> None:
    run, other = shipped_run("Sum_All"), shipped_run("Parity_Last3")
    shown = film(snapshots_of("Sum_All"), run.network, other.machine)
    assert shown.colours.label == "output"


def test_of_sequences_of_several_lengths_whole_ones_are_drawn() -> None:
    run = shipped_run("Parity_Last3")
    shown = film(snapshots_of("Parity_Last3", ragged=True), run.network, run.machine)
    assert shown.hidden.shape[1] == 1 + 7 * 8  # seven rows of eight steps are more than twelve of three


def test_a_moment_that_blew_up_does_not_squeeze_the_last() -> None:
    run = shipped_run("Parity_Last3")
    shown = film(snapshots_of("Parity_Last3", blown_up=True), run.network, run.machine)
    low, high = moment_figure(shown, 2).layout.xaxis.range
    last = np.concatenate([np.asarray(trace.x, dtype=float) for trace in moment_figure(shown, 2).data])
    assert high - low < 3 * np.ptp(last)


def test_a_moment_in_words_never_rounds_up_to_all() -> None:
    text = moment_words(snapshots_of("Parity_Last3"), 1)
    assert text == "Step 30, training. Held-out sequences right: 99.9 % of 8 steps (1x), 50 % of 16 steps (2x)."


def test_what_a_job_told_is_gathered_for_its_last_seed() -> None:
    events = [
        {"seed": 0, "kind": "begin", "lengths": [5], "labels": [1]},
        {"seed": 0, "kind": "loss", "rung": "a", "step": 1, "loss": 9.0},
        {"seed": 1, "kind": "begin", "lengths": [5, 10], "labels": [1, 0]},
        {"seed": 1, "kind": "loss", "rung": "b", "step": 2, "loss": 0.5},
        {"seed": 1, "kind": "look", "rung": "a", "step": 2, "accuracy": [0.1, 0.0], "points": [[0, 0], [1, 1]]},
        {"seed": 1, "kind": "look", "rung": "b", "step": 2, "accuracy": [0.2, 0.1], "points": [[0, 1], [1, 0]]},
        {"seed": 1, "kind": "network", "rung": "b", "accuracy": 1.0},
    ]
    told = looks(events)
    assert (told.curves.rungs, told.curves.losses.tolist(), told.lengths) == (("b",), [0.5], (5, 10))
    assert (told.rung, told.steps, told.accuracy) == ("b", (2,), ((0.2, 0.1),))
    assert told.points == ((0, 1), (1, 0))
    nothing = looks([])
    assert (nothing.rung, nothing.points, len(nothing.curves.losses)) == ("", (), 0)


def test_lines_differ_by_colour_dash_and_shape() -> None:
    for figure in (loss_figure(CURVES, "b"), accuracy_figure([0, 30], [8, 16], [[0, 0], [1, 0.5]], 1)):
        looks_of = [(t.line.color, t.line.dash, t.marker.symbol, t.name) for t in figure.data]
        assert len(looks_of) == 2
        assert all(a != b for a, b in zip(*looks_of, strict=True))
    assert loss_figure(CURVES).layout.yaxis.type == "log"


def test_points_of_many_outputs_are_on_a_scale() -> None:
    points = [(float(i), 0.0) for i in range(30)]
    assert len(points_figure(points, [i % 2 for i in range(30)]).data) == 2
    assert len(points_figure(points, list(range(30))).data) == 1
