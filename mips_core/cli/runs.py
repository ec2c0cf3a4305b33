"""``mips runs``: the user's own runs, listed, searched, renamed, pinned and deleted."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from mips_core.cli.common import end_progress, positive, print_json, terminal_progress, whole
from mips_core.progress import Monitor
from mips_core.runs import RunPage, RunRow, RunStore, is_own_id
from mips_core.runs.index_query import ORDERS
from mips_core.runs.reading import unreadable_rows
from mips_core.views.run_rows import memory_of, row_columns
from mips_core.wording import plural

_LISTED = 100
_NAMED = 3
"""Folders that are left out and named."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("runs")
    parser.add_argument("--text", default="", metavar="WORDS", help="only runs with all these words in name or facts")
    parser.add_argument("--task", metavar="TASK", help="only runs of this task")
    parser.add_argument("--method", metavar="METHOD", help="only programs found this way, e.g. symbolic")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--solved", action="store_true", help="only runs whose program was found and agrees")
    kinds.add_argument("--pinned", action="store_true", help="only pinned runs")
    kinds.add_argument(
        "--unreadable", action="store_true", help="only runs that cannot be read, with the reason; looks at all files"
    )
    parser.add_argument("--sort", choices=tuple(ORDERS), default="newest", help="order (default: newest)")
    parser.add_argument(
        "--limit", type=positive, default=_LISTED, metavar="N", help=f"at most N runs (default: {_LISTED})"
    )
    parser.add_argument("--offset", type=whole, default=0, metavar="N", help="leave the first N out (default: 0)")
    parser.add_argument("--rebuild", action="store_true", help="read every run again for the index that lists use")
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
    """Print the runs that match, readable or not."""
    store = RunStore()
    wanted: dict[str, Any] = {
        "text": options.text, "task": options.task, "method": options.method,
        "succeeded": True if options.solved else None, "pinned": True if options.pinned else None,
        "order": options.sort,
    }  # fmt: skip
    monitor = Monitor(terminal_progress())
    try:
        if options.rebuild:
            store.rebuild(monitor)
        if options.unreadable:
            rows = unreadable_rows(store, monitor, **wanted)
            found = RunPage(rows[options.offset : options.offset + options.limit], len(rows))
        else:
            found = store.query(**wanted, limit=options.limit, offset=options.offset)
    finally:
        end_progress()
    left_out = store.left_out()
    if options.json:
        values = [
            {"readable": True, **values} if row.readable else {"id": row.id, "readable": False, "reason": row.reason}
            for row, values in zip(found.rows, row_columns(found.rows), strict=True)
        ]
        facts = {"folder": str(store.folder), "total": found.total, "offset": options.offset, "left_out": left_out}
        print_json({"format": "mips-runs", "version": 1, **facts, "runs": values})
        return 0
    print(f"{plural(found.total, 'run')} in {store.folder}{_part(found, options.offset)}")
    if left_out:
        print(_left_out_words(left_out))
    if not found.total and not store.query(limit=0).total:
        print("Save one with: mips distill SOURCE --save")
        return 0
    for line in _table([row for row in found.rows if row.readable]):
        print(line)
    for row in found.rows:
        if not row.readable:
            print(f"{row.id}  cannot be read: {row.reason}")
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


def _left_out_words(names: Sequence[str]) -> str:
    """Say which folders hold runs that are not listed, and how they would be."""
    misnamed = [name for name in names if not is_own_id(name)]
    links = [name for name in names if is_own_id(name)]
    parts = []
    if misnamed:
        parts.append(
            f"{plural(len(misnamed), 'folder')} not named by an id ({_few(misnamed)}); an id is small letters, digits "
            "and hyphens, then '-' and 8 hex digits."
        )
    if links:
        parts.append(
            f"{plural(len(links), 'link')} to a folder elsewhere ({_few(links)}); put the folder itself in its place."
        )
    return "\n".join(f"Left out: {part}" for part in parts)


def _few(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:_NAMED])) + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")


def _part(found: RunPage, offset: int) -> str:
    """Say which of the runs follow, where it is not all of them."""
    if len(found.rows) == found.total:
        return ""
    if not found.rows:
        return f"; none after the first {offset:,}"
    return f"; {offset + 1:,} to {offset + len(found.rows):,} of them (--limit and --offset show others)"


def _table(rows: list[RunRow]) -> list[str]:
    """Write rows in columns as wide as what they hold."""
    if not rows:
        return []
    head = ["id", "name", "made from", "result", "memory", "size", "made", "seed", "version"]
    cells = [
        [
            row.id, row.name + " (pinned)" * row.pinned, row.made_from, row.result, memory_of(row),
            "" if row.size is None else str(row.size), row.made_text, "" if row.seed is None else str(row.seed),
            row.version or "",
        ]
        for row in rows
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    lines = [head, *cells]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
