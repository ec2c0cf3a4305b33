"""Counts, claims and counterexamples, on hand-made networks whose behaviour is known."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mips_core.errors import Cancelled
from mips_core.expressions import Lookup, Table, Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.encoding import OVERFLOW
from mips_core.programs import Program, table_program
from mips_core.programs.sandbox import Limits
from mips_core.progress import Monitor
from mips_core.regression.method import Method
from mips_core.tasks import Integers, get, make_dataset
from mips_core.tasks.exhaustive import all_symbols, longest_length, number_of_words, words_of_length
from mips_core.verification import (
    Strength,
    compare,
    network_outputs,
    program_outputs,
    search_product,
    verify_program,
    verify_source,
)
from mips_core.verification.heldout import affordable, held_out_batches
from mips_core.verification.outputs import from_rows, may_explode
from mips_core.verification.shorten import shorten

X, P, TOTAL = Variable("x"), Variable("p"), Variable("total")
DIGITS = (Integers(0, 10),)


class SumOfTwo:
    """Adds the last two inputs, up to a length; from there on it is wrong by one."""

    input_width = output_width = 1
    parameters = 10

    def __init__(self, right_up_to=10**6):
        self.right_up_to = right_up_to

    def start(self, batch):
        return np.zeros((batch, 2), dtype=np.int64)

    def step(self, state, x):
        y = state[:, :1] + x + (state[:, 1:] >= self.right_up_to)
        return np.column_stack([x, state[:, 1:] + 1]), y


class Steps:
    """A network from a function of (step, x)."""

    input_width = output_width = 1
    parameters = 10

    def __init__(self, function):
        self.function = function

    def start(self, batch):
        return np.zeros((batch, 1), dtype=np.int64)

    def step(self, state, x):
        return state + 1, self.function(state, x)


def made(state, output, method=Method.LINEAR):
    return Program(IntegerSystem(("x",), tuple(StateVariable(*v) for v in state), (output,)), method, "a test")


SUM_OF_TWO = made([("p", 0, X)], apply("add", P, X))


# --- programs of our own ------------------------------------------------------------------------


def check(network, program, **options):
    return verify_program(network, program, **{"inputs": DIGITS, "length": 4, "sequences": 200, **options})


def test_agreement_everywhere():
    found = check(SumOfTwo(), SUM_OF_TWO, sequences=4096)
    assert found.to_dict()["program_vs_network"] == {
        "1x": {"sequences": 4096, "agree": 4096},
        "5x": {"sequences": 4096, "agree": 4096},
    }
    assert found.program_vs_data == found.network_vs_data == {"1x": None, "5x": None}
    assert found.claim == (
        "Program against network: agrees on 4,096 held-out sequences of length 4; agrees on 4,096 held-out sequences "
        "of length 20; exhaustive to length 4 (all 11,110 input sequences agree) (inputs 0:10)."
    )
    assert found.holds
    assert found.agrees_at_1x
    assert not found.imperfect_network
    assert found.counterexample is None


def test_difference_beyond_the_trained_length_is_a_finding():
    found = check(SumOfTwo(7), SUM_OF_TWO, task=None)
    assert found.holds
    assert found.program_vs_network["5x"].agree == 0
    assert found.counterexample.length == 8
    assert found.counterexample.left[-1] == found.counterexample.right[-1] + 1
    assert found.counterexample.left[:-1] == found.counterexample.right[:-1]
    assert "agrees on 200 held-out sequences of length 4" in found.claim
    assert "differs on 200 of 200 held-out sequences of length 20" in found.claim
    assert "shortest difference found has length 8" in found.claim


def test_difference_at_the_trained_length_does_not_hold():
    found = check(SumOfTwo(2), SUM_OF_TWO)
    assert not found.holds
    assert found.counterexample.length == 3
    assert any(c.strength is Strength.EXHAUSTIVE_TO_LENGTH and "to length 2" in c.words for c in found.claims)


def test_truth_from_a_task_marks_an_imperfect_network():
    task = get("Sum_Last2")
    options = {"inputs": task.inputs, "length": task.length, "task": task, "sequences": 200}
    right = verify_program(SumOfTwo(6), SUM_OF_TWO, **options)
    assert right.holds
    assert right.imperfect_network
    assert "Imperfect network" in right.claim
    assert right.program_vs_data["5x"].agree == right.program_vs_data["5x"].sequences == 200
    assert right.network_vs_data["1x"].agree == 0
    wrong = verify_program(SumOfTwo(), made([("p", 0, X)], X), **options)
    assert not wrong.holds
    assert not wrong.imperfect_network
    assert verify_program(SumOfTwo(), SUM_OF_TWO, **options).holds


def test_counts_decide_and_a_difference_that_only_the_list_of_all_words_shows_goes_to_the_claim():
    # Right on every random sequence of this task, wrong on one word that only listing all words finds.
    task = get("Sum_Last2")
    rare = apply("and", apply("eq", X, 99), apply("eq", P, 99))
    program = made([("p", 0, X)], apply("sub", apply("add", P, X), rare))

    def draw(n, length, rng):
        return rng.integers(0, 99, size=(n, length, 1))

    found = verify_program(SumOfTwo(), program, inputs=task.inputs, length=10, task=task, draw=draw, sequences=200)
    assert found.program_vs_network["1x"].agree == 200
    assert found.counterexample.inputs == [99, 99]
    assert "shortest difference found has length 2" in found.claim
    assert found.holds
    assert found.agrees_at_1x
    assert not found.imperfect_network


def test_rows_of_a_data_file_are_the_batch_at_1x():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, (30, 6))
    lengths = rng.integers(1, 7, 30)
    y = x + np.column_stack([np.zeros(30, dtype=np.int64), x[:, :-1]])
    rows = make_dataset(x, y, lengths)
    found = check(SumOfTwo(), SUM_OF_TWO, held_out=rows, inputs=rows.inputs, length=6)
    assert found.to_dict()["program_vs_data"] == {"1x": {"sequences": 30, "agree": 30}, "5x": None}
    assert found.to_dict()["program_vs_network"]["1x"] == {"sequences": 30, "agree": 30}
    assert found.program_vs_network["5x"].sequences == 200
    assert "agrees on 30 held-out sequences of length up to 6" in found.claim
    imperfect = check(SumOfTwo(5), SUM_OF_TWO, held_out=rows, inputs=rows.inputs, length=6)
    assert imperfect.network_vs_data["1x"].agree == int((rows.lengths < 6).sum())
    assert imperfect.imperfect_network
    assert imperfect.holds


def test_symbols_that_do_not_occur_are_not_asked_about():
    table = Table("T", tuple(((v,), v) for v in (0, 5, 9)))
    program = made([], Lookup(table, (X,)), Method.TABLE)

    def draw(n, length, rng):
        return rng.choice([0, 5, 9], size=(n, length, 1))

    rows = make_dataset([[0, 5, 9]], [[0, 5, 9]])
    found = check(Steps(lambda t, x: x), program, held_out=rows, draw=draw)
    assert found.counterexample is None
    everything = check(Steps(lambda t, x: x), program)
    word = everything.counterexample.inputs[0]
    assert word not in (0, 5, 9)
    assert everything.counterexample.to_dict() == {"inputs": [word], "network": [word], "program": "KeyError"}


def test_without_a_program_the_network_is_still_compared_with_the_data():
    task = get("Sum_Last2")
    found = verify_program(SumOfTwo(), None, inputs=task.inputs, length=10, task=task, sequences=200)
    assert found.network_vs_data["1x"].agree == 200
    assert found.program_vs_network == {"1x": None, "5x": None}
    assert not found.holds
    assert "No program" in found.claim


def test_machine_behind_the_program_is_proved_equal():
    machine = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    parity = made([("s", 0, apply("xor", Variable("s"), X))], apply("xor", Variable("s"), X), Method.BOOLEAN)
    found = check(machine_network(machine), parity, inputs=(Integers(0, 2),), machine=machine)
    assert Strength.PROVED_FOR_ALL_LENGTHS in [c.strength for c in found.claims]


def machine_network(machine):
    network = Steps(None)
    network.start, network.step = machine.start, machine.step
    return network


def test_same_seed_same_verification():
    one, two, other = (check(SumOfTwo(7), SUM_OF_TWO, seed=s) for s in (3, 3, 4))
    assert one.to_dict() == two.to_dict()
    assert one.counterexample != other.counterexample


def test_stop_is_heard():
    with pytest.raises(Cancelled):
        check(SumOfTwo(), SUM_OF_TWO, monitor=Monitor(stop=lambda: True))


# --- outputs and comparison ---------------------------------------------------------------------


def test_integers_beyond_64_bits_differ_without_an_exception():
    doubling = made([("total", 1, apply("mul", TOTAL, 3))], apply("mul", TOTAL, 3))
    x = np.zeros((2, 60, 1), dtype=np.int64)
    outputs = program_outputs(doubling, x)
    assert outputs.shown(0, 50)[-1] == 3**50
    wrong = compare(network_outputs(Steps(lambda t, x: 3 ** (t + 1)), x), outputs, x)
    assert wrong.counterexample.length == 40  # 3**40 is beyond 2**63
    assert wrong.counterexample.right[-1] == 3**40


def test_overflow_of_the_network_differs_from_everything():
    network = Steps(lambda t, x: np.full_like(x, OVERFLOW))
    x = np.zeros((1, 2, 1), dtype=np.int64)
    outputs = network_outputs(network, x)
    found = compare(outputs, outputs, x)
    assert found.agree == 0
    assert found.counterexample.to_dict() == {"inputs": [0], "network": [None], "program": [None]}


def test_errors_count_from_the_step_at_which_they_happen():
    program = made([("p", 0, X)], apply("floordiv", X, apply("sub", P, 3)))
    outputs = program_outputs(program, np.array([[[6], [3], [1], [0]]]))
    assert outputs.faults == {0: (2, "ZeroDivisionError")}
    assert outputs.shown(0, 2) == [-2, 1]
    assert outputs.shown(0, 3) == "ZeroDivisionError"


def test_numbers_that_double_their_digits_are_kept_in_the_sandbox():
    squares = made([("total", 2, apply("mul", TOTAL, TOTAL))], TOTAL)
    assert may_explode(squares.system)
    assert not may_explode(made([("total", 2, apply("mul", TOTAL, X))], TOTAL).system)
    outputs = program_outputs(squares, np.zeros((1, 5, 1), dtype=np.int64))
    assert outputs.shown(0, 5) == [2, 4, 16, 256, 65536]
    long = program_outputs(squares, np.zeros((1, 60, 1), dtype=np.int64))
    assert 0 in long.faults


def test_sandbox_results_compare_at_the_last_step_when_they_are_errors():
    outputs = from_rows([[(1,), (2,)], "KeyError"], 2, 1)
    network = network_outputs(Steps(lambda t, x: t + 1), np.zeros((2, 2, 1), dtype=np.int64))
    found = compare(network, outputs, np.zeros((2, 2, 1), dtype=np.int64))
    assert (found.agree, found.counterexample.length) == (1, 2)
    assert found.counterexample.right == "KeyError"


@given(st.integers(1, 5), st.integers(0, 4))
def test_all_words_are_listed_once(symbols, length):
    words = words_of_length(np.arange(symbols)[:, None], length)
    assert len({tuple(w[:, 0]) for w in words}) == len(words) == symbols**length
    assert longest_length(symbols, limit=number_of_words(symbols, length), longest=length) == length


def test_symbols_are_listed_where_they_are_few():
    assert all_symbols((Integers(0, 2), Integers(5, 7))).tolist() == [[0, 5], [0, 6], [1, 5], [1, 6]]
    assert all_symbols((Integers(0, 1000),) * 3) is None


def test_large_networks_are_run_on_fewer_sequences():
    assert affordable(50, 100) == 4096
    assert 16 <= affordable(250, 10**6) < 100
    batches = held_out_batches(inputs=DIGITS, length=10, parameters=10**6, seed=0)
    assert [b.x.shape[1] for b in batches] == [10, 50]
    assert f"{len(batches[1].x)} held" not in batches[1].what


def test_shorten_leaves_out_what_is_not_needed():
    def differs(x):
        has = (x[:, :, 0] == 7).cumsum(axis=1) >= 2
        return np.where(has.any(axis=1), has.argmax(axis=1), -1)

    word = np.array([1, 7, 2, 3, 4, 7, 5, 6])[:, None]
    assert shorten(word, differs).tolist() == [[7], [7]]


def test_product_search():
    machine = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    same = search_product(machine, table_program(machine, "same"), machine.symbols)
    assert same.closed
    assert same.word is None
    assert same.claim("program", "machine").sentence == "Program against machine: proved for all lengths."
    other = MealyMachine(machine.next_state, np.array([[[0], [1]], [[1], [5]]]), machine.symbols)
    found = search_product(machine, other, machine.symbols)
    assert found.word.tolist() == [[1], [1]]
    counter = made([("total", 0, apply("add", TOTAL, X))], apply("mod", apply("add", TOTAL, X), 2))
    open_end = search_product(machine, counter, machine.symbols, limit=50)
    assert not open_end.closed
    assert open_end.claim("program", "machine").strength is Strength.PROVED_TO_LENGTH
    assert Strength.PROVED_FOR_ALL_LENGTHS > Strength.EXHAUSTIVE_TO_LENGTH > Strength.DIFFERS


# --- programs from anywhere ---------------------------------------------------------------------

QUICK = Limits(soft_seconds=0.5, hard_seconds=1.0)


def judge(source, network=None, **options):
    return verify_source(
        network or SumOfTwo(),
        source,
        **{"inputs": DIGITS, "length": 4, "limits": QUICK, "seconds": 4.0, "sequences": 200, **options},
    )


def test_a_right_program_agrees():
    found = judge(SUM_OF_TWO.source, sequences=4096, limits=Limits())
    assert found.to_dict() == {
        "verdict": "agrees",
        "reason": None,
        "claim": "Program against network: agrees on 4,096 held-out sequences of length 4; agrees on 4,096 held-out "
        "sequences of length 20; exhaustive to length 4 (all 11,110 input sequences agree) (inputs 0:10).",
        "counterexample": None,
    }


def test_a_wrong_program_differs_on_the_shortest_word():
    found = judge("def f(xs):\n    return [a + b + (a == 9 and b == 4) for a, b in zip([0] + xs, xs)]")
    assert found.verdict == "differs"
    assert found.counterexample.to_dict() == {"inputs": [9, 4], "network": [9, 13], "program": [9, 14]}
    assert found.reason.endswith("the last output of the network is 13, and of the program 14.")


def test_a_rare_difference_is_cut_and_shortened():
    source = """def f(xs):
    outputs, p, sevens = [], 0, 0
    for x in xs:
        sevens += x == 7
        outputs.append(p + x + (sevens > 4))
        p = x
    return outputs
