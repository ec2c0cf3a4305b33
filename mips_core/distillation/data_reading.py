"""What was read in a data file, what is wrong with it, and what to know before a network is trained on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.distillation.from_data import FEW_ROWS, check_learnable, why_hopeless
from mips_core.errors import BadInputError
from mips_core.tasks import Contradictions, Dataset, Integers, dataset_from_bytes, find_contradictions
from mips_core.tasks.vocabulary import Words, step_text

FORMAT, VERSION = "mips-data-reading", 1

MOST_NAMED = 50
"""Contradictions that are named one by one."""

LONG = 400
"""Steps beyond which the pages no longer follow a sequence."""


@dataclass(frozen=True)
class Column:
    """One input or output of a data file.

    Parameters
    ----------
    name : "input 1", "output 2", ...
    values : smallest range of integers that holds what occurs; of a column of words, the numbers of its words
    words : the words, sorted; empty for a column of integers
    """

    name: str
    values: Integers
    words: tuple[str, ...]


@dataclass(frozen=True)
class ContradictoryOutput:
    """Two rows with the same inputs up to a step and different outputs there; rows and steps count from 1.

    Parameters
    ----------
    row, other : the output of ``other`` is the more frequent one after these inputs
    inputs : what both have read, as a data file writes it
    output, other_output : what each says
    """

    row: int
    other: int
    step: int
    inputs: str
    output: str
    other_output: str


@dataclass(frozen=True, eq=False)
class DataReading:
    """What was read in a data file.

    Parameters
    ----------
    name : of the file
    data : the data set, or None when the file cannot be read
    problem : why nothing can be learned from it and what to do, or None
    contradictions : where equal inputs have different outputs, or None without data
    warnings : sentences that a reader should know before training
    """

    name: str
    data: Dataset | None
    problem: str | None
    contradictions: Contradictions | None = None
    warnings: tuple[str, ...] = ()

    @property
    def hopeless(self) -> bool:
        """Whether the rows contradict each other so much that no program can come out; see ``warnings``."""
        return self.contradictions is not None and why_hopeless(self.contradictions) is not None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Inputs and outputs, each with what occurs in it."""
        if self.data is None:
            return ()
        data = self.data
        sides = (("input", data.inputs, data.input_words), ("output", data.outputs, data.output_words))
        return tuple(
            Column(f"{side} {place}", values, () if vocabulary is None else vocabulary.words)
            for side, ranges, words in sides
            for place, (values, vocabulary) in enumerate(zip(ranges, words, strict=True), start=1)
        )

    def contradictory(self, most: int = MOST_NAMED) -> tuple[ContradictoryOutput, ...]:
        """Return the first contradictions, the earliest step first."""
        if self.data is None or self.contradictions is None:
            return ()
        data = self.data
        found = []
        for row, other, step in self.contradictions.places[:most].tolist():
            outputs = [step_text(data.y[each, step], data.output_words) for each in (row, other)]
            read = steps_text(data.x[row, : step + 1], data.input_words)
            found.append(ContradictoryOutput(row + 1, other + 1, step + 1, read, *outputs))
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, with format and version."""
        facts: dict[str, Any] = {"format": FORMAT, "version": VERSION, "name": self.name, "problem": self.problem}
        if self.data is None or self.contradictions is None:
            return facts
        data, found = self.data, self.contradictions
        return facts | {
            "digest": data.digest,
            "rows": data.n,
            "rows_with_different_inputs": data.different,
            "steps": {
                "shortest": int(data.lengths.min()),
                "median": float(np.median(data.lengths)),
                "longest": int(data.lengths.max()),
                "total": int(data.lengths.sum()),
            },
            "input_symbols": len(data.symbols),
            "columns": [
                {"name": c.name, "words": list(c.words)}
                if c.words
                else {"name": c.name, "low": c.values.low, "high": c.values.high}
                for c in self.columns
            ],
            "contradictions": {
                "outputs": found.count,
                "compared": found.compared,
                "first": [
                    {"row": c.row, "other_row": c.other, "step": c.step, "output": c.output, "other": c.other_output}
                    for c in self.contradictory()
                ],
            },
            "warnings": list(self.warnings),
        }


def describe_data(data: bytes, name: str) -> DataReading:
    """Read the bytes of a data file and say what is in it; never raises for what is wrong with the file."""
    try:
        dataset = dataset_from_bytes(data, name)
    except BadInputError as error:
        return DataReading(name, None, str(error))
    return describe_dataset(dataset)


def describe_dataset(data: Dataset) -> DataReading:
    """Say what a data set holds, and whether anything can be learned from it."""
    found = find_contradictions(data)
    problem = None
    try:
        check_learnable(data)
    except BadInputError as error:
        problem = str(error)
    warnings = tuple(_warnings(data, found)) if problem is None else ()
    return DataReading(data.name, data, problem, found, warnings)


def steps_text(steps: Any, words: Words) -> str:
    """Write steps (T, D) as a data file does: ``coin push`` or ``0;1 1;1``."""
    return " ".join(step_text(step, words) for step in steps)


def _warnings(data: Dataset, found: Contradictions) -> list[str]:
    warnings = []
    hopeless = why_hopeless(found)
    if hopeless is not None:
        warnings.append(f"{hopeless} No program can come out of these data.")
    elif found.count:
        warnings.append(
            f"{found.count:,} of {found.compared:,} comparable outputs contradict others. They are so few that they "
            "count as recording errors."
        )
    if data.different < FEW_ROWS:
        warnings.append(
            f"Only {data.different:,} rows have different inputs. One in five is held out for checking; some hundred "
            "rows let a rule be found more surely."
        )
    silent = [f"output {place + 1}" for place in range(data.output_width) if _constant(data, place)]
    if silent:
        warnings.append(f"The same value stands everywhere in {', '.join(silent)}, so there is nothing to learn there.")
    if data.length > LONG:
        warnings.append(f"The longest row has {data.length:,} steps. The pages follow sequences of up to {LONG} steps.")
    return warnings


def _constant(data: Dataset, column: int) -> bool:
    values = data.y[:, :, column][data.mask]
    return bool((values == values[0]).all())
