"""Why data, network, machine and program part on a word: five causes, decided by evidence.

The four stand in a chain: the network learns the data, the machine follows the network, the program writes the machine
down.  A word breaks a link of the chain at its first step with unequal outputs.  Whoever has the data's output there is
not to blame: where data are known and the right-hand side of a link agrees with them, the left-hand side is judged in
its own link only.  Then, in this order:

1. *incomplete table*: the machine or the program has no entry for the step; or the machine went by a transition that no
   recording shows; or its entry for the step is one that the network contradicts from every memory of that state.
2. *precision drift* (longer than the trained length only): the network's numbers outgrow float64, or its memory leaves
   the places of the state that it should be in little by little (:mod:`mips_core.verification.drift`), or rounding the
   memory to 32 bits changes an output up to there.  Not asked where the machine makes the same mistake, which cannot
   drift.
3. *not learnt*: any other difference between data and network.
4. *clustering*: any other difference between the network and a finite machine; the nearest places of the memory
   (:mod:`mips_core.verification.memory`) say from which step on the machine is in a wrong state, or that it takes
   memories for one state that behave differently.
5. *wrong formula*: any other difference between a machine and its program, or between a network and equations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray, Trace, trace
from mips_core.verification.compare import first_steps
from mips_core.verification.compared import DATA, MACHINE, NETWORK, PROGRAM, Compared, affordable_words
from mips_core.verification.drift import growth, output_errors, single_precision_step
from mips_core.verification.memory import Places, machine_fault, places_of
from mips_core.verification.outputs import Outputs

_LARGEST_EXACT = 2.0**53
"""From here on float64 cannot hold every integer."""
_MOST_WORDS = 400  # words whose hidden states give the places


class Cause(StrEnum):
    """Why two of the four part."""

    NOT_LEARNT = "not learnt"
    CLUSTERING = "clustering"
    INCOMPLETE = "incomplete table"
    FORMULA = "wrong formula"
    DRIFT = "precision drift"


@dataclass(frozen=True)
class Finding:
    """One broken link on one word.

    Parameters
    ----------
    cause : why
    left, right : who parts: two of "data", "network", "machine", "program"
    step : first step with unequal outputs, from 0
    why : the evidence, in a sentence or two
    """

    cause: Cause
    left: str
    right: str
    step: int
    why: str


@dataclass(frozen=True, eq=False)
class _Row:
    """One word on which a link broke."""

    x: IntArray
    step: int
    outputs: Mapping[str, IntArray]
    seen: Trace


class Judge:
    """Finds the causes on batches of words; what it knows of the hidden states is gathered once.

    Parameters
    ----------
    compared : the four
    seed : of the words that show where the network keeps each state
    """

    def __init__(self, compared: Compared, seed: int = 0) -> None:
        self.compared = compared
        self._seed = seed

    def findings(self, x: IntArray, lengths: IntArray | None = None, y: IntArray | None = None) -> list[list[Finding]]:
        """Return every broken link of each word of a batch (N, T, D_in), first links first.

        Parameters
        ----------
        lengths, y : steps of each word where they vary, and recorded outputs, as in :meth:`Compared.outputs`
        """
        outputs = self.compared.outputs(x, lengths, y)
        steps = {pair: first_steps(outputs[pair[0]], outputs[pair[1]], lengths) for pair in _pairs(outputs)}
        found: list[list[Finding]] = [[] for _ in range(len(x))]
        for link in self._links(outputs):
            for row in np.flatnonzero(self._to_blame(link, outputs, steps)).tolist():
                found[row].append(self._finding(link, row, x, outputs, steps))
        return found

    def steps_of(self, finding: Finding, x: IntArray) -> IntArray:
        """Return for each word of (N, T, D_in) the step at which the same link breaks by the same cause, or -1."""
        steps = np.full(len(x), -1, dtype=np.int64)
        for row, found in enumerate(self.findings(x)):
            for each in found:
                if (each.left, each.right, each.cause) == (finding.left, finding.right, finding.cause):
                    steps[row] = each.step
        return steps

    @cached_property
    def places(self) -> Places | None:
        """Where the network keeps each state of a finite machine; None for other machines."""
        machine, four = self.compared.machine, self.compared
        if not isinstance(machine, MealyMachine):
            return None
        rng = np.random.default_rng([self._seed, 31])
        count = affordable_words(four.length, four.network.parameters, _MOST_WORDS, 0.3)
        x = four.draw(count, four.length, rng)
        known = np.array([all(tuple(s) in machine.symbol_index for s in word) for word in x.tolist()], dtype=np.bool_)
        return places_of(four.network, machine, x[known]) if known.any() else None

    def _links(self, outputs: Mapping[str, Outputs]) -> list[tuple[str, str]]:
        chain = [name for name in (DATA, NETWORK, MACHINE, PROGRAM) if name in outputs]
        return list(pairwise(chain))

    def _to_blame(
        self, link: tuple[str, str], outputs: Mapping[str, Outputs], steps: Mapping[tuple[str, str], IntArray]
    ) -> np.ndarray:
        """Return for which words the right-hand side of a link is to blame for breaking it, bool (N,)."""
        left, right = link
        broken = steps[link] >= 0
        if left != DATA and DATA in outputs:
            from_data = steps[DATA, right]
            broken &= (from_data >= 0) & (from_data <= steps[link])
        if left in (MACHINE, NETWORK) and right == PROGRAM:
            rows, at = np.flatnonzero(broken), steps[link]
            for row in rows.tolist():
                t = min(int(at[row]), outputs[left].valid.shape[1] - 1)
                # No entry in the machine is judged in its own link; integers beyond 64 bits are not compared.
                broken[row] = row not in outputs[left].faults and (
                    bool(outputs[right].valid[row, t]) or row in outputs[right].faults
                )
        return broken

    def _finding(
        self,
        link: tuple[str, str],
        row: int,
        x: IntArray,
        outputs: Mapping[str, Outputs],
        steps: Mapping[tuple[str, str], IntArray],
    ) -> Finding:
        left, right = link
        step = int(steps[link][row])

        def as_far(a: str, b: str) -> bool:
            """Whether two give the same up to and including the step."""
            first = int(steps[a, b][row]) if (a, b) in steps else step
            return first < 0 or first > step

        def result(cause: Cause, why: str) -> Finding:
            return Finding(cause, left, right, step, why)

        fault = outputs[right].faults.get(row)
        if fault is not None and fault[0] <= step and right != NETWORK:
            if right == MACHINE or fault[1] == "KeyError":
                return result(Cause.INCOMPLETE, f"The {right} has no entry for what it reads at step {step + 1}.")
            return result(Cause.FORMULA, f"The {right} stops with {fault[1]} at step {step + 1}.")
        word = x[row, : step + 1]
        values = {name: out.values[row, : step + 1] for name, out in outputs.items()}
        if right != PROGRAM and not (right == NETWORK and MACHINE in outputs and as_far(DATA, MACHINE)):
            guessed = self._not_observed(word, outputs.get(MACHINE), row)
            if guessed is not None:
                return result(Cause.INCOMPLETE, guessed)
        if right == NETWORK and MACHINE in outputs and as_far(NETWORK, MACHINE):
            return result(
                Cause.NOT_LEARNT,
                "The machine makes the same mistake: it is part of what the network does, and no drift.",
            )
        one = _Row(word, step, values, trace(self.compared.network, word[None]))
        right_there = DATA in outputs and as_far(DATA, NETWORK)  # the network is right: it did not drift
        if NETWORK in link and not right_there:
            reference = values[left if right == NETWORK else right]
            finite = right == MACHINE or (MACHINE in outputs and right == NETWORK and as_far(DATA, MACHINE))
            drifted = self._drift(one, reference, finite)
            if drifted is not None:
                return result(Cause.DRIFT, drifted)
        if right == NETWORK:
            return result(Cause.NOT_LEARNT, self._jump(step))
        if right == MACHINE and isinstance(self.compared.machine, MealyMachine):
            machine = self.compared.machine
            wrong_entry, why = machine_fault(self.compared.network, machine, self.places, one.seen, step)
            return result(Cause.INCOMPLETE if wrong_entry else Cause.CLUSTERING, why)
        return result(
            Cause.FORMULA,
            f"At step {step + 1} the {left} gives {_shown(values[left][-1])} and the {right}'s formulas give "
            f"{_shown(values[right][-1])}.",
        )

    def _not_observed(self, word: IntArray, outputs: Outputs | None, row: int) -> str | None:
        """Return the sentence that names the last transition on a word's way that no recording shows, or None."""
        machine = self.compared.machine
        if not isinstance(machine, MealyMachine) or machine.observed is None or outputs is None:
            return None
        if row in outputs.faults:
            return None
        states = trace(machine, word[None]).states[0]
        symbols = machine.indices(word)
        missing = np.flatnonzero(~machine.observed[states[:-1], symbols])
        if not len(missing):
            return None
        t = int(missing[-1])
        text = machine.input_text(int(symbols[t]))
        return f"At step {t + 1} the machine goes by a transition that no recording shows: S{states[t]} on {text}."

    def _drift(self, one: _Row, reference: IntArray, finite: bool) -> str | None:
        """Return the evidence that the network drifted on a word longer than the trained length, or None.

        Parameters
        ----------
        reference : what the network should give, int64 (t + 1, D_out)
        finite : whether the finite machine is a guide to where the memory should be
        """
        length = self.compared.length
        if one.step < length:
            return None
        hidden = one.seen.states[0]
        if not np.isfinite(hidden).all():
            at = int(np.argmin(np.isfinite(hidden).all(axis=1)))
            return f"After {at} steps the hidden state is no number any more: it has outgrown 64-bit floats."
        if (np.abs(reference.astype(np.float64)) > _LARGEST_EXACT).any():
            return "The right outputs are beyond 2^53, where 64-bit floats cannot hold every integer."
        errors, what = self._errors(one, reference, finite)
        seen = growth(errors, length)
        if seen.gradual:
            return (
                f"{what} grows with the length: at most {seen.early:.2f} within the trained length, {seen.late:.2f} in "
                "the last quarter of the steps; 1 is enough for a wrong output."
            )
        rounded = single_precision_step(self.compared.network, one.x, one.seen.outputs[0])
        if rounded is not None and rounded >= length:
            return (
                f"Rounding the hidden state to 32 bits changes the output at step {rounded + 1} already, so that small "
                "errors grow along the sequence."
            )
        return None

    def _errors(self, one: _Row, reference: IntArray, finite: bool) -> tuple[FloatArray, str]:
        """Return how far the network is off at each step before the first wrong output, and what is measured."""
        machine, network = self.compared.machine, self.compared.network
        if finite and isinstance(machine, MealyMachine) and self.places is not None:
            states = trace(machine, one.x[None]).states[0]
            distance, _ = self.places.distances(one.seen.states[0][1:-1], states[1:-1])
            if np.isfinite(distance).all():
                return distance, "The distance of the hidden state from its state's places"
        scores = network.readout(one.seen.states[0][1:])
        return output_errors(network, scores, reference)[:-1], "The distance of the output from the right one"

    def _jump(self, step: int) -> str:
        if step < self.compared.length:
            return f"The network is wrong within the length that it was trained at, at step {step + 1}."
        return (
            f"The first wrong output is at step {step + 1}, beyond the trained length; nothing shows that errors grew "
            "little by little up to there."
        )


def _pairs(outputs: Mapping[str, Outputs]) -> list[tuple[str, str]]:
    names = list(outputs)
    return [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]


def _shown(values: IntArray) -> str:
    return ";".join(str(v) for v in values.tolist())
