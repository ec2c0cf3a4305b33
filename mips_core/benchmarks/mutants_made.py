"""Mutants of runs: which edit is whose turn, and what came of it."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field

import numpy as np

from mips_core.benchmarks.mutants_numbers import certificate_edit, weight_edit
from mips_core.benchmarks.mutants_text import Edit, machine_edit, machine_places, program_edits
from mips_core.files import read_bytes
from mips_core.runs.proofs import Proof, proofs_of
from mips_core.runs.run import Run

KINDS = ("program", "table", "weight", "certificate")
DIFFERENT_EDITS = 40
"""Draws until a number's edit is one that was not made before."""


@dataclass(frozen=True)
class Mutant:
    """One edit of one run's file, and what came of it.

    Parameters
    ----------
    kind : one of :data:`KINDS`
    run : whose file it is
    file, place, before, after : the edit
    word : a shortest word that was found on which the mutant differs from the original, as plain values; or None
    refusal : why a reader or a checker does not take the mutant; "" where none was asked or it was taken
    proof : why the mutant does the same as the original at every length; "" where it does not, or nobody knows
    seconds : time that it took
    """

    kind: str
    run: str
    file: str
    place: str
    before: str
    after: str
    word: tuple[object, ...] | None = None
    refusal: str = ""
    proof: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def verdict(self) -> str:
        """Return "caught", "equivalent" (proved, and not counted) or "missed"."""
        if self.proof:
            return "equivalent"
        return "caught" if self.word is not None or self.refusal else "missed"


def edits_of(run: Run, kind: str, turn: int, seed: int) -> Edit | None:
    """Return the edit of a run that has its turn: each turn another one, until there are no more."""
    rng = np.random.default_rng([seed, KINDS.index(kind), zlib.crc32(run.name.encode())])
    if kind == "program":
        if run.program is None:
            return None
        edits = program_edits(read_bytes(run.folder / "program.py").decode("utf-8"))
        return edits[int(rng.permutation(len(edits))[turn])] if turn < len(edits) else None
    if kind == "table":
        if run.machine is None:
            return None
        value = json.loads(read_bytes(run.folder / "machine.json"))
        places = machine_places(value)
        return machine_edit(value, *places[int(rng.permutation(len(places))[turn])]) if turn < len(places) else None
    proof = certified(run)
    if kind == "certificate":
        if proof is None or proof.certificate_path is None:
            return None
        data, name, change = read_bytes(proof.certificate_path), proof.certificate_path.name, certificate_edit
    else:
        path = run.network_file if proof is None else proof.network_path
        data, name, change = read_bytes(path), path.name, weight_edit
    made: dict[bytes, Edit] = {}
    for _ in range(DIFFERENT_EDITS * (turn + 1)):
        edit = change(data, name, rng)
        made.setdefault(edit.data, edit)
        if len(made) > turn:
            return list(made.values())[turn]
    return None


def certified(run: Run) -> Proof | None:
    """Return the network of a run that is certified: the one that was changed for it, else the one as trained."""
    found = [proof for proof in reversed(proofs_of(run).both) if proof.certificate_path is not None]
    return found[0] if found else None
