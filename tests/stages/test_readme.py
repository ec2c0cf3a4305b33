"""What the README says is true: its Python runs, its commands and files exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_python_blocks_run(capsys):
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "def f(xs):" in printed
    assert "agrees on" in printed


def test_every_command_exists():
    named = set(re.findall(r"`mips (\w+)", README))
    shown = subprocess.run(
        [sys.executable, "-m", "mips_core.cli", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert named >= {"tasks", "train", "distill", "verify", "explore"}
    for command in named:
        assert re.search(rf"^\s+{command}\s", shown, flags=re.MULTILINE), command


def test_linked_files_exist():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in target:
            assert (ROOT / target).exists(), target
