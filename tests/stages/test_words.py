"""Recorded words, from a file to a program over words, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import Said, assert_refused, mips

from mips_core import load_run
from mips_core.machines import MealyMachine

INPUTS = ["login", "logout", "read"]


def session(words: list[str]) -> list[str]:
    """A door that forgets nobody: what a small protocol answers."""
    inside, said = False, []
    for word in words:
        if word == "read":
            said.append("data[1,2]" if inside else "denied")
        else:
            said.append("ok" if inside != (word == "login") else "denied")
            inside = word == "login"
    return said


def recorded(path: Path, rows: int = 600) -> Path:
    rng = np.random.default_rng(0)
    lines = ["x,y"]
    for _ in range(rows):
        words = rng.choice(INPUTS, size=rng.integers(4, 10)).tolist()
        lines.append(f'{" ".join(words)},"{" ".join(session(words))}"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    folder = tmp_path_factory.mktemp("traces")
    file = recorded(folder / "session.csv")
    return folder / "run", mips("distill", file, "--out", folder / "run", "--json", "--budget", 20)


def test_the_program_takes_and_returns_words(stored: tuple[Path, Said]) -> None:
    folder, said = stored
    assert said.code == 0
    assert said.json["program"]["method"] == "table"
    assert said.json["words"] == {"inputs": [INPUTS], "outputs": [["data[1,2]", "denied", "ok"]]}
    namespace: dict = {}
    exec((folder / "program.py").read_text(encoding="utf-8"), namespace)
    rng = np.random.default_rng(1)
    for _ in range(50):
        words = rng.choice(INPUTS, size=30).tolist()
        assert namespace["f"](words) == session(words)


def test_files_of_the_run_show_words_and_load_again(stored: tuple[Path, Said]) -> None:
    folder, said = stored
    written = json.loads((folder / "machine.json").read_text(encoding="utf-8"))
    assert written["symbols"] == [["login"], ["logout"], ["read"]]
    assert written["transitions"]["0"]["read"]["output"] == ["denied"]
    assert "login/ok" in (folder / "machine.dot").read_text(encoding="utf-8")
    run = load_run(folder)
    assert isinstance(run.machine, MealyMachine)
    assert run.machine.states == 2
    assert run.program is not None
    assert run.program.source == said.json["program"]["source"]
    assert run.network.card.input_words == run.machine.input_words == run.program.input_words
    assert mips("diff", folder / "machine.json", folder / "machine.dot").code == 0


def test_the_claim_counts_words_and_no_route_computes_with_them(stored: tuple[Path, Said]) -> None:
    said = stored[1].json
    assert "(inputs 3 words)" in said["verification"]["claim"]
    done = {stage["stage"] for stage in said["stages"] if stage["status"] != "skipped"}
    assert "linear realisation" not in done
    assert said["verification"]["program_vs_data"]["1x"]["sequences"] == 120


def test_verify_hands_words_to_the_program_and_compares_words(stored: tuple[Path, Said], tmp_path: Path) -> None:
    folder = stored[0]
    network, text = folder / "network.safetensors", (folder / "program.py").read_text(encoding="utf-8")
    assert mips("verify", network, folder / "program.py").code == 0

    def judged(program: str) -> dict:
        (tmp_path / "changed.py").write_text(program, encoding="utf-8")
        said = mips("verify", network, tmp_path / "changed.py", "--json")
        assert said.code == 3
        return said.json["counterexample"]

    unknown = text.replace('"denied"', '"refused"')
    found = judged(unknown)
    assert (len(found["inputs"]), found["network"], found["program"]) == (1, ["denied"], ["refused"])
    numbers = "def f(xs):\n    return [0 for x in xs]\n"
    assert judged(numbers)["program"] == "output 1 is a int, not a word"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y\nup down,ok ok\nup down,ok no\nup up,ok ok\ndown up,ok ok\n", ["contradicts", "rows 1 and 2", "step 2"]),
        ("in,out\nup down,ok ok\nup up,ok ok\n", ["in,out", "x,y"]),
        ("x,y\n1 2 3 up 4 5,1 1 1 1 1 1\n", ["line 2", "'up'", "whole number"]),
        ('x,y\n"up down,ok ok\n', ["line 2", "quote"]),
    ],
)
def test_bad_recordings_are_one_sentence(text: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    assert_refused(mips("distill", tmp_path / "bad.csv", "--budget", 5), *words)
