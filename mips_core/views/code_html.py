"""A program's text as HTML, line by line: keywords, numbers, words and comments marked, sides of conditions named."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Sequence
from html import escape

from mips_core.views.program_lines import Span

_KINDS = {tokenize.NUMBER: "num", tokenize.STRING: "str", tokenize.COMMENT: "com"}


CODE_CSS = """
.code { margin: 0; padding: 10px 12px; border-radius: 8px; overflow-x: auto; tab-size: 4; line-height: 1.5;
  font-family: var(--st-code-font, monospace); font-size: 0.84rem; background: var(--st-secondary-background-color); }
.code .kw { color: var(--st-violet-text-color); font-weight: 600; }
.code .num { color: var(--st-blue-text-color); }
.code .str { color: var(--st-green-text-color); }
.code .com { opacity: 0.75; font-style: italic; }
"""
"""For :func:`code_html`, in the colours of the theme."""


def code_html(source: str) -> str:
    """Return Python as a block that can be focused, so that a keyboard scrolls it where it is wide.

    Examples
    --------
    >>> code_html("x = 1")
    '<pre class="code" tabindex="0" aria-label="Python">x = <span class="num">1</span></pre>'
    """
    lines = "\n".join(code_lines(source))
    return f'<pre class="code" tabindex="0" aria-label="Python">{lines}</pre>'


def code_lines(source: str, branches: Sequence[Span] = ()) -> list[str]:
    """Return each line of ``source`` as HTML.

    Parameters
    ----------
    branches : places that a script must find: each is wrapped in ``<span class="side" data-side="its number">``

    Examples
    --------
    >>> code_lines("y = 1 if x else 0", [(1, 4, 1, 5)])
    ['y = <span class="side" data-side="0"><span class="num">1</span></span> <span class="kw">if</span> x \
<span class="kw">else</span> <span class="num">0</span>']
    """
    lines = source.splitlines()
    marks: list[list[tuple[int, int, int, str]]] = [[] for _ in lines]  # (start, end, order, attributes)
    for number, (first, start, last, end) in enumerate(branches):
        for line in range(first, last + 1):
            text = lines[line - 1]
            left = _characters(text, start) if line == first else len(text) - len(text.lstrip())
            right = _characters(text, end) if line == last else len(text)
            marks[line - 1].append((left, right, 0, f'class="side" data-side="{number}"'))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = _KINDS.get(token.type) or (
            "kw" if token.type == tokenize.NAME and keyword.iskeyword(token.string) else ""
        )
        if kind:
            for line in range(token.start[0], token.end[0] + 1):
                left = token.start[1] if line == token.start[0] else 0
                right = token.end[1] if line == token.end[0] else len(lines[line - 1])
                marks[line - 1].append((left, right, 1, f'class="{kind}"'))
    return [_marked(text, found) for text, found in zip(lines, marks, strict=True)]


def _characters(text: str, count: int) -> int:
    """Return how many characters the first ``count`` bytes of a line are."""
    return len(text.encode()[:count].decode())


def _marked(text: str, marks: list[tuple[int, int, int, str]]) -> str:
    """Wrap parts of a line, which contain each other or lie apart."""
    opened: list[int] = []
    parts: list[str] = []
    place = 0
    for left, right, _, attributes in sorted(marks, key=lambda m: (m[0], -m[1], m[2])):
        while opened and opened[-1] <= left:
            parts += [_plain(text[place : opened[-1]]), "</span>"]
            place = opened.pop()
        parts += [_plain(text[place:left]), f"<span {attributes}>"]
        place = left
        opened.append(right)
    while opened:
        parts += [_plain(text[place : opened[-1]]), "</span>"]
        place = opened.pop()
    return "".join([*parts, _plain(text[place:])])


def _plain(text: str) -> str:
    """Write text that may be broken behind an opening bracket where a line is narrow."""
    return escape(text).replace("(", "(<wbr>")
