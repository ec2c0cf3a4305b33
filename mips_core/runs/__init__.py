"""Finished runs on disk: those that ship with the package, and the user's own.

``run`` is one run in its folder, ``shipped`` finds the ones that ship, ``store`` keeps the
user's own (save, rename, pin, delete), ``index`` lists them without reading them, and
``information`` is what is known of those besides their report.  :func:`open_run` opens either
kind by the name that stands in an address.
``proving`` makes a network from a run's that can be proved: ``integer_proof`` with integer weights, ``closing`` with a
closed set of hidden states; ``proofs`` is what lies beside a run of that.
"""

from mips_core.runs.index_query import RunFacets, RunPage
from mips_core.runs.information import Origin, RunInformation, is_own_id
from mips_core.runs.row import RunRow
from mips_core.runs.run import Run, UnreadableRun, load_run
from mips_core.runs.sharing import is_shared_address, open_shared, share, shared_as, unshare
from mips_core.runs.shipped import shipped_run, shipped_runs
from mips_core.runs.store import RunStore, find_run, open_run

__all__ = [
    "Origin",
    "Run",
    "RunFacets",
    "RunInformation",
    "RunPage",
    "RunRow",
    "RunStore",
    "UnreadableRun",
    "find_run",
    "is_own_id",
    "is_shared_address",
    "load_run",
    "open_run",
    "open_shared",
    "share",
    "shared_as",
    "shipped_run",
    "shipped_runs",
    "unshare",
]
