"""Text from outside in places that read Markdown: shown as it is, never as formatting, links, pictures or icons."""

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@])")


def plain(text: str) -> str:
    """Escape every sign that Markdown gives a meaning."""
    return _SIGNS.sub(r"\\\1", text)
