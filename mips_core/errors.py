"""The one hierarchy of errors.

A caller catches :class:`MipsError` to catch everything that this package raises
on purpose.  Every message says what was found, where, and what to do about it;
the command line prints the same sentence that a page shows.
"""

from __future__ import annotations


class MipsError(Exception):
    """Base of every error that this package raises on purpose."""


class BadInputError(MipsError):
    """Something from outside (a file, an option, an array) cannot be used as it is."""


class ContradictoryTableError(BadInputError):
    """Equal rows of a table have different targets, so no formula can be right; the message names two of them."""


class UnknownTaskError(BadInputError):
    """No benchmark task has this name; the message suggests the nearest one."""


class FormatVersionError(BadInputError):
    """A file was written by a newer version of this package than the one that reads it."""


class UnsupportedNetworkError(BadInputError):
    """The tensors were read, but this kind of network cannot be explored; the message says why."""


class ProgramRefusedError(BadInputError):
    """A program uses something outside the allowed subset of Python, on ``line`` at ``column`` (from 1) where known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class ProgramStoppedError(MipsError):
    """A program from outside ran too long or used too much memory and was stopped."""


class NotTrainedError(MipsError):
    """Training ended without a network that is worth extracting from."""


class NotDeterministicError(MipsError):
    """The same state and input symbol lead to two different futures; the message names both prefixes."""


class TooManyStatesError(MipsError):
    """The hidden states do not close into a finite machine within the limit on states."""


class NoLatticeError(MipsError):
    """The hidden states do not lie on an integer lattice."""


class NoRegularStructureError(MipsError):
    """An essence network's neurons follow no pattern that code could say shorter; ``tried`` lists what was tried."""

    def __init__(self, message: str, tried: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.tried = tried


class Cancelled(MipsError):
    """The caller asked to stop; what was finished before is kept."""
