"""Hunt for the shortest word on which a network differs: a walk through all hidden states that it reaches.

Breadth first, one word for each cell of a grid over the hidden states (and each state of what the network is compared
with), so that words which lead to nearly the same place are followed once.  The hidden states themselves are not
rounded: a word that is found is a real counterexample of the network as it is stored.  That all cells were followed is
no proof, since other hidden states of a cell may go elsewhere; that is what certificates are for.  Where no walk finds
anything, single inputs are repeated for long: that shows what grows too slowly for a grid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.networks.encoding import Argmax
from mips_core.networks.protocol import FloatArray, Network
from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.stepping import IntArray, Stepper, first_difference, outputs_of
from mips_core.verification.claims import Claim, Strength, exhaustive

STAGE = "hunt"
GRIDS = (4, 16, 64)
"""Cells per standard deviation of the hidden states, coarse grids first."""
MOST_STATES = 200_000
"""States that one walk follows."""
_LEVEL = 50_000
_USUAL_WORDS, _USUAL_LENGTH = 256, 24
_REPEATED = (1_000, 100, 20)  # steps
_MOST_PAIRS = 400

Rule = Callable[[IntArray], IntArray]


@dataclass(frozen=True, eq=False)
class Hunt:
    """What a hunt found.

    Parameters
    ----------
    word : shortest word found on which the outputs differ, at its last step, int64 (T, D_in); None when none was
    closed : no walk left a cell that it reached unfollowed
    covered : every word up to this length was tried
    states : states that the largest walk followed
    words : words tried, over all walks
    longest : length of the longest of them
    grids : cells per standard deviation of the walks that were made
    seconds : time spent
    """

    word: IntArray | None
    closed: bool
    covered: int
    states: int
    words: int
    longest: int
    grids: tuple[int, ...]
    seconds: float

    def claim(self, left: str, right: str, symbols: int) -> Claim:
        """Say what the hunt shows, no more; ``symbols`` is the number of input symbols."""
        if self.word is not None:
            return Claim(Strength.DIFFERS, left, right, f"differs on a sequence of length {len(self.word)}")
        strength, words = exhaustive(self.covered, sum(symbols**k for k in range(1, self.covered + 1)))
        more = f"; none of {self.words:,} sequences of up to {self.longest} steps differs"
        return Claim(strength, left, right, words + more)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "word": None if self.word is None else self.word.tolist(),
            "length": None if self.word is None else len(self.word),
            "closed": self.closed, "covered": self.covered, "states": self.states, "words": self.words,
            "longest": self.longest, "grids": list(self.grids), "seconds": round(self.seconds, 3),
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ruled:
    """A rule of whole words as something that steps: its state is the word so far, (batch, T D_in).

    Parameters
    ----------
    rule : exact outputs (N, T, D_out) for inputs (N, T, D_in)
    input_width, output_width : integers per step
    """

    rule: Rule
    input_width: int
    output_width: int

    def start(self, batch: int) -> NDArray[Any]:
        """Return empty words."""
        return np.empty((batch, 0), dtype=np.int64)

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Append ``x`` and return what the rule gives at the last step."""
        words = np.concatenate([state, x], axis=1)
        return words, self.rule(words.reshape(len(words), -1, self.input_width))[:, -1]


