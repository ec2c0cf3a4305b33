"""Check a certificate: a proof, as a file, that a network as it is stored gives what a machine gives at every step.

``python certificate_checker.py CERTIFICATE NETWORK [MACHINE]`` needs NumPy only, and no code of what makes a proof.

Kind "grid": each step of the network ends by rounding hidden states to multiples of 2**-places.  Listed are rounded
states, as integers, each with a state of a finite machine; first both start states.  From each row every input leads to
a listed row, of the network's rounded state and the machine's state, with the machine's output.  So it is at every step
of every sequence.  Rows stand in the order in which they are met; every one, and every state of the machine, is met.

Computers differ in the last digits: in the order of sums, in fused products, in tanh and exp (by up to 16 units in the
last place).  With values go bounds e: computed anywhere in float64, a value is within e of the exact one (Higham,
"Accuracy and stability of numerical algorithms", section 3.1).  What is rounded or compared lies 2**-k, and more than
2 e, from where its result changes: "margins" holds k for states, in places of the grid, and k for outputs or scores.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np

MOST_NUMBERS, MOST_WORK, UNIT = 2**25, 2**38, 2.0**-52  # UNIT is twice what rounding a result can change
ACTIVATIONS: dict[str, Any] = {  # none is steeper than 1
    "relu": lambda z: np.maximum(z, 0), "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z), "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "identity": lambda z: z,
}  # fmt: skip


class Refused(Exception):
    """The certificate is not accepted; the message says what failed first."""


def need(fact: Any, reason: str) -> None:
    """Refuse unless ``fact`` holds."""
    if not fact:
        raise Refused(reason)


def unpack(value: dict[str, Any]) -> np.ndarray:
    """Return packed integers: little-endian, compressed, as base64."""
    kind, shape, stream = value["type"], value["shape"], zlib.decompressobj()
    need(kind in ("<i1", "<i2", "<i4", "<i8") and min(shape) >= 0, "integers are packed in a way that is not known")
    data = stream.decompress(base64.b64decode(value["data"], validate=True), 8 * MOST_NUMBERS)
    return np.frombuffer(data, kind).reshape(shape).astype(np.int64)


class Network:
    """A network file: its card, its layers as (weights, bias), its start state."""

    def __init__(self, data: bytes) -> None:
        begin, place, t = 8 + int.from_bytes(data[:8], "little"), 0, {}
        header = json.loads(data[8:begin])
        self.card = json.loads(header.pop("__metadata__")["card"])
        for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            need(entry["data_offsets"][0] == place, f"the tensor {name} does not lie behind the one before")
            first, place = entry["data_offsets"]
            part, kind = data[begin + first : begin + place], {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
            t[name] = np.frombuffer(part, kind).reshape(entry["shape"]).astype(float)
        self.hidden, self.reader = (
            [(t[f"{p}.{i}.weight"], t[f"{p}.{i}.bias"]) for i in range(sum(n.startswith(p) for n in t) // 2)]
            for p in ("hidden", "readout")
        )
        self.start, self.table = t.get("start_state", np.zeros(len(self.hidden[-1][1]))), t.get("embedding.weight")

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Return the numbers (X, E) that stand for integer symbols (X, D_in)."""
        how, table = self.card["encoding"], self.table
        if how["kind"] == "raw":
            return x.astype(float)
        ranges = how["ranges"] if table is None else [[how["low"], how["low"] + len(table)]] * x.shape[1]
        both = [*zip(ranges, x.T, strict=True)]
        need(all(a <= i.min() and i.max() < b < a + 2**13 for (a, b), i in both), "the network knows no such input")
        return np.concatenate([(np.eye(b - a) if table is None else table)[i - a] for (a, b), i in both], 1)

    def chain(self, v: np.ndarray, layers: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
        """Send exact values (N, m) through layers, with the activation between them; return values and bounds e."""
        e = np.zeros_like(v)
        for i, (w, b) in enumerate(layers):
            if i:
                v = ACTIVATIONS[self.card["activation"]](v)
                e = e + 2.0**-48 * (np.abs(v) + e)
            size, part = np.abs(w.T), (w.shape[1] + 8) * UNIT
            v, e = v @ w.T + b, e @ size * (1 + part) + part * ((np.abs(v) + 2 * e) @ size + np.abs(b)) + 1e-290
        return v, e

    def gaps(self, h: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how far the scores after states h are from outputs other than ``wanted``, and what they may be off."""
        how, (v, e), gaps = self.card["decoding"], self.chain(h, self.reader), []
        if how["kind"] == "round":
            need(v.shape == wanted.shape, "the outputs do not fit")
            return 0.5 - np.abs(v - wanted), 2 * e + UNIT * np.abs(v)
        for (low, high), y in zip(how["ranges"], wanted.T, strict=True):
            block, v = np.column_stack([v[:, : high - low], np.full(len(v), -9e99)]), v[:, high - low :]
            need((block.argmax(1) == y - low).all(), "an output is another")
            gaps.append(np.minimum(0.5, np.diff(np.sort(block)[:, -2:])))
        return np.concatenate(gaps, 1), 4 * e.max(1, keepdims=True)


def grid(certificate: dict[str, Any], network: Network, symbols: np.ndarray) -> None:
    """Check the kind "grid"."""
    listed, places, machine = unpack(certificate["states"]), certificate["places"], certificate["machine"]
    names, rows = [";".join(map(str, x)) for x in symbols.tolist()], machine["transitions"]
    cells = [[rows[str(s)][name] for name in names] for s in range(len(rows))]
    following, output = (np.array([[cell[key] for cell in row] for row in cells]) for key in ("next", "output"))
    need(machine["states"] == len(rows) and {*map(len, rows.values())} == {len(names)}, "the machine's table has gaps")
    need(machine["symbols"] == symbols.tolist() and following.dtype.kind == output.dtype.kind == "i", "no such table")
    need(type(places) is int and network.card.get("state_grid") == places, "the network's states lie on no such grid")
    need(certificate["length"] is None and -20 <= places <= 40, "the length or the grid is not possible")
    need((listed[0] == [*np.ldexp(network.start, places), machine["start"]]).all(), "the first row is not the start")
    need({*listed[:, -1].tolist()} == {*range(len(rows))}, "a state of the machine is never met")
    layers, count, x, met = network.hidden + network.reader, len(symbols), network.encode(symbols), 0
    need(len(listed) * count * sum(w.size + 64 for w, _ in layers) < MOST_WORK, "the proof is too large")
    block, far, off = 1 + 2**20 // (count * max(max(w.shape) for w, _ in layers)), [0.5, 0.5], [0.0, 0.0]
    index = {row.tobytes(): i for i, row in enumerate(listed)}
    for i in range(0, len(listed), block):
        h, s = np.repeat(np.ldexp(listed[i : i + block, :-1] * 1.0, -places), count, 0), listed[i : i + block, -1]
        z, e = network.chain(np.column_stack([h, np.tile(x, (len(s), 1))]), network.hidden)
        z, e = np.ldexp(z, places), np.ldexp(e, places)
        outputs = network.gaps(np.ldexp(np.rint(z), -places), output[s].reshape(len(h), -1))
        for k, (gap, bound) in enumerate([(0.5 - np.abs(z - np.rint(z)), 2 * e), outputs]):
            need((gap > bound).all(), f"{('a state', 'an output')[k]} is not certain at or after row {i}")
            far[k], off[k] = min(far[k], gap.min()), max(off[k], bound.max())
        new = np.column_stack([np.rint(z), following[s].ravel()]).astype(np.int64)
        place = np.array([index.get(row.tobytes(), -1) for row in new])
        need(place.min() >= 0, f"a row at or after {i} leads to one that is not listed")
        seen = np.maximum.accumulate(np.append(met, place))
        need((np.diff(seen) <= 1).all() and (seen[:-1:count] >= range(i, i + len(s))).all(), "rows stand in disorder")
        met = seen[-1]
    need(met == len(listed) - 1, "a row is never met")
    for k, gap, bound in zip(certificate["margins"], far, off, strict=True):
        need(type(k) is int and bound < 2.0**-k <= gap + bound and gap - bound < 2 * 2.0**-k, f"a margin is {gap:.3g}")


def check(certificate: bytes, network: bytes, machine: bytes | None = None) -> str:
    """Return the claim that is proved, of a machine.json if one is given; raise Refused with what fails first."""
    try:
        with np.errstate(all="ignore"):
            need(len(certificate) + len(network) < 2**27, "the files are too large")
            value, stored = json.loads(certificate), Network(network)
            rest = json.dumps({k: v for k, v in value.items() if k != "seal"}, sort_keys=True, allow_nan=False)
            need(value["seal"] == hashlib.sha256(rest.encode()).hexdigest(), "the seal does not fit: it was changed")
            need(value["format"] == "mips-certificate" and value["version"] == 2, "the format or version is not known")
            need(value["network"] == hashlib.sha256(network).hexdigest(), "the network is not the one proved")
            symbols = unpack(value["symbols"])
            need(len({*map(tuple, symbols.tolist())}) == len(symbols) > 0, "the input symbols are not distinct")
            need((np.abs(symbols) < 2**53).all(), "an input is too large for float64")
            {"grid": grid}[value["kind"]](value, stored, symbols)
            ranges = stored.card.get("inputs") or [[1, 0]] * symbols.shape[1]
            known = all(a <= i < b for row in symbols.tolist() for (a, b), i in zip(ranges, row, strict=True))
            every = "all" if known and len(symbols) == math.prod(b - a for a, b in ranges) else "only"
            claim = f"proved for all lengths, {every} {len(symbols):,} input symbols"
            need(value["claim"] == claim, f"the certificate claims {value['claim']!r}; its proof shows {claim!r}")
            need(machine is None or json.loads(machine) == value["machine"], "the machine is not the one proved")
            return claim
    except Exception as error:
        raise error if isinstance(error, Refused) else Refused(f"something is malformed: {error!r}") from None


if __name__ == "__main__":
    try:
        print("accepted:", check(*(Path(name).read_bytes() for name in sys.argv[1:])))
    except (Refused, OSError) as error:
        sys.exit(f"refused: {error}")
