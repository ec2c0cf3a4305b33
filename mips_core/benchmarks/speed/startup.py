"""How long the package and its command take to begin, beside importing NumPy in the same kind of process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement
from mips_core.progress import Monitor

SECTION = "startup"
_CAP = 60.0
_REPEATS = 15
_STARTED: dict[str, tuple[str, ...]] = {
    "import mips_core": ("-c", "import mips_core"),
    "mips --help": ("-m", "mips_core.cli", "--help"),
    "mips bench --help": ("-m", "mips_core.cli", "bench", "--help"),
    "mips tasks": ("-m", "mips_core.cli", "tasks"),
}
_NUMPY = ("-c", "import numpy")


@dataclass(frozen=True)
class Start:
    """One start of Python, to its end; an empty start is the floor of both.

    Parameters
    ----------
    name : who
    words : what Python is started with
    """

    name: str
    words: tuple[str, ...]

    def prepare(self) -> None:
        """Nothing is drawn."""

    def run(self, prepared: None) -> subprocess.CompletedProcess[bytes]:
        """Start and wait."""
        return subprocess.run([sys.executable, *self.words], capture_output=True, env=os.environ, check=False)

    def judge(self, prepared: None, output: subprocess.CompletedProcess[bytes]) -> Judgement:
        """Whether it ended well."""
        return Judgement(output.returncode == 0, reason=output.stderr.decode(errors="replace")[-200:], here=False)


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Start each beside ``python -c 'import numpy'``; nothing is drawn, so ``seed`` changes nothing."""
    for case, words in _STARTED.items():
        contestants: list[Contestant] = [Start(OURS, words), Start("import numpy", _NUMPY)]
        yield compare(SECTION, case, contestants, cap=_CAP, repeats=2 if quick else _REPEATS, monitor=monitor)
