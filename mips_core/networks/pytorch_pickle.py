"""What the pickle inside a PyTorch file wants to build, listed before anything builds it.

PyTorch's weights-only reader runs no code, but some of what it does build takes as much memory as the file asks for
(a ``bytearray`` of any size, say), and it must be imported first.  A state dict needs none of that: here the
instructions of the pickle are only read, never carried out, and everything but tensors is refused by its name.
"""

from __future__ import annotations

import io
import pickletools
import re
import zipfile
from collections import deque

from mips_core.errors import BadInputError

MOST_INSTRUCTIONS = 200_000
"""A state dict takes some 50 instructions per tensor, a checkpoint with an optimiser three times as many."""

_LEGACY_PICKLES = 5
"""Files of PyTorch before 1.6 are so many pickles in a row (mark, version, system, state dict, keys), then numbers."""

_BY_STACK = ("STACK_GLOBAL", "EXT1", "EXT2", "EXT4", "PERSID")

_TENSOR_BUILDERS = re.compile(
    r"collections (OrderedDict|Counter)|torch\._utils _rebuild_\w+|torch (\w+Storage|[a-z]\w*|Size)"
    r"|torch\.nn\.parameter Parameter|torch\.serialization _get_layout|torch\._tensor _rebuild_from_type_v2"
)


class _Instructions(io.BytesIO):
    """The bytes of pickles; one with an escape in a line of text is damaged.

    ``pickletools`` undoes the escapes in a name and warns of unknown ones, while an unpickler takes the name as it
    stands: another name would be checked than is built.  ``torch.save`` writes no escapes.
    """

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if b"\\" in line:
            raise ValueError("a line of text with a backslash")
        return line


def refuse_builders(data: bytes, source: str) -> None:
    """Refuse a PyTorch file, zip archive or older, whose pickle names anything but tensors.

    Raises
    ------
    BadInputError
        naming the first such thing, or saying that the pickle is too long or cannot be read.
    """
    try:
        for stream, pickles in _streams(data):
            for _ in range(pickles):
                _check_one(stream, source)
    except (ValueError, KeyError, IndexError, OverflowError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise BadInputError(
            f"{source} cannot be read as weights only: its pickle is damaged ({str(error)[:80]}). Save it again with "
            "torch.save(model.state_dict(), ...)."
        ) from None


def _streams(data: bytes) -> list[tuple[_Instructions, int]]:
    """Return the bytes of each pickle, and how many stand in a row there."""
    if not data.startswith(b"PK"):
        # What follows the first pickles are plain numbers, and a file that is one pickle only ends before.
        return [(_Instructions(data), _LEGACY_PICKLES)]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(_Instructions(archive.read(name)), 1) for name in archive.namelist() if name.endswith(".pkl")]


def _check_one(stream: _Instructions, source: str) -> None:
    """Read the instructions of one pickle; at the end of the stream there is none."""
    if not stream.getbuffer()[stream.tell() :]:
        return
    texts: deque[str] = deque(maxlen=2)
    for place, (instruction, argument, _) in enumerate(pickletools.genops(stream)):
        if isinstance(argument, str):
            texts.append(argument)
        if place >= MOST_INSTRUCTIONS:
            raise BadInputError(
                f"{source} holds a pickle of more than {MOST_INSTRUCTIONS:,} instructions, which no state dict needs. "
                "Save it again with torch.save(model.state_dict(), ...)."
            )
        if instruction.name in ("GLOBAL", "INST"):
            built = str(argument)
        elif instruction.name in _BY_STACK:  # torch.save writes none of these
            built = " ".join(texts) or instruction.name
        else:
            continue
        if instruction.name in _BY_STACK or not _TENSOR_BUILDERS.fullmatch(built):
            raise BadInputError(
                f"{source} cannot be read as weights only: it holds more than tensors (a whole pickled module, say), "
                f"and reading that could run code. It wants to build {built.replace(' ', '.')[:80]}. "
                "Save it again with torch.save(model.state_dict(), ...)."
            )
