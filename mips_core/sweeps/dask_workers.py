"""Workers of a Dask cluster: some that are started here, or those of a cluster that is there already.

A unit travels as plain values with the content of its file, and comes back as the files of a finished run, so workers
need this package and no disk in common.  Its key on the cluster is its address: two sweeps that want the same unit at
the same time have it done once.  Dask does a unit again whose worker was lost; one that keeps losing its workers is
given up.  Messages between client, scheduler and workers are pickles: connect to clusters that you trust.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mips_core.errors import BadInputError, MipsError
from mips_core.sweeps.executors import Done
from mips_core.sweeps.plan import Unit, environment, told_differences
from mips_core.sweeps.work import Work, do_unit, prepare
from mips_core.threads import ONE_THREAD
from mips_core.wording import on_one_line, plural

if TYPE_CHECKING:
    from distributed import Client, Future

TOPIC = "mips-sweep"
"""Where workers tell which unit they begin."""

REDONE = 2
"""How often a unit is begun again whose worker was lost, on workers that are started here."""

_LOOK_EVERY = 1.0
_STARTING = 60.0
"""Seconds that a cluster has to answer, and workers to be there."""

_SETTINGS = {
    "distributed.scheduler.allowed-failures": REDONE,
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.worker.daemon": True,
    **{f"distributed.nanny.pre-spawn-environ.{name}": value for name, value in ONE_THREAD.items()},
    "distributed.nanny.pre-spawn-environ.MALLOC_ARENA_MAX": "1",  # what one unit leaves free, the next one uses
    "distributed.worker.preload": ["mips_core.sweeps.settling"],
    "distributed.logging": {"distributed": "critical", "bokeh": "critical", "tornado": "critical"},
}


class DaskWorkers:
    """Hands units to the workers of a cluster.

    Parameters
    ----------
    workers : processes to start on this computer, each with one thread
    scheduler : address of a cluster to use instead, e.g. tcp://10.0.0.1:8786
    do : the work on one unit, a function of a module

    Raises
    ------
    BadInputError
        when the address is none, nobody answers there, or its workers have another version of this package.
    MipsError
        when no worker could be started.
    """

    def __init__(
        self,
        workers: int = 2,
        scheduler: str | None = None,
        *,
        do: Callable[[Unit, bytes | None], Work] = do_unit,
    ) -> None:
        self._do = do
        self._stack = contextlib.ExitStack()
        self._ended: queue.SimpleQueue[tuple[str, Future[Work]]] = queue.SimpleQueue()
        self._units: dict[str, tuple[Unit, Future[Work]]] = {}
        self._contents: dict[str, Future[bytes]] = {}
        self._begun: dict[str, list[str]] = {}
        self._present: frozenset[str] = frozenset()
        self._looked = 0.0
        self.lost = 0
        self.title = f"the cluster at {scheduler}" if scheduler else plural(workers, "local worker")
        with _failing_in_words(scheduler):
            try:
                self._client = self._stack.enter_context(_connected(scheduler) if scheduler else _started(workers))
                self._client.wait_for_workers(1 if scheduler else workers, timeout=_STARTING)
                self._client.subscribe_topic(TOPIC, self._hear)
                found = self._client.run(_prepared)
            except BaseException:
                self.close()
                raise
        for worker, theirs in found.items():
            differences = told_differences(theirs)
            if differences:
                self.close()
                raise BadInputError(f"The worker at {worker} has {differences}; install there what is installed here.")
        self._look()

    @property
    def workers(self) -> int:
        """How many units are worked on at once: one in each process, whatever threads it has."""
        return len(self._present)

    @property
    def capacity(self) -> int:
        """As many as are worked on: one that waits at a worker would be blamed, too, when another one ends it."""
        return max(1, self.workers)

    def submit(self, unit: Unit, content: bytes | None) -> None:
        """Take a unit, with the content of its file."""
        if content is not None and unit.digest not in self._contents:
            with warnings.catch_warnings():  # of its size; it travels once, and is there again when a worker is lost
                warnings.simplefilter("ignore")
                self._contents[unit.digest] = self._client.submit(_same, content, key=f"mips-file-{unit.digest}")
        future = self._client.submit(
            _do_in_worker,
            self._do,
            unit,
            self._contents.get(unit.digest),
            dict(environment()),
            key=f"mips-{unit.address}",
        )
        self._units[unit.address] = unit, future
        self._begun[unit.address] = []
        future.add_done_callback(lambda done: self._ended.put((unit.address, done)))

    def finished(self, seconds: float) -> list[Done]:
        """Return what has ended, after at most about so many seconds; may be none.

        Raises
        ------
        MipsError
            when the scheduler is gone.
        """
        if time.monotonic() - self._looked > _LOOK_EVERY:
            self._look()
        found = []
        with contextlib.suppress(queue.Empty):
            address, future = self._ended.get(timeout=seconds)
            while True:
                found.append(self._done(address, future))
                address, future = self._ended.get_nowait()
        return found

    def running(self) -> tuple[Unit, ...]:
        """Return the units that a worker has begun."""
        return tuple(unit for address, (unit, _) in list(self._units.items()) if self._begun.get(address))

    def close(self) -> None:
        """End all work that is not finished, and the workers that were started here."""
        for _, future in self._units.values():
            with contextlib.suppress(Exception):  # the scheduler may be gone
                future.release()
        self._units.clear()
        self._contents.clear()
        with contextlib.suppress(Exception):
            self._stack.close()

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Take note of a unit that was begun; called in the thread of the client."""
        told = event[1]
        if told.get("address") in self._begun:
            self._begun[told["address"]].append(str(told.get("worker")))

    def _look(self) -> None:
        """See which workers are there."""
        self._looked = time.monotonic()
        try:
            now = frozenset(self._client.nthreads())
        except Exception as error:  # whatever its transport raises
            raise self._gone() from error
        self.lost += len(self._present - now)
        self._present = now

    def _gone(self) -> MipsError:
        return MipsError(
            f"{self.title[0].upper()}{self.title[1:]} is gone. Finished runs are kept; sweep again to go on."
        )

    def _done(self, address: str, future: Future[Work]) -> Done:
        """Fetch what came out of a unit, and let the cluster forget it."""
        unit = self._units.pop(address)[0]
        begun = self._begun.pop(address, [])
        if future.status in ("cancelled", "lost"):
            raise self._gone()
        try:
            work = future.result(timeout=_STARTING)
        except MipsError as error:  # a worker that joined later with another version
            return Done(unit, None, str(error), len(begun))
        except Exception as error:
            # A worker that ends at once tells nothing any more; the scheduler has counted.
            begins = 1 + int(getattr(error, "allowed_failures", 0))
            return Done(unit, None, _why(error, begins), begins)
        finally:
            future.release()
        return Done(unit, work, attempts=max(1, len(begun)), worker=begun[-1] if begun else "")


