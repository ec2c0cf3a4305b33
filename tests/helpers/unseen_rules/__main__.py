"""Measure generality: ``PYTHONPATH=tests/helpers python -m unseen_rules [development|reported] [NAME ...]``.

Each rule's data file goes through ``distill`` with its default settings; the program is then compared with the rule on
fresh sequences of one and five times the length.  Rules come in an order that no one chose, so that the first few are a
fair sample.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mips_core.distillation import distill
from mips_core.errors import MipsError
from mips_core.programs import Program
from mips_core.regression import Method
from mips_core.stepping import outputs_of
from mips_core.tasks import write_csv
from unseen_rules import RULES, Rule, development, reported

SEQUENCES = {1: 2000, 5: 500}


@dataclass(frozen=True)
class Row:
    """What came out for one rule; shares of sequences in [0, 1] at one and five times the length."""

    name: str
    method: str
    nodes: int
    shares: tuple[float, ...]
    cpu_seconds: float

    @property
    def exact(self) -> bool:
        return all(share == 1.0 for share in self.shares)


def measure(rule: Rule, folder: Path) -> Row:
    """Distil the rule's data file and compare the program with the rule."""
    path = folder / f"{rule.name}.csv"
    write_csv(rule.dataset(), path)
    before = time.process_time()
    try:
        program = distill(path).program
    except MipsError as error:
        return Row(rule.name, f"none: {error}", 0, (0.0,), time.process_time() - before)
    spent = time.process_time() - before
    if program is None:
        return Row(rule.name, "none", 0, (0.0,), spent)
    shares = tuple(_share(program, rule, times, count) for times, count in SEQUENCES.items())
    return Row(rule.name, str(program.method), program.nodes, shares, spent)


def _share(program: Program, rule: Rule, times: int, count: int) -> float:
    words = rule.draw(count, np.random.default_rng(99), times * rule.length)
    expected = rule.outputs(words)
    right = 0
    for word, answer in zip(words, expected, strict=True):
        try:
            right += bool((outputs_of(program, word[None])[0] == answer).all())
        except KeyError:  # a table without an entry for this input
            continue
    return right / count


def main(arguments: list[str]) -> None:
    """Print one line for each rule, then the totals."""
    half = reported() if "reported" in arguments else development()
    names = [name for name in arguments if name in RULES]
    rules = [RULES[name] for name in names] or sorted(half, key=lambda r: hashlib.sha256(r.name.encode()).digest()[1:])
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for rule in rules:
            row = measure(rule, Path(folder))
            rows.append(row)
            shares = "  ".join(f"{share:7.2%}" for share in row.shares)
            print(f"{row.name:<34}{row.method:<10}{row.nodes:>4}  {shares}  {row.cpu_seconds:6.1f} s", flush=True)
    exact = sum(row.exact for row in rows)
    formulas = sum(row.exact and row.method != Method.TABLE for row in rows)
    print(f"{exact} of {len(rows)} exact, {formulas} of them formulas")


if __name__ == "__main__":
    main(sys.argv[1:])
