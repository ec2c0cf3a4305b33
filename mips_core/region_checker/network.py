"""A network file, read independently of the rest of the package, and its step on sets of hidden states."""

from __future__ import annotations

import hashlib
import itertools
import json

import numpy as np

from mips_core.region_checker.files import read_json, short
from mips_core.region_checker.sets import Layers, Set, act, affine, chain, cut, need, plus, radius, times


class Network:
    """A network file; ``digest`` depends on all that its outputs depend on."""

    def __init__(self, data: bytes) -> None:
        begin = 8 + int.from_bytes(data[:8], "little")
        header = read_json(data[8:begin], "the network's header")
        self.card = read_json(header.pop("__metadata__")["card"], "the network's card")
        need("state_grid" not in self.card, "the network rounds its hidden state, which this checker does not follow")
        types, self.tensors = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}, {}
        for name, entry in header.items():
            raw = data[begin + entry["data_offsets"][0] : begin + entry["data_offsets"][1]]
            self.tensors[name] = np.frombuffer(raw, types[entry["dtype"]]).reshape(entry["shape"]).astype(float)
        kept = {
            k: self.card[k] for k in ("activation", "decoding", "encoding", "kind", "nonlinearity") if k in self.card
        }
        digest = hashlib.sha256(json.dumps(kept, sort_keys=True).encode())
        for name, tensor in sorted(self.tensors.items()):
            digest.update(f"{name}{tensor.shape}".encode() + np.ascontiguousarray(tensor + 0.0, "<f8").tobytes())
        self.digest, self.kind = digest.hexdigest(), self.card["kind"]
        need(
            self.kind in ("mlp", "rnn", "gru", "lstm"),
            f"the network is of a kind that is not known, {short(self.kind)}",
        )
        self.hidden, self.reader = self.layers("hidden"), self.layers("readout")
        cells = sum(name.startswith("cell.weight_hh_l") for name in self.tensors)
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        self.cells = [[self.tensors[f"cell.{name}_l{i}"] for name in names] for i in range(cells)]
        self.parts = 2 if self.kind == "lstm" else 1
        self.size = self.parts * sum(c[1].shape[1] for c in self.cells) or len(self.hidden[-1][1])
        how = self.card["decoding"]
        self.width = len(self.reader[-1][1]) if how["kind"] == "round" else len(how["ranges"])  # outputs per step
        self.start = self.tensors.get("start_state", np.zeros(self.size))

    def layers(self, part: str) -> Layers:
        """Return the weights and biases of a part."""
        count = sum(name.startswith(f"{part}.") and name.endswith(".weight") for name in self.tensors)
        return [(self.tensors[f"{part}.{i}.weight"], self.tensors[f"{part}.{i}.bias"]) for i in range(count)]

    def encode(self, x: np.ndarray) -> np.ndarray:
        """Return the numbers (X, E) that stand for integer symbols (X, D_in)."""
        how = self.card["encoding"]
        if how["kind"] == "raw":
            need(((x > -(2**53)) & (x < 2**53)).all(), "an input is too large for float64")
            return x.astype(float)
        table = self.tensors.get("embedding.weight", np.empty((0, 0)))
        ranges = how.get("ranges", [[how.get("low"), how.get("low", 0) + len(table)]] * x.shape[1])
        for (low, high), column in zip(ranges, x.T, strict=True):
            need(low <= column.min() and column.max() < high, "the network does not know an input symbol")
        if how["kind"] == "one-hot":
            return np.concatenate([np.eye(b - a)[i - a] for (a, b), i in zip(ranges, x.T, strict=True)], 1)
        return table[x - how["low"]].reshape(len(x), -1)

    def advance(self, z: Set, x: np.ndarray, chords: bool = True) -> Set:
        """Return a set that holds all successors of the hidden states in ``z`` on encoded inputs ``x`` (N, E)."""
        entry: Set = (x, np.zeros((len(x), 1, x.shape[1])), np.zeros_like(x))
        if self.kind == "mlp":
            (w, b), d = self.hidden[0], self.size
            z = plus(affine(z, w[:, :d], b, w.shape[1]), affine(entry, w[:, d:], 0 * b, w.shape[1]))
            return chain(z, self.hidden[1:], self.card["activation"], chords)
        need(chords, "up to a length, only networks of layers are followed")
        done, place = [], 0
        for ih, hh, bi, bh in self.cells:
            d = hh.shape[1]
            h, c = cut(z, place, place + d), cut(z, place + d, place + 2 * d)
            u, v = affine(entry, ih, bi, d), affine(h, hh, bh, ih.shape[1])
            place += self.parts * d
            both = plus(u, v)
            if self.kind == "rnn":
                entry = act(both, self.card["nonlinearity"])
            elif self.kind == "gru":
                reset, keep = act(cut(both, 0, d), "sigmoid"), act(cut(both, d, 2 * d), "sigmoid")
                new = act(plus(cut(u, 2 * d, 3 * d), times(reset, cut(v, 2 * d, 3 * d))), "tanh")
                entry = plus(times(affine(keep, -np.eye(d), np.ones(d)), new), times(keep, h))
            else:
                i, f, o = (act(cut(both, k * d, k * d + d), "sigmoid") for k in (0, 1, 3))
                c = plus(times(f, c), times(i, act(cut(both, 2 * d, 3 * d), "tanh")))
                entry = times(o, act(c, "tanh"))
            done += [entry, c][: self.parts]
        return tuple(np.concatenate(each, -1) for each in zip(*done, strict=True))  # type: ignore[return-value]

    def margin(self, z: Set, wanted: np.ndarray) -> np.ndarray:
        """Return how far the scores of ``z`` are from any other output than ``wanted`` (N, D_out), shape (N,)."""
        d, how = self.reader[0][0].shape[1], self.card["decoding"]
        end = self.size - (self.parts - 1) * d
        z = chain(affine(cut(z, end - d, end), *self.reader[0]), self.reader[1:], self.card["activation"])
        if how["kind"] == "round":
            need(((wanted > -(2**52)) & (wanted < 2**52)).all(), "an output is too large for float64")
            return (0.5 - np.abs(z[0] - wanted) - radius(z)).min(1)
        least, ends = np.full(len(wanted), np.inf), np.cumsum([0, *(high - low for low, high in how["ranges"])])
        for i, score in itertools.product(range(len(ends) - 1), range(ends[-1])):
            best = wanted[:, i] - how["ranges"][i][0]
            need(((best >= 0) & (best < ends[i + 1] - ends[i])).all(), "an output is none that the network can give")
            if ends[i] <= score < ends[i + 1]:
                turn = np.eye(ends[-1])[best + ends[i]] - np.eye(ends[-1])[score]  # the score wanted less this one
                g, size = np.einsum("ngm,nm->ng", z[1], turn), (np.abs(z[0]) + radius(z)) @ np.ones(ends[-1])
                gap = (z[0] * turn).sum(1) - np.abs(g).sum(1) - (z[2] * np.abs(turn)).sum(1) - 1e-13 * size
                least = np.where(best + ends[i] == score, least, np.minimum(least, gap))
        return least
