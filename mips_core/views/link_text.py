"""Text in a link: compressed, and only as much as a link carries."""

from __future__ import annotations

import base64
import binascii
import zlib

from mips_core.errors import BadInputError

LONGEST_LINK = 1800
"""Characters of the packed text: browsers and chat programs cut links of more than some 2,000."""
LONGEST_TEXT = 20_000
"""Characters that a link may unpack to."""


def pack_text(text: str) -> str | None:
    """Return ``text`` as characters that may stand in a link, or None where it is too long for one.

    >>> unpack_text(pack_text("def f(xs):") or "")
    'def f(xs):'
    """
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii").rstrip("=")
    return packed if len(packed) <= LONGEST_LINK and len(text) <= LONGEST_TEXT else None


def unpack_text(packed: str) -> str:
    """Return the text of a link.

    Raises
    ------
    BadInputError
        when it was cut or changed on its way, or unpacks to more than a page takes.
    """
    try:
        data = base64.urlsafe_b64decode(packed.encode("ascii") + b"=" * (-len(packed) % 4))
        reader = zlib.decompressobj()
        plain = reader.decompress(data, 4 * LONGEST_TEXT)
        text = plain.decode("utf-8")
        complete = reader.eof
    except (ValueError, binascii.Error, zlib.error):
        complete, text = False, ""
    if not complete or len(text) > LONGEST_TEXT:
        raise BadInputError("The edited program in this link cannot be read: the link was cut, or changed on its way.")
    return text
