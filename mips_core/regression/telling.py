"""Which registers fix an output: small sets under which no situation goes with two answers.

Contradictions are counted on sample sequences: the current input and the registers name a situation; steps in the same
situation with different outputs contradict one another, and a situation that occurs once says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mips_core.machines.integer_system import input_names
from mips_core.progress import Monitor
from mips_core.regression.levels import level_word
from mips_core.regression.registers import Register
from mips_core.stepping import IntArray

_ROWS = 4_000
_CELLS = 400_000  # largest table in which contradictions are counted
_SINGLE = 0.3  # share of steps that may be the only ones of their kind
_BEAM = 40
_KEPT = 8  # sets of registers of one size that are handed out
_WITH_LEVELS = 2  # largest sets that levels belong to: there are many, and one that fits needs few others
_FAMILY = 6  # most registers that do the same to each value of the input


def telling_registers(
    bank: Sequence[Register],
    words: IntArray,
    target: IntArray,
    *,
    monitor: Monitor,
    most: int = 4,
    errors: float = 0.02,
) -> Iterator[tuple[Register, ...]]:
    """Yield sets of up to ``most`` registers that, with the current input, fix ``target`` (N, T); fewest first.

    Sets of several under which most situations occur once only say nothing and are left out, and so is what contains
    a smaller set that fixes the target.

    Parameters
    ----------
    monitor : may stop; when its time is up, no more sets are looked at
    most : registers in a set at most
    errors : share of steps on which the same input and registers may go with another target

    Raises
    ------
    Cancelled
        when the monitor's caller asked to stop.
    """
    n, length = target.shape
    rows = np.random.default_rng(0).permutation(n)[: max(8, _ROWS // length)]
    answers, count = _codes(target[rows])
    current, inputs = _codes(*(words[rows][:, :, i] for i in range(words.shape[2])))
    coded = [(r, *_codes(r.before[rows])) for r in bank]
    levels = [level_word(r.name) is not None for r in bank]

    def simplicity(chosen: tuple[int, ...]) -> int:
        # Several registers of one kind, such as a count of each symbol, are one idea.
        costs: dict[str, int] = {}
        for register in (coded[i][0] for i in chosen):
            costs[register.kind] = max(costs.get(register.kind, 0), register.cost)
        return sum(costs.values()) + len(chosen)

    def judge(keys: IntArray, size: int) -> tuple[float, float]:
        """Return the shares of steps that contradict others, and that nothing else speaks for."""
        if size * count > _CELLS:
            distinct, keys = np.unique(keys, return_inverse=True)
            size = len(distinct)
            if size * count > 20 * _CELLS:
                return 1.0, 1.0
        most_often = np.bincount(keys * count + answers, minlength=size * count).reshape(size, count).max(axis=1)
        agreeing, single = most_often.sum(), (most_often == 1).sum()
        return 1.0 - agreeing / answers.size, single / answers.size

    def room_of(chosen: tuple[int, ...]) -> tuple[IntArray, int]:
        keys, size = current, inputs
        for i in chosen:
            keys, size = keys * coded[i][2] + coded[i][1], size * coded[i][2]
        return keys, size

    families = [f for f in _families(bank) if 2 <= len(f) <= _FAMILY and room_of(f)[1] <= 2**40]
    parallel = [f for f in _across_inputs(bank, words.shape[2]) if room_of(f)[1] <= 2**40]
    found: list[tuple[int, ...]] = []
    beam: list[tuple[float, tuple[int, ...], IntArray, int]] = [(0.0, (), current, inputs)]
    for members_wanted in range(1, most + 1):
        grown: dict[tuple[int, ...], tuple[float, tuple[int, ...], IntArray, int]] = {}
        telling = [
            f
            for f in families
            if min(len(f), 3) == members_wanted  # one idea: before the larger sets of several
            and all(a <= b for a, b in zip(judge(*room_of(f)), (errors, _SINGLE), strict=True))
        ]
        unclear: list[tuple[int, ...]] = []
        # One idea too, and worth a try although sums of several inputs seldom meet the same values twice.
        for chosen in parallel:
            if len(chosen) == members_wanted and judge(*room_of(chosen))[0] <= errors:
                yield tuple(coded[i][0] for i in chosen)
        for _, members, keys, size in beam:
            for i, (_, values, distinct) in enumerate(coded):
                monitor.check()
                if monitor.expired:
                    return
                chosen = tuple(sorted((*members, i)))
                if members_wanted > _WITH_LEVELS and levels[i]:
                    continue
                if i in members or chosen in grown or any(set(f) <= set(chosen) for f in (*found, *telling)):
                    continue
                joined, room = keys * distinct + values, size * distinct
                if room > 2**40:
                    continue
                wrong, single = judge(joined, room)
                if wrong <= errors and single <= _SINGLE:
                    telling.append(chosen)
                else:
                    if wrong <= errors and members_wanted == 1:
                        unclear.append(chosen)
                    if members_wanted < _WITH_LEVELS or not any(levels[j] for j in chosen):
                        grown[chosen] = wrong + single, chosen, joined, room
        # Of inputs with many values most situations occur once; single registers are then worth a try all the same.
        for chosen in [*sorted(telling, key=simplicity)[:_KEPT], *sorted(unclear, key=simplicity)[:_KEPT]]:
            yield tuple(coded[i][0] for i in chosen)
        found += telling
        beam = sorted(grown.values(), key=lambda item: (item[0], simplicity(item[1])))[:_BEAM]


def _families(bank: Sequence[Register]) -> list[tuple[int, ...]]:
    """Return the places of registers that do the same to each value of the input, as counts of all symbols do."""
    groups: dict[str, list[int]] = {}
    for i, register in enumerate(bank):
        stem, _, value = register.name.rpartition("_")
        if value.removeprefix("m").isdigit():
            groups.setdefault(stem, []).append(i)
    return [tuple(group) for group in groups.values()]


def _across_inputs(bank: Sequence[Register], inputs: int) -> list[tuple[int, ...]]:
    """Return the places of registers that do the same to each of several inputs, as the sums of both."""
    groups: dict[str, list[int]] = {}
    for i, register in enumerate(bank):
        stem, _, name = register.name.rpartition("_")
        if name in input_names(inputs):
            groups.setdefault(stem, []).append(i)
    return [tuple(group) for group in groups.values() if len(group) == inputs > 1]


def _codes(*columns: IntArray) -> tuple[IntArray, int]:
    """Return each row of several arrays as a number below the second result, int64 (size of one array,)."""
    stacked = np.stack([column.ravel() for column in columns], axis=1)
    if stacked.shape[1] == 1:
        distinct, code = np.unique(stacked[:, 0], return_inverse=True)
    else:
        distinct, code = np.unique(stacked, axis=0, return_inverse=True)
    return code.ravel().astype(np.int64), len(distinct)
