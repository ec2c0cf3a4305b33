"""A program: the equations of an integer system, written out as Python.

This is the form that every route ends in.  ``source`` is the text that a person
takes away, ``start``/``step`` evaluate the same equations on a batch of
sequences, and :func:`mips_core.programs.parse.parse_program` reads the text back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from mips_core.machines.integer_system import IntegerSystem
from mips_core.programs.classify import hides_table, is_table
from mips_core.programs.docstring import plain_text
from mips_core.programs.emit import emit, written_form
from mips_core.programs.naming import one_line
from mips_core.programs.order import written_nodes
from mips_core.programs.transitions import transitions
from mips_core.regression.method import Method
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words


@dataclass(frozen=True)
class Program:
    """Equations with a word on how they were found and a sentence on where they came from.

    Parameters
    ----------
    system : state variables, updates and outputs; kept in the form that is written, see
        :func:`mips_core.programs.emit.written_form`: names that are free in Python, parts of
        very long formulas as locals
    method : how the formulas were found; "table" whenever the text is one by the rule of
        :func:`mips_core.programs.classify.is_table`
    origin : one line that names the network and the route; the comment line of the source
    input_words, output_words : the vocabulary of each column whose integers stand for words, None for the others;
        the text takes and returns the words, ``start`` and ``step`` their numbers
    claim : the docstring of the function: what was checked, and what it takes and returns; "" before verification
    """

    system: IntegerSystem
    method: Method
    origin: str
    input_words: Words = ()
    output_words: Words = ()
    claim: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "input_words", self.input_words or (None,) * self.system.input_width)
        object.__setattr__(self, "output_words", self.output_words or (None,) * self.system.output_width)
        object.__setattr__(self, "system", written_form(self.system))
        object.__setattr__(self, "origin", one_line(self.origin))
        object.__setattr__(self, "claim", plain_text(self.claim))
        object.__setattr__(self, "method", Method(self.method))
        if self.method is not Method.TABLE and (hides_table(self.system) or is_table(emit(self.system, self.origin))):
            object.__setattr__(self, "method", Method.TABLE)

    @property
    def nodes(self) -> int:
        """Size of all formulas as they are written; a line that copies a variable costs that one node."""
        return written_nodes(self.system)

    @property
    def entries(self) -> int:
        """Numbers of entries of its tables; a transition that holds several values counts once."""
        whole = transitions(self.system)
        if whole is not None:
            return len(whole.tables[0].entries)
        return sum(len(table.entries) for table in self.system.tables)

    @property
    def size_text(self) -> str:
        """Its size in words: entries for a table, whose few formulas say nothing of it, else nodes.

        >>> from mips_core.expressions import Variable
        >>> Program(IntegerSystem(("x",), (), (Variable("x"),)), Method.LINEAR, "").size_text
        '1 node'
        """
        if self.method is Method.TABLE and self.system.tables:
            return f"{self.entries:,} table {'entry' if self.entries == 1 else 'entries'}"
        return f"{self.nodes:,} node{'s' * (self.nodes != 1)}"

    @property
    def input_width(self) -> int:
        """Integers per step on the input side."""
        return self.system.input_width

    @property
    def output_width(self) -> int:
        """Integers per step on the output side."""
        return self.system.output_width

    def start(self, batch: int) -> NDArray[Any]:
        """Return the state variables before the first input, shape (batch, order)."""
        return self.system.start(batch)

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Compute one step on a batch; see :meth:`IntegerSystem.step`."""
        return self.system.step(state, x)

    @cached_property
    def source(self) -> str:
        """The module text: plain Python without imports, one public function ``f(xs)``."""
        return emit(self.system, self.origin, self.method, self.claim)

    @cached_property
    def function(self) -> Callable[[list[Any]], list[Any]]:
        """The function ``f`` of :attr:`source`, compiled here: this text is our own, not a stranger's.

        It takes and returns words where there are vocabularies.
        """
        namespace: dict[str, Any] = {}
        exec(compile(self.source, "<program>", "exec"), namespace)
        return namespace["f"]
