"""The Python and the commands that "Bring your own" shows do run, and say what was chosen."""

from __future__ import annotations

import argparse
import contextlib
import io
import shlex

import pytest

from mips_core.cli import describe, distill
from mips_core.networks.options import NetworkOptions
from mips_core.resources import asset
from mips_core.tasks import Integers
from mips_core.views.own_calls import data_code, data_command, network_code, network_command


def parsed(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    for module in (describe, distill):
        module.add_parser(commands)
    return parser.parse_args(words[1:])


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "shown", "exec"), {})
    return out.getvalue()


def test_the_python_of_a_network_runs() -> None:
    path = str(asset("examples", "authors_weighted_sum.npz"))
    text = printed(network_code(path, NetworkOptions(inputs=(Integers(0, 10),), outputs="round")))
    assert "mips-network-reading" in text
    assert "outputs.append(x + 2 * previous)" in text


def test_the_python_of_data_is_right_as_far_as_it_can_be_run_quickly() -> None:
    code = data_code(str(asset("examples", "difference.csv")), seed=3, budget=20.0, label_free=True)
    assert "report = distill(file, seed=3, budget=20.0, label_free=True)" in code
    assert "mips-data-reading" in printed(code.split("report =")[0])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (NetworkOptions(), ["mips", "distill", "a b.npz", "--seed", "2"]),
        (NetworkOptions(inputs=(Integers(0, 2),)), ["--inputs", "0:2"]),
        (NetworkOptions(inputs=(Integers(-3, 4), Integers(0, 2))), ["--inputs=-3:4,0:2"]),
        (NetworkOptions(encoding="one-hot", length=12), ["--encoding", "one-hot", "--length", "12"]),
    ],
)
def test_commands_of_networks_are_understood(options: NetworkOptions, words: list[str]) -> None:
    first, second = (
        shlex.split(line) for line in network_command("a b.npz", options, seed=2, budget=30.0).splitlines()
    )
    assert " ".join(words) in " ".join(second)
    described, options_read = parsed(first), parsed(second)
    assert described.file == "a b.npz"
    assert described.inputs == options_read.inputs
    assert options_read.source == "a b.npz"
    assert (options_read.seed, options_read.budget) == (2, 30.0)


def test_commands_of_data_are_understood() -> None:
    first, second = data_command("rows.csv", seed=0, budget=None, label_free=True).splitlines()
    assert first == "mips describe rows.csv"
    assert second == "mips distill rows.csv --label-free"
    assert parsed(second.split()).label_free
