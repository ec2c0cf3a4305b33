"""From machines to systems of formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_machines import machine

from mips_core.expressions import Apply, Lookup, Table, Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.progress import Monitor
from mips_core.regression import Method, explain_machine, simplify_lookups
from mips_core.regression.feedback import feedback_table
from mips_core.regression.fit import reproduces
from mips_core.regression.labels import follow
from mips_core.regression.sharing import share_terms
from mips_core.regression.windows import memory_length
from mips_core.stepping import outputs_of


def window(k: int, rule: Callable[..., object], symbols: Iterable[int], padding: int = 0) -> MealyMachine:
    return machine(symbols, (padding,) * (k - 1), lambda s, x: (((x, *s))[:-1], rule(x, *s)))


def shuffled(m: MealyMachine, seed: int) -> MealyMachine:
    """Return the same machine with its states numbered in another order."""
    order = np.random.default_rng(seed).permutation(m.states)
    place = np.argsort(order)
    return MealyMachine(place[m.next_state[order]], m.output[order], m.symbols, int(place[m.start_state]))


def moore(symbols: Iterable[object], start: object, rule: Callable[..., object]) -> MealyMachine:
    return machine(symbols, start, lambda s, *x: (rule(s, *x), rule(s, *x)))


def digits(base: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(base) for j in range(base)]


BITS = range(2)
MACHINES = {
    "parity": (moore(BITS, 0, lambda s, x: s ^ x), 5),
    "parity of zeros": (moore(BITS, 0, lambda s, x: s ^ 1 - x), 5),
    "add mod 8": (moore(range(8), 0, lambda s, x: (s + x) % 8), 7),
    "add mod 60": (moore(range(60), 0, lambda s, x: (s + x) % 60), 7),
    "binary addition": (machine(digits(2), 0, lambda s, a, b: ((s + a + b) // 2, (s + a + b) % 2)), 11),
    "base 7 addition": (machine(digits(7), 0, lambda s, a, b: ((s + a + b) // 7, (s + a + b) % 7)), 11),
    "division by 5": (machine(BITS, 0, lambda s, x: ((2 * s + x) % 5, (2 * s + x) // 5)), 11),
    "divisible by 7": (machine(BITS, 0, lambda s, x: ((2 * s + x) % 7, (2 * s + x) % 7 == 0)), 11),
    "dithering": (machine(range(16), 0, lambda s, x: ((s + x) % 15, (s + x) // 15)), 10),
    "dot product": (moore(digits(2), 0, lambda s, a, b: s ^ (a & b)), 7),
    "least seen": (moore(range(10), 9, min), 5),
    "most seen": (moore(range(100), 0, max), 5),
    "lift": (moore(range(-1, 2), 0, lambda s, x: min(2, max(0, s + x))), 9),
    "lift, other symbols": (moore(range(3), 0, lambda s, x: min(2, max(0, s + x - 1))), 11),
    "counter with reset": (moore(range(3), 0, lambda s, x: 0 if x == 2 else (s + x) % 6), 12),
    "turnstile": (machine(BITS, 0, lambda s, x: (1 - x, s & x)), 4),
    "always 3": (machine(range(4), 0, lambda s, x: (0, 3)), 1),
    "even": (machine(range(10), 0, lambda s, x: (0, x % 2 == 0)), 5),
    "size": (machine(range(-100, 100), 0, lambda s, x: (0, abs(x))), 2),
    "full at ten": (machine(BITS, 0, lambda s, x: (min(10, s + x), min(10, s + x) == 10)), 9),
    "last one": (window(2, lambda x, p: p, range(100)), 2),
    "sum of two": (window(2, lambda x, p: x + p, range(100)), 4),
    "distance of two": (window(2, lambda x, p: abs(x - p), range(-50, 50)), 5),
    "repeated": (window(2, lambda x, p: x == p, range(8), padding=-1), 4),
    "parity of four": (window(4, lambda x, p, q, r: x ^ p ^ q ^ r, BITS), 10),
    "alternating four": (window(4, lambda x, p, q, r: x != p and p != q and q != r, BITS), 14),
    "third last": (window(3, lambda x, p, q: q, range(3)), 3),
    "three in a row": (machine(BITS, 0, lambda s, x: (min(3, s + 1) * x, min(3, s + 1) * x == 3)), 7),
    "greatest since zero": (moore(range(8), 0, lambda s, x: 0 if x == 0 else max(s, x)), 10),
    "zeros in a row": (moore(BITS, 0, lambda s, x: 0 if x else min(s + 1, 5)), 10),
    "run length": (
        machine(BITS, (-1, 0), lambda s, x: ((x, n := min(s[1] + 1, 4) if x == s[0] else 1), n)),
        13,
    ),
    "lift on call": (moore(range(4), 0, lambda s, x: s + (x > s) - (x < s)), 11),
    "two outputs": (machine(digits(3), 0, lambda s, a, b: ((s + a) % 3, ((s + a) % 3, max(a, b)))), 10),
}


@pytest.mark.parametrize("name", MACHINES)
def test_machines_become_short_exact_systems(name: str) -> None:
    m, nodes = MACHINES[name]
    found = explain_machine(m)
    assert found is not None
    assert reproduces(found.system, m)
    assert found.system.nodes <= nodes
    assert found.method is not Method.TABLE
    x = m.symbols[np.random.default_rng(0).integers(0, len(m.symbols), (50, 30))]
    assert (outputs_of(found.system, x) == outputs_of(m, x)).all()


@pytest.mark.parametrize("name", ["dithering", "division by 5", "counter with reset", "alternating four"])
def test_numbering_of_states_makes_no_difference(name: str) -> None:
    m, _ = MACHINES[name]
    assert explain_machine(shuffled(m, 1)).system == explain_machine(shuffled(m, 2)).system


def test_spare_states_make_no_difference() -> None:
    m = moore(BITS, 0, lambda s, x: s ^ x)
    doubled = machine(BITS, (0, 0), lambda s, x: ((s[0] ^ x, 1 - s[1]), s[0] ^ x))
    assert doubled.states == 4
    assert explain_machine(doubled).system == explain_machine(m).system


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(2, 3))
@settings(max_examples=8, deadline=None)
def test_random_machines_are_exact_or_unexplained(seed: int, states: int, symbols: int) -> None:
    rng = np.random.default_rng(seed)
    m = MealyMachine(
        rng.integers(0, states, (states, symbols)),
        rng.integers(0, 2, (states, symbols, 1)),
        np.arange(symbols)[:, None],
    )
    found = explain_machine(m, budget=1.0)
    if found is not None:
        x = m.symbols[rng.integers(0, symbols, (40, 40))]
        assert (outputs_of(found.system, x) == outputs_of(m, x)).all()


def test_random_large_machine_has_no_formulas_and_keeps_to_its_budget() -> None:
    rng = np.random.default_rng(0)
    m = MealyMachine(rng.integers(0, 40, (40, 6)), rng.integers(0, 3, (40, 6, 1)), np.arange(6)[:, None])
    assert explain_machine(m, budget=1.0) is None


def test_check_tells_a_wrong_system() -> None:
    m = moore(range(5), 0, lambda s, x: (s + x) % 5)
    s, x = Variable("state"), Variable("x")
    right = apply("mod", apply("add", s, x), 5)
    assert reproduces(IntegerSystem(("x",), (StateVariable("state", 0, right),), (right,)), m)
    assert not reproduces(IntegerSystem(("x",), (StateVariable("state", 1, right),), (right,)), m)


def test_check_gives_up_on_systems_that_grow_for_ever() -> None:
    m = machine(range(3), 0, lambda s, x: (0, 0))
    grow = StateVariable("n", 0, apply("add", apply("mul", 3, Variable("n")), Variable("x")))
    assert not reproduces(IntegerSystem(("x",), (grow,), (apply("mul", 0, Variable("n")),)), m)


def test_memory_length() -> None:
    assert memory_length(window(4, lambda x, p, q, r: r, BITS)) == 3
    assert memory_length(moore(BITS, 0, lambda s, x: s ^ x)) is None
    assert memory_length(machine(BITS, 0, lambda s, x: (0, x))) == 0


def test_the_last_output_may_be_the_memory_where_states_were_merged() -> None:
    m = minimise(MACHINES["greatest since zero"][0])
    assert m.states == 7  # 0 and 1 behave alike, though they show different numbers
    assert feedback_table(m, 0, None) is not None
    found = explain_machine(m)
    assert [variable.name for variable in found.system.state] == ["state"]
    assert feedback_table(moore(BITS, 0, lambda s, x: s ^ x), 1, None) is None  # a wrong start is noticed


def test_labels_follow_an_update() -> None:
    m = moore(range(4), 0, lambda s, x: (s + x) % 4)
    update = apply("mod", apply("add", Variable("state"), Variable("x")), 4)
    assert sorted(follow(update, 2, m).tolist()) == [0, 1, 2, 3]
    assert follow(apply("add", Variable("state"), Variable("x")), 0, m) is None
    assert follow(Variable("state"), 0, m) is None


def test_shared_terms_are_computed_once_and_in_order() -> None:
    s, x = Variable("state"), Variable("x")
    total = apply("add", apply("mul", 2, s), x)
    rest = apply("mod", total, 5)
    system = share_terms(["x"], [StateVariable("state", 0, rest)], [apply("add", rest, total), rest])
    names = [name for name, _ in system.locals]
    assert names.index("total") < names.index("new_state")
    plain = IntegerSystem(("x",), (StateVariable("state", 0, rest),), (apply("add", rest, total), rest))
    x_rows = np.random.default_rng(0).integers(0, 2, (5, 9, 1))
    assert (outputs_of(system, x_rows) == outputs_of(plain, x_rows)).all()
    assert system.nodes < plain.nodes


def test_lookups_become_formulas() -> None:
    even = Table("even", tuple(((x,), 1 - x % 2) for x in range(10)))
    count = StateVariable("count", 0, apply("add", Variable("count"), Lookup(even, (Variable("x"),))))
    system, method = simplify_lookups(IntegerSystem(("x",), (count,), (Variable("count"),)), np.arange(10)[:, None])
    assert method is Method.SYMBOLIC
    assert not any(isinstance(n, Lookup) for e in system.expressions for n in e.walk())
    x = np.random.default_rng(0).integers(0, 10, (4, 20, 1))
    before = IntegerSystem(("x",), (count,), (Variable("count"),))
    assert (outputs_of(system, x) == outputs_of(before, x)).all()


def test_lookups_without_a_formula_stay() -> None:
    noise = np.random.default_rng(1).integers(0, 50, 60)
    table = Table("noise", tuple(((x,), int(y)) for x, y in enumerate(noise)))
    before = IntegerSystem(("x",), (), (Lookup(table, (Variable("x"),)),))
    after, method = simplify_lookups(before, np.arange(60)[:, None], budget=0.5)
    assert method is Method.TABLE
    assert after == before
    assert simplify_lookups(IntegerSystem(("x",), (), (Variable("x"),)), np.arange(3)[:, None])[1] is None


def test_keys_that_cannot_occur_do_not_count() -> None:
    table = Table("t", (((0,), 0), ((1,), 2), ((2,), 4), ((3,), 99)))
    after, method = simplify_lookups(
        IntegerSystem(("x",), (), (Lookup(table, (Variable("x"),)),)), np.arange(3)[:, None]
    )
    assert method is Method.LINEAR
    assert isinstance(after.outputs[0], Apply)


def test_progress_names_the_stage() -> None:
    seen = []
    explain_machine(MACHINES["division by 5"][0], monitor=Monitor(progress=seen.append))
    assert {message.stage for message in seen} == {"regress"}
