"""The networks and certificates of a run, as they lie on disk now, with what this visitor has found of them since."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from mips_core.runs import Run
from mips_core.runs.proofs import Proof, Proofs, proofs_of
from pages.parts.run_key import BY_FOLDER

_HEARD = "hunts_heard"


def stored_proofs(run: Run) -> Proofs:
    """Return the networks and certificates of a run; files that changed since are read again."""
    found = _proofs(run, tuple(stamp(proof) for proof in proofs_of(run).both))
    heard = st.session_state.get(_HEARD, {}).get(str(run.folder), ())
    return replace(found, as_trained=replace(found.as_trained, heard=heard)) if heard else found


def hear(folder: str, hunt: Mapping[str, Any]) -> None:
    """Keep what a hunt of a run's network found for this visit, so that every page names the shortest word known."""
    known = st.session_state.setdefault(_HEARD, {})
    if hunt.get("of") == "network" and hunt.get("word") and hunt not in known.get(folder, ()):
        known[folder] = (*known.get(folder, ()), hunt)


def stamp(proof: Proof) -> tuple[str, ...]:
    """Return what changes when a file does; unlike all else in a run's folder, proofs may be added to it."""
    paths = [proof.network_path, *([] if proof.certificate_path is None else [proof.certificate_path])]
    return tuple(f"{path} {path.stat().st_mtime_ns}" for path in paths if path.exists())


@st.cache_resource(max_entries=256, show_spinner="Reading the certificates", hash_funcs=BY_FOLDER)
def _proofs(run: Run, stamps: tuple[tuple[str, ...], ...]) -> Proofs:
    return proofs_of(run)
