"""Equality of a network with integer weights and an affine integer system, as matrices and a map between their states.

With s the state of the system and h that of the network, h = T s + U(x) after every input x: U follows from the first
step, T from a few others.  The checker sees that every step keeps it so, and up to which length float64 is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.integer_algebra import as_integers, independent_rows, solve
from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks.encoding import Argmax
from mips_core.networks.mlp import MlpNetwork
from mips_core.states.integer_weights import has_integer_weights
from mips_core.stepping import IntArray
from mips_core.verification.certificates.affine import AffineSystem, affine_system
from mips_core.verification.certificates.packing import packed

Exact = NDArray[Any]
"""An array of Python integers, which never overflow."""

_PERIODS = 60
_MOST_LAGS = 20_000
_LONGEST = 2**53


@dataclass(frozen=True, eq=False)
class Correspondence:
    """What an affine network with integer weights has to do with an affine system of integers.

    Parameters
    ----------
    system : the equations; for a network that chooses classes, their outputs are its scores
    turn : int64 (d, n), T
    lags, period : M^lags (M^period - 1)^(d + 1) = 0 for the transition M of (h, 1); a period of 0 stands for none
    """

    system: AffineSystem
    turn: IntArray
    lags: int
    period: int

    def facts(self, length: int | None) -> dict[str, Any]:
        """Return what a certificate up to ``length`` holds of it."""
        names = ("F", "G", "H", "D", "start")
        parts = (self.system.forward, self.system.entry, self.system.reader, self.system.direct, self.system.start)
        known = self.period > 0 or length is None
        return {
            **{name: packed(values) for name, values in zip(names, parts, strict=True)},
            "T": packed(self.turn),
            "lags": self.lags if known else length,
            "period": max(1, self.period),
        }


def correspondence(
    network: MlpNetwork, system: IntegerSystem, symbols: IntArray, rng: np.random.Generator
) -> Correspondence | str:
    """Return how a network with integer weights follows a system, or why that cannot be said."""
    if not has_integer_weights(network) or len(network.readout_layers) > 1:
        return "the weights are no integers"
    classes = isinstance(network.decoding, Argmax)
    found = affine_system(system, symbols, rng, outputs=not classes)
    if found is None:
        return "the equations are not affine"
    a, entry, bias, first = _exact_parts(network, symbols)
    turn = _turn(found, a, entry, bias, first)
    if turn is None:
        return "the hidden state is no integer function of the machine's"
    if classes:
        readout, offset = (_whole(part) for part in network.affine_readout())
        after = entry + (bias + a @ first - turn @ _whole(found.start))[:, None]
        scores = ((readout @ turn).astype(np.int64), (readout @ after + offset[:, None]).astype(np.int64))
        found = AffineSystem(found.forward, found.entry, *scores, found.start)
    d = len(first)
    step = np.vstack([np.column_stack([a, bias]), [0] * d + [1]])
    return Correspondence(found, turn.astype(np.int64), d + 1, _period(step, d + 1))


def _whole(values: NDArray[Any]) -> Exact:
    exact: Exact = np.vectorize(int, otypes=[object])(values)
    return exact


def _exact_parts(network: MlpNetwork, symbols: IntArray) -> tuple[Exact, Exact, Exact, Exact]:
    """Return A (d, d), B e(x) of every symbol (d, X), b (d,) and the start state (d,)."""
    a, columns, bias = network.affine_transition()
    entry = _whole(columns) @ _whole(network.encoding.encode(symbols).T)
    return _whole(a), entry, _whole(bias), _whole(network.start_state)


def _turn(system: AffineSystem, a: Exact, entry: Exact, bias: Exact, first: Exact) -> Exact | None:
    """Return T, (d, n): words that repeat one symbol, n + 1 steps long, reach all directions and show it."""
    forward, into, start = _whole(system.forward), _whole(system.entry), _whole(system.start)
    n, d = len(start), len(first)
    s, h = np.repeat(start[:, None], entry.shape[1], axis=1), np.repeat(first[:, None], entry.shape[1], axis=1)
    ours, theirs = [], []
    for _ in range(n + 1):
        s, h = forward @ s + into, a @ h + entry + bias[:, None]
        ours.append((s - start[:, None]).T)
        theirs.append((a @ h - (a @ first)[:, None]).T)
    states, moved = np.concatenate(ours), np.concatenate(theirs)
    chosen = independent_rows(states.tolist())
    solved = solve(states[chosen].tolist(), moved[chosen].tolist()) if chosen else [[0] * d for _ in range(n)]
    exact = None if solved is None else as_integers(solved)
    return None if exact is None else np.array(exact, dtype=object).reshape(n, d).T


def _period(step: Exact, lags: int) -> int:
    """Return the least p with M^lags (M^p - 1)^len(M) = 0, or 0 where there is none: an eigenvalue grows."""
    one = np.eye(len(step), dtype=int).astype(object)
    power = np.linalg.matrix_power(step, lags)
    for period in range(1, _PERIODS + 1):
        change = np.linalg.matrix_power(step, period) - one
        if not (power @ np.linalg.matrix_power(change, len(step))).any():
            return period
    return 0


def longest(found: Correspondence, accepted: Callable[[Mapping[str, Any], int | None], bool]) -> Iterator[int | None]:
    """Yield the longest length that is accepted (None: every length does), once; nothing where none is.

    Parameters
    ----------
    accepted : whether the checker accepts what a certificate holds, up to a length
    """
    if found.period and accepted(found.facts(None), None):
        yield None
        return
    most = _LONGEST if found.period else _MOST_LAGS
    low, high = 0, 1
    while high <= most and accepted(found.facts(high), high):
        low, high = high, 2 * high
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepted(found.facts(middle), middle) else (low, middle)
    if low:
        yield low
