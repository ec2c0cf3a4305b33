"""What comes of an attempt to prove something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STAGE = "certify"
"""Name of the stage in progress messages."""


@dataclass(frozen=True, eq=False)
class Certification:
    """What came of an attempt.

    Parameters
    ----------
    certificate : JSON values, or None where nothing was proved
    reason : what was tried and why it failed, or how the proof goes
    length : every sequence up to this length; None for all lengths, or without a certificate
    seconds : time spent
    """

    certificate: Mapping[str, Any] | None
    reason: str
    length: int | None
    seconds: float
    tried: tuple[str, ...] = field(default=())
