r"""The equations of an integer system as mathematics.

>>> from mips_core.expressions import Variable, apply
>>> from mips_core.machines.integer_system import StateVariable
>>> total = apply("add", Variable("total"), Variable("x"))
>>> system = IntegerSystem(("x",), (StateVariable("total", 0, total),), (apply("mod", total, 2),))
>>> [line.left for line in equations(system)]
['\\mathrm{total}', 'y']
"""

from __future__ import annotations

from dataclasses import dataclass

from mips_core.expressions import Expression
from mips_core.expressions.nodes import Variable
from mips_core.expressions.sympy import to_latex
from mips_core.machines.integer_system import IntegerSystem

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


def equations(system: IntegerSystem) -> tuple[Equation, ...]:
    """Return every line of one step, in the order in which a person reads them: locals, memory, outputs."""
    named = [Equation(name_latex(name), _latex(system, value), "where") for name, value in system.locals]
    memory = [Equation(name_latex(v.name), _latex(system, v.update), "memory") for v in system.state]
    many = len(system.outputs) > 1
    outputs = [
        Equation(f"y_{{{i}}}" if many else "y", _latex(system, e), "output") for i, e in enumerate(system.outputs, 1)
    ]
    return (*named, *memory, *outputs)


def starts_latex(system: IntegerSystem) -> str:
    """Return the start values on one line, or "" for a system without memory."""
    return r",\quad ".join(f"{name_latex(v.name)} = {v.start}" for v in system.state)


def name_latex(name: str) -> str:
    r"""Write a variable upright when its name is a word, with digits at the end as an index.

    >>> name_latex("x"), name_latex("total"), name_latex("a2")
    ('x', '\\mathrm{total}', 'a_{2}')
    """
    word = name.rstrip("0123456789")
    index = name[len(word) :]
    word, index = (word.rstrip("_"), index) if word.rstrip("_") else (name, "")
    text = word if len(word) == 1 else rf"\mathrm{{{word.replace('_', chr(92) + '_')}}}"
    return f"{text}_{{{index}}}" if index else text


def _latex(system: IntegerSystem, expression: Expression) -> str:
    """Render with stand-in names, so that SymPy does not read Greek letters or indices into our names."""
    names = sorted(expression.variables, key=len, reverse=True)
    stand_ins = {name: f"v{chr(97 + i // 26)}{chr(97 + i % 26)}q" for i, name in enumerate(names)}
    text = to_latex(expression.substitute({name: Variable(stand) for name, stand in stand_ins.items()}))
    for name, stand in stand_ins.items():
        text = text.replace(stand, name_latex(name))
    for table in system.tables:
        text = text.replace(rf"\operatorname{{{table.name}}}", rf"\mathrm{{{table.name}}}")
    return text
