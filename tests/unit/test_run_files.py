"""What a person takes away from a run: the notebook, the HTML report, tables, and two runs compared."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mips_core.runs import Run, RunInformation, shipped_run, shipped_runs
from mips_core.runs.row import row_of
from mips_core.views.csv_text import csv_text
from mips_core.views.html_report import html_report
from mips_core.views.mathml import formulas_html
from mips_core.views.notebook import notebook, notebook_text
from mips_core.views.run_comparison import behaviour, fact_rows
from mips_core.views.run_table import run_table_html

KINDS = ("Parity_All", "Sum_All", "parcel_locker", "Binary_Addition", "Dithering")


def code_of(run: Run) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook(run)["cells"] if cell["cell_type"] == "code"]


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code as a fresh, isolated Python in a folder of its own, without what is installed beside Python itself."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, cwd=folder, timeout=60, check=False
    )


def changed(run: Run, **changes: Any) -> Run:
    return Run(run.folder, {**run.report, **changes})


def without_program(run: Run) -> Run:
    stage = {"stage": "query learning", "status": "failed", "reason": "More than 512 *states*.", "seconds": 4.2}
    return changed(run, program=None, machine=None, stages=[stage], verification={"claim": "no program was found"})


@pytest.mark.parametrize("name", KINDS)
def test_the_notebook_is_valid_and_runs_on_python_alone(name: str, tmp_path: Path) -> None:
    run = shipped_run(name)
    nbformat.validate(nbformat.reads(notebook_text(run), as_version=4))
    done = python("\n".join(code_of(run)), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "The program gave the network's answers on all" in done.stdout
    assert "mips_core is not installed here" in done.stdout
    text = "".join("".join(cell["source"]) for cell in notebook(run)["cells"])
    assert all(claim.rstrip(".") in text.replace("\\", "") for claim in run.report["verification"]["claims"])


def test_the_check_of_the_notebook_can_fail(tmp_path: Path) -> None:
    code = "\n".join(code_of(shipped_run("Parity_All")))
    wrong = code.replace("parity = parity ^ x", "parity = parity | x")
    assert wrong != code
    done = python(wrong, tmp_path)
    assert done.returncode != 0
    assert "AssertionError" in done.stderr


def test_a_program_that_differs_from_its_network_says_where(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    run = shipped_run("Parity_All")
    text = (run.folder / "program.py").read_text()
    (wrong / "program.py").write_text(text.replace("parity = parity ^ x", "parity = parity | x"))
    (wrong / "machine.json").write_bytes((run.folder / "machine.json").read_bytes())
    differing = Run(wrong, run.report)
    done = python("\n".join(code_of(differing)), tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"step \d+ of 10: network 0, program 1", done.stdout)


def test_without_a_program_the_notebook_holds_the_reasons(tmp_path: Path) -> None:
    run = without_program(shipped_run("Parity_All"))
    nbformat.validate(nbformat.reads(notebook_text(run), as_version=4))
    assert "More than 512 \\*states\\*." in notebook_text(run).replace("\\\\", "\\")
    assert python("\n".join(code_of(run)), tmp_path).returncode == 0


class Page(HTMLParser):
    """Collect what an HTML page asks for, and whether its elements are closed in order."""

    VOID = frozenset({"meta", "br", "circle", "rect", "path", "line", "link", "img", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("name", KINDS)
def test_the_report_stands_alone_and_says_all(name: str) -> None:
    run = shipped_run(name)
    text = html_report(run)
    page = Page(text)
    assert page.wrong == page.open == []
    assert not [a for a in page.attributes if a[1] in ("src", "href", "srcset", "data", "action")]
    assert not re.search(r"url\((?!#)|@import|<script|https?://(?!www\.w3\.org)", text)
    tags = {tag for tag, _, _ in page.attributes}
    assert "svg" in tags
    labels = [value for tag, attribute, value in page.attributes if tag == "svg" and attribute == "aria-label"]
    assert labels
    assert all(labels)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    plain = re.sub(r"&#x27;", "'", text)
    assert all(claim in plain for claim in run.report["verification"]["claims"])
    assert "<math" in text or run.report.get("words")
    assert all(stage["stage"] in plain for stage in run.report["stages"])


def test_a_report_shows_text_from_outside_as_text() -> None:
    run = shipped_run("parcel_locker")
    name = "<script>alert(1)</script> & Co"
    hostile = replace(run, information=RunInformation(name, "2026-01-01T00:00:00+00:00"))
    hostile = replace(hostile, report={**run.report, "warnings": ['<img src="x" onerror="y">']})
    text = html_report(hostile)
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;img src=" in text


def test_a_report_without_a_program_says_what_was_tried() -> None:
    text = html_report(without_program(shipped_run("Parity_All")))
    assert "No program was found" in text
    assert "More than 512 *states*." in text
    assert "No machine was found." in text


@pytest.mark.parametrize("run", [r for r in shipped_runs() if isinstance(r, Run)], ids=lambda run: run.name)
def test_every_shipped_formula_is_well_formed_mathml(run: Run) -> None:
    if run.program is None or run.report.get("words"):
        pytest.skip("its program is a table over words")
    text, left_out = formulas_html(run.program.system)
    page = Page(text)
    assert page.wrong == page.open == []
    assert text.count("<math") + left_out >= len(run.program.system.outputs)
    assert not set(re.findall(r"&(\w+);", text)) - {"lt", "gt", "amp"}


def test_csv_comes_back_whole() -> None:
    columns = {"a, b": ["1", 'say "no"', "line\nbreak", ""], "c": ["ä", "=1+1", ";", " "]}
    rows = list(csv.reader(io.StringIO(csv_text(columns), newline="")))
    assert rows[0] == ["a, b", "c"]
    assert list(map(list, zip(*rows[1:], strict=True))) == list(columns.values())
    with pytest.raises(ValueError, match="shorter"):
        csv_text({"a": [1, 2], "b": [1]})


@pytest.mark.parametrize(
    ("a", "b", "verdict", "inputs"),
    [
        ("Parity_All", "Parity_All", "equal", ""),
        ("Parity_All", "Parity_Zeros", "differ", "0"),
        ("Sum_All", "Sum_All", "equal", ""),
        ("Sum_All", "Parity_All", "differ", "1 1"),
        ("Newton_Gravity", "Newton_Spring", "differ", None),
        ("parcel_locker", "Parity_All", "not comparable", ""),
        ("parcel_locker", "parcel_locker", "equal", ""),
        ("Binary_Addition", "Sum_All", "not comparable", ""),
    ],
)
def test_two_runs_are_compared_by_what_they_do(a: str, b: str, verdict: str, inputs: str | None) -> None:
    found = behaviour(shipped_run(a), shipped_run(b))
    assert found.verdict == verdict
    if inputs is not None:
        assert found.inputs == inputs
    if verdict == "differ":
        assert found.left != found.right
        assert found.left.split()[:-1] == found.right.split()[:-1]


def test_a_difference_that_only_long_sequences_show_is_found() -> None:
    found = behaviour(shipped_run("Sum_All"), shipped_run("Sum_Last5"))
    assert found.verdict == "differ"
    assert len(found.inputs.split()) == 6


def test_facts_of_two_runs_say_what_is_alike() -> None:
    rows = {row.fact: row for row in fact_rows(shipped_run("Parity_All"), shipped_run("Sum_All"))}
    assert not rows["network"].same
    assert rows["machine"].left == "2 states"
    assert rows["machine"].right == "1 integer"
    assert rows["made"].same


def test_the_table_of_runs_is_text_and_tells_ids() -> None:
    row = replace(row_of(shipped_run("Parity_All")), id="x-01234567", name="<b>bold</b>", pinned=True)
    text = run_table_html([row], "x-01234567")
    assert "<b>bold" not in text
    assert 'data-value="x-01234567"' in text
    assert 'aria-pressed="true"' in text
    assert json.loads(json.dumps(row.to_dict()))["pinned"] is True
