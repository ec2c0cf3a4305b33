"""Call a function that anybody may have written, in the sandbox, and follow its lines.

The same process, limits and subset of Python as for programs of one step per input
(:func:`mips_core.programs.sandbox.run_program`); here ``f`` is called with whole arguments.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mips_core.errors import ProgramStoppedError
from mips_core.programs.sandbox import DIED, Limits, look_for_refusal, messages
from mips_core.programs.tracing import Step, Tracer
from mips_core.programs.turns import turn

Value = None | bool | int | float | str | list["Value"]


@dataclass(frozen=True)
class Fault:
    """What happened instead of a result: an error's kind, or what was returned; its line where that is known."""

    what: str
    line: int | None = None


@dataclass(frozen=True)
class FunctionRun:
    """What a function returned for each case, as far as its time went.

    Parameters
    ----------
    results : nested lists (tuples become lists) of numbers, words and None, or a :class:`Fault`
    complete : every case was run; otherwise the first ``len(results)`` of them
    seconds : wall-clock time, with the start of the process
    waited : seconds before that, until other programs had ended
    """

    results: tuple[Value | Fault, ...]
    complete: bool
    seconds: float
    waited: float = 0.0


@dataclass(frozen=True)
class Trace:
    """One call, line by line.

    Parameters
    ----------
    steps : the number of each line that ran (from 1) and the local variables after it: numbers, words, None and lists
        of at most 64 of these
    result : what came out, or a :class:`Fault`
    complete : all lines are in ``steps``; otherwise the first ones
    """

    steps: tuple[Step, ...]
    result: Value | Fault
    complete: bool = True


def run_function(
    source: bytes | str,
    cases: Sequence[Sequence[Any]],
    limits: Limits | None = None,
    *,
    allow_math: bool = False,
) -> FunctionRun:
    """Call ``f(*case)`` for each case.

    Parameters
    ----------
    source : text of a module with a function ``f``
    cases : the arguments of each call: numbers, None, and (nested) lists of them
    allow_math : let the module say ``import math``

    Raises
    ------
    ProgramRefusedError
        when the module leaves the allowed subset, has no ``f``, or fails before ``f`` can be called.
    ProgramStoppedError
        when it ran too long inside one call, used too much memory, or its process died; and when it did not run at
        all, since others took all turns.
    """
    work = {"calls": [list(case) for case in cases]}
    done = _Messages()
    with turn() as waited:
        start = time.monotonic()
        for message in messages(source, work, limits or Limits(), allow_math=allow_math):
            done.read(message)
    done.check()
    return FunctionRun(tuple(done.results), done.complete, time.monotonic() - start, waited)


def trace_function(source: bytes | str, case: Sequence[Any], most: int = 2000, limits: Limits | None = None) -> Trace:
    """Call ``f(*case)`` once in the sandbox and note at most ``most`` of the lines that it runs.

    Raises
    ------
    ProgramRefusedError, ProgramStoppedError
        as :func:`run_function` does.
    """
    done = _Messages()
    with turn():
        for message in messages(source, {"calls": [list(case)], "most_steps": most}, limits or Limits()):
            done.read(message)
    done.check()
    return Trace(done.steps, done.results[0], done.traced_all)


def trace_ours(function: Callable[..., Any], case: Sequence[Any], most: int = 2000) -> Trace:
    """Do what :func:`trace_function` does in this process, for a function of our own text, which returns."""
    with Tracer(function, most) as tracer:
        result = function(*case)
    return Trace(tuple(tracer.steps), result, tracer.complete)


@dataclass
class _Messages:
    """Reads the child's messages."""

    results: list[Value | Fault] = field(default_factory=list)
    steps: tuple[Step, ...] = ()
    traced_all: bool = True
    ended: bool = False
    complete: bool = False

    def read(self, message: Mapping[str, Any]) -> None:
        if "value" in message:
            self.results.append(message["value"])
        elif "fault" in message:
            self.results.append(Fault(message["fault"], message["line"]))
        elif "steps" in message:
            self.steps = tuple((line, values) for line, values in message["steps"])
            self.traced_all = message["complete"]
        elif "end" in message:
            self.ended, self.complete = True, message["end"] == "done"
        else:
            look_for_refusal(message)

    def check(self) -> None:
        if not self.ended:
            raise ProgramStoppedError(DIED)
