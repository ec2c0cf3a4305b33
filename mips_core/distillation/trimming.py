"""Leaving out parts of a program that nothing in the data asks for.

A network that learned from sequences of some length often bounds a count where the longest
sequence never went, or treats a rare symbol in a way of its own.  The machine has these
parts, the data do not show them.  Each part of each formula is left out in turn; the shorter
program is taken when it is still right on every row of data and nearly always agrees with
the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mips_core.distillation.candidate import ALIKE, Candidate, Probe
from mips_core.expressions import Apply, Constant, Expression, Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable, pruned
from mips_core.programs import Program
from mips_core.progress import Monitor
from mips_core.regression.formula import tidy
from mips_core.regression.method import Method

_STAND = ("min", "max", "mod", "add", "sub", "mul", "floordiv", "abs", "neg", "where", "and", "or", "xor")


def trimmed(candidate: Candidate, probe: Probe, monitor: Monitor) -> Candidate:
    """Return the candidate with the shortest program found by leaving out parts, or the candidate itself.

    Only where rows of data are known, on nearly all of which the program is right; the shorter one is right on all:
    a bound that the network has, and that some rows contradict, is left out, too.  A table stays as it is.
    """
    program = candidate.program
    if (
        program.system.histories
        or not probe.has_rows
        or program.method is Method.TABLE
        or (probe.data_share(program) or 0.0) < ALIKE
    ):
        return candidate
    shorter = _counted_from_zero(_shortest(_started_at_zero(program, probe), probe, monitor), probe)
    if shorter.nodes >= program.nodes:
        return candidate
    note = f"{candidate.note}, without what the data do not show"
    return replace(candidate, machine=shorter.system, program=replace(shorter, origin=note), note=note)


def _shortest(program: Program, probe: Probe, monitor: Monitor) -> Program:
    best = program
    improved = True
    divisors = _divisors(_with_names(program.system))
    while improved and not monitor.expired:
        improved = False
        named = _with_names(best.system)
        for system in sorted(_smaller(named), key=lambda s: (s.nodes, repr(s))):
            if system.nodes >= named.nodes or monitor.expired:
                break
            if _divisors(system) - divisors:
                continue
            shorter = Program(system, program.method, program.origin)
            if shorter.nodes < best.nodes and _still_right(program, shorter, probe):
                best, improved = shorter, True
                break
    return best


def _still_right(program: Program, shorter: Program, probe: Probe) -> bool:
    """Whether a shorter program is right wherever the program is, and nearly always does what the network does."""
    if probe.data_share(shorter) != 1.0 or probe.network_share(shorter) < ALIKE:
        return False
    before, after = probe.exceptions(program), probe.exceptions(shorter)
    return before is None or after is None or not (after.wrong & ~before.wrong).any()


def _divisors(system: IntegerSystem) -> set[Expression]:
    """Return what is divided by, other than constants: it might be 0 where no row of data shows it."""
    nodes = (node for part in system.expressions for node in part.walk())
    divisions = (n for n in nodes if isinstance(n, Apply) and n.name in ("mod", "floordiv"))
    return {n.arguments[1] for n in divisions if not isinstance(n.arguments[1], Constant)}


def _with_names(system: IntegerSystem) -> IntegerSystem:
    """Name the new value of each state variable, so that formulas that repeat an update stay in step with it."""
    taken = {*system.inputs, *(v.name for v in system.state), *(name for name, _ in system.locals)}
    values: dict[str, Expression] = {}
    for variable in system.state:
        name = f"new_{variable.name}"
        if isinstance(variable.update, Apply) and name not in taken:
            values[name] = variable.update

    def change(node: Expression) -> Expression | None:
        return next((Variable(name) for name, value in values.items() if value == node), None)

    return IntegerSystem(
        system.inputs,
        tuple(StateVariable(v.name, v.start, v.update.rebuild(change)) for v in system.state),
        tuple(e.rebuild(change) for e in system.outputs),
        (*system.locals, *values.items()),
    )


def _smaller(system: IntegerSystem) -> Iterator[IntegerSystem]:
    """Yield the systems in which one operator is replaced by one of its arguments, everywhere or in one formula.

    Everywhere, since an output may repeat an update.
    """
    parts = system.expressions
    nodes = dict.fromkeys(node for part in parts for node in part.walk())
    for node in nodes:
        if not (isinstance(node, Apply) and node.name in _STAND):
            continue
        for argument in node.arguments:
            if isinstance(argument, Constant):
                continue
            change = _replacing(node, argument)
            changed = [tidy(part.rebuild(change)) for part in parts]
            yield _from_parts(system, changed)
            for place, part in enumerate(parts):
                if changed[place] != part:
                    yield _from_parts(system, [*parts[:place], changed[place], *parts[place + 1 :]])


def _replacing(node: Expression, by: Expression) -> Callable[[Expression], Expression | None]:
    return lambda seen: by if seen == node else None


def _from_parts(system: IntegerSystem, parts: Sequence[Expression]) -> IntegerSystem:
    first, second = len(system.locals), len(system.locals) + len(system.state)
    return pruned(
        IntegerSystem(
            system.inputs,
            tuple(StateVariable(v.name, v.start, e) for v, e in zip(system.state, parts[first:second], strict=True)),
            tuple(parts[second:]),
            tuple((name, e) for (name, _), e in zip(system.locals, parts[:first], strict=True)),
        )
    )


def _started_at_zero(program: Program, probe: Probe) -> Program:
    """Let state variables start at 0 where that makes no difference, as under a remainder."""
    for i, variable in enumerate(program.system.state):
        if variable.start != 0:
            state = list(program.system.state)
            state[i] = StateVariable(variable.name, 0, variable.update)
            other = replace(program, system=replace(program.system, state=tuple(state)))
            if _still_right(program, other, probe):
                program = other
    return program


def _counted_from_zero(program: Program, probe: Probe) -> Program:
    """Let a state variable that starts elsewhere start at 0, where that makes the formulas no longer."""
    for variable in program.system.state:
        if variable.start in (0, 1):
            continue
        shifted = _shifted(_with_names(program.system), variable)
        shorter = Program(shifted, program.method, program.origin)
        if shorter.nodes <= program.nodes and _still_right(program, shorter, probe):
            program = shorter
    return program


def _shifted(system: IntegerSystem, variable: StateVariable) -> IntegerSystem:
    """Return the same system with ``variable``, and the local that holds its new value, counted from its start."""
    update = next(v.update for v in system.state if v.name == variable.name)
    names = {variable.name, *(update.variables if isinstance(update, Variable) else ())}
    if names - {variable.name} - {name for name, _ in system.locals}:
        return system  # it only takes over an input or another variable
    moved = {name: apply("add", Variable(name), variable.start) for name in names}

    def shift(name: str, value: Expression) -> Expression:
        if value == Variable(name) or (name == variable.name and isinstance(value, Variable)):
            return value
        new = value.substitute(moved)
        return tidy(apply("sub", new, variable.start) if name in names else new)

    return pruned(
        IntegerSystem(
            system.inputs,
            tuple(
                StateVariable(v.name, 0 if v.name == variable.name else v.start, shift(v.name, v.update))
                for v in system.state
            ),
            tuple(tidy(e.substitute(moved)) for e in system.outputs),
            tuple((name, shift(name, e)) for name, e in system.locals),
        )
    )
