"""Close the set of hidden states: a network that is proved right at every length, made from a trained one.

First the hidden state is only rounded to a grid, coarse grids first, and a walk goes through all grid states that are
reached.  Where no grid closes with all outputs right, the network is trained on the wrong words that the walk found and
walked through again, round by round (counterexample-guided training).  What comes out is a new network; the one it was
made from stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.recurrent import COARSEST_GRID, FINEST_GRID
from mips_core.networks.store import network_digest
from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.runs.closing_words import Words
from mips_core.stepping import IntArray, Stepper
from mips_core.verification.certificates.grid import finite_machine
from mips_core.verification.grid_walk import ClosedSet, GridWalk, walk_grid, with_grid
from mips_core.verification.hunt import spread_of

STAGE = "close"
"""Name of the stage in progress messages."""

GRIDS = (1, 2, 4, 8, 16, 32, 64)
"""Cells per standard deviation of the hidden states, coarse grids first."""
_TRAINED = 2
"""Place in :data:`GRIDS` of the grid that a network is trained on, where none closes."""
MOST_STATES = 50_000
"""Pairs of states that a walk follows; a set of more would close on a coarser grid after some training."""
LENGTH = 1_000
"""Steps of a walk beside a machine that has too many states for a walk through all."""
_WORDS = 256
_WALK, _SHARE = 8.0, 0.1
"""Seconds of one walk at most, and its share of all the time."""

GridNetwork = MlpNetwork | CellNetwork


@dataclass(frozen=True, eq=False)
class Round:
    """One walk, and the training before it where there was one.

    Parameters
    ----------
    number : 1 for the first
    trained : whether the network was trained before this walk, or only rounded to another grid
    grid : hidden states are multiples of ``2**-grid``
    states : pairs of a grid state and a state of the machine that the walk met
    depth : length of the longest word tried
    word : the shortest word found on which the network is wrong, at its last step, int64 (T, D_in); None without one
    added : words found on which it is wrong, added to those that it is trained on if it is trained after this round
    closed : no state was left and nothing was wrong: proved for sequences of every length, or up to :data:`LENGTH`
        steps beside a machine that has too many states for a walk through all
    seconds : time for training and walk
    """

    number: int
    trained: bool
    grid: int
    states: int
    depth: int
    word: IntArray | None
    added: int
    closed: bool
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "number": self.number, "trained": self.trained, "grid": self.grid, "states": self.states,
            "depth": self.depth, "word": None if self.word is None else self.word.tolist(),
            "length": None if self.word is None else len(self.word), "added": self.added,
            "closed": self.closed, "seconds": round(self.seconds, 3),
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Closing:
    """What came of it.

    Parameters
    ----------
    network : the network whose set of states is closed, a new one; None where none was found
    rounds : all rounds, in order
    closed : its closed set, with the state of ``machine`` at each grid state
    machine : the machine with numbered states, to which the closed set speaks; None where it has too many
    changed : what was changed, as its card says: "state grid 2^-3"
    reason : one sentence: how it closed, or why it did not
    seconds : time spent
    """

    network: GridNetwork | None
    rounds: tuple[Round, ...]
    closed: ClosedSet | None
    machine: MealyMachine | None
    changed: str
    reason: str
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, without network and set."""
        return {
            "closed": self.closed is not None,
            "changed": self.changed,
            "reason": self.reason,
            "states": None if self.closed is None else len(self.closed.states),
            "rounds": [each.to_dict() for each in self.rounds],
            "seconds": round(self.seconds, 2),
        }


def close_network(
    network: GridNetwork,
    machine: Stepper,
    symbols: IntArray,
    *,
    seconds: float = 60.0,
    seed: int = 0,
    monitor: Monitor | None = None,
    on_round: Callable[[Round], None] | None = None,
) -> Closing:
    """Find a state grid on which the network's states close, and train on it where rounding alone is not enough.

    Parameters
    ----------
    machine : what the network has to agree with: a finite machine, or equations
    symbols : every input symbol that may occur, int64 (X, D_in)
    seconds : time for everything; on cancellation what was tried so far is returned as not closed
    seed : of training
    on_round : called after each round
    """
    return _Closer(network, machine, symbols, seconds, seed, monitor or Monitor(), on_round).run()


