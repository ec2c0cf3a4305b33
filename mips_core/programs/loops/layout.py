"""Lines as black breaks them."""

from __future__ import annotations


def laid_out(text: str, margin: str) -> list[str]:
    """Return a statement as lines of at most 88 columns where that can be done."""
    return [margin + text]
