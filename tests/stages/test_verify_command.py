"""``mips verify``: four verdicts, their exit codes, and nothing left behind by programs that mean harm."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from command_line import Said, assert_refused, command, environment, mips, process
from small_networks import parity_rnn, running_total

from mips_core import verify
from mips_core.errors import MipsError
from mips_core.programs.sandbox import Limits
from mips_core.verification import source

PARITY = """def f(xs):
    outputs = []
    odd = 0
    for x in xs:
        odd ^= x
        outputs.append(odd)
    return outputs
"""
DRIFTS = PARITY.replace("odd ^= x", "odd ^= x if len(outputs) < 12 else 0")


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sandboxes of other tests that run beside these are none of their business."""
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))


def sandboxes() -> set[str]:
    """Return the sandbox folders that our commands have made, and the processes that work in one."""
    folder = Path(os.environ["TMPDIR"])
    found = {str(path) for path in folder.glob("mips-sandbox-*")}
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if str(link.readlink()).startswith(str(folder / "mips-sandbox-")):
                found.add(str(link.parent))
        except OSError:
            continue
    return found


def test_agrees(tmp_path: Path) -> None:
    program = write(tmp_path / "parity.py", PARITY)
    said = mips("verify", "Parity_All", program)
    assert said.code == 0
    assert said.err == ""
    assert said.out.startswith("agrees: ")
    assert "4,096 held-out sequences of length 50" in said.out
    facts = mips("verify", "Parity_All", program, "--json").json
    assert {"verdict", "reason", "claim", "counterexample"} <= set(facts)
    assert (facts["format"], facts["version"]) == ("mips-verdict", 1)
    assert (facts["verdict"], facts["reason"], facts["counterexample"]) == ("agrees", None, None)


def test_differs_with_a_counterexample_that_ends_at_the_first_differing_step(tmp_path: Path) -> None:
    program = write(tmp_path / "drifts.py", DRIFTS)
    said = mips("verify", "Parity_All", program, "--json")
    assert said.code == 3
    assert said.err == ""
    facts = said.json
    assert facts["verdict"] == "differs"
    assert facts["reason"]
    shown = facts["counterexample"]
    assert set(shown) == {"inputs", "network", "program"}
    assert len(shown["inputs"]) == len(shown["network"]) == len(shown["program"]) == 13
    assert shown["network"][:-1] == shown["program"][:-1]
    assert shown["network"][-1] != shown["program"][-1]
    plain = mips("verify", "Parity_All", program)
    assert plain.code == 3
    assert str(shown["inputs"]) in plain.out


def test_network_files_with_and_without_a_card(tmp_path: Path) -> None:
    np.savez(tmp_path / "rnn.npz", **parity_rnn())
    program = write(tmp_path / "parity.py", PARITY)
    said = mips("verify", tmp_path / "rnn.npz", program, "--inputs", "0:2", "--length", "3", "--json")
    assert said.code == 0
    assert "of length 15" in said.json["claim"]
    assert "(inputs 0:2)" in said.json["claim"]
    assert_refused(mips("verify", running_total(tmp_path / "sum.npz"), program), "--inputs LOW:HIGH")
    total = write(tmp_path / "total.py", PARITY.replace("^=", "+="))
    assert mips("verify", tmp_path / "sum.npz", total, "--inputs", "-9:10").code == 0


def test_a_distilled_program_and_its_report_tell_the_same(tmp_path: Path) -> None:
    task = "Balanced_Parenthesis"  # whose sequences are not drawn uniformly
    made = mips("distill", task, "--out", tmp_path, "--json").json["verification"]
    said = mips("verify", task, tmp_path / "program.py", "--json")
    drifts = any(c["agree"] < c["sequences"] for c in made["program_vs_network"].values())
    assert said.code == (3 if drifts or made["counterexample"] else 0)


def test_symbols_that_a_task_never_draws_can_be_named(tmp_path: Path) -> None:
    program = write(tmp_path / "parity.py", PARITY)
    said = mips("verify", "Parity_All", program, "--inputs", "0:1", "--json")
    assert said.code == 0
    assert "(inputs 0:1)" in said.json["claim"]


