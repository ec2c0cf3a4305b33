"""What the pages show under "In Python" runs as it is shown, and the commands below it are commands."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from component_scan import scan_once
from streamlit.testing.v1 import AppTest

from mips_core.cli import entry

REPOSITORY = Path(__file__).resolve().parents[2]
OF_A_RUN = ("player_view", "hidden_states", "state_machine", "program_view", "compare_view", "proof_view")
WITHOUT = ("guide_view",)
"""Pages of text, which show no call."""

RUN_EACH = """
import json, sys, traceback
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    name, code = json.loads(line)
    try:
        exec(compile(code, f"<{name}>", "exec"), {"__name__": "snippet"})
    except BaseException:
        print(json.dumps(f"The snippet of {name} fails:\\n{code}\\n{traceback.format_exc()}"), file=answers, flush=True)
    else:
        print(json.dumps(None), file=answers, flush=True)
"""

Run = Callable[[list[tuple[str, str]]], None]


@pytest.fixture(scope="module")
def run_as_shown() -> Iterator[Run]:
    """Run snippets in a Python of their own, which has read no page; one for all tests, as its imports take seconds."""
    python = subprocess.Popen(
        [sys.executable, "-c", RUN_EACH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, cwd=REPOSITORY,
    )  # fmt: skip
    given, answers = python.stdin, python.stdout
    assert given is not None
    assert answers is not None

    def run(snippets: list[tuple[str, str]]) -> None:
        for name, code in snippets:
            limit = threading.Timer(240, python.kill)
            limit.start()
            print(json.dumps((name, code)), file=given, flush=True)
            answer = answers.readline()
            limit.cancel()
            assert answer, f"The snippet of {name} ended Python, or took too long:\n{code}"
            assert json.loads(answer) is None, json.loads(answer)

    yield run
    python.communicate()


def pages_of_the_app() -> list[str]:
    return re.findall(r'"pages/(\w+)\.py"', (REPOSITORY / "app.py").read_text(encoding="utf-8"))


def snippet(page: str, monkeypatch: pytest.MonkeyPatch, **query: str) -> tuple[str, str]:
    """Return the Python code and the commands that a page shows: the last two blocks of code side by side."""
    scan_once(monkeypatch)
    monkeypatch.syspath_prepend(str(REPOSITORY))
    at = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=120)
    for key, value in {"python": "true", **query}.items():  # the gallery folds them away
        at.query_params[key] = value
    if page != "gallery":
        at.switch_page(f"pages/{page}.py")
    at.run()
    assert not at.exception
    assert not at.error, [e.value for e in at.error]
    blocks = [(block.language, block.value) for block in at.code]
    place = max(i for i, (language, _) in enumerate(blocks) if language == "bash")
    assert blocks[place - 1][0] == "python"
    return blocks[place - 1][1], blocks[place][1]


def check_commands(text: str) -> None:
    """Let the command line read each command, without running it."""
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        assert words[0] == "mips", line
        entry._parser(words[1:]).parse_args(entry._with_ranges(words[1:]))


@pytest.mark.parametrize("task", ["Parity_All", "Sum_All", "parcel_locker"])
def test_the_calls_of_the_pages_of_a_run(task: str, monkeypatch: pytest.MonkeyPatch, run_as_shown: Run) -> None:
    found = []
    for page in OF_A_RUN:
        code, commands = snippet(page, monkeypatch, task=task)
        check_commands(commands)
        found.append((f"{page} of {task}", code))
    run_as_shown(found)


def test_the_calls_of_all_other_pages(monkeypatch: pytest.MonkeyPatch, run_as_shown: Run) -> None:
    """Code behind ``if __name__ == "__main__"``, which starts processes of its own for minutes, is read only."""
    found = []
    for page in pages_of_the_app():
        if page not in OF_A_RUN + WITHOUT:
            code, commands = snippet(page, monkeypatch)
            check_commands(commands)
            ast.parse(code)
            found.append((page, code))
    assert len(found) >= 5
    run_as_shown(found)
