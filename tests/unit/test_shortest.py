"""The shortest difference between machines, programs and rules is a shortest one, and a proof only where it is one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from aalpy.utils import bisimilar
from aalpy_machines import to_aalpy

from mips_core.errors import BadInputError
from mips_core.machines import MealyMachine
from mips_core.programs import parse_program
from mips_core.runs import shipped_run
from mips_core.runs.hunting import AGAINST, LEFT, hunt_dict, hunt_run
from mips_core.stepping import IntArray, outputs_of
from mips_core.verification.claims import Strength
from mips_core.verification.exact_walk import exact_walk
from mips_core.verification.hunt import Ruled
from mips_core.verification.shortest import shortest_difference

BITS = np.array([[0], [1]])


def random_machine(states: int, rng: np.random.Generator) -> MealyMachine:
    return MealyMachine(rng.integers(states, size=(states, 2)), rng.integers(2, size=(states, 2, 1)), BITS)


def one_entry_changed(machine: MealyMachine, rng: np.random.Generator) -> MealyMachine:
    output = machine.output.copy()
    output[rng.integers(machine.states), rng.integers(2), 0] ^= 1
    return MealyMachine(machine.next_state, output, machine.symbols)


@pytest.mark.parametrize("seed", range(12))
def test_of_machines_it_is_as_short_as_the_one_that_aalpy_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = random_machine(12, rng)
    other = one_entry_changed(one, rng)
    theirs = bisimilar(to_aalpy(one), to_aalpy(other), return_cex=True)
    found = shortest_difference(one, other, BITS)
    if theirs is None:
        assert found.closed
        assert found.claim("machine", "machine", 2).strength == Strength.PROVED_FOR_ALL_LENGTHS
        return
    assert found.word is not None
    assert len(found.word) == len(theirs)
    x = found.word[None]
    wrong = (outputs_of(one, x) != outputs_of(other, x)).any(axis=2)[0]
    assert wrong.tolist() == [False] * (len(found.word) - 1) + [True]


def program(line: str) -> str:
    body = ["outputs = []", "s = 0", "for x in xs:", f"    {line}", "    outputs.append(s)", "return outputs"]
    return "def f(xs):\n" + "".join(f"    {each}\n" for each in body)


def test_programs_with_bounds_are_proved_and_without_only_searched() -> None:
    parity, same = parse_program(program("s = s ^ x")), parse_program(program("s = (s + x) % 2"))
    assert shortest_difference(parity, same, BITS).claim("program", "program", 2).words == "proved for all lengths"
    total, doubled = parse_program(program("s = s + x")), parse_program(program("s = 2 * x + s - x"))
    found = shortest_difference(total, doubled, BITS, seconds=0.5)
    assert found.word is None
    assert not found.closed
    claim = found.claim("program", "program", 2)
    assert claim.strength == Strength.EXHAUSTIVE_TO_LENGTH
    assert "proved" not in claim.words


def test_what_differs_first_at_many_steps_is_found_at_the_first() -> None:
    one, other = parse_program(program("s = s + x")), parse_program(program("s = min(s + x, 37)"))
    found = shortest_difference(one, other, BITS)
    assert found.word is not None
    assert found.word[:, 0].tolist() == [1] * 38


def test_beside_a_rule_all_short_words_are_tried_and_longer_ones_that_tell() -> None:
    def capped(x: IntArray) -> IntArray:
        return np.minimum(np.cumsum(x, axis=1), 60)

    symbols = np.arange(10)[:, None]
    found = shortest_difference(parse_program(program("s = s + x")), Ruled(capped, 1, 1), symbols)
    assert found.word is not None
    assert int(found.word.sum()) > 60
    for left_out in range(len(found.word)):  # none of its steps can go
        assert int(np.delete(found.word, left_out, axis=0).sum()) <= 60 + 9


def test_every_pair_of_a_run_can_be_searched() -> None:
    run = shipped_run("Parity_All")
    for of, against in itertools.product(LEFT, AGAINST):
        if of == against:
            with pytest.raises(BadInputError, match="the same as itself"):
                hunt_run(run, against, of=of, seconds=1)
            continue
        found = hunt_run(run, against, of=of, seconds=0.5)
        assert found.word is None
        facts = hunt_dict(run, against, found, of)
        assert facts["claim"].lower().startswith(f"{of} against {against}: ")
        assert ("proved" in facts["claim"]) == ({of, against} == {"program", "machine"})


def test_where_a_table_lacks_an_entry_the_shortest_word_that_needs_it_is_found() -> None:
    table = {(s, x): ((s + x) % 9, int(s == 8)) for s in range(9) for x in range(2)}

    def counting(entries: dict[tuple[int, int], tuple[int, int]]) -> str:
        head = f"T = {entries!r}\n"
        body = [
            "outputs = []",
            "s = 0",
            "for x in xs:",
            "    s, y = T[s, x]",
            "    outputs.append(y)",
            "return outputs",
        ]
        return head + "def f(xs):\n" + "".join(f"    {line}\n" for line in body)

    whole, less = parse_program(counting(table)), dict(table)
    del less[7, 1]
    found = exact_walk(parse_program(counting(less)), whole, BITS)
    assert found is not None
    assert found.word is not None
    assert found.word[:, 0].tolist() == [1] * 8
    assert exact_walk(whole, parse_program(counting(less)), BITS) is None, "the other one ends with an error"
    searched = shortest_difference(whole, parse_program(counting(less)), BITS)
    assert searched.word is not None
    assert len(searched.word) == 8
