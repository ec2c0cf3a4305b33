"""Calls of the page "Compare and failures" to the core that are worth keeping between reruns."""

import streamlit as st

from mips_core.runs import Run
from mips_core.runs.comparing import compared_run
from mips_core.stepping import IntArray
from mips_core.verification.causes import Judge
from mips_core.verification.compared import Compared
from mips_core.verification.failures import Failure, Search, find_failures
from mips_core.verification.lengths import Lengths, accuracy_by_length
from mips_core.verification.matrix import Agreeing, agreement_matrix
from mips_core.verification.outputs import Outputs
from mips_core.verification.shrink import shrink
from pages.parts.run_key import BY_FOLDER

_MEMORY = 64


def _failure_key(failure: Failure) -> tuple[str, str, str, tuple[int, ...]]:
    return failure.finding.left, str(failure.cause), failure.x.tobytes().hex(), failure.x.shape


@st.cache_resource(max_entries=_MEMORY, show_spinner="Reading the run", hash_funcs=BY_FOLDER)
def compared(run: Run) -> Compared:
    """Return data, network, machine and program of a run."""
    return compared_run(run)


@st.cache_resource(max_entries=_MEMORY, show_spinner="Reading the network's memory", hash_funcs=BY_FOLDER)
def judge(run: Run) -> Judge:
    """Return who decides the causes."""
    return Judge(compared(run))


@st.cache_resource(max_entries=_MEMORY, show_spinner="Comparing all pairs on fresh sequences", hash_funcs=BY_FOLDER)
def cells(run: Run) -> tuple[Agreeing, ...]:
    """Return who agrees with whom."""
    return agreement_matrix(compared(run))


@st.cache_resource(
    max_entries=_MEMORY, show_spinner="Following sequences up to 100 times the trained length", hash_funcs=BY_FOLDER
)
def lengths(run: Run) -> Lengths:
    """Return accuracy against length."""
    return accuracy_by_length(compared(run))


@st.cache_resource(
    max_entries=_MEMORY, show_spinner="Looking for sequences on which any two part", hash_funcs=BY_FOLDER
)
def search(run: Run) -> Search:
    """Return the failures that a usual search finds."""
    return find_failures(compared(run))


@st.cache_resource(
    max_entries=_MEMORY, show_spinner="Leaving out steps while the failure stays",
    hash_funcs={**BY_FOLDER, Failure: _failure_key},
)  # fmt: skip
def smaller(run: Run, failure: Failure) -> Failure:
    """Return a failure made as small as it gets."""
    return shrink(judge(run), failure)


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs={**BY_FOLDER, Failure: _failure_key})
def outputs_on(run: Run, failure: Failure) -> dict[str, Outputs]:
    """Return what data, network, machine and program give on a failure."""
    return compared(run).outputs(failure.x[None], None, None if failure.y is None else failure.y[None])


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=BY_FOLDER)
def failures_of(run: Run, x: IntArray) -> tuple[Failure, ...]:
    """Return the failures on one sequence (T, D_in), each cut at its first difference."""
    if not len(x):
        return ()
    return tuple(Failure(x[: f.step + 1], f, "random") for f in judge(run).findings(x[None])[0])
