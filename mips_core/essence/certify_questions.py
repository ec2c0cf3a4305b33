"""What a distilled function is asked so that its answers can be compared with the network's, by reading.

A question stands for one or more inputs of the network: a row of cells shows the network one window per cell, a formula
one matrix of literals per variable.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.network import EssenceNetwork

Array = NDArray[Any]
Arguments = tuple[Any, ...]


class _OtherForm:
    """What the network says where an answer cannot be compared with it."""

    def __repr__(self) -> str:
        return "something of another form"


NO_ANSWER = _OtherForm()
"""In place of what the network says where a function gave something of another form."""

_ROWS = (1, 2, 3, 4, 7, 16, 33)
_GRIDS = ((1, 1), (1, 4), (2, 2), (2, 5), (4, 3), (5, 8), (16, 16))
MOST_RULES = 256
"""So many rules of a network of rules and windows are all asked; of more only some."""


class Scorer(Protocol):
    """What gives scores to inputs of one size: an essence network, or its groups."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The size."""

    def forward(self, x: Array) -> list[Array]:
        """Return the outputs of each layer; see :meth:`EssenceNetwork.forward`."""


@dataclass(frozen=True)
class Question:
    """Arguments for the function and how to judge what it answers.

    Parameters
    ----------
    arguments : plain Python values
    inputs : names for the network inputs that it shows, equal for equal inputs
    expected : what the network says, given the answer (a policy's later steps depend on its earlier ones); one entry
        for each of ``inputs``
    parts : takes an answer apart into one entry for each of ``inputs``; None when it has another form
    whole : the network's own answer, in the form that is asked for; None where ``expected`` has it
    """

    arguments: Arguments
    inputs: tuple[Hashable, ...]
    expected: Callable[[Any], Sequence[Any]]
    parts: Callable[[Any], Sequence[Any] | None]
    whole: Callable[[], Any] | None = None

    def wrong(self, answer: Any) -> list[tuple[int, Any, Any]]:
        """Return (which of the inputs, the network's answer, the function's) where the two differ."""
        mine = self.parts(answer)
        if mine is None:
            return [(number, NO_ANSWER, answer) for number in range(len(self.inputs))]
        theirs = self.expected(answer)
        return [(k, want, got) for k, (want, got) in enumerate(zip(theirs, mine, strict=True)) if not _same(want, got)]


def _same(want: Any, got: Any) -> bool:
    """Whether two plain answers are equal; a bool and the integer that it stands for are."""
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(map(_same, want, got))
    if want is None or got is None:
        return want is got
    if not isinstance(got, bool | int | float):
        return False
    return bool(want == got)


def whole_questions(network: EssenceNetwork, x: Array, said: Sequence[Any]) -> Iterator[Question]:
    """Ask each input as it is.

    Parameters
    ----------
    x : (N, *shape)
    said : what the network says about each, see :meth:`EssenceNetwork.decide`
    """
    shape = network.input_shape
    for number, (value, words) in enumerate(zip(x, said, strict=True)):
        plain = (value if (value != np.round(value)).any() else value.astype(np.int64)).tolist()
        yield Question((plain,), ((shape, number),), lambda _, words=words: [words], lambda answer: [answer])  # type: ignore[misc]


def window_questions(network: EssenceNetwork, windows: Array, generator: np.random.Generator) -> Iterator[Question]:
    """Ask rows (grids) with periodic borders, at sizes from 1 cell on, and each window as a row (grid) of its own.

    Parameters
    ----------
    windows : (N, *shape) of 0 and 1
    """
    shape = network.input_shape
    fields = [*windows, *_fields(len(shape), generator)]
    shown = [windows_of(cells, shape) for cells in fields]
    said = iter(network.decide(np.concatenate(shown)))
    for cells, around in zip(fields, shown, strict=True):
        names = [_number(window) for window in around]
        yield _field_question((cells.tolist(),), cells.shape, names, list(itertools.islice(said, cells.size)))


def rule_width(shape: tuple[int, ...]) -> int | None:
    """Return how many cells a window has when an input is a rule's bits and a window, 3 or more; None when it is not.

    >>> rule_width((11,)), rule_width((9,))
    (3, None)
    """
    widths = (width for width in range(3, 20, 2) if shape == (2**width + width,))
    return next(widths, None)


