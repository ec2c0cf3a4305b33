"""The benchmark's tables, its peers, and what the search for formulas does to be fast."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.benchmarks.speed.contestant import versioned
from mips_core.benchmarks.speed.formula_tables import Rule, judged, task_of
from mips_core.benchmarks.speed.formulas import RULES, Search
from mips_core.benchmarks.speed.growth_formulas import Exhausting, Explaining
from mips_core.benchmarks.speed.peer_enumerator import PLAIN, SHARED, Enumerator, compiled
from mips_core.benchmarks.speed.peer_gplearn import Genetic
from mips_core.errors import ContradictoryTableError
from mips_core.expressions import evaluate, parse_expression
from mips_core.regression import explain_table, find_expression
from mips_core.regression.bank import ARITHMETIC_OPERATORS, Bank
from mips_core.regression.few_leaves import smallest_of_few_leaves
from mips_core.regression.formula import weight
from mips_core.regression.once import matters, smallest_once
from mips_core.regression.probing import probe

ADD = Rule("(a + b) % 5", {"a": (0, 5), "b": (0, 5)})


@pytest.fixture(scope="module")
def library():
    with compiled() as found:
        if found is None:
            pytest.skip("no C compiler here")
        yield str(found)


def test_a_fifth_of_a_grid_is_held_out_and_random_rows_have_others_beside() -> None:
    grid, drawn = task_of(ADD, "grid", 0), task_of(ADD, "random", 0)
    assert (len(grid.target), len(grid.unseen_target)) == (29, 7)
    assert (len(drawn.target), len(drawn.unseen_target)) == (1000, 1000)
    assert (task_of(ADD, "random", 0).target == drawn.target).all()


def test_rules_are_different_and_none_is_constant() -> None:
    assert len({rule.text for rule in RULES}) == len(RULES) >= 20
    for rule in RULES:
        assert len(np.unique(task_of(rule, "grid", 1).target)) > 1


@pytest.mark.parametrize("name", [PLAIN, SHARED])
@pytest.mark.parametrize("text", ["(a + b) % 5", "a // 2 - b", "a % 2", "abs(a) - b"])
def test_brute_force_finds_what_holds_with_the_fewest_nodes(library: str, name: str, text: str) -> None:
    enumerator = Enumerator(Rule(text, {"a": (-4, 5), "b": (-3, 3)}), "grid", 0, library, name, longest=6)
    prepared = enumerator.prepare()
    found = enumerator.run(prepared)
    assert found is not None
    assert enumerator.judge(prepared, found).solved
    assert found.nodes <= parse_expression(text).nodes
    assert found.candidates > 0


def test_brute_force_ends_where_it_is_told_to(library: str) -> None:
    enumerator = Enumerator(Rule("a * b * a + b", {"a": (2, 9), "b": (2, 9)}), "grid", 0, library, longest=4)
    prepared = enumerator.prepare()
    found = enumerator.run(prepared)
    assert found is None
    assert not enumerator.judge(prepared, found).solved


@pytest.mark.skipif(versioned("gplearn") is None, reason="gplearn is not installed")
@pytest.mark.filterwarnings("ignore")
def test_gplearn_is_given_the_same_table() -> None:
    genetic = Genetic("gplearn", Rule("max(a, b)", {"a": (0, 4), "b": (0, 4)}), "grid", 0)
    prepared = genetic.prepare()
    judgement = genetic.judge(prepared, genetic.run(prepared))
    assert judgement.solved
    assert judgement.facts["candidates"] >= 5000


def test_a_formula_that_is_wrong_on_one_row_is_not_solved() -> None:
    search = Search(ADD, "grid", 0)
    prepared = search.prepare()
    found = search.run(prepared)
    assert judged(prepared, found).solved
    prepared.target[3] += 1
    assert not judged(prepared, found).solved


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text)
def test_ours_finds_every_rule_no_longer_than_it_is_written(rule: Rule) -> None:
    search = Search(rule, "random", 2)
    prepared = search.prepare()
    judgement = search.judge(prepared, search.run(prepared))
    assert judgement.solved
    assert judgement.facts["wrong on unseen rows"] == 0
    assert judgement.facts["nodes"] <= parse_expression(rule.text).nodes


def test_ours_is_never_heavier_than_brute_force(library: str) -> None:
    draws = np.random.default_rng(4)
    for text in ("abs(a) * b", "-abs(a - b)", "min(a, b) % 3", "min(a, -b)", "a * a - b", "(a < b) + a", "-a // 2"):
        rule = Rule(text, {"a": (-5, 5), "b": (-4, 4)})
        enumerator = Enumerator(rule, "random", int(draws.integers(100)), library, SHARED, longest=6)
        prepared = enumerator.prepare()
        brute = enumerator.run(prepared)
        ours = explain_table(prepared.task.columns, prepared.task.target)
        assert brute is not None
        assert ours is not None
        assert weight(ours.expression) <= weight(parse_expression(brute.text))


def test_growth_contestants_do_their_work() -> None:
    for contestant in (Explaining(300, 3), Exhausting(2000)):
        prepared = contestant.prepare()
        assert contestant.judge(prepared, contestant.run(prepared)).solved


def test_probing_finds_what_the_bank_would_keep() -> None:
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(-3, 4), np.arange(5), indexing="ij"))
    bank = Bank({"a": a, "b": b}, constants=(0, 1, 2), operators=ARITHMETIC_OPERATORS)
    bank.grow()
    for text, size in (("a * b", 3), ("abs(a * b)", 3), ("max(-a, b)", 4), ("a - abs(b - 0)", 3)):
        target = np.asarray(evaluate(parse_expression(text), {"a": a, "b": b}, len(a)), dtype=np.int64)
        found = probe(bank, target, size, under_one_more=True)
        assert found
        assert all((evaluate(e, {"a": a, "b": b}, len(a)) == target).all() for e in found)
    assert not probe(bank, a * a * a + b, 4, under_one_more=True)
    bank.grow()
    remainders = probe(bank, (a * a + b) % 5, 5, under_one_more=False, modulus=5)
    assert parse_expression("(a * a + b) % 5").nodes == min(e.nodes for e in remainders)


def test_formulas_of_two_variables_are_found_only_where_both_matter() -> None:
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(8), np.arange(8), indexing="ij"))
    assert smallest_once({"a": a, "b": b}, np.minimum(a, b)) == parse_expression("min(a, b)")
    assert smallest_once({"a": a, "b": b}, abs(a - b)) is None
    assert matters({"a": a, "b": b}, a % 5, "a")
    assert not matters({"a": a, "b": b}, a % 5, "b")
    assert smallest_of_few_leaves({"a": a, "b": b}, a % 5, 25) == (None, 0)


def test_a_shorter_formula_that_fails_on_a_row_is_mended() -> None:
    draws = np.random.default_rng(8)
    columns = {name: draws.integers(-50, 51, 1000) for name in "abc"}
    found = find_expression(columns, (columns["c"] > 8).astype(np.int64))
    assert found is not None
    assert found.expression.nodes == 3


def test_a_row_in_a_million_that_differs_is_not_overlooked() -> None:
    a = np.random.default_rng(0).integers(0, 10, 400_000)
    target = 3 * a + 1
    assert explain_table({"a": a}, target) is not None
    target[250_001] += 1
    with pytest.raises(ContradictoryTableError, match="250001"):
        explain_table({"a": a}, target, budget=1.0, candidates=2_000)
