r"""The equations of an integer system as mathematics.

>>> from mips_core.expressions import Variable, apply
>>> from mips_core.machines.integer_system import StateVariable
>>> total = apply("add", Variable("total"), Variable("x"))
>>> system = IntegerSystem(("x",), (StateVariable("total", 0, total),), (apply("mod", total, 2),))
>>> [f"{line.left} = {line.right}" for line in equations(system)][1:]
["\\mathrm{total}' = \\mathrm{total} + x", "y = \\mathrm{total}' \\bmod 2"]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from mips_core.expressions import Expression, Variable
from mips_core.expressions.sympy import to_sympy
from mips_core.machines.integer_system import IntegerSystem

_INFIX = {"xor": r" \oplus ", "and": r" \wedge ", "or": r" \vee "}

NEW = " new"
"""Ends the name of the new value of a variable; no Python name holds a space."""
WORDS = {"start": "start", "where": "compute", "memory": "remember", "output": "answer"}

LONGEST = 700
"""Characters of LaTeX in one formula beyond which the page would only show a wall of signs."""


@dataclass(frozen=True)
class Equation:
    """One line: ``left`` and ``right`` in LaTeX, and what the line is ("where", "memory" or "output")."""

    left: str
    right: str
    role: str

    @property
    def latex(self) -> str:
        """The line with its sign: an arrow where memory is overwritten, an equals sign elsewhere."""
        return (
            rf"{self.left} {chr(92)}leftarrow {self.right}" if self.role == "memory" else f"{self.left} = {self.right}"
        )

    @property
    def is_readable(self) -> bool:
        """Whether it is short enough to be shown."""
        return len(self.right) <= LONGEST


@dataclass(frozen=True)
class Line:
    """One line before it is written: what it is, the name on its left, whether that is a new value, and the value.

    New values of variables within ``value`` carry :data:`NEW` at the end of their names.
    """

    role: str
    name: str
    primed: bool
    value: Expression | int


def lines_of(system: IntegerSystem) -> tuple[Line, ...]:
    """Return every line, in the order in which a person reads them: start values, locals, memory, outputs.

    Outputs that hold a whole update are written with the new value.
    """
    updates = {v.update: Variable(v.name + NEW) for v in system.state if v.update.nodes > 1}
    many = len(system.outputs) > 1
    return (
        *(Line("start", v.name, False, v.start) for v in system.state),
        *(Line("where", name, False, value) for name, value in system.locals),
        *(Line("memory", v.name, True, v.update) for v in system.state),
        *(
            Line("output", f"y{i}" if many else "y", False, e.rebuild(updates.get))
            for i, e in enumerate(system.outputs, 1)
        ),
    )


def equations(system: IntegerSystem) -> tuple[Equation, ...]:
    """Return every line of :func:`lines_of` in LaTeX; a prime marks the new value of a variable."""
    return tuple(
        Equation(
            name_latex(line.name) + ("'" if line.primed else ""),
            str(line.value) if isinstance(line.value, int) else _latex(system, line.value),
            line.role,
        )
        for line in lines_of(system)
    )


def block_latex(lines: Sequence[Equation]) -> str:
    """Return lines as one aligned block, with a word for each kind of line."""
    rows, role = [], ""
    for line in lines:
        word = rf"\text{{{WORDS[line.role]}}}" if line.role != role else ""
        rows.append(rf"{word} & {line.left} & = & \displaystyle {line.right}")
        role = line.role
    body = r" \\[4pt] ".join(rows)
    # KaTeX, which draws this in the browser, knows no "@{...}" between columns.
    return rf"\begin{{array}}{{lrcl}} {body} \end{{array}}"


def tables_of(system: IntegerSystem) -> list[tuple[str, int]]:
    """Return the name and the number of entries of each table that the formulas look up."""
    return [(table.name, len(table.entries)) for table in system.tables]


def name_latex(name: str) -> str:
    r"""Write a variable upright when its name is a word, with digits at the end as an index.

    >>> name_latex("x"), name_latex("total"), name_latex("a2")
    ('x', '\\mathrm{total}', 'a_{2}')
    """
    if name.endswith(NEW):
        return name_latex(name.removesuffix(NEW)) + "'"
    word = name.rstrip("0123456789")
    index = name[len(word) :]
    word, index = (word.rstrip("_"), index) if word.rstrip("_") else (name, "")
    text = word if len(word) == 1 else rf"\mathrm{{{word.replace('_', chr(92) + '_')}}}"
    return f"{text}_{{{index}}}" if index else text


def _latex(system: IntegerSystem, expression: Expression) -> str:
    """Render through SymPy: bits as ⊕ ∧ ∨, truth values as [condition], floors as one fraction."""
    import sympy

    names = {sympy.Symbol(name, integer=True): name_latex(name) for name in expression.variables}
    tables = {table.name: name_latex(table.name) for table in system.tables}
    return str(_printer()(tables, {"symbol_names": names}).doprint(to_sympy(expression)))


@cache
def _printer() -> Any:
    from sympy.printing.latex import LatexPrinter

    class Printer(LatexPrinter):
        """SymPy's LaTeX with the signs of our operators."""

        def __init__(self, tables: dict[str, str], settings: dict[str, Any]) -> None:
            super().__init__(settings)
            self.tables = tables

        def _print_Function(self, call: Any, exp: Any = None) -> str:
            name = call.func.__name__
            if name in _INFIX:
                parts = [self._print(a) for a in call.args]
                wrapped = [
                    p if _is_tight(a, name) else rf"\left({p}\right)" for a, p in zip(call.args, parts, strict=True)
                ]
                return _INFIX[name].join(wrapped)
            return rf"{self.tables.get(name, name)}\left({', '.join(self._print(a) for a in call.args)}\right)"

        def _part(self, argument: Any, outer: str) -> str:
            text = self._print(argument)
            return str(text) if _is_tight(argument, outer) else rf"\left({text}\right)"

        def _print_Piecewise(self, cases: Any) -> str:
            if len(cases.args) == 2 and cases.args[0][0] == 1 and cases.args[1][0] == 0:
                return rf"\left[{self._print(cases.args[0][1])}\right]"
            return str(super()._print_Piecewise(cases))

        def _print_floor(self, rounded: Any, exp: Any = None) -> str:
            return rf"\left\lfloor {self._print(rounded.args[0].together())} \right\rfloor"

    return Printer


def _is_tight(argument: Any, outer: str) -> bool:
    """Tell whether an argument of a bit operator needs no brackets."""
    name = getattr(argument.func, "__name__", "")
    return bool(argument.is_Atom) or name == "Piecewise" or (name == outer)
