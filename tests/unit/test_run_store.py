"""The user's own runs: whole or not there, renamed and deleted safely, never outside their folder."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_reports import parity_report, without_program

import mips_core.runs.store as store_module
from mips_core.errors import BadInputError, FormatVersionError, MipsError
from mips_core.files import write_json
from mips_core.runs import Origin, Run, RunStore, UnreadableRun, is_own_id, open_run, shipped_runs
from mips_core.runs.information import LONGEST_NAME, RunInformation, checked_name, information_on, origin_of, slug
from mips_core.runs.places import HIDDEN


@pytest.fixture
def store(own_home: Path) -> RunStore:
    return RunStore()


def readable(store: RunStore) -> list[Run]:
    return [run for run in store.runs() if isinstance(run, Run)]


def test_a_saved_run_comes_back_with_all_its_parts(store: RunStore, own_home: Path) -> None:
    report = parity_report()
    run = store.save(report, "My parity", seed=7)
    assert store.folder == own_home / "runs"
    assert run.id.startswith("my-parity-")
    found = store.run(run.id)
    assert found.program is not None
    assert found.program.function([1, 1, 0, 1]) == [1, 0, 0, 1]
    assert found.machine is not None
    assert found.network.card == report.network.card
    assert found.report == json.loads(json.dumps(report.to_dict()))
    assert {path.name for path in found.folder.iterdir()} == {
        "program.py", "machine.json", "machine.dot", "network.safetensors", "report.json", "run.json",
    }  # fmt: skip
    known = found.information
    assert known is not None
    assert (known.name, known.seed, known.method, known.route, known.pinned) == (
        "My parity", 7, "boolean", report.route, False,
    )  # fmt: skip
    assert known.origin == Origin(task="Parity_All")
    assert known.mips_version
    assert open_run(run.id).id == run.id


def test_the_same_report_twice_makes_two_runs(store: RunStore) -> None:
    first, second = store.save(parity_report()), store.save(parity_report())
    assert first.id != second.id
    assert first.name == second.name == "Parity_All"
    assert len(readable(store)) == 2


def test_a_run_without_program_is_kept_too(store: RunStore) -> None:
    run = store.save(without_program(parity_report()), "no luck")
    found = store.run(run.id)
    assert found.program is None
    assert found.information is not None
    assert found.information.method is None


def test_origins_tell_tasks_data_and_networks_apart() -> None:
    report = parity_report()
    card = report.network.card
    trained = replace(report.network, card=replace(card, data="0123", task=None))
    assert origin_of(report) == Origin(task="Parity_All")
    assert origin_of(replace(report, task=None, source="C:\\data\\net.npz")) == Origin(network_file="net.npz")
    data = replace(report, task=None, source="/tmp/x/locker.csv", network=trained)
    assert origin_of(data) == Origin(data_file="locker.csv")
    assert information_on(data, None, None, None).name == "locker.csv"
    assert information_on(report, None, None, Origin(network_file="a\x00\u202eb.pt")).name == "a b.pt"


def test_pinned_runs_come_first_and_new_ones_before_old(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for day, name in enumerate("abc", start=1):
        made = replace(information_on(parity_report(), name, None, None), made=f"2026-01-0{day}T00:00:00+00:00")
        monkeypatch.setattr(store_module, "information_on", lambda *_, made=made: made)
        ids.append(store.save(parity_report(), name).id)
    assert [run.name for run in store.runs()] == ["c", "b", "a"]
    store.pin(ids[0])
    assert [run.name for run in store.runs()] == ["a", "c", "b"]
    store.pin(ids[0], False)
    assert [run.name for run in store.runs()] == ["c", "b", "a"]


def test_renaming_keeps_the_id_and_deleting_takes_all_away(store: RunStore) -> None:
    run = store.save(parity_report(), "first")
    store.rename(run.id, "  Zweiter \u00a0 Name ü\u1680")
    assert store.run(run.id).name == "Zweiter Name ü"
    store.delete(run.id)
    assert store.runs() == ()
    assert {path.name for path in store.folder.iterdir()} <= {".lock", ".index", ".unfinished"}
    for act in (store.run, store.delete, store.pin, lambda i: store.rename(i, "x")):
        with pytest.raises(BadInputError, match=f"has the id '{run.id}'. It was deleted"):
            act(run.id)


@pytest.mark.parametrize("wrong", ["", " ", "\t", "x\ny", "a\u202eb", "\ud800", "-", "n" * (LONGEST_NAME + 1), "a\x7f"])
def test_names_that_cannot_be_shown_are_refused(store: RunStore, wrong: str) -> None:
    run = store.save(parity_report(), "kept")
    for attempt in (lambda: store.rename(run.id, wrong), lambda: store.save(parity_report(), wrong)):
        with pytest.raises(BadInputError):
            attempt()
    assert [each.name for each in store.runs()] == ["kept"]


@example("0\u16800")
@given(st.text(max_size=80))
def test_any_name_is_kept_or_refused_and_its_id_is_safe(name: str) -> None:
    identifier = f"{slug(name)}-01234567"
    assert is_own_id(identifier)
    try:
        kept = checked_name(name)
    except BadInputError:
        return
    assert kept == checked_name(kept)
    assert kept.isprintable()
    made = RunInformation(kept, "2026-01-01T00:00:00+00:00")
    assert RunInformation.from_dict(json.loads(json.dumps(made.to_dict())), "here") == made


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=40), st.sampled_from(["..", "../x-01234567", "/x-01234567", "x-01234567/..", "."])))
def test_no_id_leaves_the_folder(name: str) -> None:
    place = RunStore("/nowhere/runs")
    with pytest.raises(BadInputError, match="None of your runs has the id"):
        place.run(name)
    if is_own_id(name):
        assert (place.folder / name).parent == place.folder


def test_a_link_in_the_folder_is_no_run(store: RunStore, tmp_path: Path) -> None:
    run = store.save(parity_report(), "real")
    (tmp_path / "precious").mkdir()
    (store.folder / "link-01234567").symlink_to(tmp_path / "precious")
    assert [each.name for each in store.runs()] == ["real"]
    with pytest.raises(BadInputError):
        store.delete("link-01234567")
    assert (tmp_path / "precious").is_dir()
    assert run.folder.is_dir()


def test_names_of_shipped_runs_are_no_ids() -> None:
    assert not any(is_own_id(run.name) for run in shipped_runs())
    assert open_run("Parity_All").name == "Parity_All"
    with pytest.raises(BadInputError, match="No finished run is called"):
        open_run("../Parity_All")


def damage(folder: Path, how: str) -> None:
    if how == "no report":
        (folder / "report.json").unlink()
    elif how == "half a report":
        (folder / "report.json").write_bytes((folder / "report.json").read_bytes()[:200])
    elif how == "field gone":
        value = json.loads((folder / "report.json").read_text())
        del value["verification"]
        (folder / "report.json").write_text(json.dumps(value))
    elif how == "no program":
        (folder / "program.py").unlink()
    elif how == "no run.json":
        (folder / "run.json").unlink()
    elif how == "newer":
        (folder / "run.json").write_text(json.dumps({"format": "mips-run", "version": 99}))
    else:
        value = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps(value | {"pinned": "yes"}))


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("no report", "There is no file"), ("half a report", "is not valid JSON"),
        ("field gone", "verification is missing"),
        ("no program", "has no file program.py"), ("no run.json", "There is no file"), ("newer", "Update the package"),
        ("malformed", "field 'pinned'"),
    ],
)  # fmt: skip
def test_a_damaged_run_says_why_can_be_deleted_and_spoils_nothing(store: RunStore, how: str, reason: str) -> None:
    good, bad = store.save(parity_report(), "good"), store.save(parity_report(), "bad")
    damage(bad.folder, how)
    first, second = store.runs()
    assert first.name == "good"
    assert isinstance(second, UnreadableRun)
    assert reason in second.reason
    with pytest.raises(MipsError):
        store.run(bad.id)
    store.rename(good.id, "still good")
    store.delete(bad.id)
    assert [run.name for run in store.runs()] == ["still good"]


def test_a_newer_information_is_refused_by_its_version(store: RunStore) -> None:
    run = store.save(parity_report())
    damage(run.folder, "newer")
    with pytest.raises(FormatVersionError):
        store.run(run.id)


def test_every_change_shows_in_the_version(store: RunStore) -> None:
    versions = [store.version()]
    run = store.save(parity_report())
    versions.append(store.version())
    store.rename(run.id, "other")
    versions.append(store.version())
    store.pin(run.id)
    versions.append(store.version())
    store.delete(run.id)
    versions.append(store.version())
    assert len(set(versions)) == 5


CHANGING = """
import sys
from mips_core.runs import RunStore
store = RunStore()
for i in range(15):
    if sys.argv[2] == "pin":
        store.pin(sys.argv[1], i % 2 == 0)
    else:
        store.rename(sys.argv[1], f"name {i}")
