"""The data of a model as lines of Python: numbers and texts that read back exactly, within 88 columns."""

from __future__ import annotations

from mips_core.curves.model import AdditiveModel, CurveTerm, Level, Term
from mips_core.curves.numbers import number_text

COLUMNS = 88
"""The width of a line that black and ruff keep."""


def text_literal(text: str) -> str:
    """Return ``text`` in quotes as black writes it; signs that cannot be printed become escapes.

    >>> text_literal("age"), text_literal('the "old" one'), text_literal("two\\nlines")
    ('"age"', '\\'the "old" one\\'', '"two\\\\nlines"')
    """
    quote = '"' if text.count('"') <= text.count("'") else "'"
    return quote + "".join(_escaped(sign, quote) for sign in text) + quote


def _escaped(sign: str, quote: str) -> str:
    if sign in (quote, "\\"):
        return "\\" + sign
    return sign if sign.isprintable() else repr(sign)[1:-1]


def level_literal(level: Level) -> str:
    """Return the key of a level as it is written."""
    return text_literal(level) if isinstance(level, str) else repr(level)


def data_lines(model: AdditiveModel) -> list[str]:
    """Return the lines of TASK, BIAS and TERMS.

    Each term stands on a line of its own; one that is longer than a line goes on in the next, and then the
    formatters are told to leave the table as it is, because they would give each number a line.
    """
    head = [f'TASK = "{model.task}"', f"BIAS = {number_text(model.bias)}"]
    if not model.terms:
        return [*head, "TERMS = {}"]
    terms = [_filled(_pieces(term)) for term in model.terms]
    table = ["TERMS = {", *(line for lines in terms for line in lines), "}"]
    if all(len(lines) == 1 and width(lines[0]) <= COLUMNS for lines in terms):
        return [*head, *table]
    return [*head, "# fmt: off", *table, "# fmt: on"]


def _pieces(term: Term) -> list[str]:
    """Return the parts of a term's entry, between which a line may end."""
    if isinstance(term, CurveTerm):
        entries = [f"({number_text(x)}, {number_text(y)})" for x, y in term.curve.points]
        opened, closed = f'{text_literal(term.feature)}: {{"knots": [', "]"
        fields = [f'"fx": "{term.curve.fx}"'] if term.curve.fx != "identity" else []
        fields += [f'"ends": "{term.curve.ends}"'] if term.curve.ends != "flat" else []
    else:
        entries = [f"{level_literal(level)}: {number_text(score)}" for level, score in term.levels]
        opened, closed = f'{text_literal(term.feature)}: {{"levels": {{', "}"
        fields = [f'"other": {number_text(term.other)}']
    fields.append(f'"missing": {number_text(term.missing)}}}')
    inner = entries or [""]
    inner[0] = opened + inner[0]
    inner[-1] += closed
    return [f"{piece}," for piece in [*inner, *fields]]


def _filled(pieces: list[str]) -> list[str]:
    lines = ["    " + pieces[0]]
    for piece in pieces[1:]:
        if width(lines[-1]) + 1 + width(piece) <= COLUMNS:
            lines[-1] += " " + piece
        else:
            lines.append("        " + piece)
    return lines


def width(line: str) -> int:
    """Return the columns that ``line`` takes at most: two for every sign that is not ASCII."""
    return len(line) if line.isascii() else sum(1 if sign.isascii() else 2 for sign in line)
