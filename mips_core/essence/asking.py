"""What an essence network says about any input that its code takes, at any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mips_core.essence.certify_questions import policy, rule_width, windows_of
from mips_core.essence.condensed import Condensed
from mips_core.essence.data import Reading
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.regenerate import network_at


def network_says(network: EssenceNetwork, condensed: Condensed, reading: Reading, arguments: Sequence[Any]) -> Any:
    """Return a network's answer to the arguments of its code.

    Parameters
    ----------
    network : as trained; other sizes are those of the groups, which give it exactly at its own size
    arguments : as for the code: a row, a grid, numbers, clauses; with a rule's number where one is read
    """
    value = arguments[0]
    if reading in ("window", "rule and window"):
        return _field(network, np.array(value, dtype=np.int64), arguments[1:])
    if reading == "clauses":
        return _assignment(condensed, value)
    x = np.array(value)
    at = network if x.shape == network.input_shape else network_at(condensed, x.shape)
    return at.decide(x[None])[0]


def _field(network: EssenceNetwork, cells: np.ndarray, rule: Sequence[int]) -> list[Any]:
    """Return the next row or grid: the network sees a window around each cell, borders joined."""
    shape = network.input_shape
    if rule:
        width = rule_width(shape)
        assert width is not None
        around = windows_of(cells, (width,))
        bits = (rule[0] >> np.arange(2**width)) & 1
        around = np.concatenate([np.tile(bits, (len(around), 1)), around], axis=1)
    else:
        around = windows_of(cells, shape)
    said = network.decide(around)
    rows = [said[k : k + cells.shape[-1]] for k in range(0, len(said), cells.shape[-1])]
    return rows if cells.ndim == 2 else rows[0]


def _assignment(condensed: Condensed, clauses: list[list[int]]) -> list[bool]:
    """Return the value of each variable, set one after the other."""
    variables = max((abs(literal) for clause in clauses for literal in clause), default=0)
    if not variables:
        return []
    network = network_at(condensed, (2 * variables, len(clauses)))
    values: list[bool] = []
    for _ in range(variables):
        values = [*values, policy(network, clauses, [*values, False])[-1]]
    return values
