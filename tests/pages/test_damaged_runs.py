"""A run of which any file is damaged is shown as damaged, with the file and why, and everything else goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_reports import parity_report
from page_text import no_error, no_failure
from streamlit.testing.v1 import AppTest

from mips_core.runs import RunStore, UnreadableRun
from mips_core.runs.whole import open_whole
from mips_core.views.gallery import UNREADABLE

Open = Callable[..., AppTest]
FILES = ("program.py", "machine.json", "network.safetensors", "report.json", "run.json")
PAGES = (
    "gallery",
    "runs_view",
    "program_view",
    "state_machine",
    "player_view",
    "compare_view",
    "train_view",
    "proof_view",
)


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    path.unlink()
    if how == "folder":
        path.mkdir()
    elif how == "link":
        path.symlink_to("/etc/hostname")
    elif how != "gone":
        path.write_bytes({"cut": data[: len(data) // 2], "noise": bytes(255 - b for b in data), "empty": b""}[how])


@pytest.mark.parametrize("how", ["cut", "noise", "empty", "folder", "link", "gone"])
@pytest.mark.parametrize("file", FILES)
def test_whatever_is_damaged_the_file_is_named_and_the_rest_is_listed(open_page: Open, file: str, how: str) -> None:
    RunStore().save(parity_report(), "good")
    run = RunStore().save(parity_report(), "damaged")
    damage(run.folder / file, how)
    at = open_page("runs_view")
    no_error(at)
    [said] = [warning.value for warning in at.warning]
    assert "cannot be read" in said
    assert file in said.replace("\\", "")
    assert next(field.value for field in at.text_input if field.label == "Name") == "good"
    at = open_page("program_view", run=run.id)
    no_failure(at)
    assert file in at.error[0].value.replace("\\", "")


@pytest.mark.parametrize("page", PAGES)
def test_no_page_falls_with_a_damaged_run(open_page: Open, page: str) -> None:
    import pages.parts.data as data

    good = RunStore().save(parity_report(), "good")
    for file in FILES:
        damage(RunStore().save(parity_report(), f"broken {file}").folder / file, "noise")
    at = open_page(page)
    no_error(at)
    if page == "gallery":
        assert sum(card.badge == UNREADABLE for card in data.own_cards()) == len(FILES)
        assert "cannot be read" in next(pills.options for pills in at.get("button_group") if pills.key == "result")
    at = open_page(page, run=good.id) if page not in ("gallery", "train_view") else at
    no_error(at)


def test_damage_done_while_the_explorer_runs_is_seen_at_the_next_look(open_page: Open) -> None:
    run = RunStore().save(parity_report(), "mine")
    at = open_page("runs_view")
    assert not at.warning
    (run.folder / "machine.json").write_text("{")
    at.run()
    assert "machine.json" in at.warning[0].value.replace("\\", "")


def test_a_run_is_read_again_only_when_it_has_changed(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    import pages.parts.data as data

    first, second = RunStore().save(parity_report(), "first"), RunStore().save(parity_report(), "second")
    opened: list[str] = []
    monkeypatch.setattr(data, "open_whole", lambda place: opened.append(place.name) or open_whole(place))
    at = open_page("runs_view")
    assert sorted(opened) == sorted([first.id, second.id])
    RunStore().rename(first.id, "renamed")
    at.run()
    assert opened[2:] == [first.id]
    assert not [name for name in (first.id, second.id) if isinstance(data.own_run(name), UnreadableRun)]
