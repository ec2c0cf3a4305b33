"""Names that say what a state variable holds, read off from its equation.

A name is given for what the equation shows, whatever task the program solves: ``max(state, x)`` is a
``running_max``, the quotient of a sum whose remainder goes out is a ``carry``.  A variable whose equation shows nothing
of the kind keeps its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mips_core.expressions import Apply, Constant, Expression, Variable
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.programs.naming import safe_name
from mips_core.programs.ranges import Bounds, bounds_of, is_bit

_GENERAL = re.compile(r"(?:state|total|memory|z|s)_?\d*")
"""Names that only say that something is remembered; others were given for a reason."""
_UNSAID = re.compile(r"(?:term|value)\d*")
_WORDS = {"max": "largest", "min": "smallest", "abs": "size", "and": "both", "or": "either", "where": "choice"}
_PARTS = ("floordiv", "mod")


def with_roles(system: IntegerSystem, ranges: Mapping[str, Bounds]) -> IntegerSystem:
    """Return the same equations with state variables named for their role.

    Parameters
    ----------
    ranges : bounds of inputs and state variables, see :mod:`mips_core.programs.ranges`

    >>> from mips_core.expressions import apply
    >>> greatest = apply("max", Variable("state"), Variable("x"))
    >>> with_roles(IntegerSystem(("x",), (StateVariable("state", 0, greatest),), (greatest,)), {}).state[0].name
    'running_max'
    """
    plain = expanded(system)
    wanted: dict[str, str] = {}
    for variable in plain.state:
        role = role_of(variable, plain, ranges) if _GENERAL.fullmatch(variable.name) else None
        if role is not None:
            wanted[variable.name] = role
    for name, value in system.locals:
        if _UNSAID.fullmatch(name) and isinstance(value, Apply) and value.name in _WORDS:
            wanted[name] = _WORDS[value.name]
    counts = [name for name, role in wanted.items() if role.startswith("count_")]
    if len(counts) == 1 and not any(v.name.startswith("count") for v in system.state):
        wanted[counts[0]] = "count"
    taken = {
        *system.inputs,
        *(v.name for v in system.state if v.name not in wanted),
        *(name for name, _ in system.locals),
    }
    names: dict[str, str] = {}
    for old, role in wanted.items():
        # A local that is in the way ("total" of "total // 2") is a name for something else: the variable gets a number.
        names[old] = safe_name(role, taken, fallback="state")
        taken.add(names[old])
    return renamed(system, names)


def role_of(variable: StateVariable, system: IntegerSystem, ranges: Mapping[str, Bounds]) -> str | None:
    """Return the name of what ``variable`` holds, or None; ``system`` has no locals."""
    itself, update = Variable(variable.name), variable.update
    if not isinstance(update, Apply) or variable.name not in update.variables:
        return None
    a = update.arguments
    if update.name in ("max", "min") and itself in a:
        other = a[1] if a[0] == itself else a[0]
        if variable.name not in other.variables:
            return "was_seen" if update.name == "max" and is_bit(bounds_of(other, ranges)) else f"running_{update.name}"
        return None
    if update.name in _PARTS and isinstance(a[1], Constant):
        return _part(variable, system)
    if is_bit(ranges.get(variable.name, (-1, 1))) and update.name in ("xor", "eq", "ne") and itself in _leaves(update):
        return "parity"
    if update.name == "or" and itself in _leaves(update):
        return "was_seen"
    if update == Apply("sub", (Constant(1), itself)) or update == Apply("neg", (itself,)):
        return "toggle" if update.name == "sub" else "sign"
    if update.name == "where":
        return _chosen(variable, a)
    if update.name in ("min", "max"):
        return "level"  # a count that is held within bounds
    step = _step(update, itself)
    return None if step is None else _summed(step, system, ranges)


def expanded(system: IntegerSystem) -> IntegerSystem:
    """Return the same system without locals."""
    values: dict[str, Expression] = {}
    for name, value in system.locals:
        values[name] = value.substitute(values)
    return IntegerSystem(
        system.inputs,
        tuple(StateVariable(v.name, v.start, v.update.substitute(values)) for v in system.state),
        tuple(e.substitute(values) for e in system.outputs),
    )


def renamed(system: IntegerSystem, names: Mapping[str, str]) -> IntegerSystem:
    """Return the same equations with other names for state variables and locals, all changed at once."""
    new = {old: Variable(name) for old, name in names.items()}
    return IntegerSystem(
        system.inputs,
        tuple(StateVariable(names.get(v.name, v.name), v.start, v.update.substitute(new)) for v in system.state),
        tuple(e.substitute(new) for e in system.outputs),
        tuple((names.get(name, name), e.substitute(new)) for name, e in system.locals),
    )


def with_plain_names(system: IntegerSystem) -> IntegerSystem:
    """Return the same equations with state variables called s0, s1, ... and locals t0, t1, ...: names that say nothing.

    >>> plain = with_plain_names(IntegerSystem(("x",), (StateVariable("total", 0, Variable("x")),), (Variable("x"),)))
    >>> plain.state[0].name
    's0'
    """
    taken = set(system.inputs)
    names: dict[str, str] = {}
    old = [("s", i, v.name) for i, v in enumerate(system.state)]
    old += [("t", i, name) for i, (name, _) in enumerate(system.locals)]
    for letter, i, name in old:
        names[name] = safe_name(f"{letter}{i}", taken, fallback=letter)
        taken.add(names[name])
    return renamed(system, names)


def _leaves(update: Apply) -> tuple[Expression, ...]:
    found: list[Expression] = []
    for argument in update.arguments:
        same = isinstance(argument, Apply) and argument.name == update.name
        found.extend(_leaves(argument) if same and isinstance(argument, Apply) else [argument])
    return tuple(found)


def _part(variable: StateVariable, system: IntegerSystem) -> str | None:
    """A quotient whose remainder is used too is carried over; a remainder of 2 is a parity, of mere steps a phase."""
    update = variable.update
    assert isinstance(update, Apply)
    whole, base = update.arguments
    others = [e for e in (*(v.update for v in system.state), *system.outputs) if e != update]
    nodes = [node for e in others for node in e.walk()]
    if update.name == "floordiv":
        return "carry" if Apply("mod", (whole, base)) in nodes else None
    if not whole.variables - {variable.name}:
        return "phase" if whole == Apply("add", (Variable(variable.name), Constant(1))) else None
    if base == Constant(2) and _step(whole, Variable(variable.name)) is not None:
        return "parity"
    return "remainder"


def _chosen(variable: StateVariable, branches: tuple[Expression, ...]) -> str | None:
    itself = Variable(variable.name)
    condition, *rest = branches
    if itself in rest and variable.name not in condition.variables:
        other = rest[1] if rest[0] == itself else rest[0]
        if variable.name not in other.variables:
            return "last"
    more = Apply("add", (itself, Constant(1)))
    if more in rest and any(isinstance(e, Constant) for e in rest) and variable.name not in condition.variables:
        return "run"
    return None


def _step(update: Expression, itself: Variable) -> Expression | None:
    """Return e where ``update`` is ``itself + e`` and e reads other things only."""
    if not isinstance(update, Apply) or update.name not in ("add", "sub"):
        return None
    left, right = update.arguments
    if left == itself and itself.name not in right.variables:
        return right if update.name == "add" else Apply("neg", (right,))
    if right == itself and update.name == "add" and itself.name not in left.variables:
        return left
    if itself.name in left.variables and itself.name not in right.variables:
        inner = _step(left, itself)
        return None if inner is None else Apply(update.name, (inner, right))
    return None


def _summed(step: Expression, system: IntegerSystem, ranges: Mapping[str, Bounds]) -> str | None:
    """Name a running sum by what is added."""
    if step.variables - frozenset(system.inputs):
        return None  # it is moved by another variable
    if step == Constant(1):
        return "steps"
    low, high = bounds_of(step, ranges)
    if isinstance(step, Variable) or not isinstance(step, Apply):
        return "total"
    if (low, high) == (0, 1):
        if step.name == "eq" and isinstance(step.arguments[0], Variable) and isinstance(step.arguments[1], Constant):
            value = step.arguments[1].value
            column = "" if len(system.inputs) == 1 else f"_{step.arguments[0].name}"
            return f"count_of_{value}{column}" if value >= 0 else "count"
        return "count"
    if (low, high) == (-1, 1):
        return "balance"
    return "total"
