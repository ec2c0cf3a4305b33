"""Check a certificate: a proof, as a file, that a network as it is stored gives what a machine gives at every step.

``python certificate_checker.py CERTIFICATE NETWORK [MACHINE]`` needs NumPy only, and imports no code that makes proofs.
Kind "grid": each step of the network ends by rounding hidden states to multiples of 2**-places.  Listed are rounded
states, as integers, each with a state of a finite machine; first both start states.  From each row every input leads to
a listed row, of the network's rounded state and the machine's state, with the machine's output: so it is at every step
of every sequence.  Rows stand in the order in which they are met; every one, and every state of the machine, is met.

Computers differ in the last digits: in the order of sums, fused products, tanh and exp (within 16 units there).  With
values go bounds e: computed anywhere in float64, one is within e of the exact value (Higham, "Accuracy and stability of
numerical algorithms", 3.1).  What is rounded or compared lies 2**-k, and more than 2 e, from where it changes;
"margins" holds k for states, in places of the grid, and k for outputs, in their units or in scores.
"""

import base64
import functools
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
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "identity": lambda z: z}  # fmt: skip
EXACT = functools.partial(json.dumps, sort_keys=True)  # equal for equal values of equal types: 1 is not true or 1.0
PARSE = functools.partial(json.loads, object_pairs_hook=lambda rows: need(
    len(dict(rows)) == len(rows), "a key stands twice in a JSON object") or dict(rows))  # fmt: skip


class Refused(Exception):
    """The certificate is not accepted; the message says what failed first."""


def need(fact: Any, reason: str) -> Any:
    """Refuse unless ``fact`` holds."""
    if not fact:
        raise Refused(reason)


def unpack(value: dict[str, Any]) -> np.ndarray:
    """Return packed integers: little-endian, compressed, as base64."""
    kind, shape, size = value["type"], value["shape"], math.prod(value["shape"])
    need(kind in ("<i1", "<i2", "<i4", "<i8") and min(shape) >= 0 and size <= MOST_NUMBERS, "integers are ill packed")
    data = zlib.decompressobj().decompress(base64.b64decode(value["data"], validate=True), 8 * size + 1)
    return np.frombuffer(data, kind).reshape(shape).astype(np.int64)


