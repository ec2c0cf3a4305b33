"""Terms that occur more than once in the formulas of a step get a name of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mips_core.expressions import Apply, Expression, Variable
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.regression.formula import rank

_WORDS = {"add": "total", "sub": "difference", "mul": "product", "mod": "rest", "floordiv": "quotient"}
_OTHER_WORD = "value"


def share_terms(inputs: Sequence[str], state: Sequence[StateVariable], outputs: Sequence[Expression]) -> IntegerSystem:
    """Build the system in which repeated terms are computed once, as locals.

    >>> from mips_core.expressions import apply
    >>> s, x = Variable("state"), Variable("x")
    >>> total = apply("add", s, x)
    >>> system = share_terms(["x"], [StateVariable("state", 0, apply("mod", total, 5))], [apply("floordiv", total, 5)])
    >>> system.locals[0][0], system.nodes
    ('total', 9)
    """
    expressions = [*(variable.update for variable in state), *outputs]
    taken = {*inputs, *(variable.name for variable in state)}
    found: list[tuple[str, Expression]] = []
    while (term := _best_term([*(e for _, e in found), *expressions])) is not None:
        name = _new_name(term, [v for v, e in zip(state, expressions, strict=False) if e == term], taken)
        taken.add(name)
        expressions = [_replace(e, term, Variable(name)) for e in expressions]
        found = [(n, _replace(e, term, Variable(name))) for n, e in found]
        found.append((name, term))
    updated = tuple(StateVariable(v.name, v.start, e) for v, e in zip(state, expressions, strict=False))
    return IntegerSystem(tuple(inputs), updated, tuple(expressions[len(state) :]), tuple(_in_order(found)))


def _best_term(expressions: Sequence[Expression]) -> Expression | None:
    """Return the repeated term whose naming saves most nodes, or None when none saves any."""
    counts = Counter(node for e in expressions for node in e.walk() if isinstance(node, Apply))
    saving = {term: (k - 1) * term.nodes - k for term, k in counts.items() if k > 1}
    good = [term for term, saved in saving.items() if saved > 0]
    return min(good, key=lambda term: (-saving[term], rank(term)), default=None)


def _replace(expression: Expression, old: Expression, new: Expression) -> Expression:
    return expression.rebuild(lambda node: new if node == old else None)


def _new_name(term: Expression, updated: Sequence[StateVariable], taken: set[str]) -> str:
    word = f"new_{updated[0].name}" if updated else _WORDS.get(getattr(term, "name", ""), _OTHER_WORD)
    names = [word, *(f"{word}{k}" for k in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _in_order(found: Sequence[tuple[str, Expression]]) -> list[tuple[str, Expression]]:
    """Order locals so that each stands after those it uses."""
    left, done = list(found), []
    names = {name for name, _ in found}
    while left:
        ready = next(item for item in left if not (item[1].variables & names))
        left.remove(ready)
        names.discard(ready[0])
        done.append(ready)
    return done