"""
    found = judge(source, limits=Limits())
    assert found.counterexample.inputs == [7] * 5
    assert found.counterexample.right == [7, 14, 14, 14, 15]


def test_a_program_that_looks_ahead_gets_a_word_of_its_own():
    found = judge("def f(xs):\n    return [a + b + (len(xs) == 15) for a, b in zip([0] + xs, xs)]", length=3)
    assert found.verdict == "differs"
    assert found.counterexample.length == 15
    assert found.counterexample.right[0] == found.counterexample.left[0] + 1


def test_errors_and_wrong_types_differ():
    failing = judge("def f(xs):\n    return [a + b + 0 // (x - 3) for a, b, x in zip([0] + xs, xs, xs)]")
    assert failing.counterexample.to_dict() == {"inputs": [3], "network": [3], "program": "ZeroDivisionError"}
    assert "the program fails: ZeroDivisionError" in failing.reason
    floats = judge("def f(xs):\n    return [float(a + b) for a, b in zip([0] + xs, xs)]")
    assert floats.verdict == "differs"
    assert "is a float (0.0), not an int" in floats.reason
    empty = judge("def f(xs):\n    p = xs[0]\n    return [a + b for a, b in zip([0] + xs, xs)]")
    assert empty.counterexample.to_dict() == {"inputs": [], "network": [], "program": "IndexError"}
    generator = judge("def f(xs):\n    yield 0")
    assert "f returned a generator" in generator.reason


@pytest.mark.parametrize(
    "source",
    [
        "calls = []\ndef f(xs):\n    calls.append(1)\n"
        "    return [a + b + (len(calls) > 900) for a, b in zip([0] + xs, xs)]",
        "def f(xs, seen=[0]):\n    seen[0] += 1\n    return [a + b + (seen[0] == 3) for a, b in zip([0] + xs, xs)]",
    ],
)
def test_memory_between_calls_is_refused(source):
    found = judge(source)
    assert found.verdict == "refused"
    assert "not a function of its input" in found.reason


def test_refused_and_stopped():
    refused = judge("import os")
    assert refused.to_dict() == {
        "verdict": "refused",
        "reason": "Line 1: an import is not allowed.",
        "claim": None,
        "counterexample": None,
    }
    start = time.monotonic()
    assert judge("def f(xs):\n    while True: pass").verdict == "stopped"
    assert judge("def f(xs):\n    return [0] * 10 ** 11").verdict == "stopped"
    assert judge(
        "def f(xs):\n    while len(xs) > 10: pass\n    return [a + b for a, b in zip([0] + xs, xs)]"
    ).verdict == ("stopped")
    assert time.monotonic() - start < 30


def test_a_slow_program_is_checked_on_what_its_time_allows():
    found = judge(
        "def f(xs):\n    n = 0\n    while n < 20000:\n        n += 1\n    return [a + b for a, b in zip([0] + xs, xs)]"
    )
    assert found.verdict == "agrees"
    assert "agrees on 200" not in found.claim
    assert "held-out sequences of length 20" in found.claim


def test_two_inputs_and_two_outputs():
    class Swap(Steps):
        input_width = output_width = 2

    ranges = (Integers(0, 3), Integers(0, 2))
    network = Swap(lambda t, x: x[:, ::-1])
    assert judge("def f(xs):\n    return [(b, a) for a, b in xs]", network, inputs=ranges).verdict == "agrees"
    found = judge("def f(xs):\n    return [(b, a % 2) for a, b in xs]", network, inputs=ranges)
    assert found.counterexample.to_dict() == {"inputs": [[2, 0]], "network": [[0, 2]], "program": [[0, 0]]}
    assert "inputs 0:3,0:2" in found.claim