class _Closer:
    def __init__(
        self,
        network: GridNetwork,
        machine: Stepper,
        symbols: IntArray,
        seconds: float,
        seed: int,
        monitor: Monitor,
        on_round: Callable[[Round], None] | None,
    ) -> None:
        self.network, self.symbols, self.seconds, self.seed = network, symbols, seconds, seed
        self.stepper, self.machine = machine, finite_machine(machine, symbols)
        self.monitor, self.on_round = monitor.limited(seconds), on_round
        self.walk = min(_WALK, _SHARE * seconds)
        self.clock = Stopwatch()
        self.rounds: list[Round] = []

    def run(self) -> Closing:
        if self.machine is None:
            return self._counted()
        words = Words(self.machine, np.random.default_rng([self.seed, 37]))
        grids = grids_of(self.network, self.symbols)
        rounded = self._rounded(grids, words)
        if rounded is not None:
            return rounded
        for network, found in self._trained(with_grid(self.network, grids[min(_TRAINED, len(grids) - 1)]), words):
            if found.closed is not None and found.closed.is_firm:
                change = f"trained on {words.sentence}, state grid 2^{-(network.state_grid or 0)}"
                return self._closed(network, found.closed, change)
        done = f"{len(self.rounds)} rounds in {self.clock.seconds:.0f} s"
        return self._open(f"The set of hidden states did not close: {done}.")

    def _rounded(self, grids: tuple[int, ...], words: Words | None) -> Closing | None:
        """Only round, to one grid after the other; without ``words``, walk up to a length."""
        for places in grids:
            if self.monitor.expired:
                break
            network = with_grid(self.network, places)
            found = self._round(network, words, trained=False)
            if found.closed is not None and found.closed.is_firm:
                return self._closed(network, found.closed, f"state grid 2^{-places}")
            if words is not None and found.word is None and not found.complete:
                break  # a finer grid has more states still
        return None

    def _counted(self) -> Closing:
        """Walk up to a length only: a counter meets new states for ever, but few of them at each step."""
        rounded = self._rounded(grids_of(self.network, self.symbols), None)
        if rounded is not None:
            return rounded
        count = len(self.rounds)
        tried = "on the one grid" if count == 1 else f"on each of the {count} grids"
        failed = f"{tried} tried, the network was not found right up to length {LENGTH:,}"
        return self._open(
            "The machine has too many states to walk through them all, and "
            f"{failed if count else 'the time was over before any grid was tried'}."
        )

    def _trained(self, network: GridNetwork, words: Words) -> Iterator[tuple[GridNetwork, GridWalk]]:
        """Train round by round and yield the network and the walk through it, until time is up."""
        from mips_core.networks.grid_training import GridOptions, GridTrainer  # torch takes seconds to import

        assert self.machine is not None
        trainer = GridTrainer(network, self.symbols, seed=self.seed, options=GridOptions())
        while not self.monitor.expired:
            clock = Stopwatch()
            network = trainer.train(*words.draw(), rate=words.rate)
            steps = words.steps(network)
            if steps is not None:
                network = trainer.settle(steps, rate=words.rate)
            if self.monitor.expired:
                break
            yield network, self._round(network, words, trained=True, since=clock)

    def _round(
        self, network: GridNetwork, words: Words | None, *, trained: bool, since: Stopwatch | None = None
    ) -> GridWalk:
        """Walk, keep the words found, and tell of it; without ``words``, up to :data:`LENGTH` steps only."""
        assert network.state_grid is not None
        clock, number = since or Stopwatch(), len(self.rounds) + 1
        message = f"Round {number}: walking through hidden states that are multiples of 2^{-network.state_grid}"
        self.monitor.progress(Progress(STAGE, message, min(1.0, self.clock.seconds / self.seconds)))
        if words is None or self.machine is None:
            found = walk_grid(
                network,
                self.stepper,
                self.symbols,
                seconds=self.walk,
                most=MOST_STATES,
                length=LENGTH,
                monitor=self.monitor,
            )
        else:
            found = walk_grid(
                network, self.machine, self.symbols, seconds=self.walk, most=MOST_STATES, wrong=_WORDS,
                sample=_WORDS, seed=self.seed, monitor=self.monitor,
            )  # fmt: skip
            words.add(found)
        closed = found.closed is not None and found.closed.is_firm
        done = Round(
            number, trained, network.state_grid, found.states, found.depth, found.word, len(found.words), closed,
            clock.seconds,
        )  # fmt: skip
        self.rounds.append(done)
        if self.on_round is not None:
            self.on_round(done)
        return found

    def _closed(self, network: GridNetwork, closed: ClosedSet, changed: str) -> Closing:
        notes = {**network.card.training, "made_from": network_digest(self.network), "change": changed}
        made = replace(network, card=replace(network.card, accuracy=None, training=notes))
        reach = "any sequence" if closed.length is None else f"any sequence of up to {closed.length:,} steps"
        reason = f"{len(closed.states):,} hidden states on a grid are all that {reach} reaches ({changed})."
        return Closing(made, tuple(self.rounds), closed, self.machine, changed, reason, self.clock.seconds)

    def _open(self, reason: str) -> Closing:
        return Closing(None, tuple(self.rounds), None, self.machine, "", reason, self.clock.seconds)


def grids_of(network: GridNetwork, symbols: IntArray) -> tuple[int, ...]:
    """Return the places of the grids to try, coarse first: :data:`GRIDS` cells per standard deviation."""
    spread = float(spread_of(network, symbols, np.random.default_rng(0)).max())
    places = [int(np.clip(-np.round(np.log2(spread / cells)), COARSEST_GRID, FINEST_GRID)) for cells in GRIDS]
    return tuple(dict.fromkeys(places))
