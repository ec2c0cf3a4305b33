"""A small finished distillation, made without training: parity of bits, its machine and its program."""

from __future__ import annotations

import functools
from dataclasses import replace

from mips_core.distillation import distill
from mips_core.report import Report


@functools.cache
def parity_report() -> Report:
    """Distil the shipped network of parity, once for all tests of a process."""
    return distill("Parity_All")


def without_program(report: Report) -> Report:
    """Return the same distillation as one that found a machine but no program."""
    return replace(report, program=None, route=None)
