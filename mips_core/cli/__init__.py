"""The command line: ``mips tasks | train | distill | verify | explore``.

Each command parses its words, calls one function of the core and prints what came
back.  Results go to stdout, progress and errors to stderr.  Exit codes: 0 it worked,
2 bad input (one sentence on stderr, nothing on stdout), 3 no program or a
difference, 130 stopped by the user.
"""

import os
import sys
from collections.abc import Sequence

# Our matrices are small: threads that wait for one another make them slower, and results
# must not depend on how many there are.  Must be set before NumPy is first imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

STOPPED_BY_USER = 130

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        from mips_core.cli.entry import run  # takes a moment, in which Ctrl-C may already come

        return run(arguments)
    except KeyboardInterrupt:
        print("mips: Stopped.", file=sys.stderr)
        return STOPPED_BY_USER
