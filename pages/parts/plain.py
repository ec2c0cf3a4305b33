"""Text from outside in places that read Markdown: shown as it is, never as formatting, links, pictures or icons."""

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#!~$|&]|:(?=\w))")
_NAMED = re.compile(r":(?=[\w+-]+:|material/|//)")
"""The colon that begins the name of an emoji or icon, such as ``:smile:``, or goes on to a link."""


def plain(text: str) -> str:
    """Escape every sign that Markdown gives a meaning within a line.

    Streamlit looks for emoji, icons and links after Markdown's escapes are gone, in each piece of text by itself; so an
    empty piece of small text, which shows nothing, parts them at their colon.
    """
    parts = _NAMED.split(text)
    return "".join(_plain(part) + r"\::small[]" for part in parts[:-1]) + _plain(parts[-1])


def _plain(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)
