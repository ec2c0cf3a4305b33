"""The page "Your runs", and how own runs are chosen on the other pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_reports import parity_report
from page_text import labels, no_error, words
from streamlit.testing.v1 import AppTest

from mips_core.runs import Run, RunStore

Open = Callable[..., AppTest]


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def saved(name: str) -> Run:
    return RunStore().save(parity_report(), name)


def test_without_own_runs_the_page_says_how_they_come_to_be_and_compares_two_shipped_ones(open_page: Open) -> None:
    at = open_page("runs_view")
    no_error(at)
    assert "You have no runs of your own yet." in words(at)
    assert at.selectbox(key="a").value != at.selectbox(key="b").value
    assert "### Machines" in words(at) or "#### Programs" in words(at)
    assert not [button for button in at.button if button.label == "Delete"]


def test_a_run_is_renamed_and_pinned_and_lists_follow(open_page: Open) -> None:
    first, second = saved("first"), saved("second")
    at = open_page("runs_view")
    no_error(at)
    at.session_state["own_run"] = first.id
    at.run()
    at.text_input[0].set_value("Neuer *Name*")
    press(at, "Rename")
    no_error(at)
    assert RunStore().run(first.id).name == "Neuer *Name*"
    assert "The run is called Neuer \\*Name\\* now." in words(at)
    press(at, "Pin")
    assert [run.name for run in RunStore().runs()] == ["Neuer *Name*", "second"]
    labels = at.selectbox(key="a").options
    assert labels[0].startswith("Neuer *Name* (yours, pinned")
    assert labels[1].startswith("second (yours,")
    press(at, "Unpin")
    assert not any(run.information.pinned for run in RunStore().runs() if isinstance(run, Run) and run.information)
    assert second.folder.is_dir()


def test_a_name_that_cannot_be_one_is_one_sentence(open_page: Open) -> None:
    saved("kept")
    at = open_page("runs_view")
    at.text_input[0].set_value("   ")
    press(at, "Rename")
    assert not at.exception
    assert [e.value for e in at.error] == ["A run needs a name with at least one letter or digit."]
    assert [run.name for run in RunStore().runs()] == ["kept"]


def test_a_name_that_another_run_has_and_one_that_stays_are_told(open_page: Open) -> None:
    saved("first")
    run = saved("second")
    at = open_page("runs_view", run=run.id)
    at.text_input[0].set_value("first")
    press(at, "Rename")
    no_error(at)
    assert "The run is called first now. Another run of yours has the same name" in words(at)
    press(at, "Rename")
    assert "The run is called first already." in words(at)


def test_the_name_is_a_form_which_enter_sends(open_page: Open) -> None:
    saved("only")
    at = open_page("runs_view")
    assert at.text_input[0].proto.form_id
    assert next(button for button in at.button if button.label == "Rename").form_id == at.text_input[0].proto.form_id


def test_a_name_is_shown_as_it_is_typed_without_emoji_icons_and_links(open_page: Open) -> None:
    saved(":smile: :material/home: a http://b")
    at = open_page("runs_view")
    no_error(at)
    assert r"**\::small[]smile: \::small[]material/home: a http\::small[]//b**" in words(at)


def chosen_name(at: AppTest) -> str:
    return next(field.value for field in at.text_input if field.label == "Name")


def test_the_chosen_run_stands_in_the_address_and_a_link_opens_it(open_page: Open) -> None:
    first, second = saved("first"), saved("second")
    at = open_page("runs_view", run=first.id)
    no_error(at)
    assert chosen_name(at) == "first"
    assert at.query_params["own_run"] == first.id
    at.session_state["own_run"] = second.id  # as the table does
    at.run()
    assert at.query_params["own_run"] == second.id
    again = open_page("runs_view", **at.query_params)
    assert chosen_name(again) == "second"
    assert chosen_name(open_page("runs_view", own_run=first.id)) == "first"
    press(again, "Delete")
    again.button(key="delete_for_good").click().run()
    again.run()
    assert [run.id for run in RunStore().runs()] == [first.id]
    assert again.query_params["own_run"] == first.id
    no_error(again)


def test_a_link_to_a_run_that_is_gone_says_so_and_chooses_no_other(open_page: Open) -> None:
    run, kept = saved("gone"), saved("kept")
    RunStore().delete(run.id)
    at = open_page("runs_view", run=run.id)
    for _ in range(2):
        no_error(at)
        assert "cannot be opened here: it was deleted" in at.info[0].value
        assert "No run is chosen until you click one." in at.info[0].value
        assert not {"Rename", "Pin", "Delete"} & set(labels(at))
        at.run()
    at.session_state["own_run"] = kept.id  # as the table does
    at.run()
    assert chosen_name(at) == kept.name
    assert not at.info


def test_deleting_asks_first_and_says_what_is_gone(open_page: Open) -> None:
    run = saved("doomed")
    at = open_page("runs_view")
    press(at, "Delete")
    assert "Its program, machine, network and report will be gone for good" in words(at)
    assert RunStore().runs()
    at.button(key="delete_for_good").click().run()
    no_error(at)
    assert RunStore().runs() == ()
    assert not run.folder.exists()
    at.run()
    assert "You have no runs of your own yet." in words(at)


def test_a_run_that_was_deleted_elsewhere_meanwhile_is_one_sentence(open_page: Open) -> None:
    run = saved("fleeting")
    at = open_page("runs_view")
    RunStore().delete(run.id)
    press(at, "Pin")
    assert not at.exception
    assert "None of your runs has the id" in at.error[0].value


def test_a_damaged_run_says_why_and_can_be_deleted(open_page: Open) -> None:
    good, bad = saved("good"), saved("bad")
    (bad.folder / "report.json").write_text("{")
    at = open_page("runs_view")
    no_error(at)
    assert "is not valid JSON" in at.warning[0].value
    press(at, f"Delete {bad.id}")
    at.button(key="delete_for_good").click().run()
    assert [run.name for run in RunStore().runs()] == ["good"]
    assert good.folder.is_dir()


def test_a_folder_that_cannot_be_read_leaves_the_shipped_runs(open_page: Open, own_home: Path, tmp_path: Path) -> None:
    (own_home / "runs").write_text("no folder")
    at = open_page("runs_view")
    no_error(at)
    assert "Cannot read the folder of your runs" in at.warning[0].value
    at = open_page("program_view", task="Parity_All")
    no_error(at)
    at = open_page()
    no_error(at)


def test_two_runs_that_do_the_same_and_two_that_do_not(open_page: Open) -> None:
    run = saved("mine")
    at = open_page("runs_view", a=run.id, b="Parity_All")
    no_error(at)
    assert "**They do the same.** Proved" in words(at)
    at = open_page("runs_view", a="Parity_All", b="Parity_Last4")
    assert "**They do not do the same.** They differ on a word of length 5, and on no shorter one." in words(at)
    at = open_page("runs_view", a="Parity_All", b="stubborn")
    no_error(at)
    assert "B has neither a machine nor a program." in words(at)
    at = open_page("runs_view", a="Parity_All", b="gone-run-01234567")
    no_error(at)
    assert "is not here any more" in words(at)


PAGES = ("player_view", "hidden_states", "state_machine", "program_view", "compare_view")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_an_own_run_by_its_address(open_page: Open, page: str) -> None:
    run = saved("mine")
    at = open_page(page, run=run.id, task="Parity_All", xs="1 1 0", t="2", state="1")
    no_error(at)
    assert at.selectbox(key="task").value == run.id
    assert (at.query_params["run"], at.query_params["task"]) == (run.id, "Parity_All")
    assert at.text_input(key="xs").value == "1 1 0"


def test_a_link_to_a_deleted_run_says_so(open_page: Open) -> None:
    run = saved("gone")
    RunStore().delete(run.id)
    at = open_page("program_view", run=run.id, task="Parity_All")
    assert not at.exception
    assert "It was deleted, or the link came from another computer." in at.error[0].value


def test_a_link_to_a_damaged_run_says_why(open_page: Open) -> None:
    run = saved("torn")
    (run.folder / "machine.json").unlink()
    at = open_page("program_view", run=run.id)
    assert not at.exception
    assert "has no file machine.json" in at.error[0].value


def test_a_choice_follows_from_page_to_page_without_an_address(open_page: Open) -> None:
    run = saved("mine")
    at = open_page("program_view")
    at.selectbox(key="task").set_value(run.id).run()
    no_error(at)
    at.switch_page("pages/state_machine.py").run()
    no_error(at)
    assert at.selectbox(key="task").value == run.id


def test_what_another_session_saves_is_there_at_the_next_look(open_page: Open) -> None:
    at = open_page("program_view")
    shipped = len(at.selectbox(key="task").options)
    saved("from elsewhere")  # another session or process does no more than this: files
    at.run()
    assert len(at.selectbox(key="task").options) == shipped + 1
    assert at.selectbox(key="task").options[0].startswith("from elsewhere (yours,")


def test_own_runs_stand_first_in_the_gallery(open_page: Open) -> None:
    at = open_page()
    assert "#### Your runs" not in words(at)
    run = saved("my own parity")
    at.run()
    no_error(at)
    assert "#### Your runs" in words(at)
    at.session_state["opened"] = run.id
    at.run()
    no_error(at)
    assert at.title[0].value == "State machine"
    assert at.selectbox(key="task").value == run.id
