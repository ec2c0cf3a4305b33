"""Break long lines as black does, so that nothing changes when a person saves a program from an editor.

This follows black's own way (the stable style of 25 and 26) as far as our statements need it: a line too long is split
at its last bracket, or at an earlier one where the rest fits; what stands in brackets is split at its loosest
operators; brackets are put around a value where that reads better.  Names of functions are black's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from mips_core.programs.loops.line import WIDTH, Line, head_of, tail_of
from mips_core.programs.loops.tokens import COMMA, DOT, Token, tokens_of

Way = Callable[["Line", bool], Iterator["Line"]]


class CannotSplitError(Exception):
    """This way of splitting a line leads nowhere; another one is tried."""


@dataclass(frozen=True)
class Split:
    """A line split at a pair of brackets."""

    head: Line
    body: Line
    tail: Line
    opening: Token
    closing: Token


def laid_out(text: str, margin: str) -> list[str]:
    """Return a statement, given on one line, as black would break it.

    Parameters
    ----------
    text : spaced as black spaces it
    margin : the indentation, four spaces for each level

    >>> laid_out("after = [cell + other for cell, other in pairs]", "")
    ['after = [cell + other for cell, other in pairs]']
    """
    if len(margin) + len(text) <= WIDTH:
        return [margin + text]
    line = Line(tokens_of(text), len(margin) // 4, is_def=text.startswith("def "))
    return [str(each) for each in _transform(line, forced=False)]


def _transform(line: Line, forced: bool) -> list[Line]:
    if line.fits and not line.explode:
        return [line]
    ways = (_left_hand_split,) if line.is_def else (_delimiter_split, _right_hand_split)[not line.inside :]
    for way in ways:
        try:
            return _run(line, way, forced)
        except CannotSplitError:
            continue
    return [line]


def _run(line: Line, way: Way, forced: bool) -> list[Line]:
    text, optional = str(line), line.optional
    result: list[Line] = []
    for part in way(line, forced):
        if str(part) == text:
            raise CannotSplitError
        result += _transform(part, forced)
    settled = forced or way is not _right_hand_split or not line.has_invisible
    if settled or any(token.text for token in optional) or result[0].fits:
        return result
    second = _run(line.copy(), way, forced=True)
    return second if all(part.fits for part in second) else result


def _delimiter_split(line: Line, forced: bool) -> Iterator[Line]:
    breaks = {token: priority for token, priority in line.breaks.items() if token is not line.tokens[-1]}
    loosest = max(breaks.values(), default=0)
    if not loosest or (loosest == DOT and line.count(DOT) == 1):
        raise CannotSplitError
    start = 0
    for place, token in enumerate(line.tokens, 1):
        at_end = place == len(line.tokens)
        if line.breaks.get(token) == loosest or at_end:
            part = line.tokens[start:place]
            part[0].space = ""
            if at_end and loosest == COMMA and token.text != ",":
                part.append(Token(",", "", ",", priority=COMMA))
            yield Line(part, line.depth, line.inside)
            start = place


def _left_hand_split(line: Line, forced: bool) -> Iterator[Line]:
    opening = next(place for place, token in enumerate(line.tokens) if token.opens)
    closing = next(place for place, token in enumerate(line.tokens) if token.partner is line.tokens[opening])
    body = line.tokens[opening + 1 : closing]
    if not body:
        raise CannotSplitError
    yield Line(line.tokens[: opening + 1], line.depth)
    yield Line(body, line.depth + 1, inside=True)
    yield Line(line.tokens[closing:], line.depth)


def _right_hand_split(line: Line, forced: bool) -> Iterator[Line]:
    ends, column = dict[Token, int](), 4 * line.depth
    for token in line.tokens:
        ends[token] = column
        column += token.length
    first: list[Line] | None = None
    for omit in _trailers_to_omit(line):
        target = next((t.partner for t in reversed(line.tokens) if t.closes and t not in omit), None)
        if omit and target is not None and target.text and ends.get(target, 0) > WIDTH:
            continue
        lines = list(_split_once(line, forced, omit))
        if first is None and not omit:
            first = lines
        if lines[0].fits:
            yield from lines
            return
    yield from first if first is not None else _split_once(line, forced, set())


def _split_once(line: Line, forced: bool, omit: set[Token]) -> Iterator[Line]:
    return _maybe_split_omitting_optional_parens(_first_right_hand_split(line, omit), line, forced, omit)


def _first_right_hand_split(line: Line, omit: Collection[Token]) -> Split:
    tail: list[Token] = []
    body: list[Token] = []
    head: list[Token] = []
    current, closing = tail, None
    for token in reversed(line.tokens):
        if current is body and closing is not None and token is closing.partner:
            current = head if body else tail
        current.append(token)
        if current is tail and token.closes and token not in omit:
            closing, current = token, body
    if closing is None or closing.partner is None or not head:
        raise CannotSplitError
    for part in (tail, body, head):
        part.reverse()
    inner = Line(body, line.depth + 1, inside=True)
    breaks = [priority for token, priority in inner.breaks.items() if token is not body[-1] or token.text != ","]
    inner.explode = closing.is_atom and max(breaks, default=0) == COMMA
    return Split(head_of(head, line.depth), inner, tail_of(tail, line.depth), closing.partner, closing)


def _maybe_split_omitting_optional_parens(
    split: Split, line: Line, forced: bool, omit: Collection[Token]
) -> Iterator[Line]:
    is_optional = split.opening.kind == "(" and not split.opening.text and not split.closing.text
    if not forced and is_optional and _can_omit_invisible_parens(split):
        omit = {split.closing, *omit}
        try:
            other = _first_right_hand_split(line, omit)
            if _prefer_other(other, split):
                yield from _maybe_split_omitting_optional_parens(other, line, forced, omit)
                return
        except CannotSplitError:
            if len(split.body.tokens) < 2 and not split.body.fits:
                raise
    split.opening.text, split.closing.text = split.opening.kind, split.closing.kind
    yield from (split.head, split.body, split.tail)


def _prefer_other(other: Split, split: Split) -> bool:
    """Return whether a split inside the value of an assignment reads better than brackets around the value."""
    head = split.head.tokens
    if len(head) < 2 or head[-2].text != "=":
        return True
    if not any(token.opens or token.closes for token in head[:-1]):
        return True
    if len(str(split.head)) > WIDTH - 1:
        return True
    equals = [place for place, token in enumerate(other.head.tokens) if token.text == "="]
    after = other.head.tokens[equals[-1] + 1 :] if equals else other.head.tokens
    return any(token.closes for token in after) or (bool(equals) and other.head.fits)


def _can_omit_invisible_parens(split: Split) -> bool:
    line = split.body
    if not line.breaks:
        return True
    if line.count(line.loosest) > 1:
        return False
    if line.loosest == DOT:
        return True
    first, last = line.tokens[0], line.tokens[-1]
    if first.opens and not line.tokens[1].closes and _can_omit_opening_paren(line, first):
        return True
    if last.kind == ")" or (last.kind == "]" and last.is_atom):
        return not line.tokens[-2].opens and _can_omit_closing_paren(line, last)
    return False


def _can_omit_opening_paren(line: Line, first: Token) -> bool:
    remainder, length = False, 4 * line.depth
    for token in line.tokens:
        remainder = remainder or token.partner is first
        if remainder:
            length += token.length
            if length > WIDTH:
                return False
            if token.opens:
                remainder = False
    return True


def _can_omit_closing_paren(line: Line, last: Token) -> bool:
    length, seen_others = 4 * line.depth, False
    for token in line.tokens:
        length += token.length
        if token is last.partner:
            if seen_others or length <= WIDTH:
                return True
        elif token.opens:
            seen_others = True
    return False


def _trailers_to_omit(line: Line) -> Iterator[set[Token]]:
    """Yield growing sets of closing brackets at which the line is not split, as long as what follows them fits."""
    omit: set[Token] = set()
    yield omit
    length, opening, closing = 4 * line.depth, None, None
    inner: set[Token] = set()
    for place in range(len(line.tokens) - 1, -1, -1):
        token = line.tokens[place]
        length += token.length
        if length > WIDTH:
            return
        if opening is not None:
            if token is opening:
                opening = None
            elif token.closes:
                inner.add(token)
        elif token.closes:
            if place > 0 and line.tokens[place - 1].opens:
                inner.add(token)
                continue
            if closing is not None:
                omit.add(closing)
                omit.update(inner)
                inner.clear()
                yield omit
            if token.text:
                opening, closing = token.partner, token
