"""Query learning: machines from networks, by behaviour alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from aalpy import MealyMachine as TheirMachine
from aalpy.learning_algs import run_Lstar
from aalpy.oracles import PerfectKnowledgeEqOracle
from aalpy.SULs import AutomatonSUL
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError, Cancelled, NotDeterministicError, TooManyStatesError
from mips_core.machines import MealyMachine, equivalent, minimise, same_tables
from mips_core.machines.learning import QueryLearning, candidate_machines, learn_machine
from mips_core.networks import AffineMap, Card, CellLayer, CellNetwork, MlpNetwork, OneHotInput, RawInput, Rounded
from mips_core.progress import Monitor
from mips_core.stepping import IntArray, Stepper, outputs_of
from mips_core.tasks.integers import Integers


def random_machine(states: int, symbols: int, outputs: int, seed: int, width: int = 1) -> MealyMachine:
    rng = np.random.default_rng(seed)
    machine = MealyMachine(
        rng.integers(states, size=(states, symbols)),
        rng.integers(outputs, size=(states, symbols, width)),
        np.arange(symbols)[:, None],
    )
    return minimise(machine)


def network_of(machine: MealyMachine) -> MlpNetwork:
    """A ReLU network that runs the machine, with one hidden number per transition.

    Each hidden number is clip(4 (state + symbol - 1) - 2, 0, 1), made of two units, so that small errors die out.
    """
    states, symbols = machine.next_state.shape
    edges = states * symbols  # the hidden state is the one-hot code of the last transition
    after = machine.next_state.ravel()
    start = np.zeros(edges + 1)  # and of "nothing yet" in the last place
    start[-1] = 1.0
    where = np.append(after, machine.start_state)  # state that each hidden number stands for
    first = np.zeros((edges, edges + 1 + symbols))
    for s in range(states):
        for i in range(symbols):
            first[s * symbols + i, np.flatnonzero(where == s)] = 1.0
            first[s * symbols + i, edges + 1 + i] = 1.0
    first = np.vstack((4.0 * first, 4.0 * first))
    bias = np.repeat([-6.0, -7.0], edges)
    second = np.vstack((np.hstack((np.eye(edges), -np.eye(edges))), np.zeros((1, 2 * edges))))
    readout = np.hstack((machine.output.reshape(edges, -1).T, np.zeros((machine.output_width, 1)))).astype(float)
    return MlpNetwork(
        Card("mlp", 1, machine.output_width, edges + 1),
        OneHotInput((Integers(0, symbols),)),
        Rounded(machine.output_width),
        (AffineMap(first, bias), AffineMap(second, np.zeros(edges + 1))),
        (AffineMap(readout, np.zeros(machine.output_width)),),
        start_state=start,
    )


class Formula:
    """A stepper from two functions on float hidden states (batch, d); no weights needed."""

    input_width = 1
    output_width = 1

    def __init__(self, update: Callable, readout: Callable, start: list[float]) -> None:
        self.update, self.readout, self.start_state = update, readout, np.array(start, dtype=float)

    def start(self, batch: int) -> np.ndarray:
        return np.tile(self.start_state, (batch, 1))

    def step(self, state: np.ndarray, x: IntArray) -> tuple[np.ndarray, IntArray]:
        state = self.update(state, x.astype(float))
        return state, np.rint(self.readout(state)).astype(np.int64)[:, None]


class Unreliable:
    """A machine that takes a wrong turn on a fraction of all prefixes, decided by a chaotic second number."""

    output_width = input_width = 1

    def __init__(self, machine: MealyMachine, error_rate: float) -> None:
        self.machine, self.error_rate = machine, error_rate

    def start(self, batch: int) -> np.ndarray:
        return np.tile([float(self.machine.start_state), 0.0], (batch, 1))

    def step(self, state: np.ndarray, x: IntArray) -> tuple[np.ndarray, IntArray]:
        s = state[:, 0].astype(np.int64)
        i = self.machine.indices(x)
        noise = np.mod(state[:, 1] * 3.7 + 0.123 * i + 0.0717 * s + 0.01, 1.0)
        following = self.machine.next_state[s, i]
        following = np.where(noise < self.error_rate, (following + 1) % self.machine.states, following)
        return np.stack((following, noise), axis=1), self.machine.output[s, i]


def learn(network: Stepper, symbols: int | IntArray, *, length: int = 10, **options: object) -> QueryLearning:
    alphabet = np.arange(symbols)[:, None] if isinstance(symbols, int) else symbols
    return learn_machine(network, alphabet, length=length, rng=np.random.default_rng(0), **options)  # type: ignore[arg-type]


@given(states=st.integers(1, 50), symbols=st.integers(1, 4), outputs=st.integers(2, 4), seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_random_machines_are_recovered(states: int, symbols: int, outputs: int, seed: int) -> None:
    machine = random_machine(states, symbols, outputs, seed)
    learned = learn(machine, symbols)
    assert learned.closed
    assert learned.conflict is None
    assert same_tables(learned.hypotheses[-1].machine, machine)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_same_machine_as_aalpy(seed: int) -> None:
    machine = random_machine(12, 3, 2, seed)
    theirs = TheirMachine.from_state_setup(
        {
            f"s{s}": {i: (int(machine.output[s, i, 0]), f"s{machine.next_state[s, i]}") for i in range(3)}
            for s in range(machine.states)
        }
    )
    system = AutomatonSUL(theirs)
    oracle = PerfectKnowledgeEqOracle([0, 1, 2], system, theirs)
    reference = run_Lstar([0, 1, 2], system, oracle, "mealy", print_level=0)
    learned = learn(network_of(machine), 3).machine
    assert learned is not None
    assert reference.size == learned.states == machine.states
    word = np.random.default_rng(seed).integers(3, size=200)
    reference.reset_to_initial()
    assert [reference.step(int(i)) for i in word] == outputs_of(learned, word[None, :, None])[0, :, 0].tolist()


def test_hypotheses_go_from_coarse_to_fine_with_access_words() -> None:
    machine = random_machine(40, 3, 2, 3)
    learned = learn(network_of(machine), 3)
    sizes = [h.states for h in learned.hypotheses]
    assert sizes == sorted(sizes)
    assert len(sizes) > 2
    last = learned.hypotheses[-1]
    assert learned.best is last
    assert last.agrees_1x.complete
    assert last.agrees_5x.complete
    assert not learned.hypotheses[0].agrees_5x.complete
    for state, word in enumerate(last.access_words):
        reached = last.machine.start(1)
        for symbol in word:
            reached, _ = last.machine.step(reached, symbol[None])
        assert reached[0] == state


def test_the_basis_of_the_hidden_space_does_not_matter() -> None:
    machine = random_machine(7, 3, 3, 5)
    network = network_of(machine)
    d = network.state_size
    rng = np.random.default_rng(0)
    rotation = np.linalg.qr(rng.normal(size=(d, d)))[0]
    changed = [
        network.permute_hidden(rng.permutation(d).tolist()),
        network.change_basis(np.diag(10.0 ** rng.uniform(-3, 3, size=d))),
        network.change_basis(rotation * 100.0),
    ]
    original = learn(network, 3)
    assert original.closed
    assert same_tables(original.hypotheses[-1].machine, machine)
    for other in changed:
        learned = learn(other, 3)
        assert learned.steps == original.steps
        assert [h.states for h in learned.hypotheses] == [h.states for h in original.hypotheses]
        assert same_tables(learned.hypotheses[-1].machine, machine)


def test_the_same_seed_gives_the_same_result() -> None:
    network = Unreliable(random_machine(10, 3, 2, 8), 0.002)
    first, second = learn(network, 3, max_states=60), learn(network, 3, max_states=60)
    assert first.steps == second.steps
    assert len(first.hypotheses) == len(second.hypotheses)
    assert all(same_tables(a.machine, b.machine) for a, b in zip(first.hypotheses, second.hypotheses, strict=True))


def test_large_alphabet_maximum_of_0_to_99() -> None:
    same = np.eye(1)
    network = MlpNetwork(  # max(h, x) = relu(h) + relu(x - h), for h >= 0
        Card("mlp", 1, 1, 1),
        RawInput(1),
        Rounded(1),
        (
            AffineMap(np.array([[1.0, 0.0], [-1.0, 1.0]]), np.zeros(2)),
            AffineMap(np.array([[1.0, 1.0]]), np.zeros(1)),
        ),
        (AffineMap(same, np.zeros(1)),),
    )
    begin = time.perf_counter()
    learned = learn(network, 100)
    assert time.perf_counter() - begin < 20
    assert learned.closed
    assert learned.hypotheses[-1].states == 100


def test_two_channels_with_441_symbols() -> None:
    symbols = np.array([[a, b] for a in range(21) for b in range(21)])

    class Carry(Formula):
        input_width = 2

    def update(state: np.ndarray, x: np.ndarray) -> np.ndarray:
        total = x.sum(axis=1) + state[:, 0] // 21
        return total[:, None]

    begin = time.perf_counter()
    learned = learn(Carry(update, lambda h: h[:, 0] % 21, [0.0]), symbols)
    assert time.perf_counter() - begin < 20
    assert learned.closed
    assert learned.hypotheses[-1].states == 2


def test_previous_symbol_of_200() -> None:
    learned = learn(Formula(lambda h, x: np.hstack((x, h[:, :1])), lambda h: h[:, 1], [0.0, 0.0]), 200)
    assert learned.closed
    assert learned.hypotheses[-1].states == 200


def lock(code: list[int], symbols: int) -> MealyMachine:
    """A machine that answers 1 to the last symbol of the code only; a wrong symbol starts it again."""
    steps = len(code)
    following, output = (
        np.zeros((steps + 1, symbols), dtype=np.int64),
        np.zeros((steps + 1, symbols, 1), dtype=np.int64),
    )
    following[np.arange(steps), code] = np.arange(1, steps + 1)
    output[steps - 1, code[-1]] = 1
    return minimise(MealyMachine(following, output, np.arange(symbols)[:, None]))


def mostly_idle(states: int, symbols: int, seed: int) -> MealyMachine:
    """A ring that most symbols leave where it is, as devices do; every third step on says so."""
    rng = np.random.default_rng(seed)
    following = np.tile(np.arange(states)[:, None], (1, symbols))
    output = np.zeros((states, symbols, 1), dtype=np.int64)
    known = rng.integers(symbols, size=states)
    following[np.arange(states), known] = (np.arange(states) + 1) % states
    output[np.arange(states), known, 0] = np.arange(states) % 3 == 2
    return minimise(MealyMachine(following, output, np.arange(symbols)[:, None]))


@pytest.mark.parametrize(
    "machine",
    [lock([3, 1, 2, 0, 1, 2], 4), lock([2, 0, 2, 1, 1, 0, 2, 1], 3), mostly_idle(12, 25, 0), mostly_idle(12, 25, 2)],
    ids=["lock of 6", "lock of 8", "device 0", "device 2"],
)
def test_deep_states_that_no_random_word_from_the_start_reaches(machine: MealyMachine) -> None:
    learned = learn(machine, machine.symbols)
    assert learned.closed
    assert same_tables(learned.hypotheses[-1].machine, machine)


def test_several_outputs() -> None:
    machine = random_machine(9, 3, 2, 4, width=2)
    learned = learn(network_of(machine), 3)
    assert learned.closed
    assert same_tables(learned.hypotheses[-1].machine, machine)


def test_states_that_random_words_hardly_reach() -> None:
    # thirteen equal symbols in a row: uniform words of length 10 or 50 show that once in 8,000 places
    learned = learn(Formula(lambda h, x: np.where(x == 1, h + 1, 0.0) % 14, lambda h: h[:, 0] == 13, [0.0]), 2)
    assert learned.closed
    assert learned.hypotheses[-1].states == 14


@pytest.mark.parametrize(
    ("network", "symbols"),
    [
        (Formula(lambda h, x: h + x - 1, lambda h: h[:, 0], [0.0]), 3),
        (Formula(lambda h, x: h + x, lambda h: h[:, 0], [0.0]), 100),
        (Formula(lambda h, x: np.hstack((x, h[:, :2])), lambda h: h[:, 2], [0.0, 0.0, 0.0]), 100),
    ],
    ids=["counter", "sum", "prev2"],
)
def test_what_does_not_close_fails_fast_with_two_prefixes(network: Formula, symbols: int) -> None:
    begin = time.perf_counter()
    learned = learn(network, symbols)
    assert time.perf_counter() - begin < 20
    assert not learned.closed
    assert "more than 300 states" in learned.reason
    assert isinstance(learned.error, TooManyStatesError)
    conflict = learned.conflict
    assert conflict is not None
    for prefix, output in (conflict.first, conflict.first_output), (conflict.second, conflict.second_output):
        word = np.concatenate((prefix, conflict.suffix))[None]
        assert np.array_equal(outputs_of(network, word)[0, -1], output)
    assert not np.array_equal(conflict.first_output, conflict.second_output)
    assert "the two prefixes lead to different states" in str(learned.error)


@pytest.mark.parametrize(("states", "symbols", "rate"), [(7, 7, 0.002), (15, 16, 0.001), (20, 3, 0.001)])
def test_the_meant_machine_is_among_the_hypotheses_of_an_imperfect_network(
    states: int, symbols: int, rate: float
) -> None:
    machine = random_machine(states, symbols, 4, states)
    learned = learn(Unreliable(machine, rate), symbols)
    assert not learned.closed
    assert any(equivalent(h.machine, machine) for h in learned.hypotheses)
    assert learned.conflict is not None


def test_votes_recover_a_machine_that_single_answers_spoil() -> None:
    machine = random_machine(15, 16, 4, 0)
    network = Unreliable(machine, 0.02)
    learned = learn(network, 16)
    assert not any(equivalent(h.machine, machine) for h in learned.hypotheses)
    found = candidate_machines(network, machine.symbols, length=10, rng=np.random.default_rng(0), learning=learned)
    sizes = [h.states for h in found]
    assert sizes == sorted(sizes)
    assert any(equivalent(h.machine, machine) for h in found)


def test_votes_on_a_perfect_network_give_its_machine() -> None:
    machine = random_machine(6, 3, 4, 2, width=2)
    found = candidate_machines(network_of(machine), machine.symbols, length=10, rng=np.random.default_rng(0))
    assert [h.machine.states for h in found if h.agrees_1x.complete] == [machine.states]


def test_drift_of_the_hidden_state() -> None:
    # parity that loses its contrast: right within 1x, wrong on long words
    learned = learn(Formula(lambda h, x: np.abs(h - x) * 0.97 + 0.02, lambda h: np.clip(h[:, 0], 0, 1), [0.0]), 2)
    parity = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    assert any(equivalent(h.machine, parity) for h in learned.hypotheses)


def test_a_gru_is_a_black_box_like_any_other() -> None:
    # last bit: an update gate that is always open, a candidate that only sees the input
    d = 2
    wide = 40.0
    weight_ih = np.zeros((3 * d, 2))
    weight_ih[2 * d :] = np.array([[-wide, wide], [wide, -wide]])
    bias = np.zeros(3 * d)
    bias[d : 2 * d] = -wide
    layer = CellLayer(weight_ih, np.zeros((3 * d, d)), bias, np.zeros(3 * d))
    network = CellNetwork(
        Card("gru", 1, 1, d),
        OneHotInput((Integers(0, 2),)),
        Rounded(1),
        "gru",
        (layer,),
        (AffineMap(np.array([[0.25, -0.25]]), np.array([0.5])),),
    )
    learned = learn(network, 2)
    assert learned.closed
    assert learned.hypotheses[-1].states == 1
    assert learned.hypotheses[-1].machine.output[0, :, 0].tolist() == [0, 1]


def test_given_sequences_are_tried_up_to_the_first_unknown_symbol() -> None:
    # a lock with the code 3 1 4 1 5 9: no random word opens it
    code = np.array([3, 1, 4, 1, 5, 9])

    def update(state: np.ndarray, x: np.ndarray) -> np.ndarray:
        place = state[:, 0].astype(np.int64)
        right = (place < 6) & (code[np.minimum(place, 5)] == x[:, 0])
        return np.where(right, place + 1, np.where(place == 6, 6, 0)).astype(float)[:, None]

    lock = Formula(update, lambda h: h[:, 0] == 6, [0.0])
    assert learn(lock, 10).hypotheses[-1].states == 1
    sequences = np.array([[3, 1, 4, 1, 5, 9, 0, -7], [2, -7, 0, 0, 0, 0, 0, 0]])[:, :, None]
    learned = learn(lock, 10, sequences=sequences)
    assert learned.closed
    assert learned.hypotheses[-1].states == 7


def test_budgets_end_with_the_best_so_far() -> None:
    machine = network_of(random_machine(30, 3, 2, 1))
    few = learn(machine, 3, max_steps=50_000)
    assert not few.closed
    assert "50,000 network steps" in few.reason
    assert isinstance(few.error, NotDeterministicError)
    late = learn(machine, 3, monitor=Monitor(deadline=time.monotonic()))
    assert not late.closed
    assert "time" in late.reason
    assert late.hypotheses == ()
    assert late.result.status == "failed"


def test_the_caller_can_stop_it_and_watch_it() -> None:
    machine = random_machine(30, 3, 2, 1)
    with pytest.raises(Cancelled):
        learn(machine, 3, monitor=Monitor(stop=lambda: True))
    messages = []
    learned = learn(machine, 3, monitor=Monitor(progress=messages.append))
    assert len(messages) == len(learned.hypotheses)


@pytest.mark.parametrize(
    ("symbols", "length"),
    [
        (np.empty((0, 1), dtype=np.int64), 10),
        (np.array([[0], [0]]), 10),
        (np.array([[0, 1]]), 10),
        (np.array([0, 1]), 10),
        (np.array([[0], [1]]), 0),
    ],
)
def test_misuse_is_refused(symbols: IntArray, length: int) -> None:
    with pytest.raises(BadInputError):
        learn(random_machine(3, 2, 2, 0), symbols, length=length)
