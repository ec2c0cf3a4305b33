"""Proofs for networks whose state moves in integers: kinds "integers" (affine readouts) and "lattice" (any readout).

With s the state of an affine integer system and h that of the network, h = T s + U(x) after every input x: U follows
from the first step, T from a few others.  The checker sees that every step keeps it so, and up to which length float64
is exact.  A readout with an activation is tried in all states that the system reaches up to a length.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core import integer_checker, lattice_checker
from mips_core.certificate_checker import Network as StoredNetwork
from mips_core.certificate_checker import Refused
from mips_core.errors import BadInputError
from mips_core.files import json_bytes
from mips_core.integer_algebra import as_integers, independent_rows, solve
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.records import machine_to_dict
from mips_core.networks.encoding import Argmax
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_bytes
from mips_core.progress import Monitor
from mips_core.region_checker import claim_of
from mips_core.states.integer_weights import has_integer_weights
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.verification.certificates.affine import AffineSystem, affine_system
from mips_core.verification.certificates.own_equations import own_equations
from mips_core.verification.certificates.packing import packed, sealed
from mips_core.verification.lattice_walk import lattice_points

Exact = NDArray[Any]
"""An array of Python integers, which never overflow."""

_PERIODS = 60
_MOST_LAGS = 3_000
_LONGEST = 2**53
_KEPT_MARGIN = 0.99


@dataclass(frozen=True, eq=False)
class IntegerProof:
    """A proof that the checker accepts.

    Parameters
    ----------
    certificate : JSON values
    length : every sequence up to this length; None for all lengths
    how : in words
    """

    certificate: Mapping[str, Any]
    length: int | None
    how: str


def prove_integers(
    network: MlpNetwork,
    system: IntegerSystem,
    symbols: IntArray,
    *,
    length: int,
    rng: np.random.Generator,
    remembered: tuple[str, ...] = (),
    monitor: Monitor | None = None,
) -> IntegerProof | str:
    """Prove that a network with integer weights gives what a system gives, or say why not.

    Where it chooses between more than two classes by affine scores, the system in the certificate is the network itself
    written as equations; that a machine does the same is another proof (:mod:`mips_core.region_checker.cases`).

    Parameters
    ----------
    symbols : every input symbol that may occur, int64 (X, D_in)
    length : to prove where the readout has an activation; affine ones are proved for as long as float64 is exact
    remembered : variables that the program's text keeps from step to step
    """
    if not has_integer_weights(network):
        return "integers: the weights are no integers"
    content = network_bytes(network)
    stored = StoredNetwork(content)
    classes = isinstance(network.decoding, Argmax) and any(r != Integers(0, 2) for r in network.decoding.ranges)
    if classes and len(network.readout_layers) == 1:
        system = own_equations(network)
    found = correspondence(network, system, symbols, rng)
    if isinstance(found, str):
        return f"integers: {found}"
    facts = {
        "version": 2,
        "network": hashlib.sha256(content).hexdigest(),
        "symbols": packed(symbols),
        "machine": machine_to_dict(system),
        "remembered": list(remembered),
    }
    if len(network.readout_layers) > 1:
        return _on_lattice(network, system, symbols, length, {**facts, "T": packed(found.turn)}, content, monitor)
    reason = "nothing was tried"

    def accepted(more: Mapping[str, Any], _: int | None) -> bool:
        nonlocal reason
        try:
            integer_checker.integers({**facts, **more}, stored, symbols)
        except Refused as error:
            reason = str(error)
            return False
        return True

    for longest_length in longest(found, accepted):
        whole = {"kind": "integers", **facts, **found.facts(longest_length)}
        how = (
            f"exact integers; float64 holds them up to length {longest_length:,}"
            if longest_length
            else "exact integers"
        )
        return _accepted(whole, content, longest_length, symbols, stored, how, integer_checker.check)
    return f"integers: {reason}"


def _on_lattice(
    network: MlpNetwork,
    system: IntegerSystem,
    symbols: IntArray,
    length: int,
    facts: Mapping[str, Any],
    content: bytes,
    monitor: Monitor | None,
) -> IntegerProof | str:
    try:
        points = lattice_points(network, system, symbols, length, monitor=monitor)
    except BadInputError as error:
        return f"lattice: {error}"
    stored = StoredNetwork(content)
    gap, bound = stored.gaps(points.hidden, points.outputs)
    margin = _KEPT_MARGIN * float((gap - bound).min())
    if not margin > 0:
        return f"lattice: {int((gap <= bound).any(axis=1).sum()):,} of {len(gap):,} hidden states give another output"
    box = {"low": points.low.tolist(), "shape": points.shape.tolist(), "margin": float(f"{margin:.6g}")}
    whole = {"kind": "lattice", **facts, **box, "length": points.length}
    how = f"readout tried in {len(points.hidden):,} hidden states"
    return _accepted(whole, content, points.length, symbols, stored, how, lattice_checker.check)


def _accepted(
    facts: dict[str, Any],
    content: bytes,
    length: int | None,
    symbols: IntArray,
    stored: StoredNetwork,
    how: str,
    check: Callable[[bytes, bytes], str],
) -> IntegerProof | str:
    """Write the certificate, and let the checker read it whole."""
    certificate = sealed({**facts, "claim": claim_of(length, symbols, stored.card)})
    try:
        check(json_bytes(certificate), content)
    except Refused as error:
        return f"{facts['kind']}: {error}"
    return IntegerProof(certificate, length, how)


@dataclass(frozen=True, eq=False)
class Correspondence:
    """What an affine network with integer weights has to do with an affine system of integers.

    Parameters
    ----------
    turn : int64 (d, n), T
    lags, period : M^lags (M^period - 1)^(d + 1) = 0 for the transition M of (h, 1); a period of 0 stands for none
    """

    turn: IntArray
    lags: int
    period: int

    def facts(self, length: int | None) -> dict[str, Any]:
        """Return what a certificate up to ``length`` holds of it."""
        lags = self.lags if self.period or length is None else length
        return {"T": packed(self.turn), "lags": lags, "period": max(1, self.period), "length": length}


def correspondence(
    network: MlpNetwork, system: IntegerSystem, symbols: IntArray, rng: np.random.Generator
) -> Correspondence | str:
    """Return how a network with integer weights follows a system, or why that cannot be said."""
    found = affine_system(system, symbols, rng, outputs=False)
    if found is None:
        return "the state of the equations does not move affinely"
    a, entry, bias, first = _exact_parts(network, symbols)
    turn = _turn(found, a, entry, bias, first)
    if turn is None:
        return "the hidden state is no integer function of the machine's"
    d = len(first)
    step = np.vstack([np.column_stack([a, bias]), [0] * d + [1]])
    return Correspondence(turn.astype(np.int64), d + 1, _period(step, d + 1))


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
