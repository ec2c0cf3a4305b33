"""The other side of the sandbox: runs as ``python -I -S -B sandbox_child.py`` and imports nothing of ours.

Reads one JSON request on standard input and writes one JSON line per message:
``{"refused": what, "line": n, "column": n}``, ``{"stopped": why}``, ``{"ready": true}``, then one
line per sequence, ``{"y": outputs}`` or ``{"fault": what f did instead, "line": n}``, and at the
end ``{"end": "done"}`` or ``{"end": "time"}``.  A request with "calls" instead of "sequences" has f called with
each list of arguments: a line ``{"value": result}`` each; with "most_steps" ``{"steps": ...}`` before it, see
``tracing``.  What the program prints goes nowhere.
"""

from __future__ import annotations

import builtins
import importlib.util
import json
import os
import sys
import time
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

Request = dict[str, Any]

LONGEST_WORD = 1000  # longer texts are described, not sent: no vocabulary holds them
DEEPEST = 16  # more nested lists hold themselves, or are no result of ours
EXACT_BITS = 256  # larger integers are described, not sent: no network's output can equal them


class Unfit(Exception):
    """What ``f`` returned breaks its contract, in our words; a program has no name for this, so it cannot raise it."""


def load(name: str) -> Any:
    """Load a module from its file beside this one: ``subset`` is the list of what is allowed, ``tracing`` follows f."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def limit(request: Request) -> None:
    """Bound what this process may use; most limits only ever go down, so the program cannot lift them."""
    if hasattr(os, "nice"):
        os.nice(10)  # the pages of other people come first
    if resource is None:
        return
    seconds = int(request["hard_seconds"]) + 1
    bounds = {
        resource.RLIMIT_AS: request["memory"],
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 16,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            bound = min(bound, ceiling)
        try:
            resource.setrlimit(kind, (bound, bound))
        except (ValueError, OSError):  # some systems do not know every limit (macOS: address space)
            continue
    ceiling = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if ceiling == resource.RLIM_INFINITY or ceiling > seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # SIGXCPU first, which says what it was for


class Channel:
    """Messages to the parent, on a descriptor that the program has no name for."""

    def __init__(self) -> None:
        self.descriptor = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)
        self.waiting: list[bytes] = []
        self.size = 0
        self.sent = time.monotonic()

    def send(self, message: Request, now: bool = True) -> None:
        """Queue a message; ``now`` sends everything queued."""
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        self.waiting.append(line)
        self.size += len(line)
        if now or self.size > 65536 or time.monotonic() - self.sent > 0.1:
            data = memoryview(b"".join(self.waiting))
            while data:
                data = data[os.write(self.descriptor, data) :]
            self.waiting, self.size, self.sent = [], 0, time.monotonic()


def integer(value: Any, place: int) -> int:
    """Return a plain integer, or raise Unfit with the words for what it is instead."""
    kind = type(value)
    if kind is bool:
        return int(value)
    if kind is not int:
        shown = f" ({value!r})" if kind is float else ""
        raise Unfit(f"output {place} is a {kind.__name__}{shown}, not an int")
    if value.bit_length() > EXACT_BITS:
        raise Unfit(f"output {place} is an integer of {value.bit_length()} bits")
    return value


def value(given: Any, place: int, word: bool) -> Any:
    """Return a plain integer, or a word where one is due; raise Unfit with the words for what it is instead."""
    if not word:
        return integer(given, place)
    if type(given) is not str:
        raise Unfit(f"output {place} is a {type(given).__name__}, not a word")
    if len(given) > LONGEST_WORD:
        raise Unfit(f"output {place} is a text of {len(given)} characters")
    if not given.isprintable():
        raise Unfit(f"output {place} is a text that cannot be printed")
    return given


def plain(result: Any, length: int, words: list[bool]) -> list[Any]:
    """Check what ``f`` returned against the contract and return it as nested lists.

    ``words`` has one entry per output: whether it is a word.
    """
    width = len(words)
    if type(result) is not list:
        raise Unfit(f"f returned a {type(result).__name__}, not a list")
    if len(result) != length:
        raise Unfit(f"f returned {len(result)} outputs for {length} inputs")
    if width == 1:
        return [value(each, i + 1, words[0]) for i, each in enumerate(result)]
    rows = []
    for i, step in enumerate(result):
        if type(step) is not tuple or len(step) != width:
            shown = f"tuple of {len(step)}" if type(step) is tuple else type(step).__name__
            raise Unfit(f"output {i + 1} is a {shown}, not a tuple of {width}")
        rows.append([value(each, i + 1, word) for each, word in zip(step, words, strict=True)])
    return rows


def prepare(request: Request, channel: Channel) -> Any:
    """Check and start the program; return its ``f``, or None after sending why not."""
    subset = load("subset")
    source = request["source"]
    try:
        tree = subset.checked(source, allow_math=request["allow_math"])
        code = compile(tree, "<program>", "exec", dont_inherit=True)
    except subset.Refusal as refusal:
        return channel.send({"refused": refusal.what, "line": refusal.line, "column": refusal.column})
    except (SyntaxError, ValueError) as error:
        return channel.send({"refused": f"not valid Python ({error})", "line": getattr(error, "lineno", None)})
    except (RecursionError, MemoryError):
        return channel.send({"refused": "the program is nested too deeply to be read", "line": None})
    safe: Request = {name: getattr(builtins, name) for name in subset.FUNCTIONS | subset.ERRORS}
    safe["print"] = lambda *values, **options: None
    if request["allow_math"]:
        # The only import that the subset lets through is "import math".
        safe["__import__"] = lambda name, *rest: __import__("math")
    names: Request = {"__builtins__": safe, "__name__": "program"}
    try:
        exec(code, names)
    except MemoryError:
        return channel.send({"stopped": "it used too much memory"})
    except Exception as error:
        frame = error.__traceback__.tb_next if error.__traceback__ else None
        line = frame.tb_lineno if frame else None
        what = f"the module ends with {type(error).__name__} before f can be called"
        return channel.send({"refused": what, "line": line})
    if not callable(names.get("f")):
        return channel.send({"refused": "there is no function f", "line": None})
    channel.send({"ready": True})
    return names["f"]


def answer(f: Any, sequence: list[Any], width_in: int, words_out: list[bool]) -> Request:
    """Call ``f`` on one sequence and return the message for it."""
    xs = list(sequence) if width_in == 1 else [tuple(step) for step in sequence]
    try:
        return {"y": plain(f(xs), len(sequence), words_out)}
    except Exception as error:
        return fault(error, "one argument, the inputs")


def call(f: Any, arguments: list[Any]) -> Request:
    """Call ``f`` with arguments and return the message for it."""
    try:
        return {"value": nested(f(*arguments), 0)}
    except Exception as error:
        return fault(error, f"{len(arguments)} argument{'s' * (len(arguments) != 1)}")


def nested(given: Any, depth: int) -> Any:
    """Return a result as nested lists of numbers, words and None; raise Unfit with the words for what it is instead."""
    if depth > DEEPEST:
        raise Unfit(f"f returned lists that are nested more than {DEEPEST} deep")
    if type(given) in (list, tuple):
        return [nested(each, depth + 1) for each in given]
    if given is None or type(given) in (bool, float):
        return given
    if type(given) is str and len(given) <= LONGEST_WORD and given.isprintable():
        return given
    if type(given) is not int:
        raise Unfit(f"f returned a {type(given).__name__}, not a number, a list or None")
    if given.bit_length() > EXACT_BITS:
        raise Unfit(f"f returned an integer of {given.bit_length()} bits")
    return given


def fault(error: Exception, takes: str) -> Request:
    """Return the message for a call that failed; ``takes`` says what f is called with."""
    if isinstance(error, MemoryError):
        return {"stopped": "it used too much memory"}
    if isinstance(error, Unfit):
        return {"fault": str(error), "line": None}
    line = line_of(error)
    if type(error) is TypeError and line is None:  # f itself could not be called
        return {"fault": f"TypeError: f must take {takes}", "line": None}
    return {"fault": type(error).__name__, "line": line}  # named by its kind alone: its text is the program's own


def line_of(error: Exception) -> int | None:
    """Return the line of the program where an error arose, the innermost one; None outside it."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<program>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def main() -> None:
    """Serve one request."""
    request = json.loads(sys.stdin.buffer.read())
    channel = Channel()
    limit(request)
    f = prepare(request, channel)
    if f is None:
        return
    end = time.monotonic() + request["soft_seconds"]
    tracer = load("tracing") if "most_steps" in request else None
    for given in request["calls"] if "calls" in request else request["sequences"]:
        if time.monotonic() > end:
            channel.send({"end": "time"})
            return
        if tracer is not None:
            with tracer.Tracer(f, request["most_steps"]) as trace:
                message = call(f, given)
            channel.send({"steps": trace.steps, "complete": trace.complete})
        elif "calls" in request:
            message = call(f, given)
        else:
            message = answer(f, given, request["input_width"], request["output_words"])
        channel.send(message, now="stopped" in message)
        if "stopped" in message:
            return
    channel.send({"end": "done"})


if __name__ == "__main__":
    main()
    os._exit(0)  # leave nothing for exit handlers or destructors to do
