"""The proof for a network with a state grid against equations: pairs of states, level by level, up to a length."""

from __future__ import annotations

import hashlib

import numpy as np

from mips_core import level_checker
from mips_core.certificate_checker import Refused
from mips_core.files import json_bytes
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.records import machine_to_dict
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_bytes
from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.region_checker import claim_of
from mips_core.stepping import IntArray
from mips_core.verification.certificates.certification import STAGE, Certification
from mips_core.verification.certificates.packing import packed, sealed
from mips_core.verification.grid_walk import walk_grid

_KEPT_MARGIN = 0.99


def certify_levels(
    network: MlpNetwork | CellNetwork,
    system: IntegerSystem,
    symbols: IntArray,
    *,
    length: int,
    remembered: tuple[str, ...] = (),
    seconds: float,
    monitor: Monitor | None = None,
) -> Certification:
    """Walk through all pairs of states up to a length, or until none is left, and write them down.

    Parameters
    ----------
    network : one with a state grid
    system : equations whose state may take any number of values, e.g. a counter
    symbols : every input symbol that may occur, int64 (X, D_in)
    length : of the longest sequences
    """
    clock, monitor = Stopwatch(), monitor or Monitor()
    monitor.progress(Progress(STAGE, f"Walking through the hidden states on the grid, up to {length:,} steps"))
    walk = walk_grid(network, system, symbols, seconds=seconds, length=length, monitor=monitor)
    closed = walk.closed
    if closed is None or not closed.is_firm:
        reason = f"levels: {walk.states:,} pairs of states were met and more are left"
        if walk.word is not None:
            reason = f"levels: the network is wrong on a sequence of length {len(walk.word)}"
        elif closed is not None:
            reason = "levels: a value is too close to where it would be rounded to another"
        return Certification(None, reason, None, clock.seconds, (reason,))
    stored = network_bytes(network)
    certificate = sealed(
        {
            "version": 2,
            "kind": "levels",
            "network": hashlib.sha256(stored).hexdigest(),
            "length": closed.length,
            "places": network.state_grid,
            # The checker takes bounds of floating-point errors off first.
            "margins": [
                float(f"{_KEPT_MARGIN * least / 2:.6g}") for least in (closed.boundary, min(0.5, closed.margin))
            ],
            "symbols": packed(symbols, "<i8"),
            "states": packed(np.column_stack([closed.states, closed.machine])),
            "machine": machine_to_dict(system),
            "claim": claim_of(closed.length, symbols, network.card.to_dict()),
            "remembered": list(remembered),
        }
    )
    monitor.progress(Progress(STAGE, f"Checking {len(closed.states):,} pairs of states"))
    try:
        level_checker.check(json_bytes(certificate), stored)
    except Refused as error:
        reason = f"levels: the checker does not accept it: {error}"
        return Certification(None, reason, None, clock.seconds, (reason,))
    how = f"{len(closed.states):,} pairs of a hidden state on the grid and what the equations remember"
    return Certification(certificate, how, closed.length, clock.seconds)
