"""``mips describe``: what a file holds, in words and as JSON; a bad file is one sentence and exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import assert_refused, mips

from mips_core.resources import asset


def test_a_network(tmp_path: Path) -> None:
    found = mips("describe", asset("examples", "authors_weighted_sum.npz"), "--inputs", "0:10")
    assert found.code == 0
    assert "RNN without activation, in the MIPS authors' layout: 2 hidden units" in found.out
    assert "hidden MLP weights (W_hh beside W_hx)" in found.out
    assert "hidden states" in found.out


def test_data_as_json() -> None:
    found = mips("describe", asset("examples", "turnstile.csv"), "--json")
    told = json.loads(found.out)
    assert told["format"] == "mips-data-reading"
    assert told["rows"] == 600
    assert told["columns"][0]["words"] == ["coin", "look", "push"]


@pytest.mark.parametrize("name", ["rows.csv", "net.npz"])
def test_a_file_that_cannot_be_used(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "rows.csv":
        path.write_text("0 1,0\n")
    else:
        np.savez(path, a=np.zeros(3))
    found = mips("describe", path)
    assert found.code == 2
    assert name in found.err


def test_a_file_that_is_not_there() -> None:
    assert_refused(mips("describe", "nowhere.csv"), "no file")
