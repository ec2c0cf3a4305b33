"""The networks and certificates of a run, as they lie on disk now."""

import streamlit as st

from mips_core.runs import Run
from mips_core.runs.proofs import Proof, Proofs, proofs_of
from pages.parts.run_key import BY_FOLDER


def stored_proofs(run: Run) -> Proofs:
    """Return the networks and certificates of a run; files that changed since are read again."""
    return _proofs(run, tuple(stamp(proof) for proof in proofs_of(run).both))


def stamp(proof: Proof) -> tuple[str, ...]:
    """Return what changes when a file does; unlike all else in a run's folder, proofs may be added to it."""
    paths = [proof.network_path, *([] if proof.certificate_path is None else [proof.certificate_path])]
    return tuple(f"{path} {path.stat().st_mtime_ns}" for path in paths if path.exists())


@st.cache_resource(max_entries=256, show_spinner="Reading the certificates", hash_funcs=BY_FOLDER)
def _proofs(run: Run, stamps: tuple[tuple[str, ...], ...]) -> Proofs:
    return proofs_of(run)
