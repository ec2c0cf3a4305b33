"""A server with visitors: what one of them makes, another neither sees, opens, changes, cancels nor guesses."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import job_functions
import pytest
from made_reports import parity_report
from page_text import labels, no_error, words
from streamlit.testing.v1 import AppTest

from mips_core.errors import BadInputError
from mips_core.files import write_json
from mips_core.hosting import SHARED_SERVER, Visitor, visitor_of
from mips_core.jobs import Job, JobState, Stop
from mips_core.runs import Run, RunStore, is_shared_address, open_shared, share, shared_as, unshare

Open = Callable[..., AppTest]
As = Callable[..., AppTest]
ME, OTHER = "m" * 43, "o" * 43
PAGES = (
    "gallery", "runs_view", "train_view", "own_view", "player_view", "hidden_states", "state_machine", "program_view",
    "compare_view", "benchmark_view", "guide_view",
)  # fmt: skip


@pytest.fixture(autouse=True)
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from pages.parts import working

    working.registry.clear()
    monkeypatch.setenv("MIPS_PUBLIC", "1")
    yield
    working.registry().close()
    working.registry.clear()


@pytest.fixture
def look(open_page: Open, runs_folder: Path) -> As:
    """Open a page as somebody: ``look(ME, "runs_view", run=...)``; "" is a browser that keeps no cookie."""

    def start(secret: str, page: str = "gallery", **query: str) -> AppTest:
        repository = Path(__file__).resolve().parents[2]
        at = AppTest.from_file(str(repository / "app.py"), default_timeout=30)
        if secret:
            at.session_state["visitor_secret"] = secret
        for key, value in query.items():
            at.query_params[key] = value
        if page != "gallery":
            at.switch_page(f"pages/{page}.py")
        return at.run()

    return start


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def saved(secret: str, name: str) -> Run:
    return RunStore(visitor_of(secret).home / "runs").save(parity_report(), name)


def begun(secret: str, function: Callable[..., object], page: str = "train", **arguments: object) -> Job:
    from pages.parts import working

    who: Visitor = visitor_of(secret)
    return working.registry().start(  # type: ignore[arg-type]
        function, arguments, title="Training on Parity_All", page=page, owner=who.key
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_page_works_for_a_new_visitor_and_names_no_folder_of_the_server(
    look: As, page: str, own_home: Path
) -> None:
    at = look(ME, page)
    no_error(at)
    assert str(own_home) not in words(at)


def test_a_run_is_listed_for_its_visitor_only(look: As) -> None:
    run = saved(ME, "my secret run")
    assert "my secret run" in words(look(ME, "runs_view"))
    at = look(OTHER, "runs_view")
    assert "You have no runs of your own yet." in words(at)
    for page in PAGES:
        at = look(OTHER, page)
        assert "secret" not in words(at)
        assert not any(run.id in str(box.options) for box in at.selectbox)


@pytest.mark.parametrize("page", ["runs_view", "program_view", "state_machine", "compare_view", "player_view"])
def test_a_link_to_a_run_of_another_visitor_opens_nothing(look: As, page: str) -> None:
    run = saved(ME, "my secret run")
    at = look(OTHER, page, run=run.id, own_run=run.id, task="Parity_All", a=run.id, b=run.id)
    assert not at.exception
    assert "secret run" not in words(at)
    assert "deleted" in words(at)


def test_a_visitor_cannot_rename_pin_share_or_delete_what_another_owns(look: As, open_page: Open) -> None:
    run = saved(ME, "mine")
    other = saved(OTHER, "other")
    at = look(OTHER, "runs_view")
    at.session_state["own_run"] = run.id
    at.run()
    assert "cannot be opened here" in at.info[0].value
    assert not {"Rename", "Pin", "Share", "Delete"} & set(labels(at))
    at.session_state["own_run"] = other.id
    at.run()
    for label in ("Rename", "Pin", "Share"):
        press(at, label)
    press(at, "Delete")
    at.button(key="delete_for_good").click().run()
    known = RunStore(visitor_of(ME).home / "runs").run(run.id)
    assert known.name == "mine"
    assert known.information is not None
    assert not known.information.pinned
    assert shared_as(known) is None
    assert RunStore(visitor_of(OTHER).home / "runs").runs() == ()


def test_a_browser_without_cookies_is_told_that_it_will_be_forgotten(look: As, own_home: Path) -> None:
    at = look("", "train_view")
    no_error(at)
    assert "Your browser keeps no cookie" in at.warning[0].value
    first = at.session_state["visitor_secret"]
    at.run()
    assert at.session_state["visitor_secret"] == first
    assert look("", "train_view").session_state["visitor_secret"] != first
    assert not (own_home / "visitors").exists()


@pytest.mark.parametrize("page", ["train_view", "own_view"])
def test_the_limits_are_said_where_work_begins(look: As, page: str) -> None:
    at = look(ME, page)
    said = at.caption[0].value
    assert "Only you see your files, work and runs" in said
    assert "up to 10 minutes and 2,000 MB" in said
    assert "10 MB" in said


def test_a_job_of_another_visitor_is_as_if_it_were_not(look: As) -> None:
    from pages.parts import working

    job = begun(ME, job_functions.pretend, result={}, waits=True, task="Parity_All", seeds=[0], budget=15.0)
    at = look(OTHER, "train_view", job=job.id)
    assert "is not known here" in words(at)
    assert "Cancel" not in [button.label for button in at.button]
    assert "job" not in at.query_params
    mine = look(ME, "train_view", job=job.id)
    assert "Cancel" in [button.label for button in mine.button]
    at.session_state["job_train"] = job.id
    at.run()
    assert "Cancel" not in [button.label for button in at.button]
    assert not working.registry().job(job.id).stopping  # type: ignore[union-attr]
    press(mine, "Cancel")
    while not working.registry().job(job.id).over:  # type: ignore[union-attr]
        time.sleep(0.02)
    assert "is not known here" in words(look(OTHER, "train_view", job=job.id))


def test_a_third_job_of_one_visitor_is_refused_in_words_and_another_visitor_may_start(look: As) -> None:
    for _ in range(2):
        begun(ME, job_functions.pretend, result={}, waits=True)
    at = look(ME, "train_view")
    press(at, "Start training")
    assert not at.exception
    assert "2 jobs of yours run or wait already" in at.error[0].value
    other = look(OTHER, "train_view")
    press(other, "Start training")
    no_error(other)
    assert "Cancel" in [button.label for button in other.button]


def test_what_a_job_stores_is_its_visitors(look: As, own_home: Path) -> None:
    from pages.parts import working

    at = look(ME, "train_view")
    press(at, "Start training")
    job = working.registry().jobs()[0]
    assert job.owner == visitor_of(ME).key
    working.registry().cancel(job.id)
    order = working.registry()._works[job.id]._order
    assert order["environment"] == {
        "MIPS_HOME": str(visitor_of(ME).home), "MIPS_HOME_MEGABYTES": str(SHARED_SERVER.kept_megabytes),
    }  # fmt: skip


def test_who_keeps_too_much_can_start_nothing_and_is_told_what_to_do(look: As, monkeypatch: pytest.MonkeyPatch) -> None:
    import mips_core.runs.store as store

    saved(ME, "large")
    monkeypatch.setattr(store, "MEGABYTE", 1)
    at = look(ME, "train_view")
    press(at, "Start training")
    assert "Your runs take all of the 50 MB" in at.error[0].value
    assert "Delete some under Your runs" in at.error[0].value
    other = look(OTHER, "train_view")
    press(other, "Start training")
    no_error(other)


def test_what_is_kept_and_for_how_long_is_said(look: As, own_home: Path) -> None:
    saved(ME, "mine")
    at = look(ME, "runs_view")
    said = " ".join(caption.value for caption in at.caption)
    assert "Only you see these runs, unless you share one. They take 0.0 of 50 MB" in said
    assert "30 days after your last visit" in said
    assert str(own_home) not in words(at)


def test_a_shared_run_opens_by_its_link_until_that_is_taken_back(look: As) -> None:
    run = saved(ME, "shown to you")
    at = look(ME, "runs_view")
    press(at, "Share")
    no_error(at)
    address = shared_as(run)
    assert address is not None
    assert is_shared_address(address)
    assert any(f"program?task=Parity_All&run={address}" in code.value for code in at.code)
    assert visitor_of(ME).key not in address
    for page in ("program_view", "state_machine", "hidden_states", "player_view", "compare_view"):
        guest = look(OTHER, page, run=address, task="Parity_All")
        no_error(guest)
        assert guest.selectbox(key="task").value == address
        assert "shown to you (shared with you)" in guest.selectbox(key="task").options
        assert guest.query_params["run"] == address
    guest.switch_page("pages/program_view.py").run()
    assert guest.selectbox(key="task").value == address  # it stays chosen without being named again
    assert "shown to you" not in words(look(OTHER, "runs_view"))  # to look at, not to change
    press(at, "Stop sharing")
    assert "is not shared any more" in words(at)
    guest.run()
    assert "This run is not shared any more" in guest.error[0].value
    assert "This run is not shared any more" in look(OTHER, "program_view", run=address).error[0].value
    press(at, "Share")
    assert shared_as(run) not in (None, address)  # the old link stays dead


def test_a_shared_run_that_is_deleted_opens_no_more_and_a_damaged_one_neither(look: As) -> None:
    first, second = saved(ME, "first"), saved(ME, "second")
    addresses = share(first), share(second)
    RunStore(visitor_of(ME).home / "runs").delete(first.id)
    (second.folder / "report.json").write_text("{")
    for address in addresses:
        at = look(OTHER, "program_view", run=address)
        assert not at.exception
        assert at.error


@pytest.mark.parametrize(
    "place", ["../../etc", "runs/../x-01234567", "/etc", "visitors/zz/runs/x-01234567", "runs/x", "", "visitors"]
)
def test_what_shares_a_run_never_leads_out_of_the_stores(look: As, own_home: Path, place: str) -> None:
    token = "t" * 22
    (own_home / "shared").mkdir()
    write_json(own_home / "shared" / f"{token}.json", {"format": "mips-share", "version": 1, "run": place})
    with pytest.raises(BadInputError, match="not shared any more"):
        open_shared(f"shared.{token}")
    for guess in ("shared.", f"shared.{'u' * 22}", f"shared.../{'t' * 19}", token, f"shared.{token}\n"):
        with pytest.raises(BadInputError, match="not shared any more"):
            open_shared(guess)


def test_only_what_is_kept_here_can_be_shared(tmp_path: Path) -> None:
    run = RunStore(tmp_path / "elsewhere").save(parity_report())
    with pytest.raises(BadInputError, match="only those can be shared"):
        share(run)


def test_sharing_twice_gives_one_link_and_taking_back_twice_is_no_error(own_home: Path) -> None:
    run = saved(ME, "mine")
    assert share(run) == share(run)
    unshare(run)
    unshare(run)
    assert shared_as(run) is None
    assert list((own_home / "shared").iterdir()) == []


def test_a_job_is_found_by_its_link_after_the_server_was_started_again(look: As) -> None:
    from pages.parts import working

    order = {"task": "Parity_All", "seeds": [0], "budget": 15.0}
    done = begun(ME, job_functions.pretend, result={"runs": [], "kept": None}, **order)
    while not working.registry().job(done.id).over:  # type: ignore[union-attr]
        time.sleep(0.02)
    going = begun(ME, job_functions.pretend, result={}, waits=True, **order)
    working.registry().close()
    working.registry.clear()
    assert working.registry().job(done.id).state is JobState.DONE  # type: ignore[union-attr]
    at = look(ME, "train_view", job=done.id)
    no_error(at)
    assert "Set up another training" in [button.label for button in at.button]
    found = working.registry().job(going.id)
    assert found is not None
    assert (found.state, found.stop) == (JobState.CANCELLED, Stop.SERVER)
    at = look(ME, "train_view", job=going.id)
    assert "The explorer was stopped while this work ran or waited." in words(at)
    assert "is not known here" in words(look(OTHER, "train_view", job=going.id))


def test_messages_name_no_folder_of_the_server(look: As, own_home: Path) -> None:
    from pages.parts import working

    run = saved(ME, "mine")
    (run.folder / "report.json").write_text("{")
    at = look(ME, "runs_view")
    assert f"{run.id}/report.json is not valid JSON" in at.warning[0].value.replace("\\", "")
    assert str(own_home) not in words(at)
    job = begun(ME, job_functions.cannot_write, path=str(run.folder / "x"), task="Parity_All", seeds=[0], budget=15.0)
    while not working.registry().job(job.id).over:  # type: ignore[union-attr]
        time.sleep(0.02)
    at = look(ME, "train_view", job=job.id)
    assert f"Cannot write {run.id}/x: No space left" in at.error[0].value.replace("\\", "")


def test_code_that_opens_a_run_of_the_server_says_how_to_take_it_home(look: As) -> None:
    run = saved(ME, "mine")
    at = look(ME, "program_view", run=run.id)
    assert "This run lies on the server." in words(at)
    assert "This run lies on the server." not in words(look(ME, "program_view", task="Parity_All"))
    assert not any(os.fspath(run.folder) in code.value for code in at.code)
