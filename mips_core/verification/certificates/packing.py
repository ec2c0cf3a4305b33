"""Certificates as JSON: numbers are packed, and a seal over everything shows any later change."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT, VERSION = "mips-certificate", 1


def packed(values: NDArray[Any], kind: str = "") -> dict[str, Any]:
    """Return numbers as little-endian bytes, compressed, in base64.

    Parameters
    ----------
    kind : NumPy type, e.g. "<f8"; left out, it is the smallest that holds these integers
    """
    if not kind:
        low, high = int(values.min(initial=0)), int(values.max(initial=0))
        kind = next(k for k in ("<i1", "<i2", "<i4", "<i8") if np.iinfo(k).min <= low and high <= np.iinfo(k).max)
    data = np.ascontiguousarray(values, dtype=kind).tobytes()
    return {"type": kind, "shape": list(values.shape), "data": base64.b64encode(zlib.compress(data, 9)).decode("ascii")}


def sealed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a certificate of these facts: with format, version and the seal."""
    whole = {"format": FORMAT, "version": VERSION, **facts}
    text = json.dumps(whole, sort_keys=True, allow_nan=False)
    return {**whole, "seal": hashlib.sha256(text.encode()).hexdigest()}