def rule_questions(network: EssenceNetwork, generator: np.random.Generator) -> Iterator[Question]:
    """Ask rows of cells under a rule's number: all rules where they are few, each with every window."""
    width = rule_width(network.input_shape)
    assert width is not None
    patterns = 2**width
    rules = range(2**patterns) if 2**patterns <= MOST_RULES else _some_rules(patterns, generator)
    every = _every_window(width)
    windows = (np.arange(patterns)[:, None] >> np.arange(width)[::-1]) & 1
    for turn, rule in enumerate(rules):
        bits = [rule >> k & 1 for k in range(patterns)]
        said = network.decide(np.concatenate([np.tile(bits, (patterns, 1)), windows], axis=1))
        other = generator.integers(0, 2, size=_ROWS[turn % len(_ROWS)])
        for cells in (every, other):
            numbers = [_number(window) for window in windows_of(cells, (width,))]
            names = [(rule, number) for number in numbers]
            yield _field_question((cells.tolist(), rule), cells.shape, names, [said[n] for n in numbers])


def _fields(axes: int, generator: np.random.Generator) -> Iterator[Array]:
    for shape in _ROWS if axes == 1 else _GRIDS:
        for share in (0.3, 0.5, 0.7):
            yield (generator.random(shape) < share).astype(np.int64)


def windows_of(cells: Array, shape: tuple[int, ...]) -> Array:
    """Return the window around each cell, borders joined: (cells, *shape)."""
    axes = tuple(range(cells.ndim))
    shifts = [tuple(size // 2 - k for size, k in zip(shape, place, strict=True)) for place in np.ndindex(*shape)]
    return np.stack([np.roll(cells, shift, axis=axes).ravel() for shift in shifts], axis=1).reshape(-1, *shape)


def _number(window: Array) -> int:
    """Return the number that the cells write, the first place highest."""
    return int("".join(map(str, window.ravel().tolist())), 2)


def _field_question(
    arguments: Arguments, shape: tuple[int, ...], names: Sequence[Hashable], said: list[Any]
) -> Question:
    """Return a question whose answer is a row or grid like the one given."""

    def parts(answer: Any) -> Sequence[Any] | None:
        rows = answer if len(shape) == 2 else [answer]
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            return None
        wanted = list(shape[-1:]) * (shape[0] if len(shape) == 2 else 1)
        return [cell for row in rows for cell in row] if [len(row) for row in rows] == wanted else None

    def whole() -> Any:
        rows = [said[k : k + shape[-1]] for k in range(0, len(said), shape[-1])]
        return rows if len(shape) == 2 else rows[0]

    return Question(arguments, tuple(names), lambda _: said, parts, whole)


def _every_window(width: int) -> Array:
    """Return a row with periodic borders that shows each window once (a de Bruijn sequence, greedily made).

    >>> _every_window(3).tolist()
    [0, 0, 0, 1, 1, 1, 0, 1]
    """
    seen = {(0,) * width}
    row = [0] * width
    while len(seen) < 2**width:
        for cell in (1, 0):
            window = (*row[len(row) - width + 1 :], cell)
            if window not in seen:
                seen.add(window)
                row.append(cell)
                break
    return np.array(row[: 2**width])


def _some_rules(patterns: int, generator: np.random.Generator) -> list[int]:
    single = [0, 2**patterns - 1, *(1 << k for k in range(min(patterns, 64)))]
    return single + [int("".join(map(str, generator.integers(0, 2, size=patterns))), 2) for _ in range(MOST_RULES)]


def policy(network: Scorer, clauses: list[list[int]], answer: list[bool]) -> list[bool]:
    """Return for each variable the value that the network gives it after the answers for the variables before it.

    Clauses that hold already are empty columns, as are those past the last; the variable to set has the first two rows.
    """
    matrices = np.zeros((len(answer), *network.input_shape), dtype=np.int64)
    for step in range(len(answer)):
        for column, clause in enumerate(clauses):
            if any(abs(literal) <= step and answer[abs(literal) - 1] == (literal > 0) for literal in clause):
                continue
            for literal in clause:
                if abs(literal) > step:
                    matrices[step, 2 * (abs(literal) - 1 - step) + (literal < 0), column] = 1
    scores = network.forward(matrices)[-1]
    return [bool(true >= false) for true, false in scores]
