"""Thousands of small but whole runs in a store's folder, written without distilling anything."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from made_reports import parity_report

from mips_core.files import json_bytes
from mips_core.report import save_report
from mips_core.runs.information import RunInformation, information_on, slug

_LINKS = 20_000
"""Runs that share the files in which they do not differ; a file has at most 65,000 names on ext4."""


def many_runs(folder: Path, count: int, tasks: tuple[str, ...] = ("Parity_All", "Sum_All", "Div_3")) -> list[str]:
    """Write ``count`` runs of several tasks, methods and outcomes into ``folder``; return their ids, oldest first."""
    folder.mkdir(parents=True, exist_ok=True)
    report = parity_report()
    value = report.to_dict()
    known = information_on(report, "a run", None, None).to_dict()
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    names: list[str] = []
    shared: Path | None = None
    for number in range(count):
        task = tasks[number % len(tasks)]
        name = f"{task} no.{number:05}"
        identifier = f"{slug(name)}-{number:08x}"
        place = folder / identifier
        if shared is None or number % _LINKS == 0:
            shared = place
            save_report(report, place)
        else:
            place.mkdir()
            for file in ("program.py", "machine.json", "machine.dot", "network.safetensors"):
                os.link(shared / file, place / file)
        agree = 4096 - number % 5
        checked = {**value["verification"], "network_vs_data": {"1x": {"sequences": 4096, "agree": agree}, "5x": None}}
        text = json.dumps({**value, "task": task, "source": task, "verification": checked})
        report_file = place / "report.json"
        report_file.write_text(text)
        made = (begin + timedelta(minutes=number)).isoformat(timespec="seconds")
        origin = {"task": task, "data_file": None, "network_file": None}
        changed = {"name": name, "made": made, "origin": origin, "seed": number, "method": value["program"]["method"]}
        information = RunInformation.from_dict({**known, **changed}, "here")
        (place / "run.json").write_bytes(json_bytes(information.to_dict()))
        names.append(identifier)
    return names