def _same(content: bytes) -> bytes:
    return content


def _prepared() -> dict[str, str]:
    """Make a worker ready, and return what it has installed."""
    prepare()
    return dict(environment())


def _do_in_worker(
    do: Callable[[Unit, bytes | None], Work], unit: Unit, content: bytes | None, wanted: Mapping[str, str]
) -> Work:
    from distributed import get_worker

    differences = told_differences(wanted)
    if differences:
        raise BadInputError(f"The worker lacks {differences}; install there what is installed where the sweep began.")
    worker = get_worker()
    worker.log_event(TOPIC, {"address": unit.address, "worker": worker.address})
    return do(unit, content)


def _why(error: Exception, begun: int) -> str:
    if type(error).__name__ == "KilledWorker":
        return f"{plural(begun, 'worker')} ended while at it, perhaps for lack of memory; it is not tried again."
    return f"{type(error).__name__}: {error}"


@contextlib.contextmanager
def _failing_in_words(scheduler: str | None) -> Iterator[None]:
    """Say in a sentence why there are no workers."""
    try:
        yield
    except MipsError:
        raise
    except ImportError as error:
        if (error.name or "").split(".")[0] in ("dask", "distributed"):
            raise MipsError("Workers need the package distributed: pip install 'distributed>=2024.8'.") from None
        raise BadInputError(f"The workers cannot work: {error}. Install there what is installed here.") from None
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        if scheduler is None:
            raise MipsError(f"No worker could be started here ({error}). Do without: --workers 0.") from error
        raise BadInputError(
            f"No cluster with workers answers at {scheduler[:100]} ({type(error).__name__}). Start 'dask scheduler' "
            "and 'dask worker', and name the address that the scheduler prints."
        ) from None
    except Exception as error:  # of a scheduler elsewhere, which sends the text of a worker's error alone
        if scheduler is None:
            raise
        raise BadInputError(
            f"The workers at {scheduler[:100]} cannot work: {on_one_line(str(error))[:200]}. Install there what is "
            "installed here."
        ) from None


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Client]:
    from distributed import Client
    from distributed.comm import get_address_host_port

    get_address_host_port(address, strict=False)  # a client that finds it wrong leaves half of itself behind
    for name in ("distributed", "distributed.client"):  # the two that it gives a level and a handler of their own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with Client(address, timeout=_STARTING / 4, set_as_default=False) as client:
        yield client


@contextlib.contextmanager
def _started(workers: int) -> Iterator[Client]:
    """Start a scheduler and workers on this computer, reachable from here alone."""
    import dask
    from distributed import Client, LocalCluster

    with (
        tempfile.TemporaryDirectory(prefix="mips-workers-", ignore_cleanup_errors=True) as folder,
        dask.config.set(_SETTINGS),
    ):
        cluster = LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL, local_directory=folder, scheduler_kwargs={"dashboard": False},
        )  # fmt: skip
        with cluster, Client(cluster, set_as_default=False) as client:
            yield client
