"""The input symbols of a run, for what goes through all of them."""

from __future__ import annotations

from mips_core.errors import BadInputError
from mips_core.machines.mealy import MealyMachine
from mips_core.runs.run import Run
from mips_core.stepping import IntArray
from mips_core.tasks.exhaustive import WORD_LIMIT, all_symbols


def symbols_of(run: Run) -> IntArray:
    """Return every input symbol that may occur, int64 (X, D_in): those of the finite machine, else of the card.

    Raises
    ------
    BadInputError
        when the card does not say which inputs may occur, or they are too many to be gone through.
    """
    if isinstance(run.machine, MealyMachine):
        return run.machine.symbols
    inputs = run.network.card.inputs
    if inputs is None:
        raise BadInputError(f"The card of {run.name}'s network does not say which inputs may occur.")
    symbols = all_symbols(inputs)
    if symbols is None:
        raise BadInputError(f"{run.name} has more than {WORD_LIMIT:,} input symbols, too many to go through them all.")
    return symbols
