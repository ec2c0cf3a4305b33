"""Jobs in worker processes: finished ones come as they end, and stopping ends every worker at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from typing import Any, TypeVar

from mips_core.errors import MipsError
from mips_core.progress import Monitor
from mips_core.threads import default_to_one_thread

Result = TypeVar("Result")


def side_by_side(
    function: Callable[..., Result],
    jobs: Sequence[tuple[Any, ...]],
    *,
    workers: int,
    stage: str,
    noun: str,
    monitor: Monitor,
) -> Iterator[Result]:
    """Call ``function`` with the arguments of every job in worker processes; yield results in order of completion.

    The processes are spawned, so a script that calls this must guard its own start with
    ``if __name__ == "__main__":``.  Each works with one thread of linear algebra.

    Parameters
    ----------
    function : a function of a module; arguments and result travel between processes
    workers : processes
    stage, noun : for progress: the stage, and what one job is called in the plural
    monitor : receives progress; may stop, which ends workers in the middle of their jobs

    Raises
    ------
    MipsError
        when a worker died, e.g. because the memory was used up.
    """
    others = set(active_children())
    # Spawned, not forked: a process in which torch already ran cannot be forked safely.
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn"), initializer=settle) as pool:
        futures: list[Future[Result]] = []
        try:
            futures += [pool.submit(function, *job) for job in jobs]
            waiting = set(futures)
            while waiting:
                done = len(jobs) - len(waiting)
                monitor.report(stage, f"{done} of {len(jobs)} {noun}", done / len(jobs))
                finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        except BaseException as error:
            # A worker would go on to the end of its job before the pool lets go of it.
            for future in futures:
                future.cancel()
            for child in set(active_children()) - others:
                child.terminate()
            if isinstance(error, BrokenProcessPool):
                raise MipsError(
                    "A worker process ended before its work was done, perhaps for lack of memory. Run again with "
                    "fewer workers."
                ) from error
            raise


def settle() -> None:
    """Make a worker single-threaded, and leave Ctrl-C, which reaches every process of a terminal, to its starter."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    default_to_one_thread()
