"""Run ``mips`` as a person would: in this process, or as one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mips_core.cli import main


@dataclass(frozen=True)
class Said:
    """Exit code and everything that was printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout; anything else there makes this fail."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


def mips(*words: object) -> Said:
    """Run one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
    return Said(code, out.getvalue(), err.getvalue())


def command(*words: object) -> list[str]:
    """Return the command line of a process of its own."""
    return [sys.executable, "-m", "mips_core.cli", *(str(word) for word in words)]


def environment() -> dict[str, str]:
    """Return an environment in which the package is found from any folder."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}


def process(*words: object, cwd: Path, timeout: float = 60.0) -> Said:
    """Run one command as a process of its own, in the folder ``cwd``."""
    done = subprocess.run(
        command(*words), cwd=cwd, env=environment(), capture_output=True, text=True, timeout=timeout, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)


def assert_refused(said: Said, *words: str) -> None:
    """Bad input: exit code 2, nothing on stdout, one line on stderr that holds these words."""
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.startswith("mips: ")
    assert said.err.count("\n") == 1
    assert said.err.endswith("\n")
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err, (word, said.err)
