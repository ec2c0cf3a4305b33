"""Which architectures to try on some data, simplest first.

A rung is one architecture with its training settings.  Which rungs apply, and in which
order, is decided by what the data shows: whether outputs are affine in the inputs seen
so far, how many different integers the inputs take, how many inputs there are, how long
the sequences are.  Nothing here knows the name or the rule of a task.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.affine import AffineFit, affine_fit
from mips_core.networks.examples import Examples
from mips_core.tasks.vocabulary import has_words

NARROW = 64
"""Up to this many different integers over all inputs, one input unit each is the first choice."""

_SYMBOLS = 24
"""Above this many different integers, inputs may also be meant as numbers."""

_LONGEST_FIRST = 24
"""Steps of each sequence that are trained on at first; what needs few steps to be seen is learnt from few."""

_MOST_UNITS = 512
_MOST_CLASSES = 32
_LINEAR, _ONE_HOT_LINEAR = "linear", "one-hot linear"


@dataclass(frozen=True)
class Rung:
    """One architecture and how it is trained.

    Parameters
    ----------
    name : short name, as it stands in the card and in the list of rungs tried
    hidden : size of the hidden state
    transition_widths, readout_widths : inner layers of F and G; empty means affine
    one_hot : one input unit per integer value instead of the standardised integer itself
    classes : one output score per integer value (cross-entropy, argmax) instead of a number that is rounded
    newton : trained by L-BFGS in float64 from the start (affine networks); otherwise Adam in float32
    polish : after Adam, finish with L-BFGS in float64
    horizon : steps of each sequence that are trained on in the first slice; None means all of them
    members : networks trained at once
    batch : sequences per step
    rates : smallest and largest learning rate; members are spread between them
    share : length of this rung's slices of training, relative to the others
    """

    name: str
    hidden: int
    transition_widths: tuple[int, ...] = ()
    readout_widths: tuple[int, ...] = ()
    one_hot: bool = False
    classes: bool = False
    newton: bool = False
    polish: bool = False
    horizon: int | None = None
    members: int = 4
    batch: int = 64
    rates: tuple[float, float] = (5e-3, 2e-2)
    share: float = 1.0

    def steps_at(self, stage: int, length: int) -> int:
        """Return how many steps of sequences of a length are trained on in a stage: twice as many in each."""
        return min(length, (self.horizon or _LONGEST_FIRST) * 2**stage)


@dataclass(frozen=True)
class Profile:
    """What the data shows.

    Parameters
    ----------
    units : different integers over all inputs (the size of a one-hot input)
    channels : integers per step on the input side
    classes : different integers over all outputs
    length : steps of the longest sequence
    affine : least squares on the integers themselves; None when there are too few rows to tell
    affine_one_hot : least squares on one indicator per integer; None when not asked or too few rows
    symbolic_inputs, symbolic_outputs : some column on that side holds words, whose numbers mean nothing as numbers
    """

    units: int
    channels: int
    classes: int
    length: int
    affine: AffineFit | None
    affine_one_hot: AffineFit | None
    symbolic_inputs: bool = False
    symbolic_outputs: bool = False


def profile(examples: Examples, *, seed: int) -> Profile:
    """Look at the data; takes about 0.1 s."""
    data = examples.learn
    rng = np.random.default_rng([seed, 63])
    units = sum(len(r) for r in examples.inputs)
    classes = sum(len(r) for r in examples.outputs)
    symbolic = has_words(data.input_words), has_words(data.output_words)
    if any(symbolic):
        return Profile(units, len(examples.inputs), classes, examples.length, None, None, *symbolic)
    y = data.y.astype(np.float64)
    affine = affine_fit(data.x.astype(np.float64), y, data.lengths, rng=rng)
    one_hot = None
    if units <= NARROW and not (affine and affine.exact):
        indicators = [
            data.x[:, :, channel, None] == values.values[1:]  # the first value is the reference: no column of its own
            for channel, values in enumerate(examples.inputs)
        ]
        one_hot = affine_fit(np.concatenate(indicators, axis=2).astype(np.float64), y, data.lengths, rng=rng)
    return Profile(units, len(examples.inputs), classes, examples.length, affine, one_hot)


def rungs(seen: Profile) -> tuple[Rung, ...]:
    """Return the rungs to try on data of this profile, in order.

    Words go in one unit each and come out one score each: no rung takes their numbers for numbers.
    """
    if seen.symbolic_inputs or seen.symbolic_outputs:
        return tuple(_symbolic(seen))
    chosen: list[Rung] = []
    if seen.affine is not None and seen.affine.exact:
        chosen.append(Rung(_LINEAR, seen.affine.order, newton=True, share=4.0))
    if seen.affine_one_hot is not None and seen.affine_one_hot.exact:
        chosen.append(Rung(_ONE_HOT_LINEAR, seen.affine_one_hot.order, one_hot=True, newton=True, share=4.0))
    return tuple(chosen + (_narrow(seen) if seen.units <= NARROW else _wide(seen)))


def rung_names() -> tuple[str, ...]:
    """Return the names of all rungs that data of some profile call for.

    >>> "linear" in rung_names(), "lstm" in rung_names()
    (True, False)
    """
    some = Profile(_SYMBOLS + 2, 1, 1, 1, None, None)  # of each kind of data, all that its kind may have
    found = [*_symbolic(some), *_narrow(some), *_wide(some)]
    return tuple(dict.fromkeys([_LINEAR, _ONE_HOT_LINEAR, *(rung.name for rung in found)]))


def rungs_named(wanted: Collection[str], known: Sequence[Rung]) -> tuple[Rung, ...]:
    """Return the rungs of these names, in the order of the ladder.

    Raises
    ------
    BadInputError
        when there is none of some name, with those there are.
    """
    names = [rung.name for rung in known]
    missing = next((name for name in wanted if name not in names), None)
    if missing is not None or not wanted:
        what = "No architecture is named." if missing is None else f"These data do not call for {missing!r}."
        raise BadInputError(f"{what} Architectures to choose from: {', '.join(names)}.")
    return tuple(rung for rung in known if rung.name in wanted)


def _symbolic(seen: Profile) -> list[Rung]:
    """Words on some side: indicators and classes there; integers on the other side may still be numbers."""
    found = [
        Rung("one-hot relu classes", 16, (96,), one_hot=True, classes=True, batch=32, share=2.0),
        Rung("one-hot relu classes wide", 32, (192,), one_hot=True, classes=True, batch=32),
        Rung("one-hot counts classes", max(1, min(seen.units - seen.channels, 8)), one_hot=True, classes=True),
    ]
    if not seen.symbolic_outputs:
        found.insert(1, Rung("one-hot relu", 16, (96,), one_hot=True, batch=32, share=2.0))
    if not seen.symbolic_inputs:
        found.append(Rung("relu classes", 4, (32,), (32,), classes=True, rates=(3e-3, 1e-2)))
    return found


def _narrow(seen: Profile) -> list[Rung]:
    """Few different inputs: symbols first, then counts of symbols, then numbers."""
    found = [Rung("one-hot relu", 16, (96,), one_hot=True, batch=32, share=2.0)]
    if seen.units > _SYMBOLS:
        found += [_delay(lags, seen) for lags in (1, 2)]
    counts = min(seen.units - seen.channels, 8)
    if seen.classes <= _MOST_CLASSES:
        found.append(Rung("one-hot counts classes", max(1, counts), one_hot=True, classes=True))
        found.append(_counter())
        found.append(Rung("one-hot relu classes", 16, (96,), one_hot=True, classes=True, batch=32, share=1.5))
    if counts > 1:
        found.append(Rung("one-hot count", 1, (), (32,), one_hot=True))
    found.append(Rung("one-hot counts", max(1, counts), (), (32, 32), one_hot=True))
    found.append(Rung("one-hot relu wide", 32, (192,), one_hot=True, batch=32))
    found.append(_short())
    if seen.units > _SYMBOLS:
        found.append(Rung("relu 4", 4, (32,), rates=(5e-3, 3e-2), polish=True))
    found.append(Rung("relu", 4, (32,), (32,), rates=(3e-3, 1e-2)))
    return found


def _wide(seen: Profile) -> list[Rung]:
    """Many different inputs: piecewise linear functions of numbers."""
    found = [
        _delay(1, seen),
        _delay(2, seen),
        _short(),
        Rung("relu 4", 4, (32,), rates=(5e-3, 3e-2), polish=True),
        _delay(4, seen),
        Rung("relu", 4, (32,), (32,), rates=(3e-3, 1e-2)),
    ]
    if seen.units <= _MOST_UNITS:
        found.insert(4, Rung("one-hot relu", 16, (96,), one_hot=True, batch=32, share=2.0))
    return found


def _delay(lags: int, seen: Profile) -> Rung:
    """Keep the last few inputs in an affine hidden state; a small ReLU readout does the rest."""
    return Rung(f"delay {lags}", lags * seen.channels, (), (16,), rates=(5e-3, 3e-2), polish=True)


def _counter() -> Rung:
    """One number of memory, updated and read piecewise linearly: a counter that may stick or bounce at some value."""
    return Rung("relu counter", 1, (8,), (8,), horizon=6, members=8, batch=256, rates=(5e-3, 3e-2), polish=True)


def _short() -> Rung:
    """One number of memory and a piecewise linear update, learnt on the first three steps alone."""
    return Rung("relu short", 1, (8,), horizon=3, members=8, batch=256, rates=(5e-3, 3e-2), polish=True)
