"""The docstring of an emitted program: plain text that no formatter changes and that is read back as it was."""

from __future__ import annotations

import textwrap

from mips_core.wording import on_one_line

WIDTH = 78
"""Columns of a line: with indentation and quotes, even a docstring of one line stays within black's 88."""


def plain_text(text: str) -> str:
    """Return ``text`` as lines that can stand in a docstring; what is in this form already stays as it is.

    >>> plain_text("  Says \\"yes\\".\\n\\n\\n  And more.  ")
    "Says 'yes'.\\n\\nAnd more."
    """
    lines: list[str] = []
    for line in text.splitlines():
        printable = on_one_line(line).replace("\\", "/").replace('"', "'")
        lines += textwrap.wrap(printable, WIDTH, break_on_hyphens=False) or [""]
    kept = [line for i, line in enumerate(lines) if line or (i > 0 and lines[i - 1])]
    return "\n".join(kept).strip("\n")


def docstring_lines(text: str) -> list[str]:
    """Return the lines of a docstring of a function; none for an empty text."""
    lines = plain_text(text).splitlines()
    if len(lines) < 2:
        return [f'    """{line}"""' for line in lines]
    return [f'    """{lines[0]}', *(f"    {line}" if line else "" for line in lines[1:]), '    """']
