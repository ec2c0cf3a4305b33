"""What the command line says around its results: help, hints, and no more than a terminal can show."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
from command_line import assert_refused, mips
from small_networks import parity_rnn

from mips_core.cli import distill as command
from mips_core.distillation import distill
from mips_core.programs.naming import ORIGIN_WIDTH, one_line


def test_without_a_command_there_is_help() -> None:
    said = mips()
    assert said.code == 0
    assert said.out.startswith("usage: mips")
    assert "distill" in said.out
    assert said.err == ""


def test_a_port_that_is_taken_is_named_with_another_one() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        said = mips("explore", "--no-browser", "--port", port)
        assert_refused(said, f"Port {port} is taken", f"--port {port % 65535 + 1}")


def test_inputs_that_do_not_fit_name_the_other_option(tmp_path: Path) -> None:
    np.savez(tmp_path / "one_hot.npz", **{**parity_rnn(), "rnn.weight_ih_l0": np.zeros((2, 3))})
    assert_refused(mips("distill", tmp_path / "one_hot.npz", "--inputs", "0:2"), "--encoding raw")


def test_the_terminal_says_which_route_and_why(tmp_path: Path) -> None:
    np.savez(tmp_path / "parity.npz", **parity_rnn())
    said = mips("distill", tmp_path / "parity.npz", "--inputs", "0:2", "--outputs", "argmax", "--encoding", "raw")
    assert said.code == 0, said
    assert "route    query learning + formula search: A formula, right on every probe word" in said.out
    assert "  before: linear realisation: The network is not affine" in said.out
    assert "2 hidden units, " in said.out


def test_long_tables_are_cut_for_a_terminal_only() -> None:
    table = ["NEXT = {", *(f"    {i}: 0," for i in range(100)), "}", "", "def f(xs):", "    return xs"]
    lines = command.abbreviated("\n".join(table)).splitlines()
    assert len(lines) == len(table) - 100 + command.ENTRIES_SHOWN + 1
    assert "90 lines more" in lines[command.ENTRIES_SHOWN + 1]
    assert lines[-2:] == table[-2:]
    short = "\n".join(["T = {", "    1: 2,", "}"])
    assert command.abbreviated(short) == short
    report = distill("Parity_Last2")
    assert report.program is not None
    assert command.describe(report).endswith(report.program.source.rstrip())


def test_the_comment_line_ends_with_a_whole_word() -> None:
    text = (
        "Distilled from a.pt (gru, 1 hidden unit): minimal machine with very many states, outputs depend on the input"
    )
    line = one_line(text)
    assert len(line) <= ORIGIN_WIDTH
    assert line.endswith("...")
    assert text.startswith(line[:-3])
    assert text[len(line) - 3] in " ,"
    assert len(one_line("x" * 200)) == ORIGIN_WIDTH
