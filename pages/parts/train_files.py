"""What the page Train gives away: code that runs, the order, and what a training left."""

import json
import shlex

import streamlit as st

from mips_core.errors import MipsError
from mips_core.jobs import Job
from mips_core.runs import Run
from mips_core.views.training import moment_columns
from pages.parts import data
from pages.parts.address import keep_unusual, prepare
from pages.parts.downloads import File, download_row, offer, table_file
from pages.parts.train_form import Order
from pages.parts.training_film import recorded_run
from pages.parts.visitor import own_store


def code_of(order: Order) -> tuple[str, str]:
    """Return the Python lines and the commands that train what was ordered, all of its seeds."""
    source, seeds, budget = order.task or order.file or "Parity_All", order.seeds, order.preset.budget
    fresh = ", fresh=True" if order.task is not None else ""
    each = [
        "recorder = Recorder()",
        f"report = distill({source!r}{fresh}, seed=seed, budget={budget:g}, recorder=recorder)",
        "run = RunStore().save(report, seed=seed)",
        'print(run.id, "held-out sequences right:", report.network.card.accuracy)',
        "print(report.snapshots.accuracy)  # by moment and length",
    ]
    several = len(seeds) > 1
    lines = [
        "from mips_core import distill",
        "from mips_core.networks.recording import Recorder",
        "from mips_core.runs import RunStore",
        "",
        f"for seed in {seeds!r}:" if several else f"seed = {seeds[0]}",
        *(f"    {line}" if several else line for line in each),
    ]
    flag = " --fresh" if order.task is not None else ""
    commands = [
        f"mips distill {shlex.quote(source)}{flag} --seed {seed} --budget {budget:g} --save --snapshots"
        for seed in seeds
    ]
    return "\n".join(lines), "\n".join(commands)


def recording_for(order: Order) -> Run | None:
    """Return a run whose training was recorded, of what is ordered if there is one."""
    same = data.recent_runs(order.task) if order.task is not None else iter(())
    return next((run for run in same if run.snapshot_file.is_file()), None) or recorded_run()


def take_away(order: Order, job: Job | None, example: Run | None) -> None:
    """Offer the order, and every file of a run that came of it; before there is one, the training that is shown."""
    asked = File("Order", "training_order.json", json.dumps(order.arguments, indent=1, ensure_ascii=False))
    runs = _runs_of(job)
    if runs:
        run = runs[0]
        if len(runs) > 1:
            names = {run.id: f"seed {run.information.seed}" for run in runs if run.information is not None}
            prepare("train_files", run.id, names)
            chosen = st.selectbox("Files of", list(names), format_func=names.__getitem__, key="train_files", width=200)
            keep_unusual("train_files", chosen, run.id)
            run = next(run for run in runs if run.id == chosen)
        download_row(run, more=[*_moments(run), asked])
    else:
        offer([*(_moments(example) if example is not None else ()), asked])


def _runs_of(job: Job | None) -> list[Run]:
    """Return the runs that a job stored and that are still there."""
    found = []
    for facts in (job.result or {}).get("runs", []) if job is not None else ():
        try:
            found.append(own_store().run(facts["run"]))
        except MipsError:  # the page says so where it shows the run
            continue
    return found


def _moments(run: Run) -> list[File]:
    snapshots = run.snapshots
    if snapshots is None:
        return []
    return [table_file(f"{run.file_name}_training", lambda: moment_columns(snapshots), "Training")]