def hunt(
    network: Network,
    other: Stepper,
    symbols: IntArray,
    *,
    seconds: float = 10.0,
    most: int = MOST_STATES,
    grids: tuple[int, ...] = GRIDS,
    longest: int | None = None,
    rng: np.random.Generator | None = None,
    monitor: Monitor | None = None,
) -> Hunt:
    """Walk on grids that become finer, and return the shortest word found.

    Parameters
    ----------
    other : a machine, a program's equations, or a :class:`Ruled`
    symbols : input symbols, int64 (X, D_in)
    seconds : time for all walks
    most : states that one walk follows
    grids : cells per standard deviation of the hidden states
    longest : words longer than this are not tried; None for no limit
    """
    rng, monitor, clock = rng or np.random.default_rng(0), monitor or Monitor(), Stopwatch()
    best: Hunt | None = None
    spread = spread_of(network, symbols, rng)
    for number, cells in enumerate(grids):
        left = (seconds - clock.seconds) / (len(grids) - number)
        monitor.report(
            STAGE, f"Walking through hidden states, {cells} cells per standard deviation", number / len(grids)
        )
        shorter = longest if best is None or best.word is None else len(best.word) - 1
        found = _Walk(network, other, symbols, spread / cells, most, left, shorter, rng, monitor).run(cells)
        best = found if best is None else _joined(best, found)
        if best.word is not None and len(best.word) <= best.covered + 1:
            break  # no shorter one is left
    assert best is not None
    if best.word is None and longest is None:
        monitor.report(STAGE, f"Repeating single inputs for up to {_REPEATED[0]:,} steps", 0.95)
        best = _joined(best, _repeated(network, other, symbols, rng))
    monitor.progress(Progress(STAGE, "Done", 1.0))
    return replace(best, seconds=clock.seconds)


def _repeated(network: Network, other: Stepper, symbols: IntArray, rng: np.random.Generator) -> Hunt:
    """Try one input and then another again and again: errors too small for a grid add up over many steps."""
    pairs = np.array(np.meshgrid(np.arange(len(symbols)), np.arange(len(symbols)))).reshape(2, -1).T
    pairs = pairs[rng.permutation(len(pairs))]
    least = np.minimum(pairs[:, 1], len(symbols) - 1 - pairs[:, 1])  # extreme inputs drive the hidden state farthest
    pairs = pairs[np.argsort(least, kind="stable")[:_MOST_PAIRS]]
    for length in _REPEATED:
        words = np.repeat(symbols[pairs[:, 1]][:, None], length, axis=1)
        words[:, 0] = symbols[pairs[:, 0]]
        try:
            right = other.rule(words) if isinstance(other, Ruled) else outputs_of(other, words)
        except BadInputError:  # a rule whose values outgrow 64 bits on words so long
            continue
        found = first_difference(outputs_of(network, words), right)
        word = None if found is None else words[found[0], : found[1] + 1]
        return Hunt(word, True, 0, 0, len(words), length, (), 0.0)
    return Hunt(None, True, 0, 0, 0, 0, (), 0.0)


def _joined(first: Hunt, second: Hunt) -> Hunt:
    return Hunt(
        second.word if second.word is not None else first.word,
        first.closed and second.closed,
        max(first.covered, second.covered),
        max(first.states, second.states),
        first.words + second.words,
        max(first.longest, second.longest),
        first.grids + second.grids,
        0.0,
    )


def spread_of(network: Network, symbols: IntArray, rng: np.random.Generator) -> FloatArray:
    """Return the standard deviation of each coordinate of the hidden state on random words, float64 (d,)."""
    state, states = network.start(_USUAL_WORDS), []
    for _ in range(_USUAL_LENGTH):
        state = network.advance(state, symbols[rng.integers(len(symbols), size=_USUAL_WORDS)])
        states.append(state)
    spread = np.nan_to_num(np.concatenate(states).std(axis=0))
    # A coordinate that hardly moves must not split the grid into noise.
    return np.maximum(spread, max(float(spread.max()) / 4, 1e-9))


def closeness(network: Network, scores: FloatArray) -> FloatArray:
    """Return how far scores (N, s) are from those that give another output; least first is the way to find one."""
    decoding = network.decoding if hasattr(network, "decoding") else None
    if not isinstance(decoding, Argmax):
        return (0.5 - np.abs(scores - np.rint(scores))).min(axis=1)
    least, place = np.full(len(scores), np.inf), 0
    for integers in decoding.ranges:
        if len(integers) > 1:
            block = np.partition(scores[:, place : place + len(integers)], -2, axis=1)
            least = np.minimum(least, block[:, -1] - block[:, -2])
        place += len(integers)
    return least


