"""The DOT language: nodes and edges with their attributes, and the lines that they stand on.

The whole grammar of Graphviz is read but edges to a whole subgraph and undirected graphs.  Files come from anywhere:
the text is cut into tokens from left to right without going back, so time grows with its length only.

Graphviz, "DOT Language", https://graphviz.org/doc/info/lang.html
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mips_core.errors import BadInputError

LONGEST_TEXT = 32 * 2**20
"""Characters of DOT that are read; the largest published machines have a third of that."""
_MOST_EDGES = 1_000_000
_DEEPEST = 50

_TOKEN = re.compile(
    r"""(?P<space>[\s\ufeff]+|//[^\n]*|/\*[\s\S]*?\*/)
    |(?P<quoted>"(?:[^"\\]|\\[\s\S])*+")
    |(?P<arrow>->|--)
    |(?P<mark>[{}\[\]=;,:+])
    |(?P<name>[^\W\d]\w*|-?(?:\.\d+|\d+(?:\.\d*)?))
    |(?P<html><)
    |(?P<hash>\#[^\n]*)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class DotEdge:
    """An arrow with its attributes (lower-case names) and the line that it stands on."""

    source: str
    target: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class DotGraph:
    """A directed graph: the attributes and the first line of every node, in order of appearance, and the edges."""

    name: str
    nodes: Mapping[str, Mapping[str, str]]
    lines: Mapping[str, int]
    edges: tuple[DotEdge, ...]


def parse_dot(text: str, where: str) -> DotGraph:
    """Read one directed graph.

    Parameters
    ----------
    text : the whole file
    where : what to call it in errors

    Raises
    ------
    BadInputError
        naming the line, when the text is no directed graph in DOT, or too large.
    """
    if len(text) > LONGEST_TEXT:
        raise BadInputError(f"{where} has {len(text):,} characters; at most {LONGEST_TEXT:,} of DOT are read.")
    return _Parser(text, where).graph()


def plain_label(value: str) -> str:
    r"""Return the text that a label shows: escapes and HTML tags are resolved, ends of lines are ``\n``.

    >>> plain_label(r"a / b\nc / d").split("\n")
    ['a / b', 'c / d']
    >>> plain_label("<<table><tr><td>a</td><td>/</td><td>b</td></tr></table>>")
    'a/b'
    """
    if value.startswith("<") and value.endswith(">") and len(value) > 1:
        rows = re.sub(r"(?i)<(?:/tr|br)\s*/?>", "\n", value[1:-1])
        return html.unescape(re.sub(r"<[^<>]*>", "", rows)).strip()
    return re.sub(r"\\([nlr\\])", lambda found: "\\" if found[1] == "\\" else "\n", value)


def quoted(text: str) -> str:
    r"""Write a text as a quoted name or label that :func:`parse_dot` and :func:`plain_label` read back.

    >>> quoted('say "a"')
    '"say \\"a\\""'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@dataclass(frozen=True)
class _Token:
    kind: str  # "name", "quoted", "html", "arrow", "mark" or "end"
    text: str
    line: int


@dataclass
class _Scope:
    node: dict[str, str] = field(default_factory=dict)
    edge: dict[str, str] = field(default_factory=dict)


class _Parser:
    """Reads statement by statement, one token ahead."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self.tokens = self._tokens(text)
        self.token = next(self.tokens)
        self.nodes: dict[str, dict[str, str]] = {}
        self.lines: dict[str, int] = {}
        self.edges: list[DotEdge] = []

    def _fail(self, line: int, what: str) -> BadInputError:
        return BadInputError(f"{self.where}, line {line}: {what}.")

    def _tokens(self, text: str) -> Iterator[_Token]:
        place, line = 0, 1
        while place < len(text):
            found = _TOKEN.match(text, place)
            kind = found.lastgroup if found is not None else None
            if found is None or kind is None:
                what = {'"': "a quoted text does not end", "/": "a comment does not end"}.get(text[place])
                raise self._fail(line, what or f"{text[place]!r} is not DOT")
            end = found.end()
            if kind == "html":
                end = self._html_end(text, place, line)
            if kind == "hash" and text[text.rfind("\n", 0, place) + 1 : place].strip():
                raise self._fail(line, "'#' is not DOT; a comment with it begins a line")
            if kind not in ("space", "hash"):
                yield _Token(kind, text[place:end], line)
            line += text.count("\n", place, end)
            place = end
        while True:
            yield _Token("end", "", line)

    def _html_end(self, text: str, place: int, line: int) -> int:
        depth = 0
        for found in re.compile(r"[<>]").finditer(text, place):
            depth += 1 if found[0] == "<" else -1
            if depth == 0:
                return found.end()
        raise self._fail(line, "a label in '<' and '>' does not end")

    def _next(self) -> _Token:
        token, self.token = self.token, next(self.tokens)
        return token

    def _take(self, mark: str) -> bool:
        if self.token.kind in ("mark", "arrow") and self.token.text == mark:
            self._next()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self._fail(self.token.line, f"'{mark}' is expected, not {self._shown()}")

    def _shown(self) -> str:
        return "the end of the text" if self.token.kind == "end" else f"{self.token.text[:40]!r}"

    def _keyword(self, *words: str) -> str | None:
        text = self.token.text.lower()
        return text if self.token.kind == "name" and text in words else None

    def _name(self) -> str:
        token = self._next()
        if token.kind in ("name", "html"):
            return token.text
        if token.kind != "quoted":
            self.token = token
            raise self._fail(token.line, f"a name is expected, not {self._shown()}")
        text = token.text[1:-1]
        while self._take("+"):
            if self.token.kind != "quoted":
                raise self._fail(self.token.line, "'+' joins quoted texts only")
            text += self._next().text[1:-1]
        # DOT itself knows these two escapes; the others belong to labels
        return text.replace("\\\r\n", "").replace("\\\n", "").replace('\\"', '"')

    def graph(self) -> DotGraph:
        """Read the whole text."""
        if self._keyword("strict"):
            self._next()
        kind = self._keyword("digraph", "graph")
        if kind is None:
            raise self._fail(self.token.line, f"a graph in DOT begins with 'digraph', not with {self._shown()}")
        if kind == "graph":
            raise self._fail(self.token.line, "the graph is undirected; a machine is a 'digraph'")
        self._next()
        name = "" if self.token.text == "{" else self._name()
        self._expect("{")
        scopes = [_Scope()]
        while scopes:
            self._statement(scopes)
        if self.token.kind != "end":
            raise self._fail(self.token.line, f"one graph per file is read; after it comes {self._shown()}")
        return DotGraph(name, self.nodes, self.lines, tuple(self.edges))

    def _statement(self, scopes: list[_Scope]) -> None:
        if self._take(";"):
            return
        if self._take("}"):
            scopes.pop()
            if self.token.kind == "arrow":
                raise self._fail(self.token.line, "an edge from a subgraph is not read; write one edge per transition")
            return
        default = self._keyword("node", "edge", "graph")
        if default is not None:
            self._next()
            attributes = self._attributes()
            if default != "graph":
                (scopes[-1].node if default == "node" else scopes[-1].edge).update(attributes)
            return
        if self._keyword("subgraph") or self.token.text == "{":
            self._open(scopes)
            return
        self._node_or_edges(scopes[-1])

    def _open(self, scopes: list[_Scope]) -> None:
        if self._keyword("subgraph"):
            self._next()
            if self.token.text != "{":
                self._name()
        self._expect("{")
        if len(scopes) >= _DEEPEST:
            raise self._fail(self.token.line, f"subgraphs are nested deeper than {_DEEPEST}")
        scopes.append(_Scope(dict(scopes[-1].node), dict(scopes[-1].edge)))

    def _node_or_edges(self, scope: _Scope) -> None:
        line = self.token.line
        path = [self._name()]
        if self._take("="):  # an attribute of the graph
            self._name()
            return
        self._port()
        while self.token.kind == "arrow":
            if self._next().text == "--":
                raise self._fail(line, "'--' is an edge without a direction; transitions are written '->'")
            if self._keyword("subgraph") or self.token.text == "{":
                raise self._fail(line, "an edge to a subgraph is not read; write one edge per transition")
            path.append(self._name())
            self._port()
        attributes = self._attributes()
        for name in path:
            if name not in self.nodes:
                self.nodes[name], self.lines[name] = dict(scope.node), line
        if len(path) == 1:
            self.nodes[path[0]].update(attributes)
        for source, target in itertools.pairwise(path):
            self.edges.append(DotEdge(source, target, {**scope.edge, **attributes}, line))
        if len(self.edges) > _MOST_EDGES:
            raise self._fail(line, f"more than {_MOST_EDGES:,} edges are not read")

    def _port(self) -> None:
        while self._take(":"):
            self._name()

    def _attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self._take("["):
            while not self._take("]"):
                name = self._name().lower()
                found[name] = self._name() if self._take("=") else "true"
                if not self._take(","):
                    self._take(";")
        return found
