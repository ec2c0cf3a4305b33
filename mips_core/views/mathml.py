"""The equations of an integer system as MathML, which browsers draw without any script."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from mips_core.expressions import Expression
from mips_core.expressions.sympy import to_sympy
from mips_core.machines.integer_system import IntegerSystem
from mips_core.views.equations import NEW, WORDS, lines_of

_SIGNS = {"xor": "⊕", "and": "∧", "or": "∨"}
_RELATIONS = {"==": "=", "!=": "≠", "<": "&lt;", "<=": "≤", ">": "&gt;", ">=": "≥"}
LONGEST = 12_000
"""Characters of MathML in one formula beyond which it would be a wall of signs."""


def formulas_html(system: IntegerSystem) -> tuple[str, int]:
    """Return the equations of one step as HTML, one per line, and how many were left out for their length.

    A prime marks the value after the step.

    >>> from mips_core.expressions import Variable, apply
    >>> from mips_core.machines.integer_system import StateVariable
    >>> total = apply("add", Variable("total"), Variable("x"))
    >>> html, left_out = formulas_html(IntegerSystem(("x",), (StateVariable("total", 0, total),), (total,)))
    >>> html.count("<math"), left_out
    (3, 0)
    """
    lines = []
    for line in lines_of(system):
        value = f"<mn>{line.value}</mn>" if isinstance(line.value, int) else expression_mathml(line.value)
        lines.append((WORDS[line.role], _name(line.name + NEW if line.primed else line.name), value))
    shown = [line for line in lines if len(line[2]) <= LONGEST]
    rows = "".join(
        f'<tr><th scope="row">{word}</th><td><math><mrow>{left}<mo>=</mo>{right}</mrow></math></td></tr>'
        for word, left, right in shown
    )
    return f'<table class="formulas"><tbody>{rows}</tbody></table>', len(lines) - len(shown)


def expression_mathml(expression: Expression) -> str:
    """Return the inside of a ``<math>`` element."""
    text = str(_printer()().doprint(to_sympy(expression)))
    return text.replace("&InvisibleTimes;", "&#8290;")  # the only named sign that SymPy writes for our operators


def _name(name: str) -> str:
    """Write a name as it stands in the program, with a prime for a new value."""
    return f"<mi>{escape(name.replace(NEW, '′'))}</mi>"


@cache
def _printer() -> Any:
    from sympy.printing.mathml import MathMLPresentationPrinter

    class Printer(MathMLPresentationPrinter):
        """SymPy's MathML with the signs of our operators, and names as they stand in the program."""

        def _print_Symbol(self, symbol: Any, style: str = "plain") -> Any:
            return self._text("mi", symbol.name.replace(NEW, "′"))

        def _print_Function(self, call: Any) -> Any:
            name = call.func.__name__
            sign = _SIGNS.get(name)
            if sign is None:
                arguments = self._joined([self._print(argument) for argument in call.args], ",")
                return self._row("mrow", self._text("mi", name), self._in_brackets(arguments))
            return self._joined([self._tight(argument, name) for argument in call.args], sign)

        def _print_Mod(self, remainder: Any) -> Any:
            return self._joined([self._tight(argument, "") for argument in remainder.args], "mod")

        def _print_Relational(self, relation: Any) -> Any:
            sign = _RELATIONS[relation.rel_op]
            return self._joined([self._print(relation.lhs), self._print(relation.rhs)], sign)

        def _print_And(self, parts: Any) -> Any:
            return self._joined([self._tight(part, "And") for part in parts.args], "and")

        def _print_Or(self, parts: Any) -> Any:
            return self._joined([self._tight(part, "Or") for part in parts.args], "or")

        def _print_Piecewise(self, cases: Any) -> Any:
            """Write truth values as [condition], other cases below one another behind a brace."""
            pairs = [(self._print(value), condition) for value, condition in cases.args]
            if len(pairs) == 2 and cases.args[0][0] == 1 and cases.args[1][0] == 0:
                return self._in_brackets(self._print(pairs[0][1]), "[", "]")
            return self._cases([(value, None if condition == True else condition) for value, condition in pairs])  # noqa: E712

        def _print_ITE(self, choice: Any) -> Any:
            condition, first, second = choice.args
            return self._cases([(self._print(first), condition), (self._print(second), None)])

        def _cases(self, pairs: list[tuple[Any, Any]]) -> Any:
            rows = []
            for value, condition in pairs:
                words = [self._text("mtext", "otherwise")]
                if condition is not None:
                    words = [self._text("mtext", "if\u00a0"), self._print(condition)]
                rows.append(self._row("mtr", self._row("mtd", value), self._row("mtd", *words)))
            return self._row("mrow", self._text("mo", "{"), self._row("mtable", *rows))

        def _tight(self, argument: Any, outer: str) -> Any:
            name = getattr(argument.func, "__name__", "")
            text = self._print(argument)
            return text if argument.is_Atom or name in (outer, "Piecewise") else self._in_brackets(text)

        def _in_brackets(self, item: Any, left: str = "(", right: str = ")") -> Any:
            return self._row("mrow", self._text("mo", left), item, self._text("mo", right))

        def _joined(self, items: list[Any], sign: str) -> Any:
            parts = [items[0]]
            for item in items[1:]:
                parts += [self._text("mo", sign), item]
            return self._row("mrow", *parts)

        def _row(self, kind: str, *items: Any) -> Any:
            row = self.dom.createElement(kind)
            for item in items:
                row.appendChild(item)
            return row

        def _text(self, kind: str, text: str) -> Any:
            item = self.dom.createElement(kind)
            item.appendChild(self.dom.createTextNode(text))  # SymPy's printer writes it as it is
            return item

    return Printer
