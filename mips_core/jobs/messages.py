"""The lines of JSON that a job's process sends to its starter, which answers with a word when it is to stop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mips_core.progress import Monitor

PROGRESS, EVENT, DONE, CANCELLED, FAILED = "progress", "event", "done", "cancelled", "failed"
"""Kinds of messages from the process."""

KEPT = "kept"
"""Key of the one event that is not handed on: what the job's result is, should it be stopped from here on."""


def keep(monitor: Monitor, result: Mapping[str, Any]) -> None:
    """Say what the result of the work is, should it be stopped or die from here on.

    Parameters
    ----------
    monitor : of the job; with any other monitor this is one more event
    result : plain JSON values, small: the name of a stored run rather than the run
    """
    monitor.events({KEPT: dict(result)})


def encode(message: Mapping[str, Any]) -> bytes:
    """Return one line of ASCII; ValueError or TypeError when something in it is no JSON value (NaN is none)."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Return the message on one line; ValueError when there is none."""
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a message is a JSON object")
    return message
