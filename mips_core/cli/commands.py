"""The commands: what each is for, and the module that has it.

A module is imported only when its command is named: ``mips --help`` needs none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Command:
    """One command.

    Parameters
    ----------
    summary : what it is for, in a line
    module : of this package; has ``add_parser``
    commands : what it has instead of a module, if it is a family of commands
    """

    summary: str
    module: str = ""
    commands: Mapping[str, Command] = field(default_factory=dict)


BENCHMARKS: Mapping[str, Command] = {
    "tasks": Command("the 62 tasks of the MIPS paper: network, program, seconds", "bench_tasks"),
    "speed": Command("ours beside what a user would take instead: seconds, memory, and how they grow", "bench_speed"),
    "app": Command("the explorer: paints, pages, sequences, many viewers and a training", "bench_app"),
    "counterexamples": Command(
        "networks that random testing calls perfect, and the shortest sequences on which they are wrong",
        "bench_counterexamples",
    ),
    "mutants": Command(
        "single edits of programs, machines, networks and certificates: how many are caught, and how", "bench_mutants"
    ),
    "essence": Command(
        "Deep Distilling: all tasks, random networks, and whether changed programs are noticed", "bench_essence"
    ),
    "curves": Command(
        "curve distillation: fits beside the published algorithm and pwlf, a million rows, accuracy", "bench_curves"
    ),
}

COMMANDS: Mapping[str, Command] = {
    "tasks": Command("list the 62 benchmark tasks, or describe one", "tasks"),
    "train": Command("train networks for tasks or data files", "train"),
    "describe": Command("say what was read in a network or data file", "describe"),
    "distill": Command("turn a network, or data, into a program", "distill"),
    "verify": Command("compare a program file with a network", "verify"),
    "compare": Command("compare data, network, machine and program of a run; group failures by cause", "compare"),
    "diff": Command("compare two machines (DOT, machine.json) or programs", "diff"),
    "hunt": Command(
        "walk through states for the shortest word on which a network, program or machine is wrong", "hunt"
    ),
    "certify": Command("prove a run's network equal to its machine, for all lengths where possible", "certify"),
    "check-certificate": Command("check certificates, independently of what made them", "certify"),
    "essence": Command(
        "teach an essence network a task, and write it as short code with loops (Deep Distilling)", "essence"
    ),
    "curves": Command(
        "distil an additive model of a CSV file into piecewise-linear code (curve distillation)", "curves"
    ),
    "sweep": Command(
        "train and distil many tasks or files with many seeds, in worker processes or on a cluster", "sweep"
    ),
    "runs": Command("list your own runs, or rename, pin or delete one", "runs"),
    "bench": Command("measure many tasks and print a table", commands=BENCHMARKS),
    "explore": Command("open the explorer in the browser", "explore"),
}
