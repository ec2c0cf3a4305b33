"""Network files of other programs: npz archives and PyTorch's weights-only files.

Both are zip archives from outside.  What they unpack to is checked before memory
is taken, and nothing in them is run: npz is read without pickle, PyTorch files
with the weights-only unpickler.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mips_core.errors import BadInputError, UnsupportedNetworkError
from mips_core.files import read_bytes
from mips_core.networks.pytorch_pickle import refuse_builders
from mips_core.networks.tensors import MOST_PARAMETERS, Tensors, check_names, looks_pickled, parse_safetensors
from mips_core.npz import read_entry

MOST_BYTES = 256 * 2**20
"""An archive that unpacks to more is refused."""

NESTS = ("state_dict", "model_state_dict", "model", "net", "network", "weights", "params")
"""Keys under which training scripts keep the state dict of a checkpoint."""

# What zipfile and its decompressors were seen to raise on damaged bytes; ValueError covers names that are not UTF-8.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def read_tensors(path: str | os.PathLike[str]) -> Tensors:
    """Read the named tensors of a .safetensors, .npz, .pt or .pth file.

    Raises
    ------
    BadInputError
        when the file is missing, of another kind, truncated, too large, or would have to run code to be read.
    """
    return parse_tensors(read_bytes(path, limit=MOST_BYTES), str(path))


def parse_tensors(data: bytes, name: str) -> Tensors:
    """Read a network file that is already in memory, e.g. an upload; ``name`` tells the format by its ending alone.

    Raises
    ------
    BadInputError
        see :func:`read_tensors`.
    """
    readers = {".safetensors": parse_safetensors, ".npz": parse_npz, ".pt": parse_pytorch, ".pth": parse_pytorch}
    reader = readers.get(Path(name).suffix.lower())
    if reader is None:
        why = " It is a pickle, which can run code when it is opened, so it is never read." * looks_pickled(data)
        raise BadInputError(f"{name} is no network file: known endings are {', '.join(readers)}.{why}")
    return reader(data, name)


def parse_npz(data: bytes, source: str) -> Tensors:
    """Read the bytes of an npz archive of named arrays; see :func:`read_tensors` for errors."""
    with opened_archive(data, source, "an .npz archive") as archive:
        named = [(info.filename.removesuffix(".npy"), info) for info in archive.infolist()]
        check_names([name for name, _ in named], source)
        arrays = {
            name: read_entry(archive, info, f"{source}: {name}", most=MOST_PARAMETERS, again="numpy.savez")
            for name, info in named
            if name
        }
    return Tensors(source, arrays, ordered=True)


def parse_pytorch(data: bytes, source: str) -> Tensors:
    """Read the bytes of a PyTorch file that holds nothing but tensors; see :func:`read_tensors` for errors.

    Raises
    ------
    UnsupportedNetworkError
        when it is a TorchScript archive.
    """
    if data.startswith(b"PK"):
        with opened_archive(data, source, "a PyTorch file") as archive:
            entries = archive.namelist()
            check_names(entries, source)
            for entry in entries:
                archive.read(entry)  # to the end, so that the checksums are compared
        if any(name.endswith("constants.pkl") or "/code/" in name for name in entries):
            raise UnsupportedNetworkError(
                f"{source} is a TorchScript archive, a program of its own that is never run here. "
                "Save the weights with torch.save(model.state_dict(), ...)."
            )
    elif not looks_pickled(data):
        raise BadInputError(f"{source} is not a whole PyTorch file: it is neither a zip archive nor a pickle.")
    refuse_builders(data, source)
    import torch  # takes seconds to import, and only these files need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler runs on bytes from outside; whatever it trips over, the file is bad
        named = re.search(r"GLOBAL (\S+)", str(error))
        what = f" It wants to build {named.group(1)}." if named else ""
        raise BadInputError(
            f"{source} cannot be read as weights only: it is damaged, or holds more than tensors (a whole pickled "
            f"module, say), and reading that could run code.{what} Save it again with "
            "torch.save(model.state_dict(), ...)."
        ) from None
    state = _state_dict(loaded, torch.Tensor, source)
    total = sum(tensor.numel() for tensor in state.values())
    if total > MOST_PARAMETERS:  # before copying: a few bytes can be expanded to any shape
        raise BadInputError(f"{source} holds {total:,} numbers; at most {MOST_PARAMETERS:,} are read.")
    return Tensors(source, {name: _as_array(name, tensor, source) for name, tensor in state.items()}, ordered=True)


@contextmanager
def opened_archive(data: bytes, source: str, kind: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive, refusing one that is damaged or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            total = sum(info.file_size for info in archive.infolist())
            if total > MOST_BYTES:
                raise BadInputError(f"{source} unpacks to {total:,} bytes; at most {MOST_BYTES:,} are read.")
            yield archive
    except _DAMAGED as error:
        raise BadInputError(
            f"{source} is not {kind}, or not a whole one ({_sentence(error)}). Was it cut off?"
        ) from None


def _state_dict(loaded: Any, tensor: type, source: str) -> dict[str, Any]:
    """Find the mapping from names to tensors in what a PyTorch file holds."""

    def tensors_of(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            return {}
        return {str(key): entry for key, entry in value.items() if isinstance(entry, tensor)}

    if isinstance(loaded, Mapping):
        for key in NESTS:
            if found := tensors_of(loaded.get(key)):
                return found
        if found := tensors_of(loaded):
            return found
        held = ", ".join(str(key) for key in list(loaded)[:8]) or "nothing"
    else:
        held = f"a {type(loaded).__name__}"
    raise BadInputError(
        f"{source} holds no state dict (found: {held}). A mapping from names to tensors is needed, on its own or "
        f"under one of {', '.join(NESTS)}."
    )


def _as_array(name: str, tensor: Any, source: str) -> NDArray[Any]:
    """Return a torch tensor as an array; bfloat16 as float32, which holds it exactly."""
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    try:
        array: NDArray[Any] = tensor.detach().contiguous().numpy()
    except (TypeError, RuntimeError, NotImplementedError) as error:
        raise BadInputError(
            f"The tensor {name} in {source} is no plain array (type {tensor.dtype}, layout {tensor.layout}): "
            f"{_sentence(error)}. Save it as dense float32 or float64."
        ) from None
    return array


def _sentence(error: BaseException) -> str:
    """Return the first line of an error, without a final stop."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]