REFUSED = {
    "import": "import os\ndef f(xs):\n    return xs\n",
    "open": "def f(xs):\n    open('x', 'w')\n    return xs\n",
    "dunder": "def f(xs):\n    return xs.__class__.__mro__\n",
    "eval": "def f(xs):\n    return eval('xs')\n",
    "no f": "def g(xs):\n    return xs\n",
    "no python": "def f(xs:\n",
    "empty": "",
    "binary": b"\xff\xfe\x00",
    "zeros": b"def f(xs):\x00 return xs",
    "nested": "x = " + "(" * 5000 + ")" * 5000,
    "module fails": "x = 1 // 0\ndef f(xs):\n    return xs\n",
    "remembers": "seen = []\ndef f(xs):\n    seen.append(1)\n    return [len(seen) for x in xs]\n",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused(kind: str, tmp_path: Path) -> None:
    program = write(tmp_path / "program.py", REFUSED[kind])
    said = mips("verify", "Parity_All", program)
    assert_refused(said)
    facts = mips("verify", "Parity_All", program, "--json")
    assert facts.code == 2
    assert facts.json["verdict"] == "refused"
    assert facts.json["reason"]
    assert facts.json["counterexample"] is None
    assert [path.name for path in tmp_path.iterdir()] == ["program.py"]


WRONG = {
    "wrong type": ("def f(xs):\n    return tuple(xs)\n", "not a list"),
    "too short": ("def f(xs):\n    return xs[1:]\n", "outputs for"),
    "error": ("def f(xs):\n    return [1 // x for x in xs]\n", "ZeroDivisionError"),
    "float": ("def f(xs):\n    return [x / 1 for x in xs]\n", "float"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_outputs_that_break_the_contract_differ(kind: str, tmp_path: Path) -> None:
    source, word = WRONG[kind]
    said = mips("verify", "Parity_All", write(tmp_path / "program.py", source), "--json")
    assert said.code == 3
    assert word in said.json["counterexample"]["program"]


LOOP = "def f(xs):\n    while True:\n        pass\n"


def assert_stopped(said: Said, program: Path, before: set[str]) -> None:
    """The command says so on one line, and nothing of the program is left."""
    assert said.code == 2
    assert said.json["verdict"] == "stopped"
    assert said.err.count("\n") == 1
    assert sandboxes() <= before
    assert [path.name for path in program.parent.iterdir()] == [program.name]


def test_a_program_that_wants_all_memory_is_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    program = write(tmp_path / "program.py", "def f(xs):\n    return [0] * 10 ** 12\n")
    before = sandboxes()
    assert_stopped(process("verify", "Parity_All", program, "--json", cwd=tmp_path, timeout=40), program, before)


def test_a_program_without_end_is_stopped_in_time_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Limits().soft_seconds < Limits().hard_seconds < 10
    shorter = {"soft_seconds": 1.0, "hard_seconds": 1.5}
    monkeypatch.setattr(source, "Limits", lambda *given, **named: Limits(*given, **(named if given else shorter)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", None)  # so that it is looked up anew
    program = write(tmp_path / "program.py", LOOP)
    before, start = sandboxes(), time.monotonic()
    assert_stopped(mips("verify", "Parity_All", program, "--json"), program, before)
    assert 1.5 <= time.monotonic() - start < 12


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are counted under /proc")
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("send", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_stopping_verify_stops_the_program_too(send: str, code: int, tmp_path: Path) -> None:
    import signal

    program = write(tmp_path / "loop.py", LOOP)
    before = sandboxes()
    running = subprocess.Popen(
        command("verify", "Parity_All", program),
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not sandboxes() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(getattr(signal, send))
    out, err = running.communicate(timeout=20)
    assert running.returncode == code
    assert out == ""
    assert "Traceback" not in err
    assert sandboxes() <= before


def test_data_files_are_no_networks(tmp_path: Path) -> None:
    data = write(tmp_path / "data.csv", "x,y\n0 1,0 1\n1 1,1 0\n0 0,0 0\n")
    assert_refused(mips("verify", data, write(tmp_path / "parity.py", PARITY)), "data file")


def test_python_face(tmp_path: Path) -> None:
    verdict = verify("Parity_All", write(tmp_path / "parity.py", PARITY), seed=3)
    assert verdict.verdict == "agrees"
    assert verdict.to_dict()["counterexample"] is None
    with pytest.raises(MipsError, match="no file"):
        verify("Parity_All", tmp_path / "missing.py")