"""


def test_two_processes_lose_no_change_of_each_other(store: RunStore) -> None:
    """One ends with the pin set, the other with its last name: both must be there whatever the order."""
    run = store.save(parity_report())
    others = [subprocess.Popen([sys.executable, "-c", CHANGING, run.id, what]) for what in ("pin", "rename")]
    torn = 0
    while any(other.poll() is None for other in others):
        torn += sum(isinstance(found, UnreadableRun) for found in store.runs())
    assert [other.returncode for other in others] == [0, 0]
    known = store.run(run.id).information
    assert known is not None
    assert (known.name, known.pinned) == ("name 14", True)
    assert torn == 0


def test_a_file_that_is_replaced_by_a_longer_one_is_read_whole(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at its size and its opening; found on a loaded machine, where the run seemed unreadable."""
    run = store.save(parity_report(), "short")
    longer = json.loads((run.folder / "run.json").read_text()) | {"name": "n" * LONGEST_NAME}
    opens, replaced = Path.open, []

    def late(path: Path, *how: Any) -> Any:
        if path.name == "run.json" and not replaced:
            replaced.append(path)
            write_json(path, longer)
        return opens(path, *how)

    monkeypatch.setattr(Path, "open", late)
    assert [found.name for found in readable(store)] == ["n" * LONGEST_NAME]
    assert replaced


