"""Check a program of our own against the network that it was distilled from, and both against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.protocol import Network
from mips_core.programs.program import Program
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.exhaustive import all_symbols, longest_length, number_of_words, words_of_length
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Task
from mips_core.verification.claims import Claim, counted, exhaustive, summary
from mips_core.verification.compare import Agreement, Counterexample, compare, first_steps
from mips_core.verification.facts import Fact, three_facts
from mips_core.verification.heldout import (
    FACTOR,
    SEQUENCES,
    Draw,
    HeldOut,
    affordable,
    held_out_batches,
    telling_batches,
)
from mips_core.verification.outputs import Outputs, network_outputs, program_outputs
from mips_core.verification.product import search_product
from mips_core.verification.shorten import shorten

KEYS = ("1x", "5x")
Counts = Mapping[str, Agreement | None]
"""Agreement at "1x" and "5x"; None where there was nothing to compare with."""

IMPERFECT = "Imperfect network: the program is right on all held-out data, the network is not."
"""Closes the claim where the program differs from the network at 1x and the network is to blame."""

_SHORTENING = 10**8  # multiplications of the network for one batch of shorter words
_WORD_STEPS = 16  # short words are charged as if they had this many steps


@dataclass(frozen=True)
class Verification:
    """How far program, network and data agree.

    Parameters
    ----------
    program_vs_network, program_vs_data, network_vs_data : counts on held-out sequences at 1x and 5x
    claims : every statement that was checked, program against network first
    claim : the sentence that is printed
    counterexample : shortest difference between network and program that was found, of any length
    """

    program_vs_network: Counts
    program_vs_data: Counts
    network_vs_data: Counts
    claims: tuple[Claim, ...]
    claim: str
    counterexample: Counterexample | None

    @property
    def agrees_at_1x(self) -> bool:
        """Every held-out sequence counted at the trained length gives the network's outputs.

        A difference that only the list of all short words shows is in the claim and the counterexample.
        """
        counts = self.program_vs_network["1x"]
        return counts is not None and counts.agree == counts.sequences

    @property
    def agrees_with_data(self) -> bool:
        """The program is right on all held-out data; False without data."""
        counts = [c for c in self.program_vs_data.values() if c is not None]
        return bool(counts) and all(c.agree == c.sequences for c in counts)

    @property
    def imperfect_network(self) -> bool:
        """The program is right on all held-out data although it differs from the network at 1x."""
        return self.agrees_with_data and not self.agrees_at_1x

    def facts(self, length: int) -> tuple[Fact, Fact, Fact]:
        """Return program = data, program = network and network = machine, for sequences trained at ``length``."""
        if self.program_vs_network["1x"] is None:
            return three_facts(self.claims, None)
        return three_facts(
            self.claims, FACTOR * length if self.counterexample is None else self.counterexample.length - 1
        )

    @property
    def holds(self) -> bool:
        """The program agrees with the network at 1x, or with all held-out data although the network does not."""
        return self.agrees_at_1x or self.agrees_with_data

    def to_dict(self) -> dict[str, Any]:
        """Return the plain dictionary that goes into a report."""

        def plain(counts: Counts) -> dict[str, Any]:
            return {key: None if value is None else value.to_dict() for key, value in counts.items()}

        return {
            "claim": self.claim,
            "program_vs_network": plain(self.program_vs_network),
            "program_vs_data": plain(self.program_vs_data),
            "network_vs_data": plain(self.network_vs_data),
            "counterexample": None if self.counterexample is None else self.counterexample.to_dict(),
            "claims": [claim.sentence for claim in self.claims],
        }


def verify_program(
    network: Network,
    program: Program | None,
    *,
    inputs: tuple[Integers, ...],
    length: int,
    draw: Draw | None = None,
    task: Task | None = None,
    held_out: Dataset | None = None,
    symbols: IntArray | None = None,
    machine: MealyMachine | IntegerSystem | None = None,
    sequences: int = SEQUENCES,
    seed: int = 0,
    monitor: Monitor | None = None,
) -> Verification:
    """Compare program, network and truth on held-out sequences at 1x and 5x, and on all short words where they are few.

    Parameters
    ----------
    network : the network, or anything with its stepping protocol and a count of parameters
    program : None when none was found: then only the network is compared with the data
    inputs : integers that may occur, one range per input
    length : 1x, in steps
    draw : how words are drawn; by default the task's way, else uniformly over ``inputs``
    task, held_out : where the truth is known from: a rule (at both lengths), or rows of a data file (at 1x); not both
    symbols : input symbols that may occur, int64 (X, D_in), where not every combination of ``inputs`` does
    machine : what the program was written from: it is compared with the network too, and a finite machine with the
        program, on all reachable pairs of states
    sequences : most held-out sequences per length
    seed : seed of the held-out sequences

    Raises
    ------
    Cancelled
        when the monitor's caller asks to stop.
    """
    watch = monitor or Monitor()
    batches = held_out_batches(
        inputs=inputs,
        length=length,
        parameters=network.parameters,
        seed=seed,
        draw=draw,
        task=task,
        data=held_out,
        sequences=sequences,
    )
    tally = _Tally(program is not None)
    if symbols is None:
        symbols = _observed(batches) if held_out is not None else all_symbols(inputs)
    if program is not None:
        batches += telling_batches(
            inputs=inputs, symbols=symbols, length=length, parameters=network.parameters, seed=seed
        )
    for i, batch in enumerate(batches):
        watch.report("verify", f"Checking {len(batch.x):,} {batch.what}", i / (len(batches) + 1))
        from_network = network_outputs(network, batch.x)
        from_program = None if program is None else program_outputs(program, batch.x, batch.lengths)
        tally.add(batch, from_network, from_program)
        if machine is not None and batch.key:
            tally.add_machine(machine, batch.x, from_network, batch)
    if program is None:
        return tally.result("No program was found, so there is nothing to compare with the network.")
    if symbols is not None:
        watch.report("verify", "Checking all short words", len(batches) / (len(batches) + 1))
        tally.add_words(network, program, machine, symbols, length)
    if tally.shortest is not None:
        tally.shorten(network, program)
        tally.shortest = tally.shortest.in_words(program.input_words, program.output_words)
    shown = tally.shortest
    used = None if symbols is None else len(symbols)
    claim = summary(tally.claims, inputs, None if shown is None else shown.length, used, words=program.input_words)
    if isinstance(machine, MealyMachine):
        tally.claims.append(search_product(program, machine, machine.symbols).claim("program", "machine"))
    found = tally.result(claim)
    return replace(found, claim=f"{claim} {IMPERFECT}") if found.imperfect_network else found


def _observed(batches: tuple[HeldOut, ...]) -> IntArray:
    """Return the distinct symbols of the drawn sequences: for data, not every combination of inputs occurs."""
    return np.unique(np.concatenate([b.x.reshape(-1, b.x.shape[2]) for b in batches if b.lengths is None]), axis=0)


def _array(word: list[Any]) -> IntArray:
    steps = [step if isinstance(step, list) else [step] for step in word]
    return np.array(steps, dtype=np.int64)[None]  # (1, T, D_in)


def _known(y: IntArray) -> Outputs:
    return Outputs(y, np.ones(y.shape[:2], dtype=np.bool_))


class _Tally:
    """Collects counts, claims and the shortest difference."""

    def __init__(self, has_program: bool) -> None:
        self.has_program = has_program
        self.program_vs_network: dict[str, Agreement | None] = dict.fromkeys(KEYS)
        self.program_vs_data: dict[str, Agreement | None] = dict.fromkeys(KEYS)
        self.network_vs_data: dict[str, Agreement | None] = dict.fromkeys(KEYS)
        self.claims: list[Claim] = []
        self.data_claims: list[Claim] = []
        self.machine_claims: list[Claim] = []
        self.shortest: Counterexample | None = None

    def add(self, batch: HeldOut, from_network: Outputs, from_program: Outputs | None) -> None:
        if batch.y is not None:
            found = compare(_known(batch.y), from_network, batch.x, batch.lengths, ("data", "network"))
            self.network_vs_data[batch.key] = found
            self._data_claim("network", found, batch)
        if from_program is None:
            return
        found = compare(from_network, from_program, batch.x, batch.lengths)
        self._note(found.counterexample)
        self.claims.append(Claim(*_order(*counted(found.agree, found.sequences, batch.what))))
        if batch.key:
            self.program_vs_network[batch.key] = found
        if batch.y is not None:
            found = compare(_known(batch.y), from_program, batch.x, batch.lengths, ("data", "program"))
            self.program_vs_data[batch.key] = found
            self._data_claim("program", found, batch)

    def _data_claim(self, left: str, found: Agreement, batch: HeldOut) -> None:
        strength, words = counted(found.agree, found.sequences, batch.what)
        self.data_claims.append(Claim(strength, left, "data", words))

    def add_machine(
        self, machine: MealyMachine | IntegerSystem, x: IntArray, from_network: Outputs, batch: HeldOut
    ) -> None:
        """Compare the network with the machine: a statement about these sequences, not a proof."""
        found = compare(from_network, network_outputs(machine, x), x, batch.lengths)
        strength, words = counted(found.agree, found.sequences, batch.what)
        self.machine_claims.append(Claim(strength, "network", "machine", words))

    def add_words(
        self,
        network: Network,
        program: Program,
        machine: MealyMachine | IntegerSystem | None,
        symbols: IntArray,
        length: int,
    ) -> None:
        limit = affordable(_WORD_STEPS, network.parameters, 20_000)
        k = longest_length(len(symbols), limit=limit, longest=FACTOR * length)
        if k == 0:
            return
        x = words_of_length(symbols, k)
        from_network = network_outputs(network, x)
        if machine is not None and compare(from_network, network_outputs(machine, x), x).counterexample is None:
            strength, words = exhaustive(k, number_of_words(len(symbols), k))
            self.machine_claims.append(Claim(strength, "network", "machine", words))
        found = compare(from_network, program_outputs(program, x), x)
        self._note(found.counterexample)
        # A word's outputs are the first outputs of every word that it begins: agreement at length k covers all shorter.
        if found.counterexample is None:
            self.claims.append(Claim(*_order(*exhaustive(k, number_of_words(len(symbols), k)))))
        elif found.counterexample.length > 1:
            below = found.counterexample.length - 1
            self.claims.append(Claim(*_order(*exhaustive(below, number_of_words(len(symbols), below)))))

    def shorten(self, network: Network, program: Program) -> None:
        assert self.shortest is not None
        word = _array(self.shortest.inputs)[0]

        def differs(x: IntArray) -> IntArray:
            return first_steps(network_outputs(network, x), program_outputs(program, x))

        x = shorten(word, differs, steps=min(2**16, _SHORTENING // max(1, network.parameters)))[None]
        self._note(compare(network_outputs(network, x), program_outputs(program, x), x).counterexample)

    def _note(self, found: Counterexample | None) -> None:
        if found is not None and (self.shortest is None or found.length < self.shortest.length):
            self.shortest = found

    def result(self, claim: str) -> Verification:
        return Verification(
            self.program_vs_network,
            self.program_vs_data,
            self.network_vs_data,
            (*self.claims, *self.data_claims, *self.machine_claims),
            claim,
            self.shortest,
        )


def _order(strength: Any, words: str) -> tuple[Any, str, str, str]:
    return strength, "program", "network", words
