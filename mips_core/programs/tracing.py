"""Follow a function line by line: which lines ran, in order, and what its simple local variables held after each.

This module imports the standard library only: the sandbox's child process loads it by its path
(:mod:`mips_core.programs.sandbox_child`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

MOST_ENTRIES = 64
"""Numbers in a list that is shown; longer lists are left out."""

DEEPEST = 8
"""How deep a list that is shown may be nested."""

Step = tuple[int, dict[str, Any]]
"""The number of a line, and the local variables after it ran."""


class Tracer:
    """``with Tracer(function) as trace: function(...)`` fills ``trace.steps``.

    Parameters
    ----------
    function : the one whose own lines are followed, not those of what it calls
    most : steps that are noted; ``complete`` says whether these were all
    """

    def __init__(self, function: Callable[..., Any], most: int) -> None:
        self.code = getattr(function, "__code__", None)
        self.most = most
        self.steps: list[Step] = []
        self.complete = True
        self._line: int | None = None
        self._before: Any = None

    def __enter__(self) -> Tracer:
        self._before = sys.gettrace()
        sys.settrace(self._called)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.settrace(self._before)

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        # Only the first call is followed: a function that calls itself would mix its variables.
        if frame.f_code is not self.code or self._line is not None or self.steps:
            return None
        return self._followed

    def _followed(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event in ("line", "return"):
            if self._line is not None:
                self.steps.append((self._line, simple_values(frame.f_locals)))
            self._line = frame.f_lineno if event == "line" else None
            if len(self.steps) >= self.most and event == "line":
                self.complete = False
                frame.f_trace_lines = False
                self._line = None
                sys.settrace(None)
                return None
        return self._followed


def simple_values(names: dict[str, Any]) -> dict[str, Any]:
    """Return the variables that hold numbers, words, None or short lists (nested) of these; lists are copied."""
    found = {}
    for name, value in names.items():
        if not name.startswith(".") and _entries(value, MOST_ENTRIES) <= MOST_ENTRIES:
            found[name] = _copied(value)
    return found


def _entries(value: Any, most: int, depth: int = 0) -> int:
    """Count the entries of a value up to a little more than ``most``; too many where something else is in it."""
    if type(value) in (list, tuple) and depth < DEEPEST:  # a list may hold itself
        count = 0
        for each in value:
            count += max(1, _entries(each, most - count, depth + 1))
            if count > most:
                break
        return count
    is_simple = value is None or type(value) in (bool, float) or (type(value) is str and len(value) <= MOST_ENTRIES)
    return 1 if is_simple or (type(value) is int and value.bit_length() <= MOST_ENTRIES) else most + MOST_ENTRIES


def _copied(value: Any) -> Any:
    return [_copied(each) for each in value] if type(value) in (list, tuple) else value
