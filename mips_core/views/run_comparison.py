"""Two runs side by side: what they were made from, what came out, and whether that behaves the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import Machine
from mips_core.programs.program import Program
from mips_core.runs import Run
from mips_core.runs.row import row_of
from mips_core.stepping import IntArray, outputs_of
from mips_core.tasks import Integers
from mips_core.tasks.exhaustive import all_symbols
from mips_core.verification.difference import find_difference
from mips_core.verification.product import search_product
from mips_core.verification.shorten import shorten
from mips_core.verification.sides import MachineSide, word_machine
from mips_core.views.run_rows import cell_name, memory_text
from mips_core.views.sequences import sequence_text

EQUAL, AGREE, DIFFER, UNCOMPARED = "equal", "agree", "differ", "not comparable"
_SYMBOLS = 200
_PAIRS = 5_000
_RANDOM, _LENGTHS = 500, (10, 50)
_NONE = "none"


@dataclass(frozen=True)
class FactRow:
    """One fact about both runs."""

    fact: str
    left: str
    right: str

    @property
    def same(self) -> bool:
        """Whether both are alike in it."""
        return self.left == self.right


@dataclass(frozen=True)
class Behaviour:
    """How the machines or programs of two runs relate.

    Parameters
    ----------
    verdict : :data:`EQUAL` (proved), :data:`AGREE` (no difference found), :data:`DIFFER` or :data:`UNCOMPARED`
    claim : what that rests on, in sentences
    inputs, left, right : the shortest difference as texts, and what both give on it; "" where there is none
    """

    verdict: str
    claim: str
    inputs: str = ""
    left: str = ""
    right: str = ""


def fact_rows(a: Run, b: Run) -> tuple[FactRow, ...]:
    """Return what is known of both runs, a row for each fact."""
    facts = _facts(a), _facts(b)
    return tuple(FactRow(name, facts[0][name], facts[1][name]) for name in facts[0])


def _facts(run: Run) -> dict[str, str]:
    report, row = run.report, row_of(run)
    network, program = report["network"], report["program"]
    checked = report["verification"]
    return {
        "made from": row.made_from,
        "result": row.result,
        "network": cell_name(network["cell"]),
        "hidden size": str(network["hidden_size"]),
        "parameters": f"{network['parameters']:,}",
        "network right on data": _count(checked, "network_vs_data"),
        "machine": memory_text(report),
        "program found by": program["method"] if program else _NONE,
        "size of the program": f"{program['nodes']:,} nodes" if program else _NONE,
        "program equals network": _count(checked, "program_vs_network"),
        "route": (report.get("route") or {}).get("name") or _NONE,
        "seed": "not recorded" if row.seed is None else str(row.seed),
        "seconds": f"{row.seconds:.1f}",
        "made": row.made_text or "ships with the explorer",
        "version": row.version or "not recorded",
    }


def _count(checked: dict[str, dict[str, dict[str, int]]], key: str) -> str:
    entry = (checked.get(key) or {}).get("1x")
    return f"{entry['agree']:,} of {entry['sequences']:,}" if entry else "not checked"


def behaviour(a: Run, b: Run) -> Behaviour:
    """Compare what two runs found: finite machines by proof, integers as far as a search through states goes."""
    if isinstance(a.machine, MealyMachine) and isinstance(b.machine, MealyMachine):
        return _finite(a.machine, b.machine)
    left, right = a.machine or a.program, b.machine or b.program
    if left is None or right is None:
        missing = "Both runs have" if left is right else f"{'A' if left is None else 'B'} has"
        return Behaviour(UNCOMPARED, f"{missing} neither a machine nor a program.")
    return _searched(left, right, _ranges(a), _ranges(b))


def _finite(a: MealyMachine, b: MealyMachine) -> Behaviour:
    left, right = word_machine(a), word_machine(b)
    if not set(left.inputs) & set(right.inputs):
        return Behaviour(UNCOMPARED, "The two machines read nothing in common.")
    found = find_difference(MachineSide("A", left), MachineSide("B", right))
    verdict = {"equal": EQUAL, "agrees": AGREE, "differs": DIFFER}[found.verdict]
    if found.word is None:
        return Behaviour(verdict, found.claim)
    texts = [" ".join(said) if isinstance(said, list) else str(said) for said in (found.left, found.right)]
    return Behaviour(verdict, found.claim, " ".join(found.word), *texts)


def _searched(
    a: Machine | Program, b: Machine | Program, left: tuple[Integers, ...], right: tuple[Integers, ...]
) -> Behaviour:
    """Follow both through the states that they reach together, on the inputs that both may read."""
    if len(left) != len(right) or a.output_width != b.output_width:
        text = (
            f"A reads {len(left)} and writes {a.output_width} integers per step, B {len(right)} and {b.output_width}."
        )
        return Behaviour(UNCOMPARED, text)
    common = [Integers(max(x.low, y.low), min(x.high, y.high)) for x, y in zip(left, right, strict=True)]
    if any(r.low >= r.high for r in common):
        return Behaviour(UNCOMPARED, "No integer may occur in both.")
    symbols, some = _symbols(common)
    for machine in (a, b):
        if isinstance(machine, MealyMachine):  # it may know only some combinations
            known = {tuple(s) for s in machine.symbols.tolist()}
            symbols = np.array([s for s in symbols.tolist() if tuple(s) in known], dtype=np.int64)
    if not len(symbols):
        return Behaviour(UNCOMPARED, "The two machines read nothing in common.")
    if not isinstance(a, MealyMachine) and a == b:
        return Behaviour(EQUAL, "They are the same equations, so they give the same outputs on all sequences.")
    found = search_product(a, b, symbols, limit=_PAIRS)
    over = f" of {len(symbols)} input symbols, the smallest and the largest ones" if some else ""
    if found.word is not None:
        claim = f"They differ on a sequence of length {len(found.word)}, and on no shorter one{over}."
        return _differing(a, b, found.word, claim)
    if found.closed and not some:
        return Behaviour(EQUAL, "Proved: the two give the same outputs on all sequences, of any length.")
    word = _random_difference(a, b, symbols)
    if word is not None:
        return _differing(a, b, word, f"They differ on a sequence of length {len(word)}, found by trying random ones.")
    length = "of any length" if found.closed else f"up to length {found.depth}"
    claim = (
        f"They give the same outputs on all sequences{over}, {length}, and on {_RANDOM:,} random ones each of length "
    )
    return Behaviour(AGREE, claim + " and ".join(map(str, _LENGTHS)) + ".")


def _differing(a: Machine | Program, b: Machine | Program, word: IntArray, claim: str) -> Behaviour:
    said = [sequence_text(outputs_of(side, word[None])[0]) for side in (a, b)]
    return Behaviour(DIFFER, claim, sequence_text(word), *said)


def _random_difference(a: Machine | Program, b: Machine | Program, symbols: IntArray) -> IntArray | None:
    """Return a sequence (T, D_in) on which the two differ, shortened, or None when no random one shows any."""

    def differs(x: IntArray) -> IntArray:
        apart = (outputs_of(a, x) != outputs_of(b, x)).any(axis=2)
        return np.where(apart.any(axis=1), apart.argmax(axis=1), -1)

    rng = np.random.default_rng(0)
    for length in _LENGTHS:
        x = symbols[rng.integers(len(symbols), size=(_RANDOM, length))]
        found = differs(x)
        if (found >= 0).any():
            row = int(np.where(found >= 0, found, length).argmin())
            return shorten(x[row, : found[row] + 1], differs)
    return None


def _symbols(common: list[Integers]) -> tuple[IntArray, bool]:
    """Return all symbols, or, where they are many, those of a few integers per input; and whether these are some."""
    found = all_symbols(common, _SYMBOLS)
    if found is not None:
        return found, False
    few = [sorted({r.low, r.low + 1, r.high - 2, r.high - 1} & set(range(r.low, r.high))) for r in common]
    if np.prod([float(len(values)) for values in few]) > _SYMBOLS:
        few = [[values[0], values[-1]] for values in few]
    return np.array(list(product(*few))[:_SYMBOLS], dtype=np.int64), True


def _ranges(run: Run) -> tuple[Integers, ...]:
    return tuple(Integers(low, high) for low, high in run.report["inputs"])
