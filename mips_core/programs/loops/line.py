"""A line of tokens: where it can be broken, and which brackets it may get."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from mips_core.programs.loops.tokens import COMMA, Token

WIDTH = 88


@dataclass(eq=False)
class Line:
    """Tokens of one line; ``breaks`` holds, by token, the priority of a break after it, outside all brackets.

    Parameters
    ----------
    tokens, depth : what stands on it, and how far it is indented
    inside : it is what stood in brackets
    explode : it is broken at its commas, however short
    is_def : it is the head of a function
    tracked : the tokens whose brackets and breaks count: for the part before a bracket only whole pairs of brackets
    """

    tokens: list[Token]
    depth: int
    inside: bool = False
    explode: bool = False
    is_def: bool = False
    tracked: Collection[Token] = ()
    breaks: dict[Token, int] = field(default_factory=dict)
    optional: list[Token] = field(default_factory=list)
    """Brackets that are not written, outside all others."""
    has_invisible: bool = False

    def __post_init__(self) -> None:
        depth, before, opened = 0, None, set[Token]()
        for token in self.tokens:
            if self.tracked and token not in self.tracked:
                continue
            if token.closes and token.partner not in opened:
                continue
            depth -= token.closes
            at = depth + token.target
            if at == 0 and token.priority:
                where = token if token.priority == COMMA else before
                if where is not None:
                    self.breaks[where] = token.priority
            if (token.opens or token.closes) and not token.text:
                self.has_invisible = True
                if at == 0:
                    self.optional.append(token)
            if token.opens:
                opened.add(token)
                depth += 1
            before = token

    def __str__(self) -> str:
        first, *rest = self.tokens
        return "    " * self.depth + first.text + "".join(token.space + token.text for token in rest)

    @property
    def fits(self) -> bool:
        """Whether it is short enough."""
        return len(str(self)) <= WIDTH

    @property
    def loosest(self) -> int:
        """The highest priority of a break; 0 when there is none."""
        return max(self.breaks.values(), default=0)

    def count(self, priority: int) -> int:
        """Return the number of breaks of a priority."""
        return sum(each == priority for each in self.breaks.values())

    def copy(self) -> Line:
        """Return the line with tokens of its own, so that brackets written in one attempt are not in another."""
        new = {token: Token(**vars(token)) for token in self.tokens}
        for token in new.values():
            if token.partner in new:
                token.partner = new[token.partner]
        tracked = [new.get(token, token) for token in self.tracked]
        return Line(list(new.values()), self.depth, self.inside, self.explode, self.is_def, tracked)


def tail_of(tokens: list[Token], depth: int) -> Line:
    """Return what follows a pair of brackets; nothing in it is tracked."""
    return Line(tokens, depth, tracked=(_NOTHING,))


def head_of(tokens: list[Token], depth: int) -> Line:
    """Return the part before a bracket; only whole pairs of brackets in it are tracked."""
    waiting: list[tuple[Token, int]] = []
    inside: set[Token] = {_NOTHING}
    for place, token in enumerate(tokens):
        if token.opens:
            waiting.append((token, place))
        elif token.closes and waiting and waiting[-1][0] is token.partner:
            inside.update(tokens[waiting.pop()[1] : place + 1])
    return Line(tokens, depth, tracked=inside)


_NOTHING = Token("")
"""Stands for "no token is tracked"."""
