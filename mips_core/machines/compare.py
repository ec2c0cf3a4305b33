"""Comparing machines by what they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.few_states import output_rows
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise, quotient
from mips_core.stepping import IntArray

_MOST_PAIRS = 400_000_000
"""Pairs of states that a comparison may remember, a byte each."""

_FEW_PAIRS = 1_000_000
"""Pairs of states up to which walking all of them is faster than uniting states."""


def equivalent(a: MealyMachine, b: MealyMachine) -> bool:
    """Tell whether two machines have the same alphabet and the same outputs on every word, of any length.

    This is a proof about the two tables, not a test on samples.  The numbering of states and the
    order of symbols do not matter.
    """
    if a.output_width != b.output_width or set(a.symbol_index) != set(b.symbol_index):
        return False
    return shortest_difference(a, b) is None


def same_tables(a: MealyMachine, b: MealyMachine) -> bool:
    """Tell whether two machines are equal entry by entry, numbering of states included."""
    return (
        a.start_state == b.start_state
        and np.array_equal(a.symbols, b.symbols)
        and np.array_equal(a.next_state, b.next_state)
        and np.array_equal(a.output, b.output)
    )


def shortest_difference(a: MealyMachine, b: MealyMachine) -> IntArray | None:
    """Return the shortest word on whose last step the outputs of two machines differ, int64 (T, D_in), or None.

    Where the alphabets differ, only words over the common symbols are compared.  Among the
    shortest words the first one in symbol order (that of ``a``) is returned.

    Raises
    ------
    BadInputError
        when the machines have no symbol in common, or outputs of different width.
    """
    if a.output_width != b.output_width:
        raise BadInputError(
            f"The machines give {a.output_width} and {b.output_width} integers per step; only equal widths compare."
        )
    common = [row for row in a.symbol_index if row in b.symbol_index]
    if not common:
        raise BadInputError("The machines have no input symbol in common, so no word can be run on both.")
    left = minimise(_restricted(a, common))
    right = minimise(_restricted(b, common))
    if same_tables(left, right):  # minimal machines are canonical
        return None
    word = _word_apart(left, left.start_state, right, right.start_state)
    return None if word is None else left.symbols[word]


def distinguishing_suffix(machine: MealyMachine, s: int, t: int) -> IntArray | None:
    """Return the shortest word that gives different outputs from states ``s`` and ``t``, int64 (T, D_in), or None.

    The outputs differ on the last step of the word; None means that the two states behave the same.

    Raises
    ------
    BadInputError
        when ``s`` or ``t`` is no state of the machine.
    """
    for state in (s, t):
        if not 0 <= state < machine.states:
            raise BadInputError(f"There is no state {state}; the machine has states 0 to {machine.states - 1}.")
    small, classes = quotient(machine)
    if classes[s] == classes[t]:
        return None
    word = _word_apart(small, int(classes[s]), small, int(classes[t]))
    return None if word is None else machine.symbols[word]


def _word_apart(a: MealyMachine, s: int, b: MealyMachine, t: int) -> IntArray | None:
    """Return the shortest word on whose last step the outputs differ, positions of symbols, or None."""
    if a.states * b.states <= _FEW_PAIRS:
        return walk_pairs(a, s, b, t).word
    return first_difference(a, s, b, t)


def _restricted(machine: MealyMachine, symbols: list[tuple[int, ...]]) -> MealyMachine:
    """Keep the given symbols, in the given order."""
    columns = [machine.symbol_index[symbol] for symbol in symbols]
    return MealyMachine(
        machine.next_state[:, columns], machine.output[:, columns], machine.symbols[columns], machine.start_state
    )


@dataclass(frozen=True, eq=False)
class PairWalk:
    """What a walk over pairs of states found.

    Parameters
    ----------
    word : the shortest word on whose last step the outputs differ, positions of symbols, int64 (T,), or None
    pairs : pairs of states seen
    missing_right, missing_left : a shortest word whose last step only the other machine defines, or None; the walk does
        not take such steps
    """

    word: IntArray | None
    pairs: int
    missing_right: IntArray | None = None
    missing_left: IntArray | None = None


def walk_pairs(a: MealyMachine, s: int, b: MealyMachine, t: int, *, undefined: int | None = None) -> PairWalk:
    """Walk pairs of states breadth-first from (s, t), and find the shortest word on which they differ.

    Both machines have the same symbols in the same order.  Pairs are coded as s * S_b + t, a level at a time.  Without
    a word the two agree on every word: a proof, since all reachable pairs were seen.

    Parameters
    ----------
    undefined : the output, of width 1, that stands where a machine has no transition; such steps are neither compared
        nor taken

    Raises
    ------
    BadInputError
        when there are too many pairs of states to remember.
    """
    if a.states * b.states > _MOST_PAIRS:
        raise BadInputError(f"The machines have {a.states:,} and {b.states:,} states: too many pairs to compare.")
    seen = np.zeros(a.states * b.states, dtype=bool)
    level = np.array([s * b.states + t], dtype=np.int64)
    seen[level] = True
    history: list[tuple[IntArray, IntArray]] = []  # per level: index of the parent pair, symbol taken
    missing_left: IntArray | None = None
    missing_right: IntArray | None = None
    word: IntArray | None = None
    count = len(a.symbols)
    while len(level):
        left, right = np.divmod(level, b.states)
        differs = (a.output[left] != b.output[right]).any(axis=2)  # (pairs, X)
        taken = np.ones(differs.shape, dtype=bool)
        if undefined is not None:
            has_left, has_right = a.output[left, :, 0] != undefined, b.output[right, :, 0] != undefined
            if missing_right is None and (has_left & ~has_right).any():
                missing_right = _word_to(history, int(np.argmax(has_left & ~has_right)), count)
            if missing_left is None and (has_right & ~has_left).any():
                missing_left = _word_to(history, int(np.argmax(has_right & ~has_left)), count)
            taken = has_left & has_right
            differs &= taken
        if differs.any():
            word = _word_to(history, int(np.argmax(differs)), count)
            break
        steps = np.flatnonzero(taken)
        following = (a.next_state[left] * b.states + b.next_state[right]).ravel()[steps]
        _, first = np.unique(following, return_index=True)
        order = np.sort(first)  # keeps the walk in symbol order
        order = order[~seen[following[order]]]
        level = following[order]
        seen[level] = True
        history.append((steps[order] // count, steps[order] % count))
    return PairWalk(word, int(seen.sum()), missing_right, missing_left)


def first_difference(a: MealyMachine, s: int, b: MealyMachine, t: int) -> IntArray | None:
    """Return the shortest word on whose last step the outputs from ``s`` and ``t`` differ; None proves that none do.

    Both machines have the same symbols in the same order; the word is positions of symbols, int64 (T,), the first in
    symbol order among the shortest.  States that must behave alike if the starts do are united, and a pair inside one
    class is not followed (Hopcroft and Karp 1971): at most S_a + S_b pairs are, nearly linear time.  Where such a pair
    differs on a word, one of the pairs that united the class does so on it or a shorter one, and was met before.
    """
    symbols, shift = range(len(a.symbols)), a.states
    after_left, shown_left = a.next_state.tolist(), output_rows(np.asarray(a.output, dtype=np.int64))
    after_right, shown_right = b.next_state.tolist(), output_rows(np.asarray(b.output, dtype=np.int64))
    above = list(range(shift + b.states))  # of each state, those of b after those of a
    above[shift + t] = s
    pairs, came_from = [(s, t)], [(-1, -1)]  # per pair: number of the pair before, symbol taken
    for number, (left, right) in enumerate(pairs):
        if shown_left[left] != shown_right[right]:
            word = [_first_unlike(shown_left[left], shown_right[right], len(symbols))]
            while number > 0:
                number, symbol = came_from[number]
                word.append(symbol)
            return np.array(word[::-1], dtype=np.int64)
        lefts, rights = after_left[left], after_right[right]
        for symbol in symbols:
            one, other = pair = lefts[symbol], rights[symbol]
            other += shift
            if above[one] == above[other]:
                continue
            while (up := above[one]) != one:  # to the root of its tree, which becomes half as deep
                above[one] = one = above[up]
            while (up := above[other]) != other:
                above[other] = other = above[up]
            if one != other:
                above[other] = one
                pairs.append(pair)
                came_from.append((number, symbol))
    return None


def _first_unlike(one: bytes, other: bytes, count: int) -> int:
    """Return the first of so many equally long parts in which two unequal byte strings differ."""
    size = len(one) // count
    return next(i for i in range(count) if one[i * size : (i + 1) * size] != other[i * size : (i + 1) * size])


def _word_to(history: list[tuple[IntArray, IntArray]], place: int, count: int) -> IntArray:
    """Return the word to a step of the last level, given as pair * X + symbol."""
    pair, symbol = divmod(place, count)
    word = [symbol]
    for parents, symbols in reversed(history):
        word.append(int(symbols[pair]))
        pair = int(parents[pair])
    return np.array(word[::-1], dtype=np.int64)
