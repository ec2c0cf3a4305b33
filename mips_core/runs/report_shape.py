"""The shape of a stored report, so that a damaged one is refused where it is read and not somewhere on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mips_core.errors import BadInputError

_KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}


@dataclass(frozen=True)
class Maybe:
    """What may be null, or be missing from its object unless it is ``needed`` there."""

    shape: Any
    needed: bool = False


@dataclass(frozen=True)
class Each:
    """A list, of which each entry has this shape; ``count`` entries where it is not None."""

    shape: Any
    count: int | None = None


_COUNT = Maybe({"sequences": int, "agree": int})
_COUNTS = Maybe({"1x": _COUNT, "5x": _COUNT})
_STEPS = Each(object)
_WORDS = Maybe(Each(Maybe(Each(str))))

REPORT: Mapping[str, Any] = {
    "source": str,
    "task": Maybe(str, needed=True),
    "network": {"cell": str, "hidden_size": int, "parameters": int, "digest": str},
    "machine": Maybe({"kind": str, "states": Maybe(int), "symbols": Maybe(int), "order": Maybe(int)}, needed=True),
    "program": Maybe({"source": str, "function": str, "method": str, "nodes": int}, needed=True),
    "verification": Maybe({
        "claim": str, "claims": Maybe(Each(str)), "program_vs_network": _COUNTS, "program_vs_data": _COUNTS,
        "network_vs_data": _COUNTS, "counterexample": Maybe({"inputs": _STEPS, "network": _STEPS, "program": _STEPS}),
    }, needed=True),
    "facts": Maybe(Each({"fact": str, "holds": Maybe(bool), "words": str})),
    "route": Maybe({"name": str, "why": str}),
    "label_free": Maybe(bool),
    "imperfect_network": Maybe(bool),
    "inputs": Each(Each(int, 2)),
    "length": int,
    "words": Maybe({"inputs": _WORDS, "outputs": _WORDS}),
    "warnings": Maybe(Each(object)),
    "suspicious_rows": Maybe(Each({"row": int, "step": int, "given": object, "program": object})),
    "stages": Each({"stage": str, "status": str, "reason": str, "seconds": float, "evidence": Maybe(dict)}),
    "seconds": {"total": float},
}  # fmt: skip
"""Fields that are read here or shown on a page; there may be others."""


def check_report(report: Any, where: str) -> None:
    """Check that a report has the shape :data:`REPORT`.

    Raises
    ------
    BadInputError
        which names the first field that is missing or is something else.
    """
    fault = _fault(report, REPORT, "")
    if fault is not None:
        raise BadInputError(f"{where}: {fault}; it was cut off or changed by hand.")


def _fault(value: Any, shape: Any, path: str) -> str | None:
    """Say what is wrong first, or return None."""
    if isinstance(shape, Maybe):
        return None if value is None else _fault(value, shape.shape, path)
    if isinstance(shape, Each):
        if not isinstance(value, list):
            return f"{path} is no list"
        if shape.count not in (None, len(value)):
            return f"{path} has {len(value)} entries instead of {shape.count}"
        faults = (_fault(entry, shape.shape, f"{path}[{number}]") for number, entry in enumerate(value))
        return next((fault for fault in faults if fault is not None), None)
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            return f"{path or 'the whole'} is no object"
        return next((fault for name, inner in shape.items() if (fault := _entry(value, name, inner, path))), None)
    wanted = (int, float) if shape is float else shape
    if not isinstance(value, wanted) or (isinstance(value, bool) and shape in (int, float)):
        return f"{path} is {value!r:.40}, not {_KINDS[shape]}"
    return f"{path} is {value!r}" if isinstance(value, float) and value - value != 0 else None


def _entry(value: Mapping[str, Any], name: str, shape: Any, path: str) -> str | None:
    place = f"{path}.{name}" if path else name
    if name not in value and not (isinstance(shape, Maybe) and not shape.needed):
        return f"{place} is missing"
    return _fault(value.get(name), shape, place)