def way_to(parents: Sequence[IntArray], inputs: Sequence[IntArray], row: int) -> IntArray:
    """Return the numbers of the symbols that lead to a row of the last level of a walk, int64 (levels,).

    Parameters
    ----------
    parents, inputs : for each level, the row of the level before from which each row was reached, and by which symbol
    """
    places = []
    for who, which in zip(reversed(parents), reversed(inputs), strict=True):
        places.append(int(which[row]))
        row = int(who[row])
    return np.array(places[::-1], dtype=np.int64)


class _Walk:
    """One walk, a level of words of equal length at a time."""

    def __init__(
        self,
        network: Network,
        other: Stepper,
        symbols: IntArray,
        cell: FloatArray,
        most: int,
        seconds: float,
        longest: int | None,
        rng: np.random.Generator,
        monitor: Monitor,
    ) -> None:
        self.network, self.other, self.symbols, self.cell = network, other, symbols, cell
        self.most, self.seconds, self.longest, self.rng, self.monitor = most, seconds, longest, rng, monitor
        self.clock = Stopwatch()
        self.seen: set[bytes] = set()
        self.parents: list[IntArray] = []
        self.inputs: list[IntArray] = []
        self.merged = self.left_out = False

    def run(self, grid: int) -> Hunt:
        state, other = self.network.start(1), self.other.start(1)
        words = length = covered = 0
        word: IntArray | None = None
        self._fresh(state, other)
        while len(state) and (self.longest is None or length < self.longest):
            if len(self.seen) > self.most or self.clock.seconds > self.seconds:
                self.left_out = True
                break
            self.monitor.check()
            length += 1
            who = np.repeat(np.arange(len(state)), len(self.symbols))
            which = np.tile(np.arange(len(self.symbols)), len(state))
            hidden = self.network.advance(state[who], self.symbols[which])
            scores = self.network.readout(hidden)
            after, wanted = self.other.step(other[who], self.symbols[which])
            words += len(who)
            wrong = (self.network.decode(scores) != wanted).any(axis=1)
            self.parents.append(who)
            self.inputs.append(which)
            if wrong.any():
                word = self._word(int(np.argmax(wrong)))
                covered = length - 1 if not (self.merged or self.left_out) else covered
                break
            covered = length if not (self.merged or self.left_out) else covered
            kept = self._fresh(hidden, after)
            if len(kept) > max(1, _LEVEL // len(self.symbols)):
                kept, self.left_out = self._some(kept, closeness(self.network, scores[kept])), True
            self.parents[-1], self.inputs[-1] = who[kept], which[kept]
            state, other = hidden[kept], after[kept]
        closed = word is None and not self.left_out and (self.longest is None or length < self.longest)
        return Hunt(word, closed, covered, len(self.seen), words, length, (grid,), 0.0)

    def _fresh(self, hidden: FloatArray, other: NDArray[Any]) -> IntArray:
        """Return the rows whose cell is met for the first time."""
        with np.errstate(invalid="ignore", over="ignore"):
            keys = np.rint(hidden / self.cell).astype(np.int64)
        if not isinstance(self.other, Ruled):
            keys = np.column_stack([keys, other.reshape(len(keys), -1)])
        kept = []
        for row, key in enumerate(np.ascontiguousarray(keys)):
            name = key.tobytes()
            if name not in self.seen:
                self.seen.add(name)
                kept.append(row)
        self.merged = self.merged or len(kept) < len(keys)
        return np.array(kept, dtype=np.int64)

    def _some(self, rows: IntArray, near: FloatArray) -> IntArray:
        """Return as many rows as a level may have: half of them nearest to another output, the others at random."""
        most = max(2, _LEVEL // len(self.symbols))
        order = np.argsort(near, kind="stable")
        rest = self.rng.permutation(order[most // 2 :])[: most - most // 2]
        return np.sort(rows[np.concatenate([order[: most // 2], rest])])

    def _word(self, row: int) -> IntArray:
        """Return the word that leads to a row of the last level, up to where the outputs part."""
        word = self.symbols[way_to(self.parents, self.inputs, row)]
        found = first_difference(outputs_of(self.network, word[None]), outputs_of(self.other, word[None]))
        return word if found is None else word[: found[1] + 1]
