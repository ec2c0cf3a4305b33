"""Machines from recorded traces: merging with evidence, corrections, and what a network says where none is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from parcel_locker import START, STATES, WORDS, recorded, step

from mips_core.machines import MealyMachine, minimise
from mips_core.machines.traces import Learned, Recordings, Tables, answered, learn_from_traces
from mips_core.machines.traces.answers import Answers
from mips_core.machines.traces.folding import Folding
from mips_core.machines.traces.prefix_tree import build_tree
from mips_core.machines.traces.red_blue import Merging
from mips_core.machines.traces.refitting import Refitting
from mips_core.machines.traces.restarts import smallest
from mips_core.networks import Argmax, Card, CellLayer, CellNetwork, OneHotInput
from mips_core.networks.protocol import AffineMap
from mips_core.progress import Monitor
from mips_core.tasks import Dataset, Integers

LONG = (20, 30)
SYMBOLS = np.arange(len(WORDS))[:, None]


def ignorant(symbols: int, outputs: int, seed: int = 0) -> CellNetwork:
    """Return a GRU with random weights: it knows nothing, so that the recordings alone decide."""
    rng = np.random.default_rng(seed)
    layer = CellLayer(*(0.5 * rng.normal(size=shape) for shape in ((12, symbols), (12, 4), (12,), (12,))))
    readout = AffineMap(rng.normal(size=(outputs, 4)), np.zeros(outputs))
    ranges = (Integers(0, symbols),)
    card = Card("gru", 1, 1, 4, ranges, 10)
    return CellNetwork(card, OneHotInput(ranges), Argmax((Integers(0, outputs),)), "gru", (layer,), (readout,))


def recordings_of(data: Dataset) -> Recordings:
    return Recordings(data.x[:, :, 0], data.y[:, :, 0], data.mask, len(data.outputs[0]))


def truth(data: Dataset) -> MealyMachine:
    """Return the locker's own table, over the numbers of the data's words."""
    states = [START]
    following, outputs = [], []
    for state in states:
        for word in WORDS:
            after, says = step(state, word)
            if after not in states:
                states.append(after)
            following.append(states.index(after))
            outputs.append(data.output_words[0].number(says))
    shape = (len(states), len(WORDS))
    return MealyMachine(np.reshape(following, shape), np.reshape(outputs, (*shape, 1)), SYMBOLS)


def learn(data: Dataset) -> Learned:
    found = learn_from_traces(
        recordings_of(data), ignorant(len(WORDS), len(data.outputs[0])), SYMBOLS, max_states=60, seed=0,
        monitor=Monitor().limited(3.0),
    )  # fmt: skip
    assert found is not None
    return found


def test_tree_counts_what_was_recorded_after_each_beginning():
    x, y = np.array([[0, 1], [0, 0], [0, 1]]), np.array([[5, 6], [5, 7], [4, 6]])
    tree = build_tree(x, y, np.array([2, 2, 2]), 2, 8)
    first = tree.edge[0, 0]
    assert tree.edge[0, 1] == -1
    assert (tree.output[first], tree.hits[first], tree.misses[first]) == (5, 2, 1)
    second = tree.edge[first + 1]
    assert tree.output[second].tolist() == [7, 6]
    assert tree.hits[second].tolist() == [1, 2]
    assert tree.repeated == (3, 1)


def test_what_lies_beyond_a_row_is_not_recorded():
    tree = build_tree(np.array([[0, 1]]), np.array([[3, 9]]), np.array([1]), 2, 10)
    assert len(tree.output) == 1


def test_a_merge_is_forbidden_by_one_differing_output_and_taken_back():
    # after symbol 0 the same symbol gives another output: the two nodes differ
    tree = build_tree(np.array([[0, 0, 1]]), np.array([[1, 2, 3]]), np.array([3]), 2, 4)
    folding = Folding(tree, noise=0.0)
    before = [array.copy() for array in (folding.edge, folding.output, folding.hits, folding.target)]
    assert folding.merge(int(tree.edge[0, 0]), 0).contradicted
    folding.undo()
    assert all(map(np.array_equal, before, (folding.edge, folding.output, folding.hits, folding.target)))


def test_a_merge_adds_up_evidence_and_takes_over_what_is_new():
    tree = build_tree(np.array([[0, 0, 1]]), np.array([[1, 1, 3]]), np.array([3]), 2, 4)
    folding = Folding(tree, noise=0.0)
    fold = folding.merge(int(tree.edge[0, 0]), 0)
    assert not fold.contradicted
    assert fold.taken_over.tolist() == [[1, 3]]
    assert folding.hits[folding.edge[0, 0]] == 2
    assert folding.edge[0, 1] != -1


def test_what_differs_at_once_is_contradicted():
    data = recorded(60, seed=8, steps=LONG)
    tree = build_tree(data.x[:, :, 0], data.y[:, :, 0], data.lengths, len(WORDS), len(data.outputs[0]))
    folding = Folding(tree, noise=0.0)
    numbers = tree.edge[0][tree.edge[0] >= 0].tolist()
    at_once = [number for number in numbers if folding.differs_at_once(number, 0)]
    assert 0 < len(at_once) < len(numbers)
    for number in at_once:
        assert folding.merge(number, 0).contradicted
        folding.undo()


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_restarts_give_every_recorded_output_with_no_more_states_than_one_merging(seed):
    data = recorded(250, seed=seed, steps=LONG)
    recordings, network = recordings_of(data), ignorant(len(WORDS), len(data.outputs[0]))
    answers = Answers(network, SYMBOLS, seed=0)
    tree = build_tree(recordings.x, recordings.y, data.lengths, len(WORDS), recordings.outputs)
    once = Merging(tree, answers, noise=0.0, max_states=200).run(Monitor().check)
    best = smallest(tree, recordings, answers, network, SYMBOLS, max_states=200, seed=0, monitor=Monitor().limited(1.0))
    assert best is not None
    assert best.states <= once.states
    assert np.array_equal(recordings.settled(best)[0].output, best.output)
    states = recordings.states(best)
    assert (best.output[states, recordings.x] == recordings.y)[recordings.mask].all()


@pytest.mark.parametrize("wrong", [0.0, 0.01])
def test_locker_is_found_from_its_traces(wrong):
    data = recorded(1200, seed=3, wrong=wrong, steps=LONG)
    found = learn(data)
    learned = MealyMachine(found.tables.next_state, found.tables.output[:, :, None], SYMBOLS)
    fresh = recorded(500, seed=4)
    assert found.tables.states == STATES == minimise(truth(data)).states
    assert (fresh.output_words, fresh.input_words) == (data.output_words, data.input_words)
    states = recordings_of(fresh).states(found.tables)
    assert (learned.output[states, fresh.x[:, :, 0]] == fresh.y)[fresh.mask].all()
    assert found.wrong == pytest.approx(wrong * data.mask.sum(), rel=0.3)
    assert found.noise == pytest.approx(wrong, abs=0.005)


def test_a_transition_led_astray_is_led_back():
    data = recorded(800, seed=5, steps=LONG)
    right = truth(data)
    next_state = right.next_state.copy()
    next_state[0, WORDS.index("put")] = 0
    refitting = Refitting(recordings_of(data), Tables(next_state, right.output[:, :, 0]), noise=0.0, seed=0)
    assert refitting.wrong > 0
    tables = refitting.run(Monitor(), 60)
    assert refitting.wrong == 0
    assert np.array_equal(tables.next_state, right.next_state)


def test_a_state_that_nothing_tells_apart_is_left_out():
    data = recorded(800, seed=6, steps=LONG)
    right = truth(data)
    double = np.concatenate([right.next_state, right.next_state[:1]])
    double[WORDS.index("bad"), 0] = len(right.next_state)
    output = np.concatenate([right.output, right.output[:1]])[:, :, 0]
    refitting = Refitting(recordings_of(data), Tables(double, output), noise=0.0, seed=0)
    assert refitting.run(Monitor(), 60).states == STATES
    assert refitting.wrong == 0


def test_what_was_never_recorded_is_marked_and_holds_the_networks_answer():
    data = recorded(150, seed=7, steps=LONG)
    never = WORDS.index("wait")
    first = np.where(
        ((data.x[:, :, 0] == never) & data.mask).any(axis=1), (data.x[:, :, 0] == never).argmax(axis=1), 30
    )
    lengths = np.minimum(data.lengths, first)
    kept = replace(data, lengths=lengths).take(lengths > 0)
    network = ignorant(len(WORDS), len(data.outputs[0]))
    monitor = Monitor().limited(2.0)
    found = learn_from_traces(recordings_of(kept), network, SYMBOLS, max_states=60, seed=0, monitor=monitor)
    assert found is not None
    filled = answered(found, recordings_of(kept), network, SYMBOLS, seed=0)
    assert not filled.observed[:, never].any()
    answers = Answers(network, SYMBOLS, seed=0)
    assert filled.tables.output[0, never] == answers.output(answers.reached(np.array([never])))
    seen = filled.observed.copy()
    states = recordings_of(kept).states(filled.tables)
    assert seen[states[kept.mask], kept.x[:, :, 0][kept.mask]].all()
