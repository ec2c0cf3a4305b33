"""Run a program that anybody may have written, in a process of its own.

The child is ``python -I -S -B sandbox_child.py`` with an empty environment, an empty
folder that is removed afterwards, limits on time, memory, files and output, and a
process group that is killed as a whole.  It checks the program against the allowed
subset of Python before it runs a line of it.  This protects a person's machine from
accidents and a server from mischief; a public server should add the operating
system's own isolation.  Where the system has no limits on memory and processor time
(:func:`missing_limits`), those on the clock and the output remain.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mips_core.errors import MipsError, ProgramRefusedError, ProgramStoppedError
from mips_core.programs.subset import LONGEST_SOURCE
from mips_core.programs.turns import turn
from mips_core.tasks.vocabulary import Words, has_words, numbered_step, plain_step

Step = tuple[int, ...]
Answer = tuple[int | str, ...]
"""The outputs of one step: integers, numbers of words, or words that no vocabulary knows."""

_CHILD = Path(__file__).with_name("sandbox_child.py")
DIED = "The program was stopped: its process died, most likely for memory or recursion."
_NEEDED = ("SYSTEMROOT",)
"""Windows starts no program without it; other systems have no such variable."""


@dataclass(frozen=True)
class Limits:
    """What a program from outside may use.

    Parameters
    ----------
    soft_seconds : after this time no new sequence is started; what is done counts
    hard_seconds : after this time the child is killed, whatever it does
    memory : bytes of address space
    output : bytes that it may send back
    start_seconds : what the process may take on top before its first message, as it does on a busy machine
    """

    soft_seconds: float = 5.0
    hard_seconds: float = 9.0
    memory: int = 512 * 2**20
    output: int = 256 * 2**20
    start_seconds: float = 0.0


@dataclass(frozen=True)
class ProgramRun:
    """What a program did on sequences, in order, as far as its time went.

    Parameters
    ----------
    results : per sequence the outputs, a list of T tuples of D_out integers (words by their numbers; a word
        that is not in the vocabulary stays one), or a word for what happened instead, e.g. "ZeroDivisionError"
        or "f returned a tuple, not a list"
    complete : every sequence was run; otherwise the first ``len(results)`` of them
    seconds : wall-clock time, with the start of the process
    waited : seconds before that, until other programs had ended
    fault_lines : by position in ``results``, the line of the program at which an error arose
    """

    results: tuple[list[Answer] | str, ...]
    complete: bool
    seconds: float
    fault_lines: Mapping[int, int] = field(default_factory=dict)
    waited: float = 0.0


def decode_source(data: bytes | str) -> str:
    """Return the text of a program file.

    Raises
    ------
    ProgramRefusedError
        when it is not UTF-8 or too long.
    """
    if isinstance(data, bytes):
        try:
            data = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ProgramRefusedError(
                f"The program is not UTF-8 text (byte {error.start}). Save it as UTF-8."
            ) from None
    if len(data) > LONGEST_SOURCE:
        raise ProgramRefusedError(f"The program has {len(data):,} characters; at most {LONGEST_SOURCE:,} are read.")
    return data


def run_program(
    source: bytes | str,
    sequences: Sequence[Sequence[Step]],
    *,
    input_width: int,
    output_width: int,
    limits: Limits | None = None,
    allow_math: bool = False,
    input_words: Words = (),
    output_words: Words = (),
) -> ProgramRun:
    """Run ``f`` of a program on sequences of steps.

    Parameters
    ----------
    source : text of a module with a function ``f(xs)``
    sequences : each a sequence of steps, a step being a tuple of ``input_width`` integers
    allow_math : let the module say ``import math``
    input_words, output_words : vocabularies of the columns in which the program takes and returns words

    Raises
    ------
    ProgramRefusedError
        when the module leaves the allowed subset, has no ``f``, or fails before ``f`` can be called.
    ProgramStoppedError
        when it ran too long inside one sequence, used too much memory, or its process died; and when it did not run
        at all, since others took all turns.
    """
    bounds = limits or Limits()
    words_in, words_out = input_words or (None,) * input_width, output_words or (None,) * output_width
    given: list[list[Any]] = [list(s) for s in sequences]
    if has_words(words_in):
        given = [[plain_step(step, words_in) for step in s] for s in given]
    if input_width == 1:
        given = [[step[0] for step in s] for s in given]
    request = {
        "sequences": given,
        "input_width": input_width,
        "output_width": output_width,
        "output_words": [vocabulary is not None for vocabulary in words_out],
    }
    with turn() as waited:
        start = time.monotonic()
        run = _Run(words_out)
        for message in messages(source, request, bounds, allow_math=allow_math):
            run.read(message)
    if not run.ended:
        raise ProgramStoppedError(DIED)
    seconds = time.monotonic() - start
    return ProgramRun(tuple(run.results), run.complete, seconds, run.fault_lines, waited)


@dataclass
class _Run:
    """Reads the child's messages."""

    words: Words
    results: list[list[Answer] | str] = field(default_factory=list)
    fault_lines: dict[int, int] = field(default_factory=dict)
    ended: bool = False
    complete: bool = False

    def read(self, message: Mapping[str, Any]) -> None:
        if "y" in message:
            y = message["y"]
            rows: list[Answer] = [(v,) for v in y] if len(self.words) == 1 else [tuple(step) for step in y]
            self.results.append([numbered_step(r, self.words) for r in rows] if has_words(self.words) else rows)
        elif "fault" in message:
            if message["line"]:
                self.fault_lines[len(self.results)] = message["line"]
            self.results.append(message["fault"])
        elif "end" in message:
            self.ended, self.complete = True, message["end"] == "done"
        else:
            look_for_refusal(message)


