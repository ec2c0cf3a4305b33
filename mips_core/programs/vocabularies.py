"""Words in the equations of a program: which columns hold them, and numbering them by given vocabularies.

A text that was read holds each word by itself (``Constant(0, ("coin",))``) and each column of a
table with the words that it happens to hold.  Here every word gets its number in the vocabulary
of the input that it is compared with or looked up by, or of the output that it is returned as.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mips_core.errors import BadInputError
from mips_core.expressions import Apply, Constant, Expression, Lookup, Table, Variable
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.tasks.vocabulary import Vocabulary, Words

_EQUALITY = ("eq", "ne")


def words_of(system: IntegerSystem) -> tuple[Words, Words]:
    """Return the words that a program shows for each input and each output: a vocabulary, or None for integers."""
    inputs: dict[str, set[str]] = {name: set() for name in system.inputs}
    for expression in system.expressions:
        for node in expression.walk():
            for name, words in _compared(node):
                if name in inputs:
                    inputs[name].update(words)
    outputs = [set(_returned(output, dict(system.locals))) for output in system.outputs]
    return tuple(map(_vocabulary, inputs.values())), tuple(map(_vocabulary, outputs))


def with_vocabularies(system: IntegerSystem, input_words: Words, output_words: Words) -> IntegerSystem:
    """Return the same equations with every word numbered by the vocabulary of its input or output.

    Raises
    ------
    BadInputError
        when a word is none of the vocabulary, or stands where an integer is needed.
    """
    if len(input_words) != system.input_width or len(output_words) != system.output_width:
        raise BadInputError(
            f"The program takes {system.input_width} and returns {system.output_width} values per step; "
            f"{len(input_words)} and {len(output_words)} are needed."
        )
    numbering = _Numbering(dict(zip(system.inputs, input_words, strict=True)))
    return IntegerSystem(
        system.inputs,
        tuple(StateVariable(v.name, v.start, numbering.of(v.update, None)) for v in system.state),
        tuple(numbering.of(output, words) for output, words in zip(system.outputs, output_words, strict=True)),
        tuple((name, numbering.of(value, None)) for name, value in system.locals),
    )


class _Numbering:
    """Numbers words; ``inputs`` are the vocabularies of the inputs by name."""

    def __init__(self, inputs: Mapping[str, Vocabulary | None]) -> None:
        self.inputs = inputs
        self.tables: dict[tuple[Table, Vocabulary | None], Table] = {}

    def of(self, node: Expression, wanted: Vocabulary | None) -> Expression:
        """Return ``node`` with its words numbered; ``wanted`` is the vocabulary of its value, None for an integer."""
        if isinstance(node, Constant):
            _check((node.words is not None) == (wanted is not None), node)
            return node if wanted is None else Constant(_number(node.value, node.words, wanted), wanted.words)
        if isinstance(node, Lookup):
            keys = tuple(self.inputs.get(a.name) if isinstance(a, Variable) else None for a in node.arguments)
            _check((node.table.value_words is not None) == (wanted is not None), node)
            arguments = tuple(self.of(a, words) for a, words in zip(node.arguments, keys, strict=True))
            return Lookup(self._table(node.table, keys, wanted), arguments)
        if isinstance(node, Variable):
            _check(self.inputs.get(node.name) == wanted, node)
            return node
        assert isinstance(node, Apply)
        kinds: Sequence[Vocabulary | None] = (None,) * len(node.arguments)
        if node.name in _EQUALITY:
            kinds = (next(filter(None, map(self._kind, node.arguments)), None),) * 2
        elif node.name == "where":
            kinds = (None, wanted, wanted)
        _check(wanted is None or node.name == "where", node)
        return Apply(node.name, tuple(self.of(a, kind) for a, kind in zip(node.arguments, kinds, strict=True)))

    def _kind(self, node: Expression) -> Vocabulary | None:
        return self.inputs.get(node.name) if isinstance(node, Variable) else None

    def _table(self, table: Table, keys: Words, wanted: Vocabulary | None) -> Table:
        if (table, wanted) not in self.tables:
            old = table.key_words or (None,) * table.width
            for column, words in zip(old, keys, strict=True):
                _check((column is None) == (words is None), Lookup(table, (Constant(0),) * table.width))

            def key(numbers: tuple[int, ...]) -> tuple[int, ...]:
                return tuple(
                    n if words is None else _number(n, column, words)
                    for n, column, words in zip(numbers, old, keys, strict=True)
                )

            self.tables[table, wanted] = replace(
                table,
                entries=tuple(
                    (key(k), v if wanted is None else _number(v, table.value_words, wanted)) for k, v in table.entries
                ),
                key_words=tuple(None if words is None else words.words for words in keys),
                value_words=None if wanted is None else wanted.words,
                not_observed=frozenset(map(key, table.not_observed)),
            )
        return self.tables[table, wanted]


def _number(value: int, words: tuple[str, ...] | None, vocabulary: Vocabulary) -> int:
    assert words is not None
    return vocabulary.number(words[value], "The program")


def _check(fits: bool, node: Expression) -> None:
    if not fits:
        from mips_core.expressions.python import to_python

        raise BadInputError(f"{to_python(node)[:60]!r} stands for a word where an integer is needed, or the reverse.")


def _compared(node: Expression) -> list[tuple[str, tuple[str, ...]]]:
    """Return (variable, words) for each variable that this node compares with words or looks up by words."""
    if isinstance(node, Lookup) and node.table.key_words:
        pairs = zip(node.arguments, node.table.key_words, strict=True)
        return [(a.name, words) for a, words in pairs if isinstance(a, Variable) and words is not None]
    if isinstance(node, Apply) and node.name in _EQUALITY:
        a, b = node.arguments
        return [
            (v.name, c.words)
            for v, c in ((a, b), (b, a))
            if isinstance(v, Variable) and isinstance(c, Constant) and c.words is not None
        ]
    return []


def _returned(node: Expression, named: Mapping[str, Expression]) -> tuple[str, ...]:
    """Return the words that an output can be."""
    if isinstance(node, Constant):
        return () if node.words is None else (node.words[node.value],)
    if isinstance(node, Lookup):
        return node.table.value_words or ()
    if isinstance(node, Variable) and node.name in named:
        return _returned(named[node.name], named)
    if isinstance(node, Apply) and node.name == "where":
        return (*_returned(node.arguments[1], named), *_returned(node.arguments[2], named))
    return ()


def _vocabulary(words: set[str]) -> Vocabulary | None:
    return Vocabulary.of(words) if words else None
