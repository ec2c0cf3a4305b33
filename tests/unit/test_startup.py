"""What is loaded when the package and its command begin: the seconds stand in ``mips bench speed --only startup``."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"numpy", "scipy", "torch", "streamlit", "sympy", "plotly", "networkx", "sklearn", "distributed"}


def loaded_after(code: str) -> set[str]:
    """Return the heavy packages that a fresh Python has loaded after ``code``."""
    tell = f"{code}\nimport json, sys\nprint('\\n' + json.dumps(sorted(m for m in sys.modules if '.' not in m)))"
    said = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True)
    return HEAVY & set(json.loads(said.stdout.splitlines()[-1]))


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["bench", "--help"], ["no-such-command"]])
def test_listing_commands_loads_nothing_heavy(words: list[str]) -> None:
    code = f"from mips_core.cli import main\ntry:\n    main({words!r})\nexcept SystemExit:\n    pass"
    assert loaded_after(code) == set()


def test_the_package_itself_loads_nothing_heavy() -> None:
    assert loaded_after("import mips_core") == set()


def test_curves_and_tasks_need_no_torch() -> None:
    assert "torch" not in loaded_after("from mips_core import fit_pwl, read_table, Task, MealyMachine, parse_program")
