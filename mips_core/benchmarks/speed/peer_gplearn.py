"""gplearn's genetic programming on integer tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.benchmarks.speed.contestant import Judgement
from mips_core.benchmarks.speed.formula_tables import Answer, Columns, Kind, Rule, Task, judged, task_of
from mips_core.progress import Stopwatch
from mips_core.regression.enumerate import data_constants

# The settings of the regression example in gplearn's documentation, but for what integers ask for: a run ends when a
# formula is right on all rows, so all rows are shown, and constants are those that our own search starts from, as
# columns, because drawn ones are no integers.
_SETTINGS: dict[str, Any] = {
    "population_size": 5000,
    "generations": 20,
    "stopping_criteria": 0.0,
    "p_crossover": 0.7,
    "p_subtree_mutation": 0.1,
    "p_hoist_mutation": 0.05,
    "p_point_mutation": 0.1,
    "max_samples": 1.0,
    "parsimony_coefficient": 0.01,
    "const_range": None,
}
_SEEDS = 50
"""Runs from different seeds until one is right; the cap ends most series earlier."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Prepared:
    task: Task
    columns: Floats  # (R, leaves)
    constants: tuple[int, ...]
    regressor: Any


@dataclass(frozen=True)
class Genetic:
    """Genetic programming on one table.

    Parameters
    ----------
    name : the package with its version
    rule, kind, seed : which table
    """

    name: str
    rule: Rule
    kind: Kind
    seed: int

    def prepare(self) -> _Prepared:
        """Draw the table and load the package."""
        from gplearn.genetic import SymbolicRegressor

        task = task_of(self.rule, self.kind, self.seed)
        constants = data_constants(task.columns, task.target)
        names = [*task.columns, *map(str, constants)]
        regressor = SymbolicRegressor(function_set=_functions(), feature_names=names, **_SETTINGS)
        return _Prepared(task, _leaves(task.columns, constants), constants, regressor)

    def run(self, prepared: _Prepared) -> Answer | None:
        """Evolve from one seed after the other until a formula, rounded, is right on all rows."""
        clock = Stopwatch()
        target = prepared.task.target.astype(np.float64)
        candidates = 0
        for seed in range(self.seed, self.seed + _SEEDS):
            found = prepared.regressor.set_params(random_state=seed).fit(prepared.columns, target)
            candidates += _SETTINGS["population_size"] * len(found.run_details_["generation"])
            if (np.rint(found.predict(prepared.columns)) == target).all():
                return _answer(found, prepared.constants, candidates, clock.seconds)
        return None

    def judge(self, prepared: _Prepared, output: Answer | None) -> Judgement:
        """Whether the formula gives the target."""
        return judged(prepared.task, output)


def _answer(regressor: Any, constants: tuple[int, ...], candidates: int, seconds: float) -> Answer:
    program = regressor._program
    return Answer(
        str(program), program.length_, candidates, seconds,
        lambda columns: np.asarray(regressor.predict(_leaves(columns, constants))),
    )  # fmt: skip


def _leaves(columns: Columns, constants: tuple[int, ...]) -> Floats:
    rows = len(next(iter(columns.values())))
    fixed = [np.full(rows, constant) for constant in constants]
    return np.stack([*columns.values(), *fixed], axis=1).astype(np.float64)


def _functions() -> list[Any]:
    """Return our operators; gplearn wants every function to be defined everywhere, so x % 0 and x // 0 are 0."""
    from gplearn.functions import make_function

    def divided(a: Floats, b: Floats) -> Floats:
        return np.where(b == 0, 0.0, np.floor(a / np.where(b == 0, 1.0, b)))

    def remainder(a: Floats, b: Floats) -> Floats:
        return np.where(b == 0, 0.0, a - divided(a, b) * b)

    def equal(a: Floats, b: Floats) -> Floats:
        return (a == b).astype(np.float64)

    def greater(a: Floats, b: Floats) -> Floats:
        return (a > b).astype(np.float64)

    def greater_or_equal(a: Floats, b: Floats) -> Floats:
        return (a >= b).astype(np.float64)

    def choice(condition: Floats, a: Floats, b: Floats) -> Floats:
        return np.where(condition != 0, a, b)

    own = {
        "floordiv": divided, "mod": remainder, "eq": equal, "gt": greater, "ge": greater_or_equal,
    }  # fmt: skip
    two = [make_function(function=f, name=name, arity=2, wrap=False) for name, f in own.items()]
    three = make_function(function=choice, name="where", arity=3, wrap=False)
    return ["add", "sub", "mul", "abs", "neg", "max", "min", *two, three]
