"""The proof for a network with a state grid: all rounded hidden states that it reaches, with states of a machine."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np

from mips_core import certificate_checker
from mips_core.files import json_bytes
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import machine_to_dict
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_bytes
from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.region_checker import claim_of
from mips_core.stepping import IntArray, Stepper
from mips_core.verification.certificates.certification import STAGE, Certification
from mips_core.verification.certificates.packing import packed, sealed
from mips_core.verification.certificates.tables import tables_of
from mips_core.verification.grid_walk import ClosedSet, walk_grid


def certify_grid(
    network: MlpNetwork | CellNetwork,
    thing: Stepper,
    symbols: IntArray,
    *,
    remembered: tuple[str, ...] = (),
    seconds: float,
    monitor: Monitor | None = None,
) -> Certification:
    """Walk through all states of a network with a state grid, and write them down if they close.

    Parameters
    ----------
    thing : a finite machine, or equations with few states
    symbols : every input symbol that may occur, int64 (X, D_in)
    remembered : variables that the program's text keeps from step to step
    """
    clock, monitor = Stopwatch(), monitor or Monitor()
    assert network.state_grid is not None, "a network with a state grid is needed"
    machine = finite_machine(thing, symbols)
    if machine is None:
        return Certification(None, "grid: the machine has too many states", None, clock.seconds)
    monitor.progress(Progress(STAGE, "Walking through the hidden states on the grid"))
    walk = walk_grid(network, machine, symbols, seconds=seconds, monitor=monitor)
    if walk.closed is None:
        reason = (
            f"grid: {walk.states:,} states were met and more are left"
            if walk.word is None
            else f"grid: the network is wrong on a sequence of length {len(walk.word)}"
        )
        return Certification(None, reason, None, clock.seconds, (reason,))
    stored = network_bytes(network)
    facts = grid_facts(machine, walk.closed, network.state_grid, stored)
    claim = claim_of(None, symbols, network.card.to_dict())
    certificate = sealed({**facts, "claim": claim, "remembered": list(remembered)})
    monitor.progress(Progress(STAGE, f"Checking {len(walk.closed.states):,} states on the grid"))
    try:
        certificate_checker.check(json_bytes(certificate), stored)
    except certificate_checker.Refused as error:
        reason = f"grid: the checker does not accept it: {error}"
        return Certification(None, reason, None, clock.seconds, (reason,))
    how = (
        f"{len(walk.closed.states):,} hidden states on a grid, each with {len(symbols):,} input symbols; values before "
        f"rounding are at least 2^-{facts['margins'][0]} places from where they would be rounded to others"
    )
    return Certification(certificate, how, None, clock.seconds)


def finite_machine(thing: Stepper, symbols: IntArray) -> MealyMachine | None:
    """Return a machine of integers with numbered states of which each is reached; None where there are too many.

    A finite machine of which that is so already, on the same symbols, keeps the numbers of its states.
    """
    tables = tables_of(thing, symbols)
    if tables is None:
        return None
    found = MealyMachine(tables.following, tables.output, symbols)
    if (
        not isinstance(thing, MealyMachine)
        or thing.states != found.states
        or not np.array_equal(thing.symbols, symbols)
    ):
        return found
    return thing if thing.observed is None and not thing.has_words else found


def grid_facts(machine: MealyMachine, closed: ClosedSet, places: int, network_file: bytes) -> dict[str, Any]:
    """Return what a certificate of the kind "grid" holds, without its claim.

    Parameters
    ----------
    closed : the closed set of the network and this machine, in the order in which a walk met it
    places : of the network's state grid
    network_file : the network as it is stored
    """
    return {
        "version": 2,
        "kind": "grid",
        "network": hashlib.sha256(network_file).hexdigest(),
        "length": None,
        "places": places,
        "margins": [_exponent(closed.boundary), _exponent(closed.margin)],
        "symbols": packed(machine.symbols, "<i8"),
        "states": packed(np.column_stack([closed.states, closed.machine])),
        "machine": machine_to_dict(machine),
    }


def _exponent(distance: float) -> int:
    """Return the k for which 2**-k is the largest power of two up to a distance, which is one half at most.

    What lies below a power by so little as rounding may take away counts as that power.
    """
    return 1 - math.frexp(min(distance, 0.5) * (1 + 2.0**-30))[1]
