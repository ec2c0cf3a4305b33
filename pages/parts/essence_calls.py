"""The calls that give what "Deep Distilling" shows, and its files to take away."""

import shlex
from collections.abc import Callable
from functools import partial

from mips_core.essence.network_file import network_bytes
from mips_core.essence.stored import StoredEssence
from mips_core.essence.tasks import registry
from mips_core.essence.tasks.files import data_bytes
from mips_core.files import json_bytes
from mips_core.views.csv_text import Columns
from mips_core.views.essence_groups import index_rows
from pages.parts import essence_data
from pages.parts.downloads import File, offer, table_file


def calls(stored: StoredEssence) -> tuple[str, str]:
    """Return Python and the command line for the same."""
    known = stored.name in registry.names()
    source = stored.name if known else stored.data.name
    made = f'get("{stored.name}").data()' if known else f"read_data({source!r})"
    what = "get" if known else "read_data"
    code = (
        "from mips_core.essence.pipeline import distill_essence\n"
        f"from mips_core.essence.tasks import {what}\n\n"
        f"result = distill_essence({made})\n"
        "print(result.program.source)\n"
        "print(result.losslessness.sentence)\n"
        "f = result.program.function  # plain Python on lists of any size"
    )
    return code, f"mips essence {shlex.quote(source)} --json"


def downloads(stored: StoredEssence) -> None:
    """Offer program, data, network, groups and report as files."""
    name = stored.name if stored.name in registry.names() else "distilled"
    offer(
        [
            File("Program", f"{name}.py", stored.source),
            File("Data", f"{name}.npz", partial(data_bytes, stored.data)),
            File("Network", f"{name}.safetensors", lambda: network_bytes([stored.network])),
            File("Report", f"{name}_report.json", lambda: json_bytes(stored.report)),
            table_file(f"{name}_groups", _groups(stored), "Groups"),
        ]
    )


def _groups(stored: StoredEssence) -> Callable[[], Columns]:
    """Return what makes a table of all neurons with their groups and loops."""

    def table() -> Columns:
        shown = essence_data.shown(stored)
        rows = [{"group": group.name, **row} for group in shown.groups for row in index_rows(group, shown)]
        names = list(dict.fromkeys(key for row in rows for key in row))
        return {name: [row.get(name, "") for row in rows] for name in names}

    return table
