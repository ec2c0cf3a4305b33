"""The command line: ``mips tasks | train | distill | verify | diff | hunt | certify | essence | curves | ...``.

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

from mips_core.threads import default_to_one_thread

default_to_one_thread()

STOPPED_BY_USER = 130

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread hears Ctrl-C
        from mips_core.cli.entry import run

        return run(arguments)
    stopping = _Stopping()
    before = signal.signal(signal.SIGINT, stopping)
    try:
        from mips_core.cli.entry import run

        stopping.imported = True
        return run(arguments)
    except KeyboardInterrupt:
        pass
    except Exception:
        # In the middle of an import Ctrl-C may come out as another error.
        if not stopping.heard:
            raise
    finally:
        signal.signal(signal.SIGINT, before)
        stopping.forget()
    # An interrupt that passed through an exec() of some library (namedtuple and torch use it) leaves a mark for which
    # CPython ends the process by signal in spite of our exit code; running any text takes the mark away.
    exec("")
    print("mips: Stopped.", file=sys.stderr)
    return STOPPED_BY_USER


class _Stopping:
    """What Ctrl-C does: it ends at once while nothing has been started, and raises KeyboardInterrupt from then on."""

    def __init__(self) -> None:
        self.imported = False
        self.heard = False

    def __call__(self, number: int, frame: object) -> None:
        if not self.imported:  # NumPy's start would turn KeyboardInterrupt into an ImportError with a long text
            os.write(2, b"mips: Stopped.\n")
            os._exit(STOPPED_BY_USER)
        if _starting("torch") and hasattr(signal, "setitimer"):
            # An interrupt inside torch's own start-up aborts the process: hear it a moment later.
            signal.signal(signal.SIGALRM, self)
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            return
        self.heard = True
        raise KeyboardInterrupt

    def forget(self) -> None:
        """Drop an interrupt that is still to be heard: the command has ended meanwhile."""
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0.0)


def _starting(name: str) -> bool:
    """Whether a module is being imported right now."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))
