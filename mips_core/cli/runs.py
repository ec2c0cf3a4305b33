"""``mips runs``: the user's own runs, listed, renamed, pinned and deleted."""

from __future__ import annotations

import argparse
from typing import Any

from mips_core.cli.common import print_json
from mips_core.runs import RunStore, UnreadableRun
from mips_core.views.run_rows import RunRow, run_row
from mips_core.wording import plural


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run_list)
    actions = parser.add_subparsers(metavar="ACTION")
    rename = actions.add_parser("rename", help="call a run otherwise; links to it stay")
    pin = actions.add_parser("pin", help="list a run first")
    unpin = actions.add_parser("unpin", help="list a run by its time again")
    delete = actions.add_parser("delete", help="remove runs for good")
    for action in (rename, pin, unpin):
        action.add_argument("id", metavar="ID", help="as 'mips runs' lists it")
    rename.add_argument("name", metavar="NAME", help="the new name")
    delete.add_argument("ids", metavar="ID", nargs="+", help="as 'mips runs' lists it")
    rename.set_defaults(run=run_rename)
    pin.set_defaults(run=run_pin, pinned=True)
    unpin.set_defaults(run=run_pin, pinned=False)
    delete.set_defaults(run=run_delete)


def run_list(options: argparse.Namespace) -> int:
    """Print every run, readable or not."""
    store = RunStore()
    found = store.runs()
    if options.json:
        values = [
            {"id": run.name, "readable": False, "reason": run.reason}
            if isinstance(run, UnreadableRun)
            else {"readable": True, **run_row(run).to_dict()}
            for run in found
        ]
        print_json({"format": "mips-runs", "version": 1, "folder": str(store.folder), "runs": values})
        return 0
    print(f"{plural(len(found), 'run')} in {store.folder}")
    if not found:
        print("Save one with: mips distill SOURCE --save")
        return 0
    rows = [run_row(run) for run in found if not isinstance(run, UnreadableRun)]
    for line in _table(rows):
        print(line)
    for run in found:
        if isinstance(run, UnreadableRun):
            print(f"{run.name}  cannot be read: {run.reason}")
    return 0


def run_rename(options: argparse.Namespace) -> int:
    """Rename one run."""
    print(f"{options.id} is called {RunStore().rename(options.id, options.name).name!r} now.")
    return 0


def run_pin(options: argparse.Namespace) -> int:
    """Pin one run, or take the pin off."""
    name = RunStore().pin(options.id, options.pinned).name
    print(f"{name!r} is {'pinned: it is listed first' if options.pinned else 'not pinned'} now.")
    return 0


def run_delete(options: argparse.Namespace) -> int:
    """Delete runs one by one; those before a wrong id stay deleted."""
    store = RunStore()
    for identifier in options.ids:
        store.delete(identifier)
        print(f"{identifier} is deleted: program, machine, network and report are gone.")
    return 0


def _table(rows: list[RunRow]) -> list[str]:
    """Write rows in columns as wide as what they hold."""
    if not rows:
        return []
    head = ["id", "name", "made from", "result", "memory", "size", "made", "seed", "version"]
    cells = [
        [
            row.id, row.name + " (pinned)" * row.pinned, row.made_from, row.result, row.memory,
            "" if row.size is None else str(row.size), row.made_text, "" if row.seed is None else str(row.seed),
            row.version or "",
        ]
        for row in rows
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    lines = [head, *cells]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