def look_for_refusal(message: Mapping[str, Any]) -> None:
    """Raise what a message of the child says of the whole program: that it is refused, or was stopped."""
    if "refused" in message:
        where = f"Line {message['line']}: " if message["line"] else ""
        text = where + message["refused"]
        raise ProgramRefusedError(f"{text[0].upper()}{text[1:]}.", message["line"], message.get("column"))
    if "stopped" in message:
        raise ProgramStoppedError(f"The program was stopped: {message['stopped']}.")


def messages(
    source: bytes | str, work: Mapping[str, Any], limits: Limits, *, allow_math: bool = False
) -> Iterator[dict[str, Any]]:
    """Start the child on a program and yield its messages; ``work`` says what to call it on."""
    request = {
        "source": decode_source(source),
        "soft_seconds": limits.soft_seconds,
        "hard_seconds": limits.hard_seconds,
        "memory": limits.memory,
        "allow_math": allow_math,
        **work,
    }
    for line in _child_lines(json.dumps(request).encode(), limits):
        yield json.loads(line)


def _child_lines(request: bytes, limits: Limits) -> Iterator[bytes]:
    """Start the child, hand it the request, and yield its lines; nothing of it is left afterwards."""
    if not sys.executable:
        raise MipsError("This Python does not know its own program, so no sandbox can be started.")
    with tempfile.TemporaryDirectory(prefix="mips-sandbox-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={name: os.environ[name] for name in _NEEDED if name in os.environ},
            start_new_session=os.name == "posix",
        )
        try:
            yield from _exchange(process, request, limits)
        finally:
            _end(process)


def _exchange(process: subprocess.Popen[bytes], request: bytes, limits: Limits) -> Iterator[bytes]:
    """Write and read side by side, so that neither process waits for the other with a full pipe."""
    end = time.monotonic() + limits.start_seconds + limits.hard_seconds
    received: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # In threads, since not every system can wait for pipes; both end with the process.
    for work in (lambda: _write(process, request), lambda: _read(process, limits.output, received)):
        threading.Thread(target=work, daemon=True).start()
    size, partial = 0, b""
    while True:
        try:
            data = received.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            raise ProgramStoppedError(_too_long(limits)) from None
        if not data:
            if process.wait() == -getattr(signal, "SIGXCPU", 0) != 0:
                raise ProgramStoppedError(_too_long(limits))
            return
        if not size:
            end = min(end, time.monotonic() + limits.hard_seconds)
        size += len(data)
        if size > limits.output:
            raise ProgramStoppedError(f"The program was stopped: it returned more than {limits.output:,} bytes.")
        *lines, partial = (partial + data).split(b"\n")
        yield from lines
        if time.monotonic() > end:
            raise ProgramStoppedError(_too_long(limits))


def _write(process: subprocess.Popen[bytes], request: bytes) -> None:
    """Hand over the request; a process that is gone needs none."""
    assert process.stdin is not None
    with contextlib.suppress(OSError), process.stdin:
        process.stdin.write(request)


def _read(process: subprocess.Popen[bytes], most: int, received: queue.SimpleQueue[bytes]) -> None:
    """Pass on what the process sends, a little more than ``most`` bytes of it, and b"" at the end."""
    assert process.stdout is not None
    size = 0
    with process.stdout:
        while size <= most and (data := os.read(process.stdout.fileno(), 1 << 20)):
            received.put(data)
            size += len(data)
        received.put(b"")


def _too_long(limits: Limits) -> str:
    return f"The program was stopped: it ran longer than {limits.hard_seconds:.3g} s."


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the child, with its whole process group where there is one, and collect it."""
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def missing_limits() -> str:
    """Return what this system does not bound for another process, in words, or ""; the clock and the output always are.

    Windows has no such limits at all, and macOS does not keep to that on memory.
    """
    if importlib.util.find_spec("resource") is None:
        return "memory and processor time"
    return "memory" if sys.platform == "darwin" else ""
