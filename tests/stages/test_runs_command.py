"""``mips runs`` and ``mips distill --save``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import assert_refused, mips
from many_runs import many_runs

from mips_core.runs import RunStore


@pytest.fixture
def saved(own_home: Path) -> str:
    said = mips("distill", "Parity_All", "--save", "My parity", "--seed", 3, "--json")
    assert said.code == 0
    assert said.json["task"] == "Parity_All"  # the answer on stdout stays one JSON object
    [run] = RunStore().runs()
    assert f"with the id {run.folder.name}" in said.err
    return run.folder.name


def test_a_saved_run_is_listed(saved: str, own_home: Path) -> None:
    said = mips("runs")
    assert said.code == 0
    for word in (saved, "My parity", "task Parity_All", "formula", "2 states", str(own_home / "runs")):
        assert word in said.out
    facts = mips("runs", "--json").json
    assert (facts["format"], facts["version"]) == ("mips-runs", 1)
    [row] = facts["runs"]
    assert {"id": saved, "name": "My parity", "pinned": False, "seed": 3, "readable": True}.items() <= row.items()


def test_no_runs_says_how_they_come_to_be() -> None:
    said = mips("runs")
    assert said.code == 0
    assert "mips distill SOURCE --save" in said.out
    assert mips("runs", "--json").json["runs"] == []


def test_a_run_damaged_in_its_place_is_unreadable(saved: str, own_home: Path) -> None:
    assert "1 run in" in mips("runs").out
    (own_home / "runs" / saved / "run.json").write_text("{\n")
    said = mips("runs", "--unreadable")
    assert said.code == 0
    assert f"{saved}  cannot be read:" in said.out
    [row] = mips("runs", "--unreadable", "--json").json["runs"]
    assert (row["id"], row["readable"]) == (saved, False)


def test_folders_of_runs_that_no_id_names_are_named(saved: str, own_home: Path) -> None:
    folder = own_home / "runs"
    assert "Left out" not in mips("runs").out
    (folder / "notes").mkdir()  # holds no run
    for name in ("copied", "Copy 2"):
        shutil.copytree(folder / saved, folder / name)
    for words in ((), ("--rebuild",), ("--task", "none of this name")):
        assert "Left out: 2 folders not named by an id ('Copy 2', 'copied');" in mips("runs", *words).out
    facts = mips("runs", "--json").json
    assert facts["left_out"] == ["Copy 2", "copied"]
    assert [row["id"] for row in facts["runs"]] == [saved]
    for name in ("third", "fourth"):
        shutil.copytree(folder / saved, folder / name)
    assert "('Copy 2', 'copied', 'fourth' and 1 more)" in mips("runs").out


def test_unreadable_names_what_the_pages_cannot_open(saved: str, own_home: Path) -> None:
    folder = own_home / "runs"
    for name in ("evil-aaaaaaa2", "torn-aaaaaaa3"):
        shutil.copytree(folder / saved, folder / name)
    (folder / "evil-aaaaaaa2" / "program.py").unlink()
    (folder / "evil-aaaaaaa2" / "program.py").symlink_to("/etc/passwd")
    (folder / "torn-aaaaaaa3" / "machine.json").write_text("{")
    for words in ((), ("--rebuild",), ("--task", "Parity_All"), ("--text", "my parity")):
        said = mips("runs", "--unreadable", *words)
        assert said.code == 0
        assert said.out.startswith("2 runs in")
        assert "evil-aaaaaaa2  cannot be read: " in said.out
        assert "is a link to another place" in said.out
        assert "torn-aaaaaaa3  cannot be read: " in said.out
        assert f"{saved}  " not in said.out
    first = mips("runs", "--unreadable", "--limit", 1, "--json").json
    second = mips("runs", "--unreadable", "--limit", 1, "--offset", 1, "--json").json
    assert (first["total"], second["total"], second["offset"]) == (2, 2, 1)
    assert {first["runs"][0]["id"], second["runs"][0]["id"]} == {"evil-aaaaaaa2", "torn-aaaaaaa3"}


def test_links_to_folders_elsewhere_are_named_as_left_out(saved: str, own_home: Path, tmp_path: Path) -> None:
    folder = own_home / "runs"
    (folder / saved).rename(tmp_path / saved)
    (folder / saved).symlink_to(tmp_path / saved)
    (folder / "nowhere-01234567").symlink_to(tmp_path / "nothing")
    said = mips("runs")
    assert f"Left out: 2 links to a folder elsewhere ({saved!r}, 'nowhere-01234567')" in said.out
    assert mips("runs", "--json").json["left_out"] == [saved, "nowhere-01234567"]


def test_rename_pin_unpin_and_delete(saved: str) -> None:
    assert mips("runs", "rename", saved, "Better name").code == 0
    assert mips("runs", "pin", saved).code == 0
    [row] = mips("runs", "--json").json["runs"]
    assert (row["id"], row["name"], row["pinned"]) == (saved, "Better name", True)
    assert mips("runs", "unpin", saved).code == 0
    assert not mips("runs", "--json").json["runs"][0]["pinned"]
    said = mips("runs", "delete", saved)
    assert said.code == 0
    assert "gone" in said.out
    assert mips("runs", "--json").json["runs"] == []


def test_wrong_ids_and_names_are_refused(saved: str) -> None:
    for words in (("rename", "nothing", "x"), ("pin", "../.."), ("delete", "/etc"), ("unpin", "")):
        assert_refused(mips("runs", *words), "None of your runs has the id")
    assert_refused(mips("runs", "rename", saved, "a\nb"), "cannot be shown")
    assert_refused(mips("runs", "rename", saved, "x" * 100), "at most 60")
    assert_refused(mips("runs", "rename", saved), "NAME")


def test_a_damaged_run_is_listed_with_the_reason(saved: str) -> None:
    (RunStore().folder / saved / "report.json").write_text("{")
    assert f"{saved}  cannot be read: " in mips("runs").out
    [row] = mips("runs", "--json").json["runs"]
    assert row["id"] == saved
    assert not row["readable"]
    assert "not valid JSON" in row["reason"]


def test_many_runs_are_searched_filtered_sorted_and_paged(own_home: Path) -> None:
    ids = many_runs(own_home / "runs", 120)
    said = mips("runs")
    assert "120 runs in" in said.out
    assert "1 to 100 of them" in said.out
    assert ids[-1] in said.out
    assert ids[0] not in said.out
    found = mips("runs", "--task", "Sum_All", "--sort", "oldest", "--limit", 2, "--offset", 1, "--json").json
    assert (found["total"], found["offset"]) == (40, 1)
    assert [row["id"] for row in found["runs"]] == [ids[4], ids[7]]
    assert [row["id"] for row in mips("runs", "--text", "no.00042", "--json").json["runs"]] == [ids[42]]
    assert mips("runs", "--method", "symbolic", "--json").json["total"] == 0
    assert mips("runs", "--solved", "--limit", 1, "--json").json["total"] == 120
    assert "none after the first 500" in mips("runs", "--offset", 500).out
    (own_home / "runs" / ids[3] / "run.json").write_text("{")
    assert mips("runs", "--rebuild", "--unreadable", "--json").json["total"] == 1
    assert_refused(mips("runs", "--limit", 0), "--limit")
    assert_refused(mips("runs", "--sort", "colour"), "--sort")


def test_words_that_come_again_count_once_and_a_search_that_is_too_long_is_refused(own_home: Path) -> None:
    ids = many_runs(own_home / "runs", 12)
    found = mips("runs", "--text", "no.00007 Sum_All " * 200, "--json")
    assert [row["id"] for row in found.json["runs"]] == [ids[7]]
    assert mips("runs", "--text", "a b " * 600).code == 0
    assert_refused(mips("runs", "--text", " ".join(f"w{n}" for n in range(101))), "at most 100 different words")
    assert_refused(mips("runs", "--text", "a b " * 1500), "at most 4,000 characters")


def test_a_name_is_checked_before_the_work(own_home: Path) -> None:
    assert_refused(mips("distill", "Parity_All", "--save", "x" * 61), "at most 60")
    assert_refused(mips("distill", "--all", "--save", "name"), "With --all give --save no NAME")
    assert RunStore().runs() == ()


def test_without_a_name_the_run_takes_that_of_its_source() -> None:
    assert mips("distill", "Bitwise_Not", "--save").code == 0
    assert [run.name for run in RunStore().runs()] == ["Bitwise_Not"]