def test_threads_may_save_and_delete_while_others_list(store: RunStore) -> None:
    parity_report()
    problems: list[object] = []

    def work(name: str) -> None:
        try:
            for _ in range(3):
                run = store.save(parity_report(), name)
                store.rename(run.id, name + " renamed")
                store.delete(run.id)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(f"thread {k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        problems += [run for run in store.runs() if isinstance(run, UnreadableRun)]
    assert problems == []
    assert store.runs() == ()


def test_only_one_of_two_deletes_a_run(store: RunStore) -> None:
    run = store.save(parity_report())
    outcomes = []

    def delete() -> None:
        try:
            store.delete(run.id)
            outcomes.append("deleted")
        except BadInputError:
            outcomes.append("gone")

    threads = [threading.Thread(target=delete) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["deleted", "gone"]


KILLED = """
import sys, time
from pathlib import Path
import mips_core.runs.store as s
real = s.write_json
def slow(path, value):
    real(path, value)
    print("half", flush=True)
    time.sleep(60)
s.write_json = slow
sys.path.insert(0, sys.argv[1])
from made_reports import parity_report
s.RunStore().save(parity_report(), "killed")
"""


def test_a_process_that_is_killed_while_saving_leaves_no_run(store: RunStore) -> None:
    helpers = str(Path(__file__).resolve().parents[1] / "helpers")
    saver = subprocess.Popen([sys.executable, "-c", KILLED, helpers], stdout=subprocess.PIPE, text=True)
    assert saver.stdout is not None
    assert saver.stdout.readline() == "half\n"
    assert store.runs() == ()
    saver.send_signal(signal.SIGKILL)
    saver.communicate(timeout=60)
    assert store.runs() == ()
    left = list((store.folder / HIDDEN).iterdir())
    assert len(left) == 1
    os.utime(left[0], (0, 0))  # as if long ago
    store.save(parity_report(), "next")
    assert not left[0].exists()
    assert [run.name for run in store.runs()] == ["next"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # Python 3.12, where torch has started threads
def test_a_hundred_kills_while_writing_leave_no_damaged_run(store: RunStore) -> None:
    """Writers save, rename, pin and delete until they are killed at some moment; what is listed can always be read."""
    report, rng = parity_report(), np.random.default_rng(7)
    context, reached = multiprocessing.get_context("fork"), 0
    for number in range(100):

        def write(number: int = number) -> None:
            for turn in range(1000):
                run = store.save(report, f"{number} {turn}")
                store.rename(run.id, f"{number} {turn} again")
                store.pin(run.id, pinned=True)
                if turn % 2:
                    store.delete(run.id)

        writer = context.Process(target=write)
        writer.start()
        time.sleep(float(rng.uniform(0.0, 0.1)))
        assert writer.is_alive()
        writer.kill()
        writer.join(10)
        found = store.runs()
        assert not [run.reason for run in found if isinstance(run, UnreadableRun)]
        for run in found:
            assert isinstance(run, Run)
            assert run.program is not None
            assert run.name.startswith(f"{number} ")
            reached += 1
            store.delete(run.id)
    assert reached > 20  # else nobody was killed in the middle of anything


def test_a_failure_while_saving_leaves_nothing(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store_module, "write_json", fail)
        with pytest.raises(KeyboardInterrupt):
            store.save(parity_report())
    assert list((store.folder / HIDDEN).iterdir()) == []
    assert store.runs() == ()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    blocked = RunStore(tmp_path / "file" / "runs")
    with pytest.raises(BadInputError, match=r"Cannot write to the folder .*file/runs"):
        blocked.save(parity_report())
    with pytest.raises(BadInputError, match=r"Cannot read the folder of your runs, .*MIPS_HOME"):
        blocked.runs()


def test_without_mips_home_the_data_folder_of_the_user_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MIPS_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform.startswith("linux"):
        assert RunStore().folder == tmp_path / "mips-explorer" / "runs"
    monkeypatch.setenv("MIPS_HOME", "~/elsewhere")
    assert RunStore().folder == Path.home() / "elsewhere" / "runs"
