"""Index laws: fitted from the answers to short words, exact on long ones, for rules that nobody listed."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.expressions import Expression, Variable, to_python
from mips_core.machines.integer_system import IntegerSystem
from mips_core.programs import Program
from mips_core.progress import Monitor
from mips_core.regression import Method
from mips_core.regression.floor_line import FloorLine, fit_floor_line
from mips_core.regression.index_law import answers_of, find_index_laws
from mips_core.stepping import IntArray

Rule = Callable[[list[int]], int]
"""The output after a whole sequence so far."""

RULES = {
    "same backwards": (2, 10, lambda w: w == w[::-1]),
    "same backwards, three symbols": (3, 7, lambda w: w == w[::-1]),
    "first equals last": (2, 9, lambda w: w[0] == w[-1]),
    "last equals the one in the middle": (2, 10, lambda w: w[-1] == w[len(w) // 2]),
    "both halves are the same": (2, 10, lambda w: w[: len(w) // 2] == w[(len(w) + 1) // 2 :]),
    "the middle one": (3, 7, lambda w: w[len(w) // 2]),
    "parity of every second": (2, 10, lambda w: sum(w[::2]) % 2),
    "any at places divisible by three": (2, 10, lambda w: any(w[2::3])),
    "sum of every third from the end": (4, 6, lambda w: sum(w[::-1][::3])),
    "mirrored places that differ": (2, 10, lambda w: sum(w[i] != w[-1 - i] for i in range(len(w) // 2))),
    "an equal pair at distance three": (3, 8, lambda w: any(a == b for a, b in zip(w, w[3:], strict=False))),
    "first half nowhere above the mirrored one": (
        3, 8, lambda w: all(w[i] <= w[-1 - i] for i in range(len(w) // 2)),
    ),
    "no zero in the second half": (3, 8, lambda w: 5 if 0 not in w[len(w) // 2 :] else -5),
}  # fmt: skip


def asked(rule: Rule, words: IntArray) -> IntArray:
    return np.array([[int(rule(w[: t + 1])) for t in range(len(w))] for w in words.tolist()], dtype=np.int64)


def every_word(symbols: int, length: int) -> IntArray:
    return np.array(list(itertools.product(range(symbols), repeat=length)), dtype=np.int64)


def simplest(words: IntArray, outputs: IntArray, errors: float = 0.0) -> Expression | None:
    found = find_index_laws(answers_of(words, outputs), Variable("x"), monitor=Monitor(), errors=errors)
    return min(found, key=lambda e: e.nodes, default=None)


def agrees(law: Expression, rule: Rule, symbols: int) -> bool:
    """Compare on 40 words of 60 steps, half of them nearly the same from both ends."""
    program = Program(IntegerSystem(("x",), (), (law,)), Method.SYMBOLIC, "test")
    words = np.random.default_rng(1).integers(symbols, size=(40, 60))
    words[:20, 30:] = words[:20, :30][:, ::-1]
    words[:10, 30:] = words[:10, :30]
    return all(program.function(w.tolist()) == y.tolist() for w, y in zip(words, asked(rule, words), strict=True))


@pytest.mark.parametrize("name", RULES)
def test_a_law_of_short_words_holds_for_long_ones(name: str) -> None:
    symbols, length, rule = RULES[name]
    words = every_word(symbols, length)
    law = simplest(words, asked(rule, words))
    assert law is not None
    assert agrees(law, rule, symbols)


def test_it_is_written_as_a_person_would() -> None:
    words = every_word(2, 9)
    law = simplest(words, asked(lambda w: w == w[::-1], words))
    assert law is not None
    assert to_python(law) == "all(seen[i] == seen[-1 - i] for i in range(len(seen) // 2))"


def test_a_few_wrong_answers_are_forgiven() -> None:
    words = every_word(2, 10)
    outputs = asked(lambda w: w == w[::-1], words)
    wrong = np.random.default_rng(2).integers(1024, size=2)
    outputs[wrong, 9] = 1
    assert simplest(words, outputs) is None
    law = simplest(words, outputs, errors=0.1)
    assert law is not None
    assert agrees(law, lambda w: w == w[::-1], 2)


def test_the_longest_words_can_refute_a_law() -> None:
    words = every_word(2, 10)
    outputs = asked(lambda w: w == w[::-1], words)
    outputs[:, 9] = words[:, 3]
    assert simplest(words, outputs) is None


@pytest.mark.parametrize(
    "rule",
    [
        lambda w: hash(tuple(w)) % 2,
        lambda w: sum(w) >= 3,
        lambda w: w[0] if len(w) in (2, 3, 5, 7) else 0,
    ],
)
def test_what_is_no_such_relation_has_no_law(rule: Rule) -> None:
    words = every_word(2, 9)
    assert simplest(words, asked(rule, words)) is None


@given(p=st.integers(-2, 2), q=st.integers(-6, 6), r=st.integers(1, 4))
def test_floor_lines_are_found_again(p: int, q: int, r: int) -> None:
    line = FloorLine(p, q, r)
    found = fit_floor_line({t: (line.at(t), line.at(t)) for t in range(1, 30)})
    assert found is not None
    assert [found.at(t) for t in range(1, 30)] == [line.at(t) for t in range(1, 30)]


@settings(max_examples=15, deadline=None)
@given(a=st.integers(1, 3), b=st.integers(0, 2), end=st.booleans(), seed=st.integers(0, 99))
def test_any_even_spacing_is_measured(a: int, b: int, end: bool, seed: int) -> None:
    def rule(w: list[int]) -> int:
        return sum((w[::-1] if end else w)[b::a])

    words = np.random.default_rng(seed).integers(3, size=(600, 12))
    law = simplest(words, asked(rule, words))
    assert law is not None
    assert agrees(law, rule, 3)
