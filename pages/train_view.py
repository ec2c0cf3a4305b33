"""Train: teach a small network, watch it learn, and get its program."""

import shlex

import streamlit as st

from pages.parts.frame import head, in_python, teach
from pages.parts.plain import plain
from pages.parts.train_form import PAGE, Order, choose, order_of
from pages.parts.train_live import live
from pages.parts.train_result import show_result
from pages.parts.training_film import recorded_run, show_example
from pages.parts.words import train as words
from pages.parts.working import current, watch


def code_of(order: Order) -> tuple[str, str]:
    """Return the Python lines and the command that train what was ordered, its first seed."""
    source, seed, budget = order.task or order.file or "Parity_All", order.seeds[0], order.preset.budget
    fresh = ", fresh=True" if order.task is not None else ""
    code = (
        "from mips_core import distill\n"
        "from mips_core.networks.recording import Recorder\n"
        "from mips_core.runs import RunStore\n\n"
        "recorder = Recorder()\n"
        f"report = distill({source!r}{fresh}, seed={seed}, budget={budget:g}, recorder=recorder)\n"
        f"run = RunStore().save(report, seed={seed})\n"
        'print(run.id, "held-out sequences right:", report.network.card.accuracy)\n'
        "print(report.snapshots.accuracy)  # by moment and length"
    )
    flag = " --fresh" if order.task is not None else ""
    return code, f"mips distill {shlex.quote(source)}{flag} --seed {seed} --budget {budget:g} --save --snapshots"


head("Train", words.PURPOSE)
job = current(PAGE)
if job is None:
    order = choose()
    example = recorded_run()
    if example is not None:
        show_example(example)
else:
    order = order_of(job)
    if job.over:
        st.subheader(plain(job.title), anchor=False)
        show_result(job, order)
    else:
        watch(job.id, live if "seeds" in job.arguments else None)
teach(words.SEES)
in_python(*code_of(order))
