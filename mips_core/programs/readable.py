"""The form of a program that a person would choose: the same outputs, in plainer equations under plainer names."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from mips_core.expressions import Apply, Constant, Expression, Variable, apply, evaluate
from mips_core.machines.integer_system import IntegerSystem, StateVariable, pruned
from mips_core.programs.emit import written_form
from mips_core.programs.idioms import negated, simplified
from mips_core.programs.order import written_nodes
from mips_core.programs.program import Program
from mips_core.programs.ranges import Bounds, bounds_of, is_bit, system_ranges
from mips_core.programs.roles import expanded, with_roles
from mips_core.regression.formula import reading_cost, tidy
from mips_core.regression.sharing import share_terms
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import has_words

_MOST_LOCALS = 8
_MOST_ROWS = 4_000  # pairs of state and input that are listed to prove an equality
_MOST_SUMS = 5_000  # sums whose quotient and remainder are compared with two formulas
_LARGEST_FACTOR = 12
_WORTH = 3  # nodes that two formulas may take more when they share one sum


def readable(program: Program, inputs: Sequence[Bounds], symbols: IntArray | None = None) -> Program:
    """Return the program as a person would write it; equal for every sequence of inputs from the given ranges.

    Parameters
    ----------
    inputs : least and greatest value of each input
    symbols : int64 (X, D_in), all inputs that may occur, where they are few enough to be listed
    """
    system = program.system
    if not (system.tables or system.histories or has_words(program.input_words) or has_words(program.output_words)):
        system = with_plain_formulas(system, system_ranges(system, inputs))
        system = with_plain_signs(system)
        if symbols is not None:
            system = with_whole_and_rest(system, symbols)
        system = pruned(system)
        if len(system.locals) <= _MOST_LOCALS:
            # Names that were given to parts may not be needed any more, and other parts may occur twice.
            whole = expanded(system)
            whole = with_plain_formulas(whole, system_ranges(whole, inputs))
            shared = share_terms(whole.inputs, whole.state, whole.outputs)
            system = min((written_form(form) for form in (shared, system, whole)), key=_size)
    named = replace(program, system=with_roles(system, system_ranges(system, inputs)))
    # With names of other lengths other parts of long lines may have become locals, which get names once more.
    return replace(named, system=with_roles(named.system, system_ranges(named.system, inputs)))


def with_plain_formulas(system: IntegerSystem, ranges: Mapping[str, Bounds]) -> IntegerSystem:
    """Simplify each formula; see :mod:`idioms`.

    A bit that is kept or flipped by a test is written as ``parity ^ (x == 0)``, not as ``parity == x``.
    """
    # What repeats an update has to repeat its new form, so that it may read the variable's new value.
    computed = [v for v in system.state if isinstance(v.update, Apply)]
    marks: dict[Expression, Expression] = {v.update: Variable(f"new value of {v.name}") for v in computed}
    wide = {**ranges, **{f"new value of {v.name}": ranges[v.name] for v in computed}}

    def marked(expression: Expression, own: Expression | None = None) -> Expression:
        return simplified(expression.rebuild(lambda node: None if node == own else marks.get(node)), wide)

    forms: dict[str, Expression] = {}
    for v in sorted(computed, key=lambda v: v.update.nodes):  # an update is repeated by larger formulas only
        forms[f"new value of {v.name}"] = _flipped(marked(v.update, v.update), v, ranges).substitute(forms)
    return IntegerSystem(
        system.inputs,
        tuple(replace(v, update=forms.get(f"new value of {v.name}", v.update)) for v in system.state),
        tuple(marked(e).substitute(forms) for e in system.outputs),
        tuple((name, marked(e).substitute(forms)) for name, e in system.locals),
    )


def _flipped(update: Expression, variable: StateVariable, ranges: Mapping[str, Bounds]) -> Expression:
    itself = Variable(variable.name)
    if not (isinstance(update, Apply) and update.name in ("eq", "ne") and itself in update.arguments):
        return update
    other = update.arguments[1] if update.arguments[0] == itself else update.arguments[0]
    if isinstance(other, Variable) and all(is_bit(bounds_of(v, ranges)) for v in (itself, other)):
        return Apply("xor", (itself, negated(other) if update.name == "eq" else other))
    return update


def with_plain_signs(system: IntegerSystem) -> IntegerSystem:
    """Count a running sum the other way round where that reads better: ``total - 2 * x + 1`` goes up when x does."""
    if system.locals:
        return system
    for variable in system.state:
        itself = Variable(variable.name)
        mirror = {variable.name: apply("neg", itself)}
        if not (isinstance(variable.update, Apply) and variable.update.name in ("add", "sub")):
            continue
        if any(node == variable.update for e in system.outputs for node in e.walk()):
            marked: dict[Expression, Expression] = {variable.update: apply("neg", Variable("new"))}
        else:
            marked = {}
        new = tidy(apply("neg", variable.update.substitute(mirror)))
        outputs = [tidy(e.rebuild(marked.get).substitute(mirror)).substitute({"new": new}) for e in system.outputs]
        other = IntegerSystem(
            system.inputs,
            tuple(
                StateVariable(v.name, -v.start, new)
                if v == variable
                else StateVariable(v.name, v.start, tidy(v.update.substitute(mirror)))
                for v in system.state
            ),
            tuple(outputs),
        )
        if _effort(other) < _effort(system):
            system = other
    return system


def _size(system: IntegerSystem) -> int:
    """Nodes, and one for each name that a reader has to keep in mind."""
    return written_nodes(system) + len(system.locals)


def _effort(system: IntegerSystem) -> tuple[int, int, int]:
    nodes = [node for e in system.expressions for node in e.walk() if isinstance(node, Apply)]
    lessened = sum(node.name == "sub" and not isinstance(node.arguments[1], Constant) for node in nodes)
    return written_nodes(system), sum(reading_cost(e) for e in system.expressions), lessened


def with_whole_and_rest(system: IntegerSystem, symbols: IntArray) -> IntegerSystem:
    """Write two formulas that are the quotient and the remainder of one sum as such.

    ``state = (x - state) % 3; y = (state + x) % 2`` becomes ``total = 2 * state + x``, ``state = total % 3`` and
    ``y = total // 3``.
    The sum is searched with small coefficients, and both equalities hold for every state that can be reached.

    Parameters
    ----------
    symbols : int64 (X, D_in), all inputs
    """
    plain = expanded(system)
    formulas = (*(v.update for v in plain.state), *plain.outputs)
    if not any(isinstance(e, Apply) and e.name == "mod" for e in formulas):
        return system
    with np.errstate(divide="ignore"):  # NumPy computes the branch that a conditional does not take, too
        rows = _reachable(plain, symbols)
        if rows is None or not plain.state:
            return system
        count = len(next(iter(rows.values())))
        values = [evaluate(e, rows, count) for e in formulas]
    for i, rest in enumerate(formulas):
        if not (isinstance(rest, Apply) and rest.name == "mod" and isinstance(rest.arguments[1], Constant)):
            continue
        modulus = rest.arguments[1].value
        for j, whole in enumerate(formulas):
            if j == i or whole.nodes < 3 or modulus < 2 or _is_quotient(whole, rest):
                continue
            total = _common_sum(rows, modulus, values[i], values[j])
            if total is None:
                continue
            new = list(formulas)
            new[i], new[j] = apply("mod", total, modulus), apply("floordiv", total, modulus)
            order = len(plain.state)
            state = [StateVariable(v.name, v.start, e) for v, e in zip(plain.state, new[:order], strict=True)]
            better = share_terms(plain.inputs, state, new[order:])
            if written_nodes(better) <= written_nodes(system) + _WORTH:
                return better
    return system


def _is_quotient(whole: Expression, rest: Apply) -> bool:
    return isinstance(whole, Apply) and whole == Apply("floordiv", rest.arguments)


def _common_sum(rows: dict[str, IntArray], modulus: int, rest: IntArray, whole: IntArray) -> Expression | None:
    """Return the smallest sum of multiples of the columns with this remainder and quotient, or None."""
    top = min(modulus, _LARGEST_FACTOR)
    if (top + 1) ** len(rows) > _MOST_SUMS:
        return None
    wanted = rest + modulus * whole
    for factors in sorted(itertools.product(range(top + 1), repeat=len(rows)), key=sum)[1:]:
        total = sum(f * column for f, column in zip(factors, rows.values(), strict=True))
        if np.array_equal(total, wanted):
            terms = [
                v if f == 1 else apply("mul", f, v) for f, v in zip(factors, map(Variable, rows), strict=True) if f
            ]
            found = terms[0]
            for term in terms[1:]:
                found = apply("add", found, term)
            return found
    return None


def _reachable(system: IntegerSystem, symbols: IntArray) -> dict[str, IntArray] | None:
    """Return all pairs of a state that can be reached and an input, state variables first, or None when too many."""
    seen = {tuple(v.start for v in system.state)}
    waiting = np.array(sorted(seen), dtype=np.int64).reshape(1, -1)
    states = [waiting]
    while len(waiting):
        if (len(seen)) * len(symbols) > _MOST_ROWS:
            return None
        x = np.tile(symbols, (len(waiting), 1))
        new, _ = system.step(np.repeat(waiting, len(symbols), axis=0), x)
        fresh = sorted({tuple(row) for row in new.tolist()} - seen)
        seen.update(fresh)
        waiting = np.array(fresh, dtype=np.int64).reshape(len(fresh), system.order)
        states.append(waiting)
    every = np.concatenate(states)
    if len(every) * len(symbols) > _MOST_ROWS:
        return None
    left = np.repeat(every, len(symbols), axis=0)
    right = np.tile(symbols, (len(every), 1))
    columns = {v.name: left[:, i] for i, v in enumerate(system.state)}
    return columns | {name: right[:, i] for i, name in enumerate(system.inputs)}
