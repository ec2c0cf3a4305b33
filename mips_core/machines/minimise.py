"""The smallest machine with the same behaviour, in one canonical numbering."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order

from mips_core.machines import few_states
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.refine import equivalence_classes
from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class Reduction:
    """A minimal machine and where the states of the original one went.

    Parameters
    ----------
    machine : the minimal machine, in canonical numbering
    state_of : int64, shape (S,); the minimal state that behaves like each original state,
        -1 for states that behave like no reachable one
    """

    machine: MealyMachine
    state_of: IntArray


def minimise(machine: MealyMachine) -> MealyMachine:
    """Return the minimal machine with the same behaviour: reachable states only, equivalent ones merged.

    States are numbered in the order in which a breadth-first walk from the start meets them,
    symbols in their order; so the start is 0, and two machines with the same behaviour over the
    same alphabet have equal tables.  Answers on transitions that were not observed count like all
    others; a merged transition was observed when one of those that it stands for was.

    >>> import numpy as np
    >>> wasteful = MealyMachine(np.array([[2], [0], [0]]), np.array([[[1]], [[1]], [[1]]]), np.array([[0]]))
    >>> minimise(wasteful).states
    1
    """
    return reduce_machine(machine).machine


def reduce_machine(machine: MealyMachine) -> Reduction:
    """Minimise, and say which minimal state each state of ``machine`` behaves like; see :func:`minimise`.

    A machine that is minimal and numbered so already is handed back as it is.
    """
    model, state_of = _models(machine)
    as_it_is = model is state_of or (len(model) == machine.states and np.array_equal(model, np.arange(machine.states)))
    if as_it_is and machine.next_state.dtype == np.int64:
        return Reduction(machine, state_of)
    observed = None
    if machine.observed is not None:  # what was seen in one of the merged states was seen
        reached = np.flatnonzero(state_of >= 0)
        observed = np.zeros((len(model), len(machine.symbols)), dtype=np.bool_)
        np.logical_or.at(observed, state_of[reached], machine.observed[reached])
    minimal = MealyMachine(
        state_of[machine.next_state[model]], machine.output[model], machine.symbols, observed=observed,
        input_words=machine.input_words, output_words=machine.output_words,
    )  # fmt: skip
    return Reduction(minimal, state_of)


def _models(machine: MealyMachine) -> tuple[IntArray, IntArray]:
    """Return the first reachable state of every class, in the order of the walk, and each state's class or -1.

    A class is first met on its least word (by length, then in symbol order), which is the least of its states' least
    words: classes in the order of their first states are those of a walk over the minimal machine.
    """
    if machine.next_state.size <= few_states.FEW:
        few = few_states.models(machine)
        if few is not None:
            return few
    reached = walk_order(machine.next_state, machine.start_state)
    number = np.full(machine.states, -1, dtype=np.int64)
    number[reached] = np.arange(len(reached))
    part = MealyMachine(number[machine.next_state[reached]], machine.output[reached], machine.symbols)
    classes = equivalence_classes(part)
    first = np.unique(classes, return_index=True)[1]
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    state_of = np.full(machine.states, -1, dtype=np.int64)
    state_of[reached] = rank[classes]
    return reached[first[order]], state_of


def merged_states(machine: MealyMachine) -> tuple[IntArray, ...]:
    """Return, for each state of the minimal machine, the reachable states of ``machine`` that it stands for."""
    reduction = reduce_machine(machine)
    order = np.argsort(reduction.state_of, kind="stable")
    bounds = np.searchsorted(reduction.state_of[order], np.arange(reduction.machine.states + 1))
    return tuple(order[a:b] for a, b in itertools.pairwise(bounds))


def quotient(machine: MealyMachine) -> tuple[MealyMachine, IntArray]:
    """Merge equivalent states, unreachable ones too; return the machine and the class of each state, int64 (S,)."""
    classes = equivalence_classes(machine)
    return _quotient(machine, classes), classes


def _quotient(machine: MealyMachine, classes: IntArray) -> MealyMachine:
    """Return the machine of the classes, which are numbered 0, 1, ... without gaps."""
    model = np.unique(classes, return_index=True)[1]
    return MealyMachine(
        classes[machine.next_state[model]], machine.output[model], machine.symbols, int(classes[machine.start_state])
    )


def walk_order(next_state: IntArray, start: int) -> IntArray:
    """Return the reachable states in the order of a breadth-first walk, symbols in their order; int64."""
    states, symbols = next_state.shape
    if states * symbols <= few_states.FEW:
        return few_states.walk(next_state, start)
    # SciPy walks the stored entries of a row in their order, which is the order of the symbols
    pointers = np.arange(0, states * symbols + 1, symbols)
    graph = csr_matrix((np.ones(states * symbols), next_state.ravel(), pointers), shape=(states, states))
    order: IntArray = breadth_first_order(graph, start, return_predecessors=False).astype(np.int64)
    return order
