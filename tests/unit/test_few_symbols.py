"""Words over few symbols tell programs apart that random words over a large alphabet do not."""

from pathlib import Path

import numpy as np
import pytest
from command_line import mips
from hypothesis import given
from hypothesis import strategies as st

from mips_core import distill, verify
from mips_core.distillation.candidate import Probe
from mips_core.distillation.subject import Subject, Truth
from mips_core.expressions import Expression, Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.networks import read_network
from mips_core.programs import Program
from mips_core.regression.method import Method
from mips_core.stepping import outputs_of
from mips_core.tasks import Integers, make_dataset
from mips_core.tasks.few_symbols import telling_words
from mips_core.verification import Strength, verify_program

HUNDRED = (Integers(0, 100),)
BOUNDED = """
def f(xs):
    outputs, level = [], 0
    for x in xs:
        level = min(max(level + x - 1, 0), 5)
        outputs.append(min(level, 3))
    return outputs
"""


@pytest.fixture
def tank(tmp_path: Path) -> Path:
    """A network that keeps h' = relu(h + x - 1) and shows y = min(h, 3) = relu(h) - relu(h - 3)."""
    path = tmp_path / "tank.npz"
    np.savez(
        path,
        **{
            "hmlp.mlp.0.weight": np.array([[1.0, 1.0]]),
            "hmlp.mlp.0.bias": np.array([-1.0]),
            "hmlp.mlp.2.weight": np.array([[1.0]]),
            "hmlp.mlp.2.bias": np.array([0.0]),
            "ymlp.mlp.0.weight": np.array([[1.0], [1.0]]),
            "ymlp.mlp.0.bias": np.array([0.0, -3.0]),
            "ymlp.mlp.2.weight": np.array([[1.0, -1.0]]),
            "ymlp.mlp.2.bias": np.array([0.0]),
        },
    )
    return path


def tank_program(bound: int | None) -> Program:
    level: Expression = apply("max", apply("sub", apply("add", Variable("level"), Variable("x")), 1), 0)
    if bound is not None:
        level = apply("min", level, bound)
    system = IntegerSystem(
        ("x",),
        (StateVariable("level", 0, Variable("new")),),
        (apply("min", Variable("new"), 3),),
        (("new", level),),
    )
    return Program(system, Method.LINEAR, "a test")


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 300)), min_size=1, max_size=3),
    st.integers(1, 12),
    st.integers(0, 5),
)
def test_words_keep_to_their_ranges_and_kinds(ranges: list[tuple[int, int]], length: int, seed: int) -> None:
    inputs = [Integers(low, low + size) for low, size in ranges]
    words = telling_words(inputs, None, 30, length, np.random.default_rng(seed))
    assert words.shape == (30, length, len(inputs))
    for i, r in enumerate(inputs):
        assert words[:, :, i].min() >= r.low
        assert words[:, :, i].max() < r.high
    assert (words[::3] == words[::3, :1]).all(), "the first of three kinds is constant"
    assert all(len(np.unique(word, axis=0)) <= 4 for word in words[2::3]), "the third is over four symbols at most"


def test_a_random_prefix_goes_over_into_one_symbol() -> None:
    words = telling_words(HUNDRED, None, 600, 10, np.random.default_rng(0))[1::3, :, 0]
    changes = (words[:, 1:] != words[:, :-1]).sum(axis=1)
    assert (changes > 0).mean() > 0.9
    assert (words[:, -2] == words[:, -1]).mean() > 0.8
    assert (np.isin(words[:, -1], [0, 1, 99])).mean() > 0.4


def test_only_observed_symbols_occur() -> None:
    observed = np.array([[3, 0], [7, 1], [40, 9], [99, 5]])
    words = telling_words((Integers(0, 100), Integers(0, 10)), observed, 60, 8, np.random.default_rng(0))
    assert {tuple(row) for row in words.reshape(-1, 2).tolist()} <= {tuple(row) for row in observed.tolist()}


def test_a_bound_that_random_words_hide_is_found_and_claimed_apart(tank: Path) -> None:
    found = verify_program(read_network(tank), tank_program(5), inputs=HUNDRED, length=10)
    assert found.agrees_at_1x, "held-out words alone count"
    assert found.holds
    one, five = found.program_vs_network["1x"], found.program_vs_network["5x"]
    assert one is not None
    assert five is not None
    assert (one.agree, five.agree) == (one.sequences, five.sequences) == (4096, 4096)
    few = [c for c in found.claims if "over few symbols" in c.words]
    assert len(few) == 2
    assert all(c.strength is Strength.DIFFERS for c in few)
    assert all(c.right == "network" for c in few)
    assert found.counterexample is not None
    assert found.counterexample.length == 4
    assert found.counterexample.inputs[1:] == [0, 0, 0]
    assert "over few symbols of length 10" in found.claim
    assert "shortest difference found has length 4" in found.claim


def test_the_right_program_agrees_on_them(tank: Path) -> None:
    found = verify_program(read_network(tank), tank_program(None), inputs=HUNDRED, length=10)
    assert found.counterexample is None
    assert "agrees on 512 sequences over few symbols of length 50" in found.claim


def test_small_alphabets_have_their_short_words_listed_instead(tank: Path) -> None:
    found = verify_program(read_network(tank), tank_program(5), inputs=(Integers(0, 8),), length=10)
    assert not any("few symbols" in c.words for c in found.claims)


def test_the_network_becomes_the_program_that_is_right_on_them(tank: Path) -> None:
    report = distill(tank, inputs=HUNDRED)
    assert report.program is not None
    assert report.program.function([7, 0, 0, 0, 0, 0, 0]) == [3, 3, 3, 3, 2, 1, 0]
    assert report.verification.counterexample is None


def test_a_program_from_outside_that_differs_on_them_only_is_told_so(tank: Path, tmp_path: Path) -> None:
    path = tmp_path / "bounded.py"
    path.write_text(BOUNDED)
    verdict = verify(tank, path, inputs=HUNDRED)
    assert verdict.verdict == "differs"
    assert verdict.counterexample is not None
    assert verdict.counterexample.length == 4
    assert "agrees on 4,096 held-out sequences of length 50; differs on" in verdict.claim


def test_two_programs_that_differ_on_them_only_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BOUNDED)
    (tmp_path / "b.py").write_text(BOUNDED.replace("min(max(level + x - 1, 0), 5)", "max(level + x - 1, 0)"))
    done = mips("diff", tmp_path / "a.py", tmp_path / "b.py", "--inputs", "0:100")
    assert done.code == 3
    assert "0 0 0" in done.out


def test_with_data_they_do_not_count_against_a_program(tank: Path) -> None:
    network = read_network(tank)
    x = np.random.default_rng(3).integers(0, 100, size=(20, 10, 1))
    data = make_dataset(x, outputs_of(tank_program(None), x))
    subject = Subject("tank", network, HUNDRED, 10, truth=Truth(held_out=data, selection=data))
    assert Probe(subject, 0).score(tank_program(5)).network_telling == 1.0
    without = Subject("tank", network, HUNDRED, 10)
    assert Probe(without, 0).score(tank_program(5)).network_telling < 1.0
    assert Probe(without, 0).score(tank_program(None)).network_telling == 1.0
