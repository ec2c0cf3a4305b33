"""The command line: ``mips tasks | train | distill | verify | bench | explore``.

Each command parses its words, calls one function of the core and prints what came
back.  Results go to stdout, progress and errors to stderr.  Exit codes: 0 it worked,
2 bad input (one sentence on stderr, nothing on stdout), 3 no program or a
difference, 130 stopped by the user.
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence

# Our matrices are small: threads that wait for one another make them slower, and results
# must not depend on how many there are.  Must be set before NumPy is first imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

STOPPED_BY_USER = 130

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    in_charge = threading.current_thread() is threading.main_thread()
    # Importing takes a moment.  Ctrl-C in the middle of NumPy's start would come out as an ImportError.
    before = signal.signal(signal.SIGINT, _leave) if in_charge else None
    from mips_core.cli.entry import run

    if in_charge:
        signal.signal(signal.SIGINT, before)
    try:
        return run(arguments)
    except KeyboardInterrupt:
        print("mips: Stopped.", file=sys.stderr)
        return STOPPED_BY_USER


def _leave(number: int, frame: object) -> None:
    """End at once: nothing has been started that would have to be put away."""
    os.write(2, b"mips: Stopped.\n")
    os._exit(STOPPED_BY_USER)
