"""The jobs of the page "Proof": one at a time, each shown in the section that started it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mips_core.jobs import Job, JobState
from mips_core.runs import Run
from mips_core.runs.hunting import STAGES as HUNTING
from mips_core.runs.hunting import hunt_stored
from mips_core.runs.proof_jobs import CERTIFYING, CHECKING, PROVING, certify_stored, check_stored, prove_stored
from pages.parts import working
from pages.parts.plain import plain
from pages.parts.stored_proofs import hear

PAGE = "proof"
CHECK, CERTIFY, HUNT, PROVE = "check", "certify", "hunt", "integers"


def kind_of(job: Job) -> str:
    """Return which of the page's jobs this is: the name of its first stage."""
    return next(iter(job.stages), "")


def begin_check(run: Run, changed: bool) -> None:
    """Check a certificate; for callbacks."""
    _begin(check_stored, {"run_folder": str(run.folder), "changed": changed}, f"Checking {run.name}", CHECKING)


def begin_certify(run: Run, seconds: float) -> None:
    """Look for a certificate of the network as trained; for callbacks."""
    _begin(certify_stored, {"run_folder": str(run.folder), "seconds": seconds}, f"Proving {run.name}", CERTIFYING)


def begin_hunt(run: Run, against: str, seconds: float) -> None:
    """Hunt the network as trained; for callbacks."""
    arguments = {"run_folder": str(run.folder), "against": against, "seconds": seconds}
    _begin(hunt_stored, arguments, f"Hunting {run.name}", HUNTING)


def begin_prove(run: Run, seconds: float, seed: int) -> None:
    """Make a network that can be proved; for callbacks."""
    arguments = {"run_folder": str(run.folder), "seconds": seconds, "seed": seed}
    _begin(prove_stored, arguments, f"Proving {run.name}", PROVING)


def hear_hunt(job: Job | None) -> None:
    """Let all pages know what a hunt that is over found; call it before anything is said of the run."""
    if job is not None and job.over and kind_of(job) == HUNT and job.result is not None:
        hear(str(job.result["folder"]), job.result["hunt"])


def _begin(function: Any, arguments: Mapping[str, Any], title: str, stages: Mapping[str, str]) -> None:
    working.start(function, arguments, page=PAGE, title=title.replace("_", " "), stages=stages)


def result_of(run: Run, job: Job | None, *kinds: str) -> Mapping[str, Any] | None:
    """Return what a job of these kinds that is over found of this run, and say so where it failed."""
    if job is None or not job.over or kind_of(job) not in kinds:
        return None
    if job.arguments.get("run_folder") != str(run.folder):
        return None
    if job.state is JobState.FAILED:
        st.error(plain(job.error), icon=":material/error:")
    return job.result
