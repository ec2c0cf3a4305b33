"""Calls of the page "Proof" to the core that are worth keeping between reruns."""

from dataclasses import dataclass

import streamlit as st

from mips_core.certificate_checker import Refused, unpack
from mips_core.errors import BadInputError, MipsError
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import machine_from_dict
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.progress import Stopwatch
from mips_core.runs import Run
from mips_core.runs.closing import Round, finite_machine, grids_of
from mips_core.runs.proofs import Proof, Proofs
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import IntArray, Stepper
from mips_core.verification.grid_walk import walk_grid, with_grid
from mips_core.views.proof_states import GridNetwork, GridStates, grid_states
from mips_core.views.proof_states_figure import GridPlaces, grid_places
from pages.parts.run_key import BY_FOLDER
from pages.parts.stored_proofs import stamp, stored_proofs

TRIAL_SECONDS = 2.0
"""Time for grids that are tried on the page, without training."""
_MOST_STATES = 20_000


@dataclass(frozen=True, eq=False)
class Picture:
    """A closed set to draw, or why there is none.

    Parameters
    ----------
    network : whose set it is; None without one
    states, places : the set, and where its states are drawn
    trial : the network was rounded on the page only, and is stored nowhere
    why : a key of ``PICTURE_NONE`` in the words of the page, or ""
    """

    network: GridNetwork | None = None
    states: GridStates | None = None
    places: GridPlaces | None = None
    trial: bool = False
    why: str = ""


def picture(run: Run) -> Picture:
    """Return the set of the changed network, or of the one as trained on a grid that is tried here."""
    found = stored_proofs(run)
    return _picture(run, found, stamp(found.changed) if found.changed is not None else ())


@st.cache_resource(
    max_entries=32, show_spinner="Walking through the hidden states on a grid",
    hash_funcs={**BY_FOLDER, Proofs: lambda proofs: None},
)  # fmt: skip
def _picture(run: Run, found: Proofs, stamps: tuple[str, ...]) -> Picture:
    thing = _thing(run)
    if thing is None:
        return Picture(why="no machine")
    changed = None if found.changed is None or found.changed.problem else found.changed
    if changed is not None and changed.network.state_grid is None:
        return Picture(why="integers")
    try:
        symbols = symbols_of(run)
    except BadInputError:
        return Picture(why="endless")
    machine = finite_machine(thing, symbols)
    if machine is None:
        return Picture(why="endless")
    if changed is not None:
        drawn = _listed(changed) or _walked(changed.network, machine, symbols, 10 * TRIAL_SECONDS)
        if drawn is not None:
            return Picture(changed.network, *drawn)
    last = next((each for each in trial(run) if each.closed), None)
    network = run.network
    if last is None or not isinstance(network, MlpNetwork | CellNetwork):
        return Picture(why="open")
    rounded = with_grid(network, last.grid)
    drawn = _walked(rounded, machine, symbols, TRIAL_SECONDS)
    return Picture(why="open") if drawn is None else Picture(rounded, *drawn, trial=network.state_grid is None)


@st.cache_resource(
    max_entries=64, show_spinner="Walking through the hidden states on coarse and finer grids", hash_funcs=BY_FOLDER
)  # fmt: skip
def trial(run: Run) -> tuple[Round, ...]:
    """Return the walks through the network as trained, rounded to coarse grids first, until one closes.

    One that rounds its hidden states already is walked through as it is.
    """
    thing, network, clock = _thing(run), run.network, Stopwatch()
    if thing is None or not isinstance(network, MlpNetwork | CellNetwork):
        return ()
    try:
        symbols = symbols_of(run)
    except BadInputError:
        return ()
    machine, rounds = finite_machine(thing, symbols), list[Round]()
    own = network.state_grid
    for places in () if machine is None else grids_of(network, symbols) if own is None else (own,):
        assert machine is not None
        left = TRIAL_SECONDS - clock.seconds
        if left <= 0:
            break
        walk = walk_grid(with_grid(network, places), machine, symbols, seconds=left, most=_MOST_STATES)
        closed = walk.closed is not None and walk.closed.is_firm
        number = len(rounds) + 1
        rounds.append(Round(number, False, places, walk.states, walk.depth, walk.word, 0, closed, walk.seconds))
        if closed:
            break
    return tuple(rounds)


def _thing(run: Run) -> Stepper | None:
    return run.machine if run.machine is not None else None if run.program is None else run.program.system


def _listed(proof: Proof) -> tuple[GridStates, GridPlaces] | None:
    """Return the set that a certificate lists, which saves the walk; None where it lists none, or not this one."""
    certificate = proof.certificate
    if certificate is None or certificate.get("kind") != "grid":
        return None
    try:
        listed = unpack(certificate["states"])
        machine = machine_from_dict(certificate["machine"], "the certificate")
        if not isinstance(machine, MealyMachine):
            return None
        states = grid_states(proof.network, machine, machine.symbols, listed[:, :-1], listed[:, -1])
    except (MipsError, Refused, LookupError, TypeError, ValueError):  # the check says what is wrong with it
        return None
    return states, grid_places(states)


def _walked(
    network: GridNetwork, machine: MealyMachine, symbols: IntArray, seconds: float
) -> tuple[GridStates, GridPlaces] | None:
    walk = walk_grid(network, machine, symbols, seconds=seconds, most=_MOST_STATES)
    if walk.closed is None:
        return None
    states = grid_states(network, machine, symbols, walk.closed.states, walk.closed.machine.reshape(-1))
    return states, grid_places(states)
