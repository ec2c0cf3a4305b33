"""What a multilayer perceptron and a decision tree learn from the same data, judged like the distilled function.

A fixed-size model takes inputs of the size that it was taught, and no others.  Where the input is a window it slides
over rows and grids of any size, so there the comparison is made at every size.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.data import Samples
from mips_core.essence.tasks.judging import Function, Scaling, Size
from mips_core.essence.tasks.task import EssenceTask


class Model(Protocol):
    """A model of scikit-learn."""

    def fit(self, x: NDArray[Any], y: NDArray[Any]) -> Any:
        """Learn from inputs (N, n) and labels (N,) or (N, k)."""

    def predict(self, x: NDArray[Any]) -> NDArray[Any]:
        """Return labels."""


@dataclass(frozen=True)
class Baseline:
    """How one model did.

    Parameters
    ----------
    model : what it is
    taught : number of inputs that it was taught, all of one size
    learned : how many of these it gets right
    scaling : how it did at the sizes that it can take
    cannot : sizes that it cannot take
    """

    model: str
    taught: int
    learned: int
    scaling: tuple[Scaling, ...]
    cannot: tuple[Size, ...]


def baselines(
    task: EssenceTask, *, sizes: Sequence[int | Size] | None = None, cases: int | None = None, seed: int = 0
) -> tuple[Baseline, ...]:
    """Teach a multilayer perceptron and a decision tree the data of a task at its first size, and judge them.

    Parameters
    ----------
    sizes, cases : as for :meth:`mips_core.essence.tasks.judging.Judge.run`
    seed : of the models and of the test inputs; the same gives the same result

    Raises
    ------
    BadInputError
        when a size is none of this task.
    """
    samples = task.data().samples[0]
    wanted = (
        [task.judge.checked(size) for size in sizes] if sizes is not None else [size for size, _ in task.judge.quick]
    )
    taken = [size for size in wanted if _takes(task, samples, size)]
    found = []
    for name, model in _models(samples, seed):
        _fit(model, samples)
        function = _function(task, model, samples)
        judged = task.judge.run(function, sizes=taken, cases=cases, seed=seed)
        cannot = tuple(size for size in wanted if size not in taken)
        found.append(Baseline(name, len(samples.x), _learned(model, samples), judged, cannot))
    return tuple(found)


def _takes(task: EssenceTask, samples: Samples, size: Size) -> bool:
    if task.takes in ("window", "rule and window"):
        return True
    if task.takes == "clauses":
        literals, clauses = samples.input_shape
        return size == (literals // 2, clauses)
    return size == samples.input_shape


def _models(samples: Samples, seed: int) -> list[tuple[str, Model]]:
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    layers = (64, 64)
    if samples.is_soft:
        mlp: Model = MLPRegressor(hidden_layer_sizes=layers, solver="lbfgs", max_iter=500, random_state=seed)
        tree: Model = DecisionTreeRegressor(random_state=seed)
    else:
        mlp = MLPClassifier(hidden_layer_sizes=layers, solver="lbfgs", max_iter=500, random_state=seed)
        tree = DecisionTreeClassifier(random_state=seed)
    return [("multilayer perceptron", mlp), ("decision tree", tree)]


def _fit(model: Model, samples: Samples) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it stopped at its most iterations; what it learned is counted
        model.fit(_flat(samples.x), samples.y)


def _learned(model: Model, samples: Samples) -> int:
    said = model.predict(_flat(samples.x))
    if samples.is_soft:
        return int((said.argmax(axis=1) == samples.y.argmax(axis=1)).sum())
    return int((said.reshape(len(said), -1) == samples.y.reshape(len(said), -1)).all(axis=1).sum())


def _function(task: EssenceTask, model: Model, samples: Samples) -> Function:
    """Return a function of plain lists, as the distilled one is."""
    shape = samples.input_shape

    def whole(value: list[Any]) -> Any:
        return model.predict(np.array(value).reshape(1, -1))[0].tolist()

    def window(cells: list[Any]) -> Any:
        return model.predict(_windows(np.array(cells), shape)).reshape(np.shape(cells)).tolist()

    def rule_and_window(cells: list[int], rule: int) -> list[int]:
        windows = _windows(np.array(cells), (3,))
        bits = np.broadcast_to((rule >> np.arange(8)) & 1, (len(windows), 8))
        said: list[int] = model.predict(np.column_stack([bits, windows])).tolist()
        return said

    def clauses(formula: list[list[int]]) -> list[bool]:
        return _assignment(model, formula, shape)

    functions: dict[str, Function] = {"window": window, "rule and window": rule_and_window, "clauses": clauses}
    return functions.get(task.takes, whole)


def _windows(cells: NDArray[Any], shape: Size) -> NDArray[Any]:
    """Return the window around each cell, with periodic borders: (cells, cells of the window)."""
    reach = [size // 2 for size in shape]
    padded = np.pad(cells, [(r, r) for r in reach], mode="wrap")
    return np.lib.stride_tricks.sliding_window_view(padded, shape).reshape(cells.size, -1)


def _assignment(model: Model, formula: list[list[int]], shape: Size) -> list[bool]:
    """Set one variable after the other, each by what the model says to the literals of the open clauses.

    Rows are the literals of the variable, then those of the others in their order, as in the lessons.
    """
    variables = shape[0] // 2
    still_open = [set(clause) for clause in formula]
    values: list[bool] = []
    for variable in range(1, variables + 1):
        order = [variable, *(other for other in range(1, variables + 1) if other != variable)]
        rows = {literal: 2 * place + (literal < 0) for place, v in enumerate(order) for literal in (v, -v)}
        x = np.zeros(shape, dtype=np.int64)
        for column, clause in enumerate(still_open):
            x[[rows[literal] for literal in clause], column] = 1
        true, false = model.predict(x.reshape(1, -1))[0]
        values.append(bool(true >= false))
        literal = variable if values[-1] else -variable
        still_open = [set() if literal in clause else clause - {-literal} for clause in still_open]
    return values


def _flat(x: NDArray[Any]) -> NDArray[Any]:
    return x.reshape(len(x), -1)
