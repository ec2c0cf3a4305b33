"""Text from outside in places that read Markdown: shown as it is, never as formatting, links, pictures or icons."""

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#!~$|&]|:(?=\w))")


def plain(text: str) -> str:
    """Escape every sign that Markdown gives a meaning within a line."""
    return _SIGNS.sub(r"\\\1", text)