class Network:
    """A network file: its card, its layers as (weights, bias), its start state."""

    def __init__(self, data: bytes) -> None:
        begin, place, t, self.cells = 8 + int.from_bytes(data[:8], "little"), 0, {}, list[Any]()
        header = PARSE(data[8:begin])
        self.card = PARSE(header.pop("__metadata__")["card"])
        for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            need(entry["data_offsets"][0] == place, f"the tensor {name:.80} does not lie behind the one before")
            start, place, kind = begin + place, entry["data_offsets"][1], {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
            t[name] = np.frombuffer(data[start : begin + place], kind).reshape(entry["shape"]).astype(float)
        parts = [(p, sum(name.startswith(p) for name in t) // 2) for p in ("hidden", "readout")]
        self.hidden, self.reader = ([(t[f"{p}.{i}.weight"], t[f"{p}.{i}.bias"]) for i in range(n)] for p, n in parts)
        self.table, self.parts = t.get("embedding.weight"), {"mlp": 1, "rnn": 1, "gru": 1, "lstm": 2}[self.card["kind"]]
        for i in range(sum(n.startswith("cell.weight_hh") for n in t)):
            hh, ih, bh, bi = (t[f"cell.{n}_l{i}"] for n in ("weight_hh", "weight_ih", "bias_hh", "bias_ih"))
            d, w = hh.shape[1], np.column_stack([hh, bh, ih, bi])  # of (h, 1, x, 1)
            if self.card["kind"] == "gru":  # its last gate takes what comes from x and from h apart
                w = np.vstack([w, w[2 * d :]])
                w[2 * d : 3 * d, : d + 1] = w[3 * d :, d + 1 :] = 0
            self.cells.append((w, d))
        size = self.parts * sum(d for _, d in self.cells) or self.hidden[-1][1].size
        self.start = t.get("start_state", np.zeros(size))

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Return the numbers (X, E) that stand for integer symbols (X, D_in)."""
        how, table = self.card["encoding"], self.table
        if how["kind"] == "raw":
            return x.astype(float)
        ranges = how["ranges"] if table is None else [[how["low"], how["low"] + len(table)]] * x.shape[1]
        both = [*zip(ranges, x.T, strict=True)]
        known = all(a <= i.min() and i.max() < b < a + 2**13 for (a, b), i in both)
        known = known and how["kind"] == ("one-hot" if table is None else "embedding")
        need(known and len(x) * sum(b - a for a, b in ranges) <= MOST_NUMBERS, "the network knows no such input")
        return np.concatenate([(np.eye(b - a) if table is None else table)[i - a] for (a, b), i in both], 1)

    def chain(self, v: np.ndarray, layers: list[Any], e: Any = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Send values (N, m) within e of exact ones through layers, the activation between them; return both again."""
        e = e + np.zeros_like(v)
        for i, (w, b) in enumerate(layers):
            if i:
                v, e = (f := ACTIVATIONS[self.card["activation"]](v)), e + 2.0**-48 * (np.abs(f) + e)
            size, part = np.abs(w.T), (w.shape[1] + 8) * UNIT
            v, e = v @ w.T + b, e @ size * (1 + part) + part * ((np.abs(v) + 2 * e) @ size + np.abs(b)) + 1e-290
        return v, e

    def advance(self, h: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return hidden states before rounding, after states h (N, d) and encoded inputs x (N, E), and bounds e."""
        if not self.cells:
            return self.chain(np.column_stack([h, x]), self.hidden)
        done, bounds, rest, e, one = list[Any](), list[Any](), h, np.zeros((len(h), 1)), np.ones(len(h))
        for w, d in self.cells:
            old, memory, rest = rest[:, :d], rest[:, d : 2 * d], rest[:, self.parts * d :]
            both = self.chain(np.column_stack([old, one, x, one]), [(w, 0.0)], e.max(1, keepdims=True))
            z, off = (np.split(each, len(w) // d, 1) for each in both)
            s = [ACTIVATIONS["sigmoid"](gate) for gate in z]
            x = (ACTIVATIONS[self.card["nonlinearity"]](z[0]) if self.card["kind"] == "rnn" else
                 (1 - s[1]) * np.tanh(z[2] + s[0] * z[3]) + s[1] * old if self.card["kind"] == "gru" else
                 s[3] * np.tanh(memory := s[1] * memory + s[0] * np.tanh(z[2])))  # fmt: skip
            # Each error is multiplied by gates, up to 1, and at most once by the value of another gate or an old state.
            e = 4 * (sum(off) + 2.0**-46) * (1 + np.abs(h).max(1, keepdims=True) + sum(map(np.abs, z)) + 2 * sum(off))
            done, bounds = done + [x, memory][: self.parts], bounds + [e] * self.parts
        return np.concatenate(done, 1), np.concatenate(bounds, 1)

    def gaps(self, h: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how far the scores after states h are from outputs other than ``wanted``, and what they may be off."""
        d, how, gaps = self.reader[0][0].shape[1], self.card["decoding"], []
        v, e = self.chain(h[:, h.shape[1] - self.parts * d :][:, :d], self.reader)
        if how["kind"] == "round":
            need(v.shape == wanted.shape, "the outputs do not fit")
            return 0.5 - np.abs(v - wanted), 2 * e + UNIT * np.abs(v)
        for (low, high), y in zip({"argmax": how["ranges"]}[how["kind"]], wanted.T, strict=True):
            block, v = np.column_stack([v[:, : high - low], np.full(len(v), -9e99)]), v[:, high - low :]
            need((block.argmax(1) == y - low).all(), "an output is another")
            gaps.append(np.minimum(0.5, np.diff(np.sort(block)[:, -2:])))
        return np.concatenate(gaps, 1), 4 * e.max(1, keepdims=True)


def grid(certificate: dict[str, Any], network: Network, symbols: np.ndarray) -> None:
    """Check the kind "grid"."""
    listed, places, machine = unpack(certificate["states"]), certificate["places"], certificate["machine"]
    names, rows = [";".join(map(str, x)) for x in symbols.tolist()], machine["transitions"]
    cells = [[rows[str(s)][name] for name in names] for s in range(len(rows))]
    following, output = (np.array([[c[key] for c in row] for row in cells], np.int64) for key in ("next", "output"))
    same = {"format": "mips-machine", "version": 1, "kind": "mealy", "states": len(rows), "symbols": symbols.tolist(),
            "start": int(machine["start"]), "transitions": {str(s): {name: {"next": following[s, i].item(),
            "output": output[s, i].tolist()} for i, name in enumerate(names)} for s in range(len(rows))}}  # fmt: skip
    need(EXACT(machine) == EXACT(same) and output.ndim == 3, "the machine is no such table")
    need((listed[0] == [*np.ldexp(network.start, places), machine["start"]]).all(), "the first row is not the start")
    need({*listed[:, -1]} == {*range(len(rows))}, "a state of the machine is never met")
    layers, count, x, met = network.hidden + network.cells + network.reader, len(symbols), network.encode(symbols), 0
    need(len(listed) * count * sum(w.size + 64 for w, _ in layers) < MOST_WORK, "the proof is too large")
    block, far, off = 1 + 2**20 // (count * max(max(w.shape) for w, _ in layers)), [0.5, 0.5], [0.0, 0.0]
    index = {row.tobytes(): i for i, row in enumerate(listed)}
    for i in range(0, len(listed), block):
        h, s = np.repeat(np.ldexp(listed[i : i + block, :-1] * 1.0, -places), count, 0), listed[i : i + block, -1]
        z, e = (np.ldexp(v, places) for v in network.advance(h, np.tile(x, (len(s), 1))))
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
    need(met == len(listed) - 1 == len(index) - 1, "a row is never met")
    for k, gap, bound in zip(certificate["margins"], far, off, strict=True):
        need(type(k) is int and bound < 2.0**-k <= gap * (1 + 2.0**-30) < 2 * 2.0**-k, f"a margin is {gap:.3g}")


@np.errstate(all="ignore")
def check(certificate: bytes, network: bytes, machine: bytes | None = None, kinds: Any = None) -> str:
    """Return the claim that is proved, of a machine.json if one is given; raise Refused with what fails first."""
    try:
        value, stored = PARSE(certificate), Network(network)
        rest = json.dumps({k: v for k, v in value.items() if k != "seal"}, sort_keys=True, allow_nan=False)
        need(value["seal"] == hashlib.sha256(rest.encode()).hexdigest(), "the seal does not fit: it was changed")
        need(f"{value['format']} {value['version']!r}" == "mips-certificate 2", "the format or version is not known")
        need(value["network"] == hashlib.sha256(network).hexdigest(), "the network is not the one proved")
        symbols, length, places = unpack(value["symbols"]), value["length"], EXACT(value.get("places"))
        need(len({*map(tuple, symbols.tolist())}) == len(symbols) > 0, "the input symbols are not distinct")
        need(length is None or (type(length) is int and length > 0), "the length is no length")
        known = places in ["null", *map(str, range(-20, 41))]
        need(known and EXACT(stored.card.get("state_grid")) == places, "the network's states lie on no such grid")
        (kinds or {"grid": grid})[value["kind"]](value, stored, symbols)
        ranges = stored.card.get("inputs") or [[1, 0]] * symbols.shape[1]
        need(all(type(a) is type(b) is int for a, b in ranges), "the inputs of the network's card are no integers")
        known = all(a <= i < b for row in symbols.tolist() for (a, b), i in zip(ranges, row, strict=True))
        every = "all" if known and len(symbols) == math.prod(b - a for a, b in ranges) else "only"
        reach = "for all lengths" if length is None else f"up to length {length:,}"
        claim = f"proved {reach}, {every} {len(symbols):,} input symbols"
        need(value["claim"] == claim, f"the certificate claims {value['claim']!r:.80}; its proof shows {claim!r}")
        need(machine is None or EXACT(PARSE(machine)) == EXACT(value["machine"]), "the machine is not the one proved")
        return claim
    except Exception as error:
        why = "a file is no JSON" if type(error) is json.JSONDecodeError else f"something is malformed: {error!s:.80}"
        raise error if isinstance(error, Refused) else Refused(why) from None


if __name__ == "__main__":
    try:
        print("accepted:", check(*(Path(name).read_bytes() for name in sys.argv[1:])))
    except (Refused, OSError, TypeError) as error:
        sys.exit(f"refused: {error}")
