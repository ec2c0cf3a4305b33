"""Make the words past the proofs of the runs in assets/runs: ``python -m mips_core.shipping.past_proofs [TASK ...]``.

Where the changed network of a run is proved up to a length only, ``hunt_proved.json`` holds a word beyond it on which
the network is wrong, if one is found: the shortest there is, where a walk through all states comes to it.
"""

from __future__ import annotations

import argparse

from mips_core.files import json_bytes, write_bytes
from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks.mlp import MlpNetwork
from mips_core.runs import shipped_run
from mips_core.runs.hunting import FORMAT
from mips_core.runs.proofs import HUNT_PROVED, Difference, proofs_of
from mips_core.runs.run import Run
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import IntArray
from mips_core.tasks import names
from mips_core.verification.past_proof import extreme_wrong, first_wrong

_FAR = 2_000
"""Proofs up to more steps than this are not followed to their end."""
_MORE = 100


def make_word(run: Run) -> str:
    """Write the word of a run, where its proof ends and one is found; return a line that says so."""
    changed = proofs_of(run).changed
    length = None if changed is None or changed.certificate is None else changed.certificate["length"]
    if changed is None or length is None or length > _FAR:
        return "proved for all lengths, or further than words are tried, or not at all"
    network, system = changed.network, run.machine
    if not isinstance(network, MlpNetwork) or not isinstance(system, IntegerSystem):
        return "no equations, or a network with gates"
    word = _word(network, system, symbols_of(run), length)
    if word is None:
        return f"proved up to length {length:,}; no word beyond was found to be wrong"
    steps = tuple(tuple(step) for step in word.tolist())
    facts = {
        "format": FORMAT, "version": 1, "run": run.id, "network": changed.digest, "against": "machine",
        "claim": f"Network against machine: {Difference(steps, 'machine').claim.words}.",
        "word": word.tolist(), "length": len(word),
    }  # fmt: skip
    write_bytes(run.folder / HUNT_PROVED, json_bytes(facts))
    return f"proved up to length {length:,}, wrong on a word of {len(word):,} steps"


def _word(network: MlpNetwork, system: IntegerSystem, symbols: IntArray, length: int) -> IntArray | None:
    if network.is_transition_affine and network.is_readout_affine:
        return extreme_wrong(network, system, symbols, range(length + 1, length + _MORE))
    return first_wrong(network, system, symbols)


def main() -> None:
    """Make the words, task by task."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK")
    for name in parser.parse_args().tasks or names():
        print(f"{name}: {make_word(shipped_run(name))}", flush=True)


if __name__ == "__main__":
    main()
