"""Loaded by every worker that a sweep starts, before its first work."""

from __future__ import annotations

from typing import Any

from mips_core.parallel import settle


def dask_setup(worker: Any) -> None:
    """Make the worker's process single-threaded, and leave Ctrl-C to its starter, who ends it in order."""
    settle()
