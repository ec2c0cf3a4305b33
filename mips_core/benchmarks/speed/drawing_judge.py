"""Whether a drawing shows a machine: its states, arrows and words are read back out of what was drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from itertools import combinations

from mips_core.benchmarks.speed.contestant import Judgement
from mips_core.benchmarks.speed.peer_drawing import Edge

Place = tuple[float, float]

_OUR_STATE = re.compile(r'<g class="state" data-value="(\d+)".*?<circle cx="([-\d.]+)" cy="([-\d.]+)"', re.S)
_OUR_ARROW = re.compile(r'<path class="arrow" data-from="(\d+)" data-to="(\d+)"')
_OUR_LABEL = re.compile(r'<text class="label" data-from="(\d+)" data-to="(\d+)".*?</text>', re.S)
_DOT_NODE = re.compile(r'<title>(\d+)</title>\s*<ellipse [^>]*cx="([-\d.]+)" cy="([-\d.]+)"')
_DOT_EDGE = re.compile(r"<title>(\d+)&#45;&gt;(\d+)</title>(.*?)</g>", re.S)
_WORDS = re.compile(r">([^<>\s][^<>]*)<")


@dataclass(frozen=True)
class Drawn:
    """What a drawing shows.

    Parameters
    ----------
    places : of the states
    words : on each arrow (from, to)
    """

    places: Mapping[int, Place]
    words: Mapping[Edge, set[str]]

    @property
    def crossings(self) -> int:
        """Pairs of arrows that would cross if all were straight: how hard the layout is to read."""
        links = sorted({(min(edge), max(edge)) for edge in self.words if edge[0] != edge[1]})
        return sum(self._cross(one, other) for one, other in combinations(links, 2) if not set(one) & set(other))

    def _cross(self, one: Edge, other: Edge) -> bool:
        a, b, c, d = (self.places[state] for state in (*one, *other))
        return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def drawn_by_us(svg: str) -> Drawn:
    """Read our own SVG."""
    words: dict[Edge, set[str]] = {(int(a), int(b)): set() for a, b in _OUR_ARROW.findall(svg)}
    for found in _OUR_LABEL.finditer(svg):
        words.setdefault((int(found[1]), int(found[2])), set()).update(_texts(found[0]))
    return Drawn({int(state): (float(x), float(y)) for state, x, y in _OUR_STATE.findall(svg)}, words)


def drawn_by_dot(svg: str) -> Drawn:
    """Read Graphviz's SVG."""
    words = {(int(a), int(b)): _texts(content) for a, b, content in _DOT_EDGE.findall(svg)}
    return Drawn({int(state): (float(x), float(y)) for state, x, y in _DOT_NODE.findall(svg)}, words)


def drawn_by_plotly(text: str) -> Drawn:
    """Read a Plotly figure in JSON."""
    figure = json.loads(text)
    nodes = figure["data"][0]
    words: dict[Edge, set[str]] = {}
    for note in figure["layout"]["annotations"]:
        a, _, b = note["name"].partition(">")
        words.setdefault((int(a), int(b)), set()).update(note["text"].split("<br>") if note["text"] else ())
    places = zip(nodes["text"], nodes["x"], nodes["y"], strict=True)
    return Drawn({int(state): (float(x), float(y)) for state, x, y in places}, words)


def judged(drawn: Drawn, wanted: Mapping[Edge, list[str]], states: int, size: int) -> Judgement:
    """Compare what is drawn with the machine.

    Parameters
    ----------
    wanted : words of each arrow, one for each transition
    states : how many the machine has
    size : bytes of the drawing
    """
    if set(drawn.places) != set(range(states)):
        return Judgement(False, reason=f"{states - len(drawn.places)} states are missing")
    if set(drawn.words) != set(wanted):
        return Judgement(False, reason=f"{len(set(wanted) - set(drawn.words))} arrows are missing")
    bare = [edge for edge, words in wanted.items() if _single(words) - _single(drawn.words[edge])]
    if bare:
        return Judgement(False, reason=f"{len(bare)} arrows lack their words, the first {bare[0]}")
    return Judgement(True, {"crossings": drawn.crossings, "kB": round(size / 1000, 1)})


def _single(words: list[str] | set[str]) -> set[str]:
    """Take apart the words of transitions that share an output: ``0,1/5`` says what ``0/5`` and ``1/5`` say."""
    return {
        f"{symbol.strip()}/{output.strip()}"
        for word in words
        for inputs, _, output in [word.partition("/")]
        for symbol in inputs.split(",")
    }


def _texts(content: str) -> set[str]:
    return {unescape(text).strip() for text in _WORDS.findall(content)}


def _side(a: Place, b: Place, c: Place) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
