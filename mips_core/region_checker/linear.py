"""Check the effects of single inputs in exact integers: the proof for affine networks."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from mips_core.region_checker.files import unpack_integers
from mips_core.region_checker.network import Network
from mips_core.region_checker.sets import need


def linear(certificate: dict[str, Any], network: Network, symbols: np.ndarray, length: int | None) -> float:
    """Check that an affine network gives what an affine system of integers gives; return how far from 1/2 it stays.

    Output and system are sums of effects of single inputs, C A^k (B x + b) and D x, H F^(k-1) G x: the worst inputs of
    each lag are known.  For all lengths both must forget: H F^k G = 0 from some lag on, and the norm of some A^p < 1.
    """
    f, g, h, direct, begin = (
        unpack_integers(certificate, name).astype(object) for name in ("F", "G", "H", "D", "start")
    )
    (w, b), (c, c0), d, n = network.hidden[0], network.reader[0], network.size, len(f)
    plain = network.kind == "mlp" and len(network.hidden) == len(network.reader) == 1
    need(plain and network.card["decoding"]["kind"] == "round", "the network is not affine with rounded outputs")
    need(network.card["encoding"]["kind"] != "embedding", "an embedded input is not followed exactly")
    shapes = f.shape == (n, n) and g.shape == (n, len(symbols)) and h.shape == (len(c), n) and begin.shape == (n,)
    need(shapes and direct.shape == (len(c), len(symbols)), "the integer system does not fit the network")
    rows = np.column_stack([network.encode(symbols), np.ones(len(symbols))])  # all integers
    exact = [Fraction(v) for a in (w, b, c, c0, network.start) for v in a.ravel().tolist()]
    scale = max(v.denominator for v in exact).bit_length() - 1
    whole = [np.array([int(Fraction(v) * 2**scale) for v in a.ravel().tolist()], object).reshape(a.shape)
             for a in (np.vstack([c, np.eye(d)]), w[:, :d], np.column_stack([w[:, d:], b]), network.start)]  # fmt: skip
    power, step, entry, first = whole
    lags, o = certificate["lags"] if length is None else length, len(c)
    need(type(lags) is int and n < lags <= 20_000, "the number of lags is out of range")
    above, below, worst = np.zeros(o), np.zeros(o), np.zeros(o)
    norms: list[float] = []
    reach: list[np.ndarray] = []
    powers: list[np.ndarray] = []
    effect, size = direct, scale
    for k in range(lags):
        response, rest = split(power @ entry, size + scale)  # of [C; 1] A^k [B b]
        gap = rows[:, :-1].astype(int).astype(object) @ response[:o, :-1].T + response[:o, -1] - effect.T
        need(max(map(abs, gap.ravel().tolist())) < 2**52, f"the effect of an input {k} steps later is another")
        off = gap.astype(float) + rows @ rest[:o].T
        slack = 2.0**-48 * (np.abs(off) + np.abs(rows) @ np.abs(rest[:o]).T).max(0) + 2.0**-70
        above, below = above + off.max(0) + slack, below + off.min(0) - slack
        powers.append(absolute(power, size))
        norms.append(powers[-1][o:].sum(1).max())
        reach.append((np.abs(rows) @ absolute(power[o:] @ entry, size + scale).T).max(0))
        power, size = power @ step, size + scale
        own, other = np.add(*split((power @ first)[:o], size + scale)).astype(float), (h @ begin).astype(float)
        free, slack = own + c0 - other, slack + 2.0**-48 * (np.abs(own) + np.abs(c0) + np.abs(other))
        worst = np.maximum.reduce([worst, above + free + slack, slack - below - free])
        effect, h = h @ g, h @ f
    sums, tail, inputs, start = np.sum(powers, 0) + absolute(power, size), 0.0, max(reach[0]), np.abs(network.start)
    if length is None:
        later = np.concatenate([effect, *((m @ v).reshape(o, -1) for m in itertools.accumulate([h] + [f] * n, np.matmul)
                                          for v in (g, begin))], 1)  # fmt: skip
        p = int(np.argmin(norms))
        need(norms[p] < 0.9 and not later.any(), "network or integer system do not forget")
        tail = norms[-1] * norms[1] * sum(norms[:p]) / (1 - norms[p]) * (1 + 1e-9)
    held = np.cumsum(reach, 0) + tail * inputs + (sums[o:] + tail) @ start + 1  # no hidden state is larger, per step
    part = (d + rows.shape[1] + 8) * 2.0**-52
    lost = part * (held @ np.abs(w[:, :d]).T + (np.abs(rows) @ np.abs(np.column_stack([w[:, d:], b])).T).max(0))
    lost = lost if length is not None else np.maximum(lost, lost[-1])  # in any of the steps before
    drift = np.einsum("kij,kj->i", powers, lost[::-1]) * (1 + 1e-9)
    drift = drift + tail * np.concatenate([np.abs(c).sum(1), np.ones(d)]) * lost[-1].sum()
    need((drift[o:] < 1).all(), "rounding errors grow too large")
    worst = worst + drift[:o] + part * (np.abs(c) @ held[-1] + np.abs(c0))
    worst = worst + np.abs(c).sum(1) * tail * (inputs + 2 * start.max())
    return 0.5 - float(worst.max()) * (1 + 1e-9) - 1e-11  # what adding up so many numbers may lose


def split(value: np.ndarray, shift: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the integers nearest to ``value / 2**shift``, and what is left, within 2**-79."""
    whole = (value + (1 << shift >> 1)) >> shift
    left = value - (whole << shift)
    return whole, ((left << 80) >> shift).astype(float) / 2.0**80


def absolute(value: np.ndarray, shift: int) -> np.ndarray:
    """Return a little more than the absolute values of ``value / 2**shift``."""
    return np.abs(np.add(*split(value, shift)).astype(float)) * (1 + 1e-9) + 2.0**-70
