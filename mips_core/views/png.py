"""Pictures of a few colours as PNG files, small enough to stand in the text of a page."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def png_bytes(pixels: NDArray[np.uint8], colours: Sequence[tuple[int, int, int, int]]) -> bytes:
    """Return a picture as PNG (ISO/IEC 15948) with a palette.

    Parameters
    ----------
    pixels : uint8 (height, width), positions in ``colours``
    colours : red, green, blue and opacity, each 0..255; at most 256
    """
    height, width = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), dtype=np.uint8), pixels], axis=1)  # each row begins with its filter
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(value for colour in colours for value in colour[:3])),
        (b"tRNS", bytes(colour[3] for colour in colours)),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def png_address(pixels: NDArray[np.uint8], colours: Sequence[tuple[int, int, int, int]]) -> str:
    """Return a picture as an address that holds it whole (``data:image/png;...``)."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(pixels, colours)).decode("ascii")
