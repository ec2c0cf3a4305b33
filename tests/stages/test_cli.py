"""The command line as a process: streams, exit codes, stopping, any folder, training."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest
from command_line import assert_refused, command, environment, mips, process

from mips_core.networks import load_network
from mips_core.tasks import names


def test_help_and_version() -> None:
    for words in (["--help"], ["distill", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as ended:
            mips(*words)
        assert ended.value.code == 0


def test_every_command_has_help_that_names_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = {
        "distill": ["--inputs", "--length", "--activation", "--budget", "--fresh", "--out", "--json", "--seed"],
        "verify": ["--inputs", "--json", "NETWORK", "PROGRAM"],
        "train": ["--all", "--out", "--seed", "--workers"],
        "tasks": ["--json"],
        "explore": ["--port"],
    }
    from mips_core.cli import main

    for name, options in wanted.items():
        with pytest.raises(SystemExit):
            main([name, "--help"])
        shown = capsys.readouterr().out
        assert all(option in shown for option in options), name


def test_tasks_lists_all_and_describes_one() -> None:
    listed = mips("tasks")
    assert listed.code == 0
    for name in names():
        assert name in listed.out
    facts = mips("tasks", "--json").json
    assert facts["format"].startswith("mips-")
    assert facts["version"] == 1
    assert [task["name"] for task in facts["tasks"]] == list(names())
    one = mips("tasks", "Sum_Last2", "--json").json
    assert one["inputs"] == [[0, 100]]
    assert len(one["example"]["x"]) == len(one["example"]["y"]) == one["length"] == 10
    assert "Sum_Last2" in mips("tasks", "Sum_Last2").out


def test_any_folder_and_nothing_written_in_it(tmp_path: Path) -> None:
    said = process("distill", "Parity_All", "--json", cwd=tmp_path)
    assert said.code == 0
    assert said.err == ""
    assert said.json["program"]["method"] == "boolean"
    assert said.out.count("\n{") == 0
    plain = process("distill", "Parity_All", cwd=tmp_path)
    assert plain.code == 0
    assert plain.err == ""
    assert "def f(xs):" in plain.out
    assert_refused(process("distill", "Party_All", cwd=tmp_path), "Did you mean Parity_All?")
    assert process(cwd=tmp_path).out.startswith("usage: mips")
    assert list(tmp_path.iterdir()) == []


def test_a_relative_out_folder_is_made_in_the_current_one(tmp_path: Path) -> None:
    assert process("distill", "Bitwise_Not", "--out", "run", cwd=tmp_path).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_progress_names_its_stages_on_a_terminal_only(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command("distill", "Parity_All", "--json"),
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            data = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not data:
            break
        seen += data
    out, _ = running.communicate(timeout=30)
    os.close(ours)
    assert running.returncode == 0
    assert out.startswith(b"{")
    assert b"\x1b" not in out
    assert b"[extract]" in seen
    assert b"[verify]" in seen
    assert seen.endswith(b"\r\x1b[2K")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="start-up is followed under /proc")
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("wait", [0.0, 0.25, 1.0])
def test_ctrl_c_ends_with_130_and_one_line(wait: float, tmp_path: Path) -> None:
    running = subprocess.Popen(
        command("distill", "Majority_0_3", "--fresh"),
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    # Before the package is imported Python itself answers; from then on we do.
    modules = Path(f"/proc/{running.pid}/maps")
    deadline = time.monotonic() + 20
    while "_multiarray_umath" not in modules.read_text(encoding="utf-8") and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(wait)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out, err) == (130, "", "mips: Stopped.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    for words in (["tasks"], ["tasks", "--json"], ["distill", "Bitwise_Not", "--json"]):
        ours, theirs = os.pipe()
        running = subprocess.Popen(
            command(*words), cwd=tmp_path, env=environment(), stdout=theirs, stderr=subprocess.PIPE
        )
        os.close(theirs)
        os.close(ours)
        _, err = running.communicate(timeout=30)
        assert (running.returncode, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_on_stdout_is_told(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        running = subprocess.run(
            command("tasks"), cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert running.returncode == 1
    assert running.stderr.count("\n") == 1
    assert "No space left" in running.stderr


def test_train_stores_resumes_and_says_one_line_each(tmp_path: Path) -> None:
    data = tmp_path / "echo.csv"
    data.write_text("x,y\n" + "".join(f"{a} {b},{a} {b}\n" for a in range(6) for b in range(6)), encoding="utf-8")
    first = mips("train", "Bitwise_Not", data, "--no-proof", "--out", tmp_path / "networks")
    assert first.code == 0
    assert first.err == ""
    assert [line.split(":")[0] for line in first.out.splitlines()] == ["Bitwise_Not", "echo"]
    assert "trained" in first.out
    assert "kept" not in first.out
    stored = {path.name: path.read_bytes() for path in (tmp_path / "networks").iterdir()}
    assert set(stored) == {"Bitwise_Not.safetensors", "echo.safetensors"}
    card = load_network(tmp_path / "networks" / "Bitwise_Not.safetensors").card
    assert (card.task, card.seed, card.accuracy) == ("Bitwise_Not", 0, 1.0)
    again = mips("train", "Bitwise_Not", data, "--no-proof", "--out", tmp_path / "networks")
    assert again.out.count(": kept") == 2
    forced = mips("train", "Bitwise_Not", "--no-proof", "--out", tmp_path / "networks", "--force", "--json").json
    assert forced["format"] == "mips-training"
    assert [row["kept"] for row in forced["networks"]] == [False]
    # The same seed gives the same bytes.
    assert {path.name: path.read_bytes() for path in (tmp_path / "networks").iterdir()} == stored
    assert mips("distill", tmp_path / "networks" / "echo.safetensors").code == 0


def test_train_without_out_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = mips("train", "Bitwise_Not", "--json")
    assert said.code == 0
    assert said.json["networks"][0]["path"] is None
    assert list(tmp_path.iterdir()) == []


def test_train_counts_how_many_of_many_networks_learn_it_and_keeps_the_best(tmp_path: Path) -> None:
    folder = tmp_path / "networks"
    said = mips("train", "Bitwise_Not", "--networks", "5", "--device", "cpu", "--no-proof", "--json", "--out", folder)
    assert said.code == 0
    (network,) = said.json["networks"]
    census = network["census"]
    assert (census["networks"], census["trained"], census["device"]) == (5, 5, "cpu")
    assert 1 <= census["perfect"] == len(census["steps"]) <= 5
    assert load_network(folder / "Bitwise_Not.safetensors").card.training["perfect"] == census["perfect"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--device", "cpu"], "--device needs --networks"),
        (["--architecture", "relu"], "--architecture needs --networks"),
        (["--networks", "2", "--device", "abacus"], "There is no device 'abacus'"),
        (["--networks", "2", "--architecture", "abacus"], "do not call for 'abacus'"),
        (["--networks", "0"], "at least 1"),
    ],
)
def test_train_refuses_what_many_networks_cannot_be(words: list[str], hint: str) -> None:
    assert_refused(mips("train", "Bitwise_Not", *words), hint)


def test_train_refuses_sources_whose_files_would_collide(tmp_path: Path) -> None:
    assert_refused(mips("train", "Bitwise_Not", "Bitwise_Not", "--out", tmp_path / "networks"), "Bitwise_Not")
    assert not (tmp_path / "networks").exists()


def test_fresh_trains_a_new_network() -> None:
    said = mips("distill", "Bitwise_Not", "--fresh", "--json")
    assert said.code == 0
    assert said.json["seconds"]["train"] > 0
    assert said.json["task"] == "Bitwise_Not"


def test_ctrl_c_that_passed_through_an_exec_still_ends_with_130(tmp_path: Path) -> None:
    """CPython marks an interrupt that leaves an exec() and would end the process by signal at the very end."""
    (tmp_path / "interrupted.py").write_text(
        "import sys\n"
        "import mips_core.cli.entry as entry\n"
        "from mips_core.cli import main\n"
        "entry.run = lambda _: exec('raise KeyboardInterrupt')\n"
        "sys.exit(main([]))\n"
    )
    running = subprocess.Popen(
        # Only -m takes the way on which the mark counts.
        [command()[0], "-m", "interrupted"], cwd=tmp_path, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out, err) == (130, "", "mips: Stopped.\n")
