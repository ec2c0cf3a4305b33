"""Tokens of a line, with the invisible brackets that black puts around what it may wrap, and where lines may break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

OPENING, CLOSING = "([{", ")]}"
COMPREHENSION, COMMA, TERNARY, LOGIC, COMPARATOR, DOT = 20, 18, 16, 14, 10, 1
_MATHEMATICS = {"|": 9, "^": 8, "&": 7, ">>": 6, "+": 5, "-": 5, "*": 4, "//": 4, "%": 4}
_COMPARATORS = ("==", "!=", "<", ">", "<=", ">=")
_TOKEN = re.compile(r"( ?)(\w+|>>|//|[=!<>]=|[^\w\s])")
_WORDS = ("return", "if", "elif", "else", "for", "in", "and", "or", "not")


@dataclass(eq=False)
class Token:
    """One token; brackets that black only thinks of have the text "" until they are used.

    Parameters
    ----------
    text, space : what is written, and the space before it
    kind : "(" and so on for brackets, also where nothing is written; else the text
    partner : of a closing bracket, its opening one
    is_atom : of brackets: they hold a list or a formula, not arguments or an index
    priority : of a break at this token: of 0 none, after a comma, before all others
    target : it stands between "for" and "in"
    """

    text: str
    space: str = ""
    kind: str = ""
    partner: Token | None = field(default=None, repr=False)
    is_atom: bool = False
    priority: int = 0
    target: bool = False

    @property
    def opens(self) -> bool:
        """Whether it is an opening bracket, written or not."""
        return self.kind in OPENING

    @property
    def closes(self) -> bool:
        """Whether it is a closing bracket, written or not."""
        return self.kind in CLOSING

    @property
    def length(self) -> int:
        """Columns that it takes."""
        return len(self.space) + len(self.text)


def tokens_of(line: str) -> list[Token]:
    """Return the tokens of a statement on one line, invisible brackets included."""
    found = [Token(text, space, text) for space, text in _TOKEN.findall(line)]
    _pair(found)
    _prioritise(found)
    found = _with_ternary_brackets(found)
    return _with_statement_brackets(found)


def _pair(tokens: Sequence[Token]) -> None:
    waiting: list[Token] = []
    before: Token | None = None
    for token in tokens:
        if token.opens:
            waiting.append(token)
            follows_value = before is not None and (before.closes or before.text.isidentifier())
            token.is_atom = not (follows_value and before is not None and before.text not in _WORDS)
        elif token.closes:
            token.partner = waiting.pop()
            token.is_atom = token.partner.is_atom
        before = token


def _prioritise(tokens: Sequence[Token]) -> None:
    """Give each token the priority of a break at it, within its own bracket."""
    targets: list[bool] = [False]  # by bracket: between "for" and "in"
    loops: list[bool] = [False]  # by bracket: after a "for" of a comprehension
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        text = token.text
        if token.opens:
            targets.append(False)
            loops.append(False)
        elif token.closes:
            targets.pop()
            loops.pop()
        elif text == "in" and targets[-1]:
            targets[-1] = False
        elif place == 0:
            targets[-1] = text == "for"
        elif text == "for":
            token.priority, targets[-1], loops[-1] = COMPREHENSION, True, True
        elif text == "if":
            token.priority = COMPREHENSION if loops[-1] else TERNARY
        elif text in ("and", "or"):
            token.priority = LOGIC
        elif text == "else":
            token.priority = TERNARY
        elif text in _COMPARATORS or _compares(tokens, place):
            token.priority = COMPARATOR
        elif text in _MATHEMATICS and before is not None and _ends_value(before):
            token.priority = _MATHEMATICS[text]
        elif text == "." and before is not None and before.closes:
            token.priority = DOT
        elif text == ",":
            token.priority = COMMA
        token.target = targets[-1] and text != "for"


def _compares(tokens: Sequence[Token], place: int) -> bool:
    """Return whether "in" or "not in" begins at a place; loops are told apart before."""
    if tokens[place].text == "not":
        return place + 1 < len(tokens) and tokens[place + 1].text == "in"
    return tokens[place].text == "in" and tokens[place - 1].text != "not"


def _ends_value(token: Token) -> bool:
    return token.closes or ((token.text[0].isalnum() or token.text[0] == "_") and token.text not in _WORDS)


def _with_ternary_brackets(tokens: list[Token]) -> list[Token]:
    """Put invisible brackets around each ``a if b else c`` that has none of its own."""
    opens_at: dict[int, list[Token]] = {}
    closes_at: dict[int, list[Token]] = {}
    for place, token in enumerate(tokens):
        if token.text != "if" or token.priority != TERNARY:
            continue
        first, last = _extent(tokens, place)
        around = tokens[first - 1] if first > 0 else None
        if around is not None and around.kind == "(" and tokens[last + 1].partner is around:
            continue
        opening = Token("", tokens[first].space, "(")
        closing = Token("", "", ")", opening)
        opens_at.setdefault(first, []).append(opening)
        closes_at.setdefault(last, []).insert(0, closing)
    if not opens_at:
        return tokens
    found: list[Token] = []
    for place, token in enumerate(tokens):
        if place in opens_at:
            token.space = ""
            found += opens_at[place]
        found.append(token)
        found += closes_at.get(place, [])
    return found


def _extent(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    """Return the first and last token of the ternary whose "if" stands at ``place``."""
    first, depth = place, 0
    while first > 0:
        token = tokens[first - 1]
        depth += token.closes - token.opens
        if depth < 0 or (depth == 0 and _begins_value(token, first == 1)):
            break
        first -= 1
    last, depth = place, 0
    while last + 1 < len(tokens):
        token = tokens[last + 1]
        depth += token.opens - token.closes
        if depth < 0 or (depth == 0 and token.text in (",", ":", "for")):
            break
        last += 1
    return first, last


def _begins_value(token: Token, starts_line: bool) -> bool:
    """Return whether a whole formula begins after a token."""
    if token.text == "in":
        return token.priority == 0
    return token.text in (",", ":", "=", "return", "else", "elif") or (starts_line and token.text == "if")


def _with_statement_brackets(tokens: list[Token]) -> list[Token]:
    """Put invisible brackets around what a statement assigns, returns, tests or goes over."""
    word = tokens[0].text
    if word in ("return", "if", "elif"):
        end = len(tokens) - (word != "return")
        return [tokens[0], *_wrapped(tokens[1:end]), *tokens[end:]]
    if word == "for":
        middle = next(place for place, token in enumerate(tokens) if token.text == "in")
        before, after = _wrapped(tokens[1:middle]), _wrapped(tokens[middle + 1 : -1])
        return [tokens[0], *before, tokens[middle], *after, tokens[-1]]
    equal = next((place for place, token in enumerate(tokens) if token.text == "="), None)
    if equal is None:
        return tokens
    targets = tokens[:equal] if equal == 1 else _wrapped(tokens[:equal])
    return [*targets, tokens[equal], *_wrapped(tokens[equal + 1 :])]


def _wrapped(tokens: list[Token]) -> list[Token]:
    if tokens[0].kind == "(" and not tokens[0].text and tokens[-1].partner is tokens[0]:
        tokens[0].is_atom = tokens[-1].is_atom = True
        return tokens
    opening = Token("", tokens[0].space, "(", None, True)
    tokens[0].space = ""
    return [opening, *tokens, Token("", "", ")", opening, True)]
