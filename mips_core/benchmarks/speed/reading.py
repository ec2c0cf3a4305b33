"""Dataclasses from JSON whose values are what the fields' types say: a file may come from anywhere."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_Made = TypeVar("_Made")
_LEAST = {"seconds": 1e-12, "size": 1}
"""Of numbers that are divided by, or drawn on a logarithmic axis."""

_LONGEST = 60
_hints: Callable[[Any], dict[str, Any]] = functools.cache(get_type_hints)
"""A file has more than a thousand rows, of few kinds."""


def made_from(kind: type[_Made], row: object, **made: object) -> _Made:
    """Return a dataclass of one JSON object.

    Parameters
    ----------
    kind : a dataclass of texts, numbers, truth values, mappings and None
    row : keys that are no field are left out
    made : fields that are no such values

    Raises
    ------
    TypeError
        when a value is of another type, no finite number, negative, or next to 0 where there must be more; when one is
        missing.
    """
    if not isinstance(row, Mapping):
        raise TypeError(f"{_shown(row)} is no {kind.__name__}")
    hints = _hints(kind)
    names = [field.name for field in dataclasses.fields(kind) if field.name in row and field.name not in made]  # type: ignore[arg-type]
    for name in names:
        value: Any = row[name]
        if not _fits(value, hints[name]) or (name in _LEAST and value is not None and value < _LEAST[name]):
            raise TypeError(f"{name} cannot be {_shown(value)}")
    return kind(**{name: row[name] for name in names}, **made)


def rows_of(value: object) -> list[Any]:
    """Return a JSON array.

    Raises
    ------
    TypeError
        when it is none.
    """
    if not isinstance(value, list):
        raise TypeError(f"{_shown(value)} is no list")
    return value


def texts_of(value: object) -> tuple[str, ...]:
    """Return a JSON array of texts.

    Raises
    ------
    TypeError
        when it is none.
    """
    texts = rows_of(value)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(f"{_shown(texts)} are no texts")
    return tuple(texts)


def _fits(value: object, hint: Any) -> bool:
    if isinstance(hint, UnionType):
        return any(_fits(value, each) for each in get_args(hint))
    if get_origin(hint) is Mapping:
        return isinstance(value, dict) and all(_fits(each, get_args(hint)[1]) for each in value.values())
    if hint is float:
        return _number(value) and math.isfinite(value) and value >= 0  # type: ignore[arg-type, operator]
    if hint is int:
        return _number(value) and isinstance(value, int)
    return hint is Any or isinstance(value, NoneType if hint is None else hint)


def _number(value: object) -> bool:
    """Whether it is a number that floating point holds.

    >>> _number(True), _number(10**400), _number(2)
    (False, False, True)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) <= 2**63


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
