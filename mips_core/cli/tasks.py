"""``mips tasks``: list the benchmark tasks, or describe one."""

from __future__ import annotations

import argparse
from typing import Any

from mips_core.cli.common import print_json
from mips_core.tasks import Task, all_tasks, get


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("tasks")
    parser.add_argument("name", nargs="?", help="describe this task, with a worked example")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list, or one task."""
    if options.name is not None:
        return _describe(get(options.name), options.json)
    if options.json:
        print_json({"format": "mips-tasks", "version": 1, "tasks": [_facts(task) for task in all_tasks()]})
        return 0
    print(f"{'task':<26}{'inputs':<18}{'outputs':>8}{'length':>8}  description")
    for task in all_tasks():
        inputs = " ".join(str(r) for r in task.inputs)
        print(f"{task.name:<26}{inputs:<18}{task.output_width:>8}{task.length:>8}  {task.description}")
    return 0


def _facts(task: Task) -> dict[str, Any]:
    return {
        "name": task.name,
        "group": task.group,
        "description": task.description,
        "inputs": [[r.low, r.high] for r in task.inputs],
        "output_width": task.output_width,
        "output_range": [task.output_range.low, task.output_range.high],
        "length": task.length,
        "example": {"x": task.example.tolist(), "y": task.apply(task.example[None])[0].tolist()},
    }


def _describe(task: Task, as_json: bool) -> int:
    facts = _facts(task)
    if as_json:
        print_json({"format": "mips-task", "version": 1, **facts})
        return 0
    print(f"{task.name} ({task.group})\n{task.description}")
    print(f"inputs {', '.join(str(r) for r in task.inputs)} (high end excluded), length {task.length}")
    print("x  " + " ".join(";".join(map(str, step)) for step in facts["example"]["x"]))
    print("y  " + " ".join(";".join(map(str, step)) for step in facts["example"]["y"]))
    return 0
