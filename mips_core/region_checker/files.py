"""Files as they come: JSON in which nothing is said twice, packed numbers, and words for what is wrong with them."""

from __future__ import annotations

import base64
import json
import math
import zlib
from typing import Any

import numpy as np

from mips_core.region_checker.sets import need

ECHO = 80
"""Characters of a file that a message repeats."""


def short(value: Any) -> str:
    """Return a value as a message shows it, cut after 80 characters."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except ValueError:  # Python writes out no integer of more than 4,300 digits
        return "a very large number"
    return text if len(text) <= ECHO else f"{text[:ECHO]}..."


def read_json(data: bytes | str, what: str) -> Any:
    """Return what a JSON text says; refuse keys that stand twice in it, and numbers that are none."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            need(key not in found, f"{what} says {short(key)!r} twice")
            found[key] = value
        return found

    def never(text: str) -> None:
        need(False, f"{what} holds {text}, which is no number")

    try:
        return json.loads(data, object_pairs_hook=once, parse_constant=never)
    except UnicodeDecodeError:
        need(False, f"{what} is no text in UTF-8")
    except RecursionError:
        need(False, f"{what} is nested too deeply")
    except ValueError:
        need(False, f"{what} is no JSON")


def whole(value: Any, what: str) -> int:
    """Return an integer; refuse true, 1.0 and anything else that only counts as one."""
    need(type(value) is int, f"{what} is {short(value)}, which is no whole number")
    return int(value)


def unpack(value: dict[str, Any]) -> np.ndarray:
    """Return packed numbers: little-endian bytes, compressed, as base64."""
    shape, kind = tuple(whole(n, "a length of packed numbers") for n in value["shape"]), np.dtype(value["type"])
    size = math.prod(shape) * kind.itemsize
    known = kind.kind in "if" and min(shape, default=1) >= 0 and size < 2**28
    need(known, "its numbers are packed in a way that is not known")
    data = zlib.decompressobj().decompress(base64.b64decode(value["data"]), size + 1)
    array = np.frombuffer(data, kind).reshape(shape)
    need(np.isfinite(array).all(), "a packed number is not finite")
    return array


def unpack_integers(certificate: dict[str, Any], name: str) -> np.ndarray:
    """Return packed integers of a certificate, int64; refuse others, which comparisons would not tell apart."""
    array = unpack(certificate[name])
    need(array.dtype.kind == "i", f"{name!r} of the certificate does not hold integers")
    return array.astype(np.int64)


def malformed(error: Exception) -> str:
    """Say in plain words what an error was about that a file's contents led to."""
    if isinstance(error, UnicodeDecodeError):
        return "a text is not in UTF-8"
    if isinstance(error, SyntaxError):
        return "a text is not valid Python"
    if isinstance(error, RecursionError):
        return "a text or a value is nested too deeply"
    if isinstance(error, MemoryError):
        return "a text or a value is too large or nested too deeply"
    if isinstance(error, KeyError):
        return f"{short(error.args[0] if error.args else '')} is needed, and is not there"
    if isinstance(error, NameError):
        return f"{short(error.name or 'a name')} is used before it has a value"
    if isinstance(error, ZeroDivisionError):
        return "a number is divided by zero"
    return "a value is of the wrong kind, size or shape"
