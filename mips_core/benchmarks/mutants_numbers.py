"""Single edits of numbers: one weight of a network file, one number of a certificate."""

from __future__ import annotations

import base64
import copy
import json
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.benchmarks.mutants_text import Edit, Path
from mips_core.verification.certificates.packing import packed, sealed

_TYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
_WEIGHTS = ("sign", "times 1.5", "plus 0.1", "minus 0.1", "zero", "one bit")
_ENVELOPE = ("format", "version", "seal")


def weight_edit(data: bytes, file: str, rng: np.random.Generator) -> Edit:
    """Change one number of a safetensors file, or one of its bits: any tensor, any place, any of six ways."""
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    tensors = {n: entry for n, entry in header.items() if n != "__metadata__" and entry["dtype"] in _TYPES}
    changed = bytearray(data)
    while True:  # e.g. a zero has no other sign
        name = str(rng.choice(sorted(tensors)))
        entry = tensors[name]
        kind = np.dtype(_TYPES[entry["dtype"]])
        place = int(rng.integers((entry["data_offsets"][1] - entry["data_offsets"][0]) // kind.itemsize))
        at = begin + entry["data_offsets"][0] + place * kind.itemsize
        raw = data[at : at + kind.itemsize]
        how = str(rng.choice(_WEIGHTS))
        new = _weighed(raw, kind, how, rng)
        if new != raw and not _both_zero(raw, new, kind):
            changed[at : at + kind.itemsize] = new
            before, after = (float(np.frombuffer(each, kind)[0]) for each in (raw, new))
            return Edit(file, f"{name}[{place}], {how}", f"{before:.9g}", f"{after:.9g}", bytes(changed))


def _both_zero(raw: bytes, new: bytes, kind: np.dtype[Any]) -> bool:
    """Tell 0 from -0, which are the same number."""
    return bool(np.frombuffer(raw, kind)[0] == np.frombuffer(new, kind)[0])


def _weighed(raw: bytes, kind: np.dtype[Any], how: str, rng: np.random.Generator) -> bytes:
    if how == "one bit":
        bits = bytearray(raw)
        bit = int(rng.integers(8 * len(raw)))
        bits[bit // 8] ^= 1 << (bit % 8)
        return bytes(bits)
    value = float(np.frombuffer(raw, kind)[0])
    new = {
        "sign": -value, "times 1.5": 1.5 * value, "plus 0.1": value + 0.1, "minus 0.1": value - 0.1, "zero": 0.0,
    }[how]  # fmt: skip
    return np.array(new, kind).tobytes()


def certificate_edit(data: bytes, file: str, rng: np.random.Generator) -> Edit:
    """Change one number of a certificate, packed ones included, and seal it again.

    Each field is as likely as any other, however many numbers it holds.
    """
    value = json.loads(data)
    changed = copy.deepcopy({key: part for key, part in value.items() if key not in _ENVELOPE})
    fields: dict[Any, list[Path]] = {}
    for path in _numbers(changed, ()):
        fields.setdefault(path[:1] if len(path) > 1 else path, []).append(path)
    names = sorted(fields, key=str)
    paths = fields[names[int(rng.integers(len(names)))]]
    path = paths[int(rng.integers(len(paths)))]
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    old = inner[path[-1]]
    place = ".".join(map(str, path))
    if isinstance(old, dict):
        array = unpacked(old)
        where = int(rng.integers(array.size))
        before, after = array.reshape(-1)[where], _changed(array.reshape(-1)[where], rng)
        array.reshape(-1)[where] = after
        inner[path[-1]] = packed(array, "" if array.dtype.kind == "i" else old["type"])
        place = f"{place}[{where}]"
    else:
        before, after = old, _changed(old, rng)
        inner[path[-1]] = after
    whole = sealed({"format": value["format"], "version": value["version"], **changed})
    return Edit(file, place, str(before), str(after), json.dumps(whole).encode("utf-8"))


def with_old_seal(changed: bytes, original: bytes) -> bytes:
    """Return a changed certificate with the seal of the original."""
    return json.dumps({**json.loads(changed), "seal": json.loads(original)["seal"]}).encode("utf-8")


def _numbers(value: Any, path: Path) -> Iterator[Path]:
    """Yield where the numbers of JSON values are; of packed ones, which are not empty, the place of all together."""
    if isinstance(value, dict) and {"type", "shape", "data"} <= set(value):
        if 0 not in value["shape"]:
            yield path
    elif isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _numbers(value[key], (*path, key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def unpacked(value: dict[str, Any]) -> NDArray[Any]:
    """Return packed numbers; integers as int64."""
    raw = zlib.decompress(base64.b64decode(value["data"]))
    array = np.frombuffer(raw, np.dtype(value["type"])).reshape(value["shape"])
    return array.astype(np.int64 if array.dtype.kind == "i" else array.dtype)


def _changed(number: Any, rng: np.random.Generator) -> Any:
    if isinstance(number, int | np.integer):
        return int(number) + int(rng.choice([-2, -1, 1, 2]))
    return float(number) * float(rng.choice([0.5, 0.999, 1.001, 2.0])) if number else 0.001
