"""Runs that were made elsewhere and are stored under an id of the caller's: once, whole, and nothing beside them."""

from __future__ import annotations

import io
import threading
import zipfile
from pathlib import Path

import pytest
from made_reports import parity_report

from mips_core.errors import BadInputError, MipsError
from mips_core.runs import RunStore
from mips_core.runs.archive import run_archive
from mips_core.runs.places import HIDDEN
from mips_core.runs.sharing import FILE as SHARE_FILE


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return RunStore(tmp_path / "elsewhere").save(parity_report(), "made", seed=3).folder


def test_a_folder_and_its_archive_are_stored_under_the_given_id(own_home: Path, made: Path) -> None:
    store = RunStore()
    (made / SHARE_FILE).write_text("{}")
    first = store.adopt(made, "sweep-00000001")
    second = store.adopt(run_archive(RunStore(made.parent).run(made.name)), "sweep-00000002")
    assert (first.id, second.id) == ("sweep-00000001", "sweep-00000002")
    for run in (first, second):
        run.check()
        assert run.name == "made"
        assert not (run.folder / SHARE_FILE).exists()
    assert made.is_dir()
    assert {run.name for run in store.runs()} == {"made"}


def test_the_same_id_twice_is_one_run_and_the_first_stays(own_home: Path, made: Path, tmp_path: Path) -> None:
    store = RunStore()
    store.adopt(made, "sweep-00000001")
    store.rename("sweep-00000001", "named by hand")
    assert store.adopt(made, "sweep-00000001").name == "named by hand"
    assert store.adopt(b"never looked at", "sweep-00000001").name == "named by hand"
    assert len(store.runs()) == 1


def test_many_at_once_make_one_run(own_home: Path, made: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(RunStore().adopt(made, "one-00000000").id)) for _ in "1234"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["one-00000000"] * 4
    assert [run.folder.name for run in RunStore().runs()] == ["one-00000000"]
    assert list((RunStore().folder / HIDDEN).iterdir()) == []


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"", "not a run"), (b"PK\3\4 cut off", "not a run"), (zipped(), "There is no file"),
        (zipped(**{"../report.json": b"{}"}), "no plain file"), (zipped(**{"a/report.json": b"{}"}), "no plain file"),
        (zipped(**{".lock": b""}), "no plain file"), (zipped(**{"report.json": b"{}"}), "is not a mips-report"),
        (Path("/nowhere/at/all"), "Cannot read the folder"),
    ],
)  # fmt: skip
def test_what_is_no_run_leaves_nothing(own_home: Path, wrong: bytes | Path, said: str) -> None:
    store = RunStore()
    with pytest.raises(BadInputError, match=said):
        store.adopt(wrong, "sweep-00000001")
    assert store.runs() == ()
    assert {path.name for path in store.folder.iterdir()} <= {HIDDEN}
    assert list((store.folder / HIDDEN).iterdir()) == []


@pytest.mark.parametrize("identifier", ["", "Parity_All", "../x-00000000", "x-0000000", "x-00000000/", "-00000000"])
def test_an_id_of_another_form_is_refused(own_home: Path, made: Path, identifier: str) -> None:
    with pytest.raises(MipsError, match="is no id of a run"):
        RunStore().adopt(made, identifier)
