"""A plain brute-force enumerator in C over the operators and constants of our own search, compiled where it runs.

The source stands beside this module, with a word on how it searches.  It runs within the contestant's process, so
that ending the process ends it.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.contestant import Judgement
from mips_core.benchmarks.speed.formula_tables import Answer, Kind, Rule, Task, answer_of, judged, task_of
from mips_core.errors import MipsError
from mips_core.expressions import OPERATORS, Constant, Expression, Variable, apply, evaluate
from mips_core.progress import Stopwatch
from mips_core.regression.enumerate import data_constants
from mips_core.stepping import IntArray

PLAIN = "brute force in C"
SHARED = "brute force in C, shared prefixes"
NO_COMPILER = "there is no C compiler: install gcc or clang"
_SOURCE = Path(__file__).with_suffix(".c")
_COMPILERS = ("cc", "gcc", "clang")
# In the order of the source; it counts them from 0, and leaves from _LEAF.
_OPERATORS = ("add", "sub", "mul", "floordiv", "mod", "min", "max", "eq", "ne", "lt", "le", "gt", "ge", "abs", "neg",
              "where")  # fmt: skip
_LEAF = 64
_LONGEST = 24


@contextmanager
def compiled() -> Iterator[Path | None]:
    """Compile the enumerator for this processor, for as long as the block lasts; None where there is no compiler.

    Raises
    ------
    MipsError
        when the compiler fails; says what it says.
    """
    compiler = next((found for name in _COMPILERS if (found := shutil.which(name)) is not None), None)
    if compiler is None:
        yield None
        return
    with TemporaryDirectory(prefix="mips-enumerator-") as folder:
        library = Path(folder) / "enumerator.so"
        words = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(_SOURCE)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise MipsError(f"{compiler} cannot compile {_SOURCE.name}: {done.stderr.strip()[-300:]}")
        yield library


@dataclass(frozen=True)
class _Prepared:
    task: Task
    leaves: tuple[Expression, ...]
    values: IntArray  # (leaves, R)
    search: Any


@dataclass(frozen=True)
class Enumerator:
    """Brute force on one table.

    Parameters
    ----------
    rule, kind, seed : which table
    library : the compiled source
    name : :data:`PLAIN` evaluates every expression from its first token on, :data:`SHARED` keeps the values of what
        expressions have in common
    longest : formulas of more tokens are not looked at
    """

    rule: Rule
    kind: Kind
    seed: int
    library: str
    name: str = PLAIN
    longest: int = _LONGEST

    def prepare(self) -> _Prepared:
        """Draw the table; load the library; lay out the leaves, which are those that our own search starts from."""
        task = task_of(self.rule, self.kind, self.seed)
        constants = data_constants(task.columns, task.target)
        leaves = (*map(Variable, task.columns), *map(Constant, constants))
        rows = len(task.target)
        values = np.stack([np.asarray(evaluate(leaf, task.columns, rows), dtype=np.int64) for leaf in leaves])
        search = ctypes.CDLL(self.library).enumerate_formulas
        search.restype = ctypes.c_int
        return _Prepared(task, leaves, values, search)

    def run(self, prepared: _Prepared) -> Answer | None:
        """Enumerate until a formula is right on all rows."""
        clock = Stopwatch()
        tokens, tried = (ctypes.c_int * _LONGEST)(), ctypes.c_int64()
        count = prepared.search(
            len(prepared.leaves), len(prepared.task.target), _pointer(prepared.values),
            _pointer(prepared.task.target), min(self.longest, _LONGEST), int(self.name == SHARED),
            tokens, ctypes.byref(tried),
        )  # fmt: skip
        seconds = clock.seconds
        if count == 0:
            return None
        return answer_of(read_postfix(tokens[:count], prepared.leaves), tried.value, seconds)

    def judge(self, prepared: _Prepared, output: Answer | None) -> Judgement:
        """Whether the formula gives the target."""
        return judged(prepared.task, output)


def read_postfix(tokens: list[int], leaves: tuple[Expression, ...]) -> Expression:
    """Build the expression of the enumerator's tokens.

    >>> from mips_core.expressions import to_python
    >>> to_python(read_postfix([64, 65, 0, 66, 4], (Variable("a"), Variable("b"), Constant(3))))
    '(a + b) % 3'
    """
    stack: list[Expression] = []
    for token in tokens:
        if token >= _LEAF:
            stack.append(leaves[token - _LEAF])
            continue
        name = _OPERATORS[token]
        arity = OPERATORS[name].arity
        stack[-arity:] = [apply(name, *stack[-arity:])]
    return stack[0]


def _pointer(values: IntArray) -> ctypes.c_void_p:
    return ctypes.c_void_p(np.ascontiguousarray(values).ctypes.data)
