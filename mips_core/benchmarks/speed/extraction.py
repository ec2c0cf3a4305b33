"""From a network to its machine: ours against AALpy's L* with the network as the system under learning.

The networks are trained ones that ship with the package, read as black boxes: start, step, and nothing else.  Neither
side knows the machine, so each tries words itself: ours those of ``learn_machine``, about 100,000 steps at least;
theirs ``RandomWordEqOracle`` as it is by default, 500 words of 10 to 30 steps, a tenth of that.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.benchmarks.speed import peer_aalpy
from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, importable
from mips_core.benchmarks.speed.process import Sides
from mips_core.errors import BadInputError
from mips_core.machines import MealyMachine
from mips_core.machines.learning import learn_machine
from mips_core.networks import load_network
from mips_core.progress import Monitor
from mips_core.resources import shipped_network
from mips_core.stepping import IntArray, outputs_of
from mips_core.tasks.exhaustive import all_symbols

SECTION = "extraction"
CAP = 60.0
NETWORKS = {
    "Parity_Last3": 4,
    "Alternating_Last4": 6,
    "Div_7": 7,
    "Add_Mod_8": 8,
    "Base_5_Addition": 2,
    "Prev1": 100,
    "Abs_Diff": 200,
    "Prev2": 10_000,
}
"""Shipped networks and the states of their rules' minimal machines."""

MOST_STATES = 100_000
MOST_STEPS = 10**9
_ALL_WORDS = 20_000
_RANDOM_WORDS = 2_000
_RANDOM_LENGTH = 30


@dataclass(frozen=True)
class OurExtractor:
    """Ours."""

    network: str
    states: int
    seed: int
    name: str = OURS

    def loaded(self) -> tuple[Any, IntArray]:
        """Return the network and its input symbols."""
        network = load_network(shipped_network(self.network))
        if network.card.inputs is None:
            raise BadInputError(f"{self.network} does not say which integers it takes.")
        symbols = all_symbols(network.card.inputs)
        if symbols is None:
            raise BadInputError(f"{self.network} takes too many symbols to list.")
        return network, symbols

    def prepare(self) -> tuple[Any, IntArray, Any]:
        """Return the network, its symbols, and what to learn from."""
        network, symbols = self.loaded()
        return network, symbols, network

    def run(self, prepared: tuple[Any, IntArray, Any]) -> Any:
        """Learn."""
        network, symbols, _ = prepared
        rng = np.random.default_rng(self.seed)
        return learn_machine(
            network, symbols, length=network.card.length, rng=rng, max_states=MOST_STATES, max_steps=MOST_STEPS
        )

    def judge(self, prepared: tuple[Any, IntArray, Any], output: Any) -> Judgement:
        """Compare with the network."""
        if output.machine is None:
            return Judgement(False, {}, output.reason)
        return self.judged(*prepared[:2], output.machine, {"steps": output.steps, "rounds": len(output.hypotheses)})

    def judged(self, network: Any, symbols: IntArray, found: MealyMachine, facts: dict[str, Any]) -> Judgement:
        """Compare on all words to a depth, and on long random ones; count the states."""
        depth = max(1, int(np.log(_ALL_WORDS) / np.log(max(2, len(symbols))) + 1e-9))
        short = np.array(list(itertools.product(range(len(symbols)), repeat=depth)))
        rng = np.random.default_rng([self.seed, 1])
        long = rng.integers(len(symbols), size=(_RANDOM_WORDS, _RANDOM_LENGTH))
        wrong = 0
        for words in (symbols[short], symbols[long]):
            wrong += int((outputs_of(network, words) != outputs_of(found, words)).any(axis=(1, 2)).sum())
        reason = f"wrong on {wrong:,} words" if wrong else ""
        if not wrong and found.states != self.states:
            reason = f"{found.states:,} states instead of {self.states:,}"
        return Judgement(not reason, {"states": found.states, **facts}, reason)


@dataclass(frozen=True)
class TheirExtractor(OurExtractor):
    """AALpy's L*."""

    def prepare(self) -> tuple[Any, IntArray, Any]:
        """Return the network, its symbols, and AALpy's system with its search for counterexamples."""
        from aalpy.oracles import RandomWordEqOracle

        network, symbols = self.loaded()
        system = peer_aalpy.network_system(network, symbols)
        random.seed(self.seed)  # what AALpy draws its words from
        return network, symbols, (system, RandomWordEqOracle(list(range(len(symbols))), system))

    def run(self, prepared: tuple[Any, IntArray, Any]) -> Any:
        """Learn."""
        _, symbols, (system, oracle) = prepared
        return peer_aalpy.learn("L*", system, oracle, len(symbols), cache=True)

    def judge(self, prepared: tuple[Any, IntArray, Any], output: Any) -> Judgement:
        """Compare with the network."""
        network, symbols, _ = prepared
        theirs, told = output
        return self.judged(network, symbols, peer_aalpy.from_aalpy(theirs, symbols), peer_aalpy.facts_of(told))


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Measure every network; ``quick`` takes the three that are learnt fastest."""
    theirs = peer_aalpy.name_of("L*")
    absent = {} if importable(peer_aalpy.PACKAGE) else {theirs: peer_aalpy.MISSING}
    with Sides() as sides:
        for network, states in list(NETWORKS.items())[:3] if quick else NETWORKS.items():
            contestants: list[Contestant] = [OurExtractor(network, states, seed)]
            if not absent:
                contestants.append(TheirExtractor(network, states, seed, theirs))
            case = f"{network}, {states:,} states"
            yield compare(SECTION, case, contestants, cap=CAP, monitor=monitor, absent=absent, sides=sides)
