"""The Train page: what can be chosen, what is seen while it works, and what comes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import job_functions
import numpy as np
import pytest
from made_reports import parity_report
from page_text import html_of, labels, no_failure, words
from streamlit.testing.v1 import AppTest

from mips_core.jobs import Job
from mips_core.networks import Network, save_network
from mips_core.networks.snapshots import FILE, LossCurves, Snapshots, snapshot_bytes
from mips_core.runs import RunStore
from mips_core.runs.from_file import UPLOAD
from mips_core.runs.training import KEPT_FILE, STAGES
from mips_core.stepping import trace

REPOSITORY = Path(__file__).resolve().parents[2]

Open = Callable[..., AppTest]
Pretend = Callable[..., Job]

ORDER = {"task": "Parity_All", "seeds": [3], "budget": 15.0}
EVENTS = [
    {"kind": "begin", "seed": 3, "lengths": [10, 20, 50], "longer": True, "labels": [0, 1, 1]},
    {"kind": "loss", "seed": 3, "rung": "one-hot relu", "step": 50, "loss": 0.5},
    {"kind": "loss", "seed": 3, "rung": "one-hot counts", "step": 50, "loss": 0.7},
    {
        "kind": "look", "seed": 3, "rung": "one-hot relu", "step": 50, "phase": "train",
        "accuracy": [0.5, 0.25, 0.0], "points": [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]],
    },
]  # fmt: skip


def recorded(network: Network) -> Snapshots:
    """Return made-up moments: the hidden states of the network, smaller before."""
    x = np.random.default_rng(0).integers(0, 2, size=(6, 10, 1))
    states = trace(network, x).states[:, 1:]
    moments = np.stack([scale * states for scale in (0.0, 0.4, 1.0)])
    curves = LossCurves(("one-hot relu",), np.zeros(2, dtype=np.int64), np.array([0, 50]), np.array([1.0, 0.1]))
    return Snapshots(
        "one-hot relu", np.array([0, 20, 50]), ("start", "train", "end"), np.array([np.nan, 0.5, 0.1]),
        np.array([10, 20, 50]), np.array([[0.0, 0.0, 0.0], [0.5, 0.1, 0.0], [1.0, 1.0, 1.0]]), x,
        np.ones((6, 10), dtype=bool), moments, curves,
    )  # fmt: skip


def facts(accuracy: float, *, seed: int = 3, by_length: tuple[float, ...] = (1.0, 1.0, 1.0)) -> dict[str, Any]:
    """Store a run and return what the job says of it."""
    report = parity_report()
    run = RunStore().save(replace(report, snapshots=recorded(report.network)), seed=seed)
    return {
        "run": run.id, "name": run.name, "seed": seed, "accuracy": accuracy, "rung": "one-hot relu", "hidden": 16,
        "succeeded": True, "lengths": [10, 20, 50], "by_length": list(by_length),
    }  # fmt: skip


@pytest.fixture
def pretend(open_page: Open) -> Iterator[Pretend]:
    """Start a job of the page that only pretends: ``pretend({...result}, waits=True)``."""
    from pages.parts import working

    def start(result: dict[str, Any], *, wait: bool = True, files: dict[str, bytes] | None = None, **rest: Any) -> Job:
        job = working.registry().start(
            job_functions.pretend, {**ORDER, "result": result, **rest}, page="train",
            title="Training on Parity_All", stages=STAGES, files=files,
        )  # fmt: skip
        return until(job, lambda j: j.over) if wait else job

    def until(job: Job, holds: Callable[[Job], bool]) -> Job:
        end = time.monotonic() + 30
        while not holds(job):
            assert time.monotonic() < end
            time.sleep(0.02)
            found = working.registry().job(job.id)
            assert found is not None
            job = found
        return job

    yield start
    working.registry().close()
    working.registry.clear()


def test_one_click_away_from_a_training(open_page: Open) -> None:
    at = open_page("train_view")
    no_failure(at)
    assert at.title[0].value == "Train"
    assert at.selectbox(key="learn").value == "Parity_All"
    assert len(at.selectbox(key="learn").options) == 62
    assert len(at.dataframe[0].value) == 5
    assert not at.button(key="train_start").disabled
    assert "up to 15 seconds" in words(at)
    assert at.code[-1].value == "mips distill Parity_All --fresh --seed 0 --budget 15 --save --snapshots"


def test_a_link_names_task_preset_and_seed(open_page: Open) -> None:
    at = open_page("train_view", learn="Add_Mod_3", preset="careful", train_seed="7")
    no_failure(at)
    assert at.code[-1].value == "mips distill Add_Mod_3 --fresh --seed 7 --budget 180 --save --snapshots"
    assert "up to 3 minutes" in words(at)


def test_a_data_file_is_shown_before_it_is_trained_on(open_page: Open) -> None:
    at = open_page("train_view")
    at.segmented_control(key="learn_from").set_value("a data file").run()
    no_failure(at)
    assert at.button(key="train_start").disabled
    assert "Choose a file" in words(at)
    rows = "".join(f"{i % 2} {i // 2 % 2} {i // 4 % 2},{i % 2} 0 1\n" for i in range(8))
    at.file_uploader[0].upload("rows.csv", f"x,y\n{rows}".encode(), "text/csv").run()
    no_failure(at)
    assert not at.error
    assert "rows.csv" in words(at)
    assert not at.button(key="train_start").disabled
    assert at.code[-1].value.startswith("mips distill rows.csv --seed 0")


def test_a_bad_data_file_is_one_sentence_and_cannot_be_started(open_page: Open) -> None:
    at = open_page("train_view")
    at.segmented_control(key="learn_from").set_value("a data file").run()
    at.file_uploader[0].upload("rows.csv", b"x,y\n0 1 two,0 1 1\n", "text/csv").run()
    no_failure(at)
    assert "line 2" in at.error[0].value
    assert at.button(key="train_start").disabled


def test_an_unknown_job_says_so_and_leaves_the_form(open_page: Open) -> None:
    at = open_page("train_view", job="gone")
    no_failure(at)
    assert "is not known here" in at.warning[0].value
    assert not at.button(key="train_start").disabled
    assert "job" not in at.query_params


def test_a_job_of_another_page_is_not_followed(open_page: Open, pretend: Pretend) -> None:
    from pages.parts import working

    job = working.registry().start(job_functions.pretend, {"result": {}}, page="own", title="?")
    at = open_page_again(job.id)
    assert "another page" in at.warning[0].value


def open_page_again(job_id: str) -> AppTest:
    """Open the page at a job, in another session of the same server."""
    at = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=30)
    at.query_params["job"] = job_id
    at.switch_page("pages/train_view.py")
    return at.run()


def test_a_running_job_shows_stage_loss_accuracy_and_points(open_page: Open, pretend: Pretend) -> None:
    from pages.parts import working

    job = pretend({"runs": [], "kept": None}, wait=False, events=EVENTS, waits=True)
    end = time.monotonic() + 20
    while len(working.registry().job(job.id).events) < len(EVENTS) or not working.registry().job(job.id).stage:  # type: ignore[union-attr]
        assert time.monotonic() < end
        time.sleep(0.02)
    at = open_page_again(job.id)
    no_failure(at)
    assert "stage 2 of 8: train" in words(at)
    assert "at most about" in words(at)
    assert "Hidden states now" in words(at)
    assert len(at.get("plotly_chart")) == 3
    next(button for button in at.button if button.label == "Cancel").click().run()
    end = time.monotonic() + 20
    while "Nothing was kept" not in words(at) and time.monotonic() < end:
        time.sleep(0.05)
        at.run()
    assert "Nothing was kept" in words(at)


def test_a_third_job_waits_and_says_its_place(open_page: Open, pretend: Pretend) -> None:
    for _ in range(2):
        pretend({}, wait=False, waits=True)
    at = open_page_again(pretend({}, wait=False, waits=True).id)
    no_failure(at)
    assert "number 1 in the queue" in words(at)


def test_a_finished_job_shows_its_run_and_how_it_came_about(open_page: Open, pretend: Pretend) -> None:
    job = pretend({"runs": [facts(1.0)], "kept": None})
    at = open_page_again(job.id)
    no_failure(at)
    assert "right on every held-out sequence" in at.success[0].value
    assert "formula" in words(at)
    assert any("parity" in block.value for block in at.code)
    assert "Step 50, the network that came out" in words(at)
    slider = next(s for s in at.slider if s.label.startswith("Moment"))
    slider.set_value(0).run()
    no_failure(at)
    assert "Step 0, before training. Held-out sequences right: 0 % of 10 steps (1x)" in words(at)
    assert at.code[-1].value == "mips distill Parity_All --fresh --seed 3 --budget 15 --save --snapshots"
    next(button for button in at.button if button.label == "Play").click().run()
    no_failure(at)
    assert "Step 20, training" in words(at)
    next(button for button in at.button if button.label == "Set up another training").click().run()
    assert not at.button(key="train_start").disabled


def test_what_was_not_learnt_is_said_by_length_with_a_way_on(open_page: Open, pretend: Pretend) -> None:
    job = pretend({"runs": [facts(0.62, by_length=(0.62, 0.31, 0.0))], "kept": None})
    at = open_page_again(job.id)
    no_failure(at)
    assert "did not learn" in at.warning[0].value
    assert "right from start to end on 62 % of held-out sequences. Another count" in at.warning[0].value
    for share in ("62 % right for the first 10 steps (1x)", "31 % right for the first 20 steps (2x)"):
        assert share in at.warning[0].value
    assert {"Try seed 4", "Give it 45 seconds"} <= set(labels(at))


def test_several_seeds_are_several_runs(open_page: Open, pretend: Pretend) -> None:
    job = pretend({"runs": [facts(1.0, seed=0), facts(0.5, seed=1, by_length=(0.5, 0.0, 0.0))], "kept": None})
    at = open_page_again(job.id)
    no_failure(at)
    assert "**2 runs** are stored" in words(at)
    assert [tab.label for tab in at.tabs] == ["Seed 0", "Seed 1"]
    assert at.dataframe[0].value["held-out right"].tolist() == ["100 %", "50 %"]


def test_a_stopped_training_offers_what_it_kept(open_page: Open, pretend: Pretend, tmp_path: Path) -> None:
    report = parity_report()
    save_network(report.network, tmp_path / "n.safetensors")
    files = {KEPT_FILE: (tmp_path / "n.safetensors").read_bytes(), FILE: snapshot_bytes(recorded(report.network))}
    kept = {"seed": 3, "accuracy": 0.25, "rung": "one-hot relu", "steps": 400, "hidden": 16}
    job = pretend({"runs": [], "kept": kept}, wait=False, waits=True, files=files)
    from pages.parts import working

    end = time.monotonic() + 20
    while not working.registry().job(job.id).stage:  # type: ignore[union-attr]
        assert time.monotonic() < end
        time.sleep(0.02)
    working.registry().cancel(job.id)
    while not working.registry().job(job.id).over:  # type: ignore[union-attr]
        assert time.monotonic() < end
        time.sleep(0.02)
    at = open_page_again(job.id)
    no_failure(at)
    assert "after 400 steps (seed 3). It is right on 25 % of held-out sequences" in at.info[0].value
    assert "Distil what there is" in labels(at)
    assert "How far it came" in words(at)
    assert "Step 50, the network that came out" in words(at)


def test_a_failed_job_is_its_sentence(open_page: Open, pretend: Pretend) -> None:
    from pages.parts import working

    job = working.registry().start(job_functions.refuse, ORDER, title="Training on rows.csv", page="train")
    while not working.registry().job(job.id).over:  # type: ignore[union-attr]
        time.sleep(0.02)
    at = open_page_again(job.id)
    no_failure(at)
    assert at.error[0].value == "Row 3 holds a word. Write a number there."


def test_a_run_that_was_deleted_meanwhile_is_one_sentence(open_page: Open, pretend: Pretend) -> None:
    found = facts(1.0)
    job = pretend({"runs": [found], "kept": None})
    RunStore().delete(found["run"])
    at = open_page_again(job.id)
    no_failure(at)
    assert "has the id" in at.warning[0].value


def test_the_task_of_the_last_page_is_shown_and_written_to_the_address(open_page: Open) -> None:
    at = open_page("player_view", task="Parity_Last4")
    at.switch_page("pages/train_view.py").run()
    no_failure(at)
    assert at.selectbox(key="learn").value == "Parity_Last4"
    assert at.query_params["learn"] == "Parity_Last4"


def test_a_link_that_names_a_task_as_other_pages_do_counts(open_page: Open) -> None:
    at = open_page("train_view", task="Div_3")
    no_failure(at)
    assert at.selectbox(key="learn").value == at.query_params["learn"] == "Div_3"
    at.selectbox(key="learn").set_value("Add_Mod_3").run()
    assert at.query_params["learn"] == "Add_Mod_3"
    assert open_page("train_view", **at.query_params).selectbox(key="learn").value == "Add_Mod_3"


def test_everything_that_is_chosen_comes_back_from_the_address(open_page: Open) -> None:
    at = open_page("train_view")
    at.segmented_control(key="train_seeds").set_value(3).run()
    at.segmented_control(key="preset").set_value("usual").run()
    at.number_input(key="train_seed").set_value(5).run()
    again = open_page("train_view", **{name: str(value) for name, value in at.query_params.items()})
    no_failure(again)
    assert again.segmented_control(key="train_seeds").value == 3
    assert again.segmented_control(key="preset").value == "usual"
    assert again.number_input(key="train_seed").value == 5


def test_a_link_with_a_data_file_says_kindly_that_the_file_is_not_in_it(open_page: Open) -> None:
    at = open_page("train_view")
    at.segmented_control(key="learn_from").set_value("a data file").run()
    assert at.query_params["learn_from"] == "a data file"
    again = open_page("train_view", learn_from="a data file", train_seed="4")
    no_failure(again)
    assert "a link cannot carry one" in again.info[0].value
    assert again.number_input(key="train_seed").value == 4
    example = next(iter(again.selectbox(key="train_example").options))
    again.selectbox(key="train_example").set_value(example).run()
    third = open_page("train_view", learn_from="a data file", train_example=again.query_params["train_example"])
    assert not third.button(key="train_start").disabled


@pytest.mark.parametrize(
    "query",
    [{"learn": "No_Such"}, {"learn_from": "x"}, {"train_seed": "-1"}, {"train_seed": "x"}, {"train_seeds": "9"}],
)
def test_an_address_that_asks_for_what_there_is_not_leaves_the_form(open_page: Open, query: dict[str, str]) -> None:
    at = open_page("train_view", **query)
    no_failure(at)
    assert at.selectbox(key="learn").value == "Parity_All"
    assert not at.button(key="train_start").disabled
    assert ("no task called 'No\\_Such'" in words(at)) == ("learn" in query)


def test_contradictory_data_are_trained_on_only_when_asked_for_once_more(open_page: Open) -> None:
    rng = np.random.default_rng(0)
    bits = [" ".join(map(str, row)) for row in rng.integers(0, 2, size=(400, 8))]
    rows = "".join(f"{x},{y}\n" for x, y in zip(bits[:200], bits[200:], strict=True))
    at = open_page("train_view", learn_from="a data file")
    at.file_uploader[0].upload("random.csv", f"x,y\n{rows}".encode(), "text/csv").run()
    no_failure(at)
    assert "No program can come out of these data" in words(at)
    assert at.button(key="train_start").disabled
    at.checkbox(key="train_hopeless").check().run()
    assert not at.button(key="train_start").disabled


def test_setting_up_another_training_begins_with_the_order_of_the_last(open_page: Open, pretend: Pretend) -> None:
    job = pretend({"runs": [], "kept": None}, task="Div_3", seeds=[7, 8], budget=45.0)
    at = open_page_again(job.id)
    next(button for button in at.button if button.label == "Set up another training").click().run()
    no_failure(at)
    assert at.selectbox(key="learn").value == at.query_params["learn"] == "Div_3"
    assert at.segmented_control(key="preset").value == "usual"
    assert (at.number_input(key="train_seed").value, at.segmented_control(key="train_seeds").value) == (7, 2)


def test_the_name_of_a_file_keeps_its_stars_in_the_heading(open_page: Open, pretend: Pretend) -> None:
    from pages.parts import working

    job = working.registry().start(
        job_functions.pretend, {"file": "a **e**.csv", "seeds": [0], "budget": 15.0, "result": {"runs": []}},
        page="train", title="Training on a **e**.csv",
    )  # fmt: skip
    while not working.registry().job(job.id).over:  # type: ignore[union-attr]
        time.sleep(0.02)
    at = open_page_again(job.id)
    no_failure(at)
    assert at.subheader[0].value == r"Training on a \*\*e\*\*.csv"


def test_setting_up_another_training_keeps_the_file_of_the_last(open_page: Open, pretend: Pretend) -> None:
    from pages.parts import working

    rows = "".join(f"{i % 2} {i // 2 % 2} {i // 4 % 2},{i % 2} 0 1\n" for i in range(8))
    job = working.registry().start(
        job_functions.pretend, {"file": "rows.csv", "seeds": [0], "budget": 15.0, "result": {"runs": [], "kept": None}},
        page="train", title="Training on rows.csv", files={UPLOAD: f"x,y\n{rows}".encode()},
    )  # fmt: skip
    while not working.registry().job(job.id).over:  # type: ignore[union-attr]
        time.sleep(0.02)
    at = open_page_again(job.id)
    next(button for button in at.button if button.label == "Set up another training").click().run()
    no_failure(at)
    assert "**rows.csv**" in words(at)
    assert not at.button(key="train_start").disabled


def test_several_seeds_are_all_in_the_code(open_page: Open) -> None:
    at = open_page("train_view", learn="Add_Mod_3", train_seeds="3", train_seed="4")
    no_failure(at)
    assert "for seed in (4, 5, 6):\n    recorder = Recorder()" in at.code[-2].value
    compile(at.code[-2].value, "code", "exec")
    assert at.code[-1].value.splitlines() == [
        f"mips distill Add_Mod_3 --fresh --seed {seed} --budget 15 --save --snapshots" for seed in (4, 5, 6)
    ]


def downloads(at: AppTest) -> list[str]:
    return [button.proto.label for button in at.get("download_button")]


def test_the_order_and_the_files_of_a_finished_training_can_be_taken_away(open_page: Open, pretend: Pretend) -> None:
    assert "Order (.json)" in downloads(open_page("train_view"))
    job = pretend({"runs": [facts(1.0, seed=0), facts(1.0, seed=1)], "kept": None})
    at = open_page_again(job.id)
    no_failure(at)
    assert at.selectbox(key="train_files").options == ["seed 0", "seed 1"]
    offered = {"Program (.py)", "Weights (.safetensors)", "Training (.csv)", "Report (.html)", "Order (.json)"}
    assert offered <= set(downloads(at))


def test_the_training_from_before_is_of_the_chosen_task_where_there_is_one(open_page: Open) -> None:
    report = parity_report()
    RunStore().save(replace(report, snapshots=recorded(report.network)), "of parity")
    RunStore().save(replace(report, task="Add_Mod_3", snapshots=recorded(report.network)), "of sums")
    assert "**of parity**, as it was learnt" in words(open_page("train_view", learn="Parity_All"))
    assert "**of sums**, as it was learnt" in words(open_page("train_view", learn="Add_Mod_3"))
    assert "as it was learnt" in words(open_page("train_view", learn="Div_3"))


def test_what_was_distilled_after_a_stop_says_that_it_was_stopped(open_page: Open, pretend: Pretend) -> None:
    from pages.parts import working

    job = working.registry().start(
        job_functions.pretend, {"task": "Parity_All", "seed": 3, "budget": 180.0, "result": {
            "runs": [facts(0.93, by_length=(0.92, 0.6, 0.1))], "kept": None,
        }}, page="train", title="Distilling what training on Parity_All left",
    )  # fmt: skip
    while not working.registry().job(job.id).over:  # type: ignore[union-attr]
        time.sleep(0.02)
    at = open_page_again(job.id)
    no_failure(at)
    assert "The training was stopped before" in at.warning[0].value
    assert "did not learn" not in at.warning[0].value
    assert "start to end" not in at.warning[0].value  # a kept network was counted by its first steps alone


def test_a_right_program_of_an_imperfect_network_says_which_of_the_two_is_right(
    open_page: Open, pretend: Pretend
) -> None:
    found = facts(0.93)
    path = RunStore().run(found["run"]).folder / "report.json"
    report = json.loads(path.read_text())
    report["imperfect_network"] = True
    report["verification"]["program_vs_network"]["1x"]["agree"] -= 114
    path.write_text(json.dumps(report))
    at = open_page_again(pretend({"runs": [found], "kept": None}).id)
    no_failure(at)
    assert "The **program** gives the right answers on all" in words(at)
    assert "The **network** does not: it differs from the program on 114 of" in words(at)
    table = open_page("runs_view")
    assert "formula, imperfect network" in html_of(table)
