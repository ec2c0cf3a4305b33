"""The card of a network: what a reader must know besides its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import check_format
from mips_core.tasks.integers import Integers
from mips_core.tasks.vocabulary import Words, has_words, words_from_json, words_to_json

FORMAT = "mips-network"
VERSION = 2
"""Version 2 adds vocabularies; a network without words is still written as version 1."""

MOST_VALUES = 100_000
"""Integers per step that a card may name; what it names is checked against the weights later."""

_SIDES = ("input_words", "output_words")


@dataclass(frozen=True)
class Card:
    """Facts about a network that travel with its weights.

    Parameters
    ----------
    cell : "mlp" (the paper's recurrent network), "linear", "rnn", "gru" or "lstm"
    input_width, output_width : integers per step on either side
    hidden_size : numbers in the hidden state of one layer
    inputs : integers that may occur on the input side, one entry per input; None when unknown
    length : sequence length it was trained at (1x); None when unknown
    task : benchmark task it was trained on, or None
    data : digest of the data file it was trained on, or None
    seed : seed of the training run, or None
    accuracy : share of held-out sequences, in [0, 1], on which every rounded output is right, or None
    training : settings of the training run (architecture, steps, seconds, ...), plain JSON values
    input_words, output_words : the vocabulary of each column whose integers stand for words, None for the others
    """

    cell: str
    input_width: int
    output_width: int
    hidden_size: int
    inputs: tuple[Integers, ...] | None = None
    length: int | None = None
    task: str | None = None
    data: str | None = None
    seed: int | None = None
    accuracy: float | None = None
    training: Mapping[str, Any] = field(default_factory=dict)
    input_words: Words = ()
    output_words: Words = ()

    def __post_init__(self) -> None:
        """Give every column its entry in the vocabularies."""
        object.__setattr__(self, "input_words", self.input_words or (None,) * self.input_width)
        object.__setattr__(self, "output_words", self.output_words or (None,) * self.output_width)

    @property
    def has_words(self) -> bool:
        """Whether some column of inputs or outputs stands for words."""
        return has_words(self.input_words) or has_words(self.output_words)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, with format and version."""
        values = asdict(self)
        values["inputs"] = None if self.inputs is None else [[r.low, r.high] for r in self.inputs]
        words = {side: words_to_json(getattr(self, side)) for side in _SIDES}
        values = {key: value for key, value in values.items() if key not in _SIDES}
        if not self.has_words:
            return {"format": FORMAT, "version": 1, **values}
        return {"format": FORMAT, "version": VERSION, **values, **words}

    @staticmethod
    def from_dict(value: Any, where: str = "the card") -> Card:
        """Read what :meth:`to_dict` wrote; unknown keys of the same version are ignored.

        Raises
        ------
        BadInputError
            when a field is missing or has the wrong type.
        FormatVersionError
            when it was written by a newer version.
        """
        checked = check_format(value, FORMAT, VERSION, where)
        try:
            ranges = checked.get("inputs")
            inputs = None if ranges is None else tuple(Integers(int(low), int(high)) for low, high in ranges)
            widths = {side: int(checked[f"{side}_width"]) for side in ("input", "output")}
            for side, width in widths.items():
                if not 1 <= width <= MOST_VALUES:
                    raise BadInputError(f"{where} names {width} {side}s per step; 1 to {MOST_VALUES:,} are possible.")
            words = {
                f"{side}_words": words_from_json(checked.get(f"{side}_words"), width, f"{where}: '{side}_words'")
                for side, width in widths.items()
            }
            return Card(
                cell=str(checked["cell"]),
                input_width=widths["input"],
                output_width=widths["output"],
                hidden_size=int(checked["hidden_size"]),
                inputs=inputs,
                length=_optional(checked.get("length"), int),
                task=_optional(checked.get("task"), str),
                data=_optional(checked.get("data"), str),
                seed=_optional(checked.get("seed"), int),
                accuracy=_optional(checked.get("accuracy"), float),
                training=dict(checked.get("training") or {}),
                **words,
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BadInputError(f"{where} has a missing or malformed field: {error}.") from None


def _optional(value: Any, kind: type) -> Any:
    return None if value is None else kind(value)
