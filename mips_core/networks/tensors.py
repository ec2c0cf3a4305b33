"""Named tensors as they come out of a file, checked when they are asked for; safetensors is read here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import safetensors
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.networks.protocol import FloatArray

MOST_PARAMETERS = 10_000_000
"""Networks with more numbers than this are refused: nothing here could be extracted from them in reasonable time."""

MOST_TENSORS = 1000
LONGEST_NAME = 200
"""Files with more tensors, or with longer names, are no networks that anything here could be extracted from."""

MOST_HEADER_BYTES = 4 * 2**20
"""A safetensors header of :data:`MOST_TENSORS` tensors with the longest names, and room for a card."""

_SAFETENSORS_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Tensors:
    """Arrays by name, in the order of the file.

    Parameters
    ----------
    source : the file, for messages
    arrays : any dtype; floats are checked only when asked for by name
    metadata : text by key (safetensors only)
    ordered : whether the order of names is that of definition in the network (npz and PyTorch files)
    """

    source: str
    arrays: Mapping[str, NDArray[Any]]
    metadata: Mapping[str, str] = field(default_factory=dict)
    ordered: bool = False

    def __post_init__(self) -> None:
        """Refuse an empty or an enormous file, and names that nobody could read."""
        if not self.arrays:
            raise BadInputError(f"{self.source} holds no tensors; the weights of a recurrent network are needed.")
        check_names(list(self.arrays), self.source)
        total = sum(int(array.size) for array in self.arrays.values())
        if total > MOST_PARAMETERS:
            raise BadInputError(f"{self.source} holds {total:,} numbers; at most {MOST_PARAMETERS:,} are read.")

    def floats(self, name: str) -> FloatArray:
        """Return one tensor as float64.

        Raises
        ------
        BadInputError
            when it is missing, empty, not of a float type, or holds NaN or infinity.
        """
        self._need(name)
        array = self.arrays[name]
        if array.dtype.kind != "f":
            raise BadInputError(f"The tensor {name} in {self.source} has the type {array.dtype}; floats are needed.")
        if array.size == 0:
            raise BadInputError(f"The tensor {name} in {self.source} is empty, shape {tuple(array.shape)}.")
        with np.errstate(invalid="ignore"):  # a signalling NaN warns when cast; it is counted below
            values = array.astype(np.float64)
        bad = int(np.count_nonzero(~np.isfinite(values)))
        if bad:
            raise BadInputError(
                f"The tensor {name} in {self.source} holds {bad} values that are NaN or infinite; "
                "all weights must be finite."
            )
        return np.ascontiguousarray(values)

    def matrix(self, name: str) -> FloatArray:
        """Return one tensor as a float64 matrix; see :meth:`floats` and :meth:`matrix_shape`."""
        self.matrix_shape(name)
        return self.floats(name)

    def matrix_shape(self, name: str) -> tuple[int, int]:
        """Return the shape of one tensor.

        Raises
        ------
        BadInputError
            when it is missing, or not (rows, columns) with at least one of each.
        """
        self._need(name)
        shape = tuple(int(n) for n in self.arrays[name].shape)
        if len(shape) != 2 or 0 in shape:
            raise BadInputError(
                f"The tensor {name} in {self.source} has the shape {shape}; (rows, columns) with at least one of each "
                "is needed."
            )
        return shape[0], shape[1]

    def _need(self, name: str) -> None:
        if name not in self.arrays:
            raise BadInputError(f"{self.source} has no tensor {name}; it is needed beside those that are there.")


def check_names(names: Sequence[str], source: str) -> None:
    """Refuse names of tensors that stand for two, are too many, or cannot be printed.

    Raises
    ------
    BadInputError
        naming the file and the first such name.
    """
    if len(names) > MOST_TENSORS:
        raise BadInputError(f"{source} holds {len(names):,} tensors; at most {MOST_TENSORS:,} are read.")
    seen: set[str] = set()
    for name in names:
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise BadInputError(
                f"{source} names a tensor {name[:40]!r}; names have at most {LONGEST_NAME} characters, all printable."
            )
        if name in seen:
            raise BadInputError(f"{source} holds two tensors called {name}; save the file again with each name once.")
        seen.add(name)


def looks_pickled(data: bytes) -> bool:
    """Whether bytes begin as a pickle of protocol 2 or newer does."""
    return len(data) > 1 and data[0] == 0x80 and 2 <= data[1] <= 5


def parse_safetensors(data: bytes, source: str) -> Tensors:
    """Read the bytes of a safetensors file; BadInputError says what is wrong."""
    # A safetensors header is JSON behind eight bytes of length, and that length may begin like a pickle does.
    if looks_pickled(data) and data[8:9] != b"{":
        raise BadInputError(
            f"{source} is a pickle, not safetensors. A pickle can run code when it is opened, so it is never read; "
            "save the state dict as safetensors."
        )
    size = int.from_bytes(data[:8], "little")
    if MOST_HEADER_BYTES < size <= len(data):
        raise BadInputError(f"{source} has a header of {size:,} bytes; at most {MOST_HEADER_BYTES:,} are read.")
    try:
        header = json.loads(
            data[8 : 8 + size].decode("utf-8"), object_pairs_hook=lambda pairs: _without_twins(pairs, source)
        )
        entries = safetensors.deserialize(data)
    except (safetensors.SafetensorError, ValueError, RecursionError) as error:
        raise BadInputError(f"{source} is not a whole safetensors file ({error}). Was it cut off?") from None
    arrays = {name: _safetensors_array(name, entry, source) for name, entry in entries}
    return Tensors(source, arrays, header.get("__metadata__") or {})


def _without_twins(pairs: list[tuple[str, Any]], source: str) -> dict[str, Any]:
    """Return one JSON object of a header; of two entries of a name, JSON would silently keep the last."""
    check_names([name for name, _ in pairs], source)
    return dict(pairs)


def _safetensors_array(name: str, entry: Mapping[str, Any], source: str) -> NDArray[Any]:
    dtype, shape, raw = entry["dtype"], entry["shape"], entry["data"]
    if dtype == "BF16":  # the upper half of a float32
        return (np.frombuffer(raw, dtype="<u2").astype(np.uint32) << 16).view(np.float32).reshape(shape)
    if dtype not in _SAFETENSORS_DTYPES:
        raise BadInputError(f"The tensor {name} in {source} has the type {dtype}; F16, BF16, F32 or F64 is needed.")
    return np.frombuffer(raw, dtype=_SAFETENSORS_DTYPES[dtype]).reshape(shape)
