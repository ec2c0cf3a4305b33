"""Lock-step runs, clouds of hidden states, cards, claims and equations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.expressions import Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.programs import Program
from mips_core.regression.method import Method
from mips_core.runs import UnreadableRun
from mips_core.stepping import outputs_of
from mips_core.tasks import Integers, Vocabulary
from mips_core.views.claims import claims, counts, facts, headline, strays, suspicious, verdict
from mips_core.views.equations import block_latex, equations, name_latex
from mips_core.views.gallery import UNREADABLE, card, formula_line
from mips_core.views.hidden_state_figure import Emphasis, hidden_state_figure
from mips_core.views.hidden_states import collect, principal_axes, state_rows, straight_reading
from mips_core.views.lockstep import lock_step
from mips_core.views.palette import HUES, MOST_STYLES, SHAPES, state_style
from mips_core.views.sequences import parse_sequence, range_text, sequence_text
from mips_core.views.step_words import verdict_sentence
from mips_core.views.tape import tape_html

BITS = (Integers(0, 2),)
TOTAL = apply("add", Variable("total"), Variable("x"))
SUM = IntegerSystem(("x",), (StateVariable("total", 0, TOTAL),), (TOTAL,))


def sum_network(gain: float = 1.0) -> MlpNetwork:
    """Return a network that adds up its inputs in one of two turned hidden units."""
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    weight = np.hstack([turn @ np.diag([1.0, 0.0]) @ turn.T, turn @ [[1.0], [0.0]]])
    readout = AffineMap(np.array([[gain, 0.0]]) @ turn.T, np.zeros(1))
    return MlpNetwork(
        Card("linear", 1, 1, 2), RawInput(1), Rounded(1), (AffineMap(weight, np.zeros(2)),), (readout,)
    )  # fmt: skip


def run_all(gain: float, x: list[int]):  # type: ignore[no-untyped-def]
    program = Program(SUM, Method.LINEAR, "by hand")
    return lock_step(sum_network(gain), SUM, program, lambda z: np.cumsum(z, axis=1), np.array(x)[:, None])


def test_all_four_agree_and_say_so() -> None:
    lock = run_all(1.0, [3, 1, 4])
    assert list(lock.outputs) == ["network", "machine", "program", "truth"]
    assert all(y[:, 0].tolist() == [3, 4, 8] for y in lock.outputs.values())
    assert lock.values[:, 0].tolist() == [0, 3, 4, 8]
    assert verdict_sentence(lock) == ("All four agree on all 3 steps: network, machine, program and truth.", True)
    assert len(lock.agreements()) == 6


def test_the_one_that_drifts_is_named() -> None:
    lock = run_all(1.1, [3, 1, 4])
    assert lock.odd_ones(0) == ()
    assert lock.odd_ones(2) == ("network",)
    assert verdict_sentence(lock) == (
        "Network differs from machine, program and truth first at step 3; 1 step of 3 differ.", False
    )  # fmt: skip
    assert [a.first for a in lock.agreements()] == [3, 3, 3, None, None, None]
    assert 'class="off"' in tape_html(lock)


def test_a_machine_that_lacks_a_symbol_is_left_out_with_the_reason() -> None:
    machine = MealyMachine(np.array([[0]]), np.array([[[0]]]), np.array([[0]]))
    lock = lock_step(sum_network(), machine, None, None, np.array([[5]]))
    assert list(lock.outputs) == ["network"]
    assert "not in the machine's alphabet" in lock.missing["machine"]
    assert set(lock.missing) == {"machine", "program", "truth"}
    assert verdict_sentence(lock)[1] is False


def test_an_empty_sequence_has_a_beginning_only() -> None:
    lock = lock_step(sum_network(), SUM, None, None, np.empty((0, 1), dtype=np.int64))
    assert lock.hidden.shape == (1, 2)
    assert lock.agreements()[0].first is None


def test_hidden_states_are_paired_with_what_led_to_them() -> None:
    x = np.array([[[1], [2]], [[3], [4]]])
    cloud = collect(sum_network(), SUM, x)
    assert cloud.values.tolist() == [0, 1, 3, 3, 7]
    assert cloud.steps.tolist() == [0, 1, 2, 1, 2]
    assert [cloud.prefix(i)[:, 0].tolist() for i in range(5)] == [[], [1], [1, 2], [3], [3, 4]]
    readings = straight_reading(cloud)
    assert readings.worst < 1e-9
    assert readings.share == 1.0


def test_principal_axes_follow_the_spread_and_keep_their_sign() -> None:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(200, 3)) * [5.0, 1.0, 0.1]
    axes = principal_axes(states, 2)
    assert np.allclose(np.abs(axes.directions), np.eye(3)[:2], atol=0.05)
    assert np.array_equal(axes.directions, principal_axes(states, 2).directions)
    assert (axes.directions[np.arange(2), np.abs(axes.directions).argmax(axis=1)] > 0).all()


def test_rows_of_states_count_places_and_measure_gaps() -> None:
    last = MealyMachine(np.array([[0, 1], [0, 1]]), np.zeros((2, 2, 1), dtype=int), np.array([[0], [1]]))
    add = AffineMap(np.array([[0.0, 1.0]]), np.zeros(1))
    network = MlpNetwork(
        Card("linear", 1, 1, 1), RawInput(1), Rounded(1), (add,), (AffineMap(np.ones((1, 1)), np.zeros(1)),)
    )  # fmt: skip
    cloud = collect(network, last, np.array([[[0], [1], [1]]]))
    assert state_rows(cloud) == {
        "state": ["S0", "S1"], "points": [2, 2], "places": [1, 1], "gap": [1.0, 1.0], "nearest state": ["S1", "S0"],
    }  # fmt: skip
    figure = hidden_state_figure(cloud, principal_axes(cloud.states, 2), emphasis=Emphasis(states=(1,)))
    assert [trace.name for trace in figure.data] == ["hidden states", "S1"]
    assert figure.data[1].marker.symbol == SHAPES[1]


def test_colours_and_shapes_are_distinct_and_very_many_states_are_grey() -> None:
    assert len({state_style(s, 8).colour for s in range(8)}) == len(HUES)
    assert len({state_style(s, 8).shape for s in range(8)}) == len(SHAPES)
    pairs = {(state_style(s, MOST_STYLES).colour, state_style(s, MOST_STYLES).shape) for s in range(MOST_STYLES)}
    assert len(pairs) == MOST_STYLES
    more = MOST_STYLES + 1
    assert len({state_style(s, more).colour for s in range(more)}) == 1
    assert state_style(3, more, selected=3).colour != state_style(4, more, selected=3).colour


def test_a_formula_line_is_right_when_its_lines_run_in_their_order() -> None:
    """Each line may use what a line before it has just written."""
    total, x = Variable("total"), Variable("x")
    add = apply("add", total, x)
    summed = Program(IntegerSystem(("x",), (StateVariable("total", 0, add),), (add,)), Method.LINEAR, "")
    toggle = apply("sub", x, Variable("previous"))
    change = Program(IntegerSystem(("x",), (StateVariable("previous", 0, x),), (toggle,)), Method.LINEAR, "")
    for program in (summed, change):
        names, y = {"total": 0, "previous": 0}, []
        for value in (3, 5, 4):
            names["x"] = value
            exec(formula_line(program), {}, names)  # as a reader would run it
            y.append(names["y"])
        assert y == outputs_of(program, np.array([[[3], [5], [4]]]))[0, :, 0].tolist()
    assert formula_line(summed, longest=25) == "total = total + x; …"
    assert formula_line(summed, longest=10) == "2 formulas"


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 9)), max_size=20))
def test_typed_sequences_come_back(steps: list[tuple[int, int]]) -> None:
    x = np.array(steps, dtype=np.int64).reshape(-1, 2)
    assert np.array_equal(parse_sequence(sequence_text(x), [Integers(-50, 51), Integers(0, 10)]), x)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 2", "Step 2 is 2; this network reads 0 or 1."),
        ("1 1.0", "write whole numbers with spaces between"),
        ("1;1", "has 2 integers; this network reads 1 per step"),
        ("1 " * 401, "401 steps"),
        ("9" * 30 + " 1", "write whole numbers"),
    ],
)
def test_mistakes_in_typed_sequences_are_named(text: str, sentence: str) -> None:
    with pytest.raises(BadInputError, match=sentence):
        parse_sequence(text, BITS)


def test_digits_without_spaces_and_commas_are_understood() -> None:
    assert parse_sequence("1011", BITS)[:, 0].tolist() == [1, 0, 1, 1]
    assert parse_sequence("1, 0,1", BITS)[:, 0].tolist() == [1, 0, 1]
    assert parse_sequence("12", [Integers(0, 100)])[:, 0].tolist() == [12]


def test_equations_write_new_values_with_a_prime() -> None:
    text = block_latex(equations(SUM))
    assert r"\text{remember} & \mathrm{total}' & = & \displaystyle \mathrm{total} + x" in text
    assert r"\text{answer} & y & = & \displaystyle \mathrm{total}'" in text


def test_signs_of_bits_truth_values_and_floors() -> None:
    a, b = Variable("a"), Variable("b2")
    cases = {
        r"a \oplus b_{2}": apply("xor", a, b),
        r"a \wedge \left(a \vee b_{2}\right)": apply("and", a, apply("or", a, b)),
        r"\left[a < b_{2}\right]": apply("lt", a, b),
        r"\left\lfloor \frac{a + b_{2}}{2} \right\rfloor": apply("floordiv", apply("add", a, b), 2),
    }
    for latex, expression in cases.items():
        assert equations(IntegerSystem(("a", "b2"), (), (expression,)))[-1].right == latex
    assert name_latex("next_state") == r"\mathrm{next\_state}"


def report(short: int, long: int, method: str = "linear") -> dict[str, object]:
    entry = {"1x": {"sequences": 4096, "agree": short}, "5x": {"sequences": 1024, "agree": long}}
    return {
        "program": {"method": method, "nodes": 4}, "machine": None, "length": 10,
        "verification": {"claim": "agrees", "program_vs_network": entry, "program_vs_data": None},
    }  # fmt: skip


def test_headlines_say_exactly_what_was_checked() -> None:
    assert headline(report(4096, 1024)) == (
        "Program and network agree on 4,096 held-out sequences of length 10, and on 1,024 of length 50."
    )
    assert headline(report(4096, 1000)) == (
        "Program and network agree on 4,096 held-out sequences of length 10; "
        "they differ on 24 of 1,024 held-out sequences of length 50."
    )
    assert verdict(report(4096, 1000)) == "formula"
    assert verdict(report(4096, 1024, "table")) == "table"
    assert verdict(report(4095, 1024)) == "differs"
    assert verdict({**report(0, 0), "program": None}) == "no program"
    assert [c.text for c in counts(report(4096, 1000))] == ["4,096 of 4,096", "1,000 of 1,024"]
    assert claims(report(1, 1)) == ["Agrees."]


def test_an_unreadable_run_is_a_card_with_its_reason() -> None:
    made = card(UnreadableRun(Path("somewhere/Torn"), "It was cut off."))
    assert (made.badge, made.claim, made.title) == (UNREADABLE, "It was cut off.", "Torn")


def test_facts_and_suspicious_outputs_of_a_report() -> None:
    report = {
        "facts": [{"fact": "program = data", "holds": False, "words": "differs on 1 of 9 rows"}],
        "suspicious_rows": [{"row": 3, "step": 1, "given": "coin", "program": "push"}],
    }
    assert facts(report) == [":material/close: **program = data**: differs on 1 of 9 rows"]
    assert suspicious(report) == [{"row": "3", "step": "1", "recorded": "coin", "program": "push"}]
    assert facts({}) == suspicious({}) == []


STORE = (Vocabulary.of(["get", "put(1,2)"]), None)
STORE_RANGES = [Integers(0, 2), Integers(-3, 4)]


def test_words_are_typed_between_spaces_and_may_hold_commas() -> None:
    x = parse_sequence("get;3  put(1,2) ; -3", STORE_RANGES, words=STORE)
    assert x.tolist() == [[0, 3], [1, -3]]
    assert sequence_text(x, STORE) == "get;3 put(1,2);-3"
    assert range_text(STORE_RANGES, STORE) == "get or put(1,2); -3 to 3"
    many = Vocabulary.of([f"w{i}" for i in range(30)])
    assert range_text([many.range], (many,)).startswith("one of 30 words, w0, w1, w10,")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("get;1 got;1", "Step 2 holds the word 'got'; did you mean get"),
        ("get", "Step 1 is 'get', which has 1 value; this network reads 2 per step, written like get;-3"),
        ("get;4", "Step 1 is 4; this network reads -3 to 3"),
    ],
)
def test_mistakes_in_typed_words_are_named(text: str, sentence: str) -> None:
    with pytest.raises(BadInputError, match=sentence):
        parse_sequence(text, STORE_RANGES, words=STORE)


def test_a_run_strays_only_when_it_holds_at_the_trained_length_and_not_beyond() -> None:
    def report(short: int, long: int) -> dict[str, Any]:
        counts = {"1x": {"sequences": 8, "agree": short}, "5x": {"sequences": 8, "agree": long}}
        return {"verification": {"program_vs_network": counts}}

    assert strays(report(8, 7))
    assert not strays(report(8, 8))
    assert not strays(report(7, 7))
    assert not strays({"verification": None})


def test_rows_of_varying_length_are_said_to_be_so() -> None:
    counts = {"1x": {"sequences": 60, "agree": 60}, "5x": {"sequences": 60, "agree": 59}}
    claim = "Program against network: agrees on 60 held-out sequences of length {}13."
    report = {"program": {}, "length": 13, "verification": {"program_vs_network": counts}}
    said = []
    for words in ("", "up to "):
        report["verification"]["claims"] = [claim.format(words)]
        said.append(headline(report))
    rest = "13; they differ on 1 of 60 held-out sequences of length 65."
    assert said[0] == f"Program and network agree on 60 held-out sequences of length {rest}"
    assert said[1] == f"Program and network agree on 60 held-out sequences of length up to {rest}"
