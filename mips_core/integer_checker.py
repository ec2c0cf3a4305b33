"""Check a certificate: a proof that a network with integer weights gives what the equations of a machine give.

``python -m mips_core.integer_checker CERTIFICATE NETWORK [MACHINE]`` needs Python, NumPy and, to read the network,
``certificate_checker``, to read the equations ``checked_equations``.  It imports nothing of the prover, which asks it.

After every input x the hidden state is h = T s + U(x), where s is what the machine remembered before: the first step
has it so, which gives U, and every step keeps it so, in sequences of every length.  Outputs are equal as formulas of s,
for every x: rounded ones number for number, classes by the comparisons that choose between them.

Float64 is exact on integers up to 2^53, so it remains to bound all that is ever added up, in whatever order.  It is a
part of M^t v + sum M^k B x, where (h, 1) moves by M: the first ``lags`` terms are followed one by one, and later ones
in M^(lags + i period) = M^lags sum_j binomial(i, j) (M^period - 1)^j, where the terms with j > d must be zero.
"""

from __future__ import annotations

import itertools
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from mips_core import certificate_checker
from mips_core.certificate_checker import Network, Refused, need, unpack
from mips_core.checked_equations import LARGEST, Form, Machine, choose, positive, whole

MOST_WORK, MOST_CLASSES = 2**26, 8


class Moves:
    """What shows that h = T s + U(x): T (d, n), U (d, X), and the exact integers by which network and machine move."""

    def __init__(self, certificate: dict[str, Any], network: Network, symbols: np.ndarray) -> None:
        machine, (w, b), of = Machine(certificate["machine"]), network.hidden[0], whole(network.encode(symbols).T)
        start, n, d = machine.start, len(machine.start), len(network.start)
        plain = network.card["kind"] == "mlp" and network.card.get("state_grid") is None
        need(plain and len(network.hidden) == 1, "the network does not move affinely")
        need(len(symbols) * (n + 1) * (n + len(machine.trees)) <= MOST_WORK >> 4, "too large")
        a, entry, b, first = whole(w[:, :d]), whole(w[:, d:]), whole(b), whole(network.start)
        units, zero = [Form(row) for row in np.eye(n, n + 1, dtype=int).tolist()], Form([0] * (n + 1))
        steps = [machine.step(units, x) for x in symbols.tolist()]
        forms = [[(zero + v).values for v in after] for after, _ in steps]
        both = np.array(forms, object).reshape(len(steps), n, n + 1)
        self.f, self.g, self.turn = both[0, :, :n], both[:, :, n].T, unpack(certificate["T"]).astype(object)
        need((both[..., :n] == self.f).all() and self.turn.shape == (d, n), "the machine does not move affinely with T")
        self.outputs, self.most, entry = [y for _, y in steps], (abs(entry) @ abs(of)).max(), entry @ of
        since = a @ first - self.turn @ start
        self.after = entry + (b + since)[:, None]
        need((a @ self.turn == self.turn @ self.f).all(), "T does not follow the machine")
        need((a @ self.after - self.turn @ self.g == since[:, None]).all(), "an input moves the network elsewhere")
        self.step, self.first = np.vstack([np.column_stack([a, b]), [0] * d + [1]]), np.append(first, 1)
        self.effect = np.vstack([entry, 0 * of[:1]])


def winner(first: int, scores: list[Form], best: int = 0, at: int = 1) -> Any:
    """Return the class of the largest score, the first of equals, as it follows from comparisons."""
    need(len(scores) <= MOST_CLASSES, "there are too many classes")
    if at == len(scores):
        return first + best
    test = positive(scores[at] + scores[best] * -1)
    return choose(test, winner(first, scores, at, at + 1), winner(first, scores, best, at + 1))


def integers(certificate: dict[str, Any], network: Network, symbols: np.ndarray) -> None:
    """Check the kind "integers"."""
    moves, (c, c0), how = Moves(certificate, network, symbols), map(whole, network.reader[0]), network.card["decoding"]
    need(len(network.reader) == 1, "the readout is not affine")
    scores = np.dstack([np.tile(c @ moves.turn, (len(symbols), 1, 1)), (c @ moves.after).T + c0]).tolist()
    for score, wanted in zip(scores, map(list, moves.outputs), strict=True):
        if how["kind"] == "round":
            need(score == [(Form(0 * v for v in score[0]) + v).values for v in wanted], "an output is another")
        else:
            left = map(Form, score)
            more = [
                winner(low, [*itertools.islice(left, high - low)])
                for low, high in {"argmax": how["ranges"]}[how["kind"]]
            ]
            need(more == wanted and not [*left], "a class is chosen by another comparison")
    (lags, period, length), d, step = (certificate[k] for k in ("lags", "period", "length")), len(c.T), moves.step
    need(all(type(v) is int and 0 < v <= 3_000 for v in (lags, period)) and (d + len(c)) << d <= 2**17, "too large")
    need(lags in (d + 1, length), "other lags are enough")
    rows = [{tuple(row * mask) for row in part for mask in itertools.product((0, 1), repeat=d + 1)}
            for part in (step[:d], np.column_stack([c, c0]))]  # all that may be added up  # fmt: skip
    power, steps = np.array([*rows[0], *rows[1]], object), len(rows[0])
    need(power.size * len(symbols) * (lags + period * (d + 1)) <= MOST_WORK, "too large")
    total, free = 0 * power[:, 0], abs(power @ moves.first)  # bounds: on what inputs do, on what becomes of the start
    for _ in range(lags if length is None else min(lags, length)):
        before, total, power = total + free, total + abs(power @ moves.effect).max(1), power @ step
        free = np.maximum(free, abs(power @ moves.first))
        need(abs(power).max() < 2**999, "the network grows too fast")
    times = 0 if length is None else max(0, -((lags - length) // period))
    change = np.linalg.matrix_power(step, period) - np.eye(d + 1, dtype=int)
    for _ in range(period if length is None or times else 0):
        sums, term = 0 * free, power
        for j in range(d + 1):
            effect, rest = abs(term @ moves.effect).max(1), abs(term @ moves.first)
            need(length or not (effect.any() or (j and rest.any())), "the hidden state grows for ever")
            total, sums = total + math.comb(times, j + 1) * effect, sums + math.comb(times, j) * rest
            term = term @ change
        need(not term.any(), "lags and period do not bound all powers")
        free, power = np.maximum(free, sums), power @ step
        before = total + free
    most = max(max(before[:steps]) + moves.most, max((total + free)[steps:]))
    need(most <= LARGEST, f"numbers may reach {most:,}, which float64 does not hold exactly")


def check(certificate: bytes, network: bytes, machine: bytes | None = None) -> str:
    """Return the claim that is proved, of a machine.json if one is given; raise Refused with what fails first."""
    return certificate_checker.check(certificate, network, machine, {"integers": integers})


if __name__ == "__main__":
    try:
        print("accepted:", check(*(Path(name).read_bytes() for name in sys.argv[1:])))
    except (Refused, OSError) as error:
        sys.exit(f"refused: {error}")
