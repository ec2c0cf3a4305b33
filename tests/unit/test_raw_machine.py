"""The machine that hidden states show before any are merged by behaviour."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.machines.compare import equivalent
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.raw_machine import extent_of, raw_machine, usual_raw_machine
from mips_core.stepping import IntArray, trace

PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
BITS = np.array([[0], [1]])


class Remembers:
    """A network by hand: two hidden numbers, what they become, and the output read off the new ones."""

    input_width = output_width = 1

    def __init__(
        self,
        after: Callable[[np.ndarray, np.ndarray], list[np.ndarray]],
        output: Callable[[np.ndarray], np.ndarray],
    ) -> None:
        self.after, self.output = after, output

    def start(self, batch: int) -> np.ndarray:
        return np.zeros((batch, 2))

    def step(self, state: np.ndarray, x: IntArray) -> tuple[np.ndarray, IntArray]:
        new = np.stack(self.after(state, x[:, 0]), axis=1).astype(float)
        return new, self.output(new)[:, None].astype(np.int64)


def parity_and_last() -> Remembers:
    """Hidden: the parity so far, and a tenth of the last input, which no output needs."""
    return Remembers(lambda h, x: [np.rint(h[:, 0] + x) % 2, 0.1 * x], lambda h: h[:, 0])


def late_counter() -> Remembers:
    """Hidden: a count of ones in small steps; the output says when there were three or more."""
    return Remembers(lambda h, x: [np.minimum(h[:, 0] + 0.01 * x, 0.05), h[:, 1]], lambda h: h[:, 0] > 0.025)


def test_fine_tolerances_show_places_that_behave_the_same() -> None:
    raw = raw_machine(parity_and_last(), BITS, 0.05, extent=1.0)
    assert raw.hidden.tolist() == [[0.0, 0.0], [1.0, 0.1], [1.0, 0.0], [0.0, 0.1]]
    assert [p.tolist() for p in raw.prefixes] == [[], [1], [1, 0], [1, 1]]
    assert raw.machine is not None
    assert raw.machine.next_state.tolist() == [[0, 1], [2, 3], [2, 3], [0, 1]]
    assert raw.reduction is not None
    assert raw.reduction.state_of.tolist() == [0, 1, 1, 0]
    assert equivalent(raw.reduction.machine, PARITY)
    assert raw.holds
    assert raw.conflicts == ()


def test_coarse_tolerances_show_the_states_themselves_and_follow_further_members() -> None:
    raw = raw_machine(parity_and_last(), BITS, 0.3, extent=1.0)
    assert raw.states == 2
    assert raw.followed > 0
    assert raw.holds
    far = np.array([[0.0, 0.1], [1.0, 0.05], [0.5, 0.0]])
    assert raw.members(far).tolist() == [0, 1, -1]


def test_a_tolerance_that_merges_what_differs_is_proved_by_two_prefixes() -> None:
    network = late_counter()
    raw = raw_machine(network, BITS, 0.5, extent=0.05)
    assert not raw.holds
    found = raw.worst_conflict
    assert found is not None
    assert not raw.is_harmless(found)
    # the proof can be run: both prefixes lead to the raw state, and the next input tells them apart
    ends = []
    for prefix in (found.first, found.second):
        word = np.append(prefix, found.symbol)
        ran = trace(network, BITS[word][None])
        assert raw.members(ran.states[0, len(prefix)][None]).tolist() == [found.state]
        ends.append((raw.members(ran.states[0, -1:]).tolist()[0], ran.outputs[0, -1].tolist()))
    assert ends[0] != ends[1]
    assert [tuple(end[1]) for end in ends] == [tuple(y) for y in found.outputs.tolist()]


def test_too_many_raw_states_end_the_walk_and_keep_what_was_met() -> None:
    endless = Remembers(lambda h, x: [h[:, 0] + x, h[:, 1]], lambda h: h[:, 0] * 0)
    raw = raw_machine(endless, BITS, 0.001, extent=1.0, most=20)
    assert raw.machine is None
    assert not raw.holds
    assert raw.states == 20
    assert [len(p) for p in raw.prefixes] == list(range(20))


def test_the_usual_tolerance_is_the_coarsest_that_holds() -> None:
    raw = usual_raw_machine(late_counter(), BITS, extent=0.05)
    assert raw.holds
    assert raw.states == 6
    assert raw.tolerance == 0.1  # steps of 0.2 of the extent: coarser ones merge the counts
    assert raw.reduction is not None
    assert raw.reduction.machine.states == 4


def test_extents_and_bad_calls() -> None:
    assert extent_of(np.array([[0.0, 3.0], [1.0, 3.0]])) == 1.0
    assert extent_of(np.zeros((0, 2))) == 1.0
    with pytest.raises(BadInputError, match="above 0"):
        raw_machine(parity_and_last(), BITS, 0.0, extent=1.0)
    broken = Remembers(lambda h, x: [h[:, 0] + np.inf, h[:, 1]], lambda h: x_zero(h))
    with pytest.raises(BadInputError, match="no longer finite"):
        raw_machine(broken, BITS, 0.1, extent=1.0)


def x_zero(h: np.ndarray) -> np.ndarray:
    return np.zeros(len(h))
