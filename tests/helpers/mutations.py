"""Small changes to files and texts, as accidents and attackers make them; each is drawn from a seeded generator."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np

INTERESTING: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3.5, -0.0, 1e308, float("nan"), float("inf"), 2**31, 2**53 + 1, 2**63, -(2**63),
    10**40, "", " ", "0", "nan", "x" * 300, "\u0000", "\ud800", "é\u202e", [], {}, [[]], [None], {"": None}, [0] * 50,
)  # fmt: skip
"""Values that stand where a file should hold another one."""

_NUMBERS = ("0", "-1", "1", "2", "00", "1e9", "9" * 30, "0.5", "nan", "inf", "١", "0x1f", "1_000", "-", "")
_SNIPPETS = (
    ",", ";", " ", "\n", "\t", '"', "'", "(", ")", "[", "]", "{", "}", "->", "=", "==", ":", "#", "\\", "\r", "\u0000",
    "\ufeff", "\u2028", "é", "if", "else", "for", "lambda", "import os", "__class__", "in", "not", "**", "//", "%",
    "<<",
)  # fmt: skip


def mutated_bytes(data: bytes, rng: np.random.Generator) -> bytes:
    """Return ``data`` with one to four places changed, doubled, cut out, exchanged or cut off."""
    found = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        size = len(found)
        at = int(rng.integers(0, size + 1))
        run = int(min(2 ** rng.integers(0, 9), max(1, size)))
        kind = int(rng.integers(0, 7))
        if kind == 0 and size:
            found[at % size] ^= 1 << int(rng.integers(0, 8))
        elif kind == 1 and size:
            found[at % size] = int(rng.choice([0, 1, 0x7F, 0x80, 0xFF, 0x0A, 0x2C, 0x7B]))
        elif kind == 2:
            found[at:at] = rng.bytes(min(run, 16))
        elif kind == 3:
            del found[at : at + run]
        elif kind == 4:
            found[at:at] = found[at : at + run]
        elif kind == 5 and size:
            other = int(rng.integers(0, size))
            found[at : at + run] = found[other : other + run]
        else:
            del found[at:]
    return bytes(found)


def mutated_text(text: str, rng: np.random.Generator) -> str:
    """Return ``text`` with one to three numbers, signs, words or lines changed."""
    for _ in range(int(rng.integers(1, 4))):
        kind = int(rng.integers(0, 6))
        numbers = list(re.finditer(r"-?\d+", text))
        lines = text.split("\n")
        at = int(rng.integers(0, len(text) + 1))
        if kind == 0 and numbers:
            start, end = numbers[int(rng.integers(0, len(numbers)))].span()
            text = text[:start] + str(rng.choice(_NUMBERS)) + text[end:]
        elif kind == 1:
            text = text[:at] + str(rng.choice(_SNIPPETS)) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at + int(rng.integers(1, 9)) :]
        elif kind == 3 and len(lines) > 1:
            i, j = rng.integers(0, len(lines), size=2)
            lines[i], lines[j] = lines[j], lines[i]
            text = "\n".join(lines)
        elif kind == 4:
            line = lines[int(rng.integers(0, len(lines)))]
            text = "\n".join([*lines[: len(lines) // 2], line, line, *lines[len(lines) // 2 :]])
        else:
            words = re.findall(r"\w+", text) or [""]
            text = text[:at] + str(rng.choice(words)) + text[at:]
    return text


def mutated_json(value: Any, rng: np.random.Generator) -> Any:
    """Return a copy of a plain JSON value with one to three entries replaced, renamed, left out, doubled or nested."""
    found = copy.deepcopy(value)
    for _ in range(int(rng.integers(1, 4))):
        places = list(_places(found))
        if not places:
            return copy.deepcopy(INTERESTING[int(rng.integers(0, len(INTERESTING)))])
        box, key = places[int(rng.integers(0, len(places)))]
        kind = int(rng.integers(0, 6))
        if kind <= 1:
            box[key] = copy.deepcopy(INTERESTING[int(rng.integers(0, len(INTERESTING)))])
        elif kind == 2:
            del box[key]
        elif kind == 3:
            other, place = places[int(rng.integers(0, len(places)))]
            box[key] = copy.deepcopy(other[place])
        elif kind == 4:
            box[key] = [box[key]] if rng.integers(0, 2) else {"": box[key]}
        elif isinstance(box, list):
            box.insert(key, copy.deepcopy(box[key]))
        else:
            box[str(rng.choice(["", key + "s", key.upper(), "version", "format"]))] = box.pop(key)
    return found


def _places(value: Any) -> list[tuple[Any, Any]]:
    """List every entry of every list and mapping in a JSON value; of long lists a few."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        box = waiting.pop()
        keys = list(box) if isinstance(box, dict) else list(range(len(box)))[:12] if isinstance(box, list) else []
        found += [(box, key) for key in keys]
        waiting += [box[key] for key in keys]
    return found


def json_text_mutator(text: str) -> Callable[[bytes, np.random.Generator], bytes]:
    """Return what mutates this JSON text: mostly its values, sometimes its characters."""
    value = json.loads(text)

    def mutate(data: bytes, rng: np.random.Generator) -> bytes:
        if rng.integers(0, 4) == 0:
            return mutated_bytes(data, rng)
        return json.dumps(mutated_json(value, rng)).encode()

    return mutate
