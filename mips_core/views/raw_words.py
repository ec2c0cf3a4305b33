"""Raw machines and partition refinement told in words and rows of tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.raw_machine import FEW_RAW, RawConflict, RawMachine
from mips_core.machines.rounds import ToldApart
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words
from mips_core.views.machine_diagram import raw_name
from mips_core.views.palette import state_name
from mips_core.views.sequences import count_text, sequence_text, step_text
from mips_core.views.step_words import code, listing

Name = Callable[[int], str]

_MOST_NAMES = 12


def class_name(number: int) -> str:
    """Return the printed name of a class of a round: A, B, ... Z, A2, B2, ...

    >>> class_name(1), class_name(27)
    ('B', 'B2')
    """
    turn, letter = divmod(number, 26)
    return chr(ord("A") + letter) + (str(turn + 1) if turn else "")


def raw_sentence(raw: RawMachine) -> str:
    """Say how many raw states there are and whether they close."""
    if raw.machine is None:
        return f"More than {raw.states:,} raw states: at this tolerance the hidden states do not close into a machine."
    return (
        f"{count_text(raw.states, 'raw state')} at this tolerance, and all of their arrows lead back into them. "
        + (
            f"{count_text(raw.followed, 'further transition')} from other members were followed."
            if raw.followed
            else ""
        )
    ).strip()


def too_large(raw: RawMachine) -> str:
    """Return why there is no picture, or ""."""
    if raw.machine is None:
        return "There is no picture, since the walk gave up before it was done. A coarser tolerance merges more."
    if raw.states > FEW_RAW:
        return f"A picture of more than {FEW_RAW} states cannot be read; the table shows them by class."
    return ""


def conflict_sentences(raw: RawMachine, words: tuple[Words, Words] = ((), ())) -> list[str]:
    """Return what proves that this tolerance is not deterministic: the two prefixes, what they lead to, what it means.

    Empty when every member that was followed went the way of its raw state.
    """
    found = raw.worst_conflict
    if found is None:
        return []
    symbols = raw.prefix_symbols
    first, second = (prefix_text(symbols[p], words[0]) for p in (found.first, found.second))
    symbol = code(step_text(symbols[found.symbol], words[0]))
    ways = [
        f"{raw_name(target)} and writes {code(step_text(y, words[1]))}" if _known(raw, target) else "a new raw state"
        for target, y in zip(found.next_states, found.outputs, strict=True)
    ]
    return [
        f"After {first} and after {second} the network is in {raw_name(found.state)}. "
        f"The input {symbol} then leads to {ways[0]}, or to {ways[1]}.",
        _meaning(raw, found),
    ]


def _known(raw: RawMachine, state: int) -> bool:
    return state < raw.states


def _meaning(raw: RawMachine, conflict: RawConflict) -> str:
    if np.array_equal(*conflict.outputs) and raw.machine is None:
        return "The walk did not close, so whether these two behave alike from there on cannot be told from it."
    if raw.is_harmless(conflict):
        return (
            "Both behave the same from there on, so this does no harm: the line between two raw states was drawn "
            "through one state."
        )
    return "They behave differently, so this tolerance is too coarse there: it joins hidden states that must be apart."


def prefix_text(word: IntArray, words: Words = ()) -> str:
    """Write a prefix (T, D_in) for Markdown; the empty one has a name."""
    return code(sequence_text(word, words)) if len(word) else "no input"


def told_apart_sentences(
    found: ToldApart | None, one: str, other: str, words: tuple[Words, Words] = ((), ())
) -> list[str]:
    """Say why two states are two, or why they may be one."""
    if found is None:
        return [
            f"**No suffix tells {one} and {other} apart**, however long. So they may be merged.",
            "Why this is certain: each input writes the same output from both and leads to the same class again. "
            "The partition is closed, so nothing can differ later.",
        ]
    last = [code(step_text(y[-1], words[1])) for y in (found.first, found.second)]
    lines = [
        f"The shortest suffix that tells them apart is **{code(sequence_text(found.suffix, words[0]))}**. "
        f"From {one} its last output is **{last[0]}**, from {other} it is **{last[1]}**."
    ]
    if len(found.suffix) > 1:
        before = code(sequence_text(found.first[:-1], words[1]))
        lines.append(f"Before that, both write {before}. No shorter suffix shows a difference.")
    return lines


def round_rows(machine: MealyMachine, rounds: Sequence[IntArray], k: int, name: Name) -> list[dict[str, str]]:
    """Return the classes after round ``k``, a row each: its states, and what split it off in this round."""
    classes = rounds[k]
    rows = []
    for number in range(int(classes.max()) + 1):
        members = np.flatnonzero(classes == number).tolist()
        rows.append({"class": class_name(number), "states": _names(members, name), "why new": ""})
        if k and _is_new(rounds, k, number):
            parent = int(np.flatnonzero(rounds[k - 1] == rounds[k - 1][members[0]])[0])
            rows[-1]["why new"] = _why(machine, rounds[k - 1], parent, members[0], name)
    if not any(row["why new"] for row in rows):
        rows = [{key: value for key, value in row.items() if key != "why new"} for row in rows]
    return rows


def _is_new(rounds: Sequence[IntArray], k: int, number: int) -> bool:
    """Whether a class was split off in round ``k``: it does not hold the first state of the class it was part of."""
    member = int(np.flatnonzero(rounds[k] == number)[0])
    first = int(np.flatnonzero(rounds[k - 1] == rounds[k - 1][member])[0])
    return bool(rounds[k][first] != number)


def _why(machine: MealyMachine, before: IntArray, s: int, t: int, name: Name) -> str:
    """Return the input on which two states of one class differ, by output or by the class they lead to."""
    for i in range(len(machine.symbols)):
        if not np.array_equal(machine.output[s, i], machine.output[t, i]):
            return (
                f"on {machine.input_text(i)}, {name(t)} writes {machine.output_text(t, i)} "
                f"and {name(s)} writes {machine.output_text(s, i)}"
            )
    for i in range(len(machine.symbols)):
        one, other = (int(before[machine.next_state[state, i]]) for state in (s, t))
        if one != other:
            return (
                f"on {machine.input_text(i)}, {name(t)} leads into class {class_name(other)} of the round before, "
                f"and {name(s)} into {class_name(one)}"
            )
    raise AssertionError("two states in different classes differ on no input")


def _names(states: Sequence[int], name: Name) -> str:
    shown = [name(s) for s in states[:_MOST_NAMES]]
    left = len(states) - len(shown)
    return listing([*shown, f"{left} more"] if left else shown)


def class_rows(raw: RawMachine, merged_into: IntArray, words: Words = ()) -> list[dict[str, str | int]]:
    """Return a row for each minimal state: how many raw states became it, and the shortest prefixes into them."""
    rows: list[dict[str, str | int]] = []
    for state in np.unique(merged_into).tolist():
        members = np.flatnonzero(merged_into == state).tolist()
        shortest = sorted(members, key=lambda s: len(raw.prefixes[s]))[:3]
        texts = [sequence_text(raw.prefix_symbols[raw.prefixes[s]], words) or "no input" for s in shortest]
        rows.append({
            "state": state_name(state) if state >= 0 else "none", "raw states": len(members),
            "which": _names(members, raw_name), "shortest prefixes": "  |  ".join(texts),
        })  # fmt: skip
    return rows
