"""Write an integer system as a Python module.

The text is what ``black`` would make of it, so that nothing changes when a person
saves it from an editor: lines of at most 88 columns, formulas that would be longer
are given local names first (:func:`written_form`).
"""

from __future__ import annotations

from collections.abc import Iterator

from mips_core.expressions import Apply, Expression, Fold, Lookup, Table, Variable
from mips_core.expressions.history import is_open, list_name
from mips_core.expressions.python import to_python, to_python_int, value_text
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.programs.docstring import docstring_lines
from mips_core.programs.naming import one_line, safe_name, with_safe_names
from mips_core.programs.order import Statement, statements, written_nodes
from mips_core.programs.transitions import entry_lines, transitions
from mips_core.regression.method import Method

WIDTH = 88
_INDENT = 8


def written_form(system: IntegerSystem) -> IntegerSystem:
    """Return the same equations as they are written: with safe names, and parts of long formulas as locals.

    A system in written form stays as it is; :class:`Program` keeps its system in this form, so
    that reading the text back gives the very same object.
    """
    system = with_safe_names(system)
    while True:
        # Each change makes less text too long, or as much too long and fewer nodes: this ends, and at the end nothing
        # is left to change, so the written form of a written form is itself.
        better = _with_update_in_place(system) or _with_part_named(system)
        if better is None:
            return system
        system = better


def emit(system: IntegerSystem, origin: str, method: Method | None = None, claim: str = "") -> str:
    """Return the module text of ``system``: one comment line, tables, and the function ``f(xs)``.

    Parameters
    ----------
    system : equations of one step
    origin : where they came from, for the comment line; brought to one line of at most 88 columns
    method : how the formulas were found, also for the comment line
    claim : docstring of the function
    """
    system = written_form(system)
    comment = " ".join(filter(None, ["#", one_line(origin), f"[{method}]" if method else ""]))
    lines = [comment]
    as_transitions = transitions(system)
    tables = [] if as_transitions else _tables(system)
    for table in tables:
        lines += _table_lines(table)
    if as_transitions:
        lines += as_transitions.table_lines()
    if tables or as_transitions:
        lines += ["", ""]
    lines += ["def f(xs):", *docstring_lines(claim), "    outputs = []"]
    lines += [f"    {variable.name} = {variable.start}" for variable in system.state]
    lines += [f"    {list_name(name)} = []" for name in system.histories]
    lines += _loop_head(system.inputs)
    lines += [f"        {list_name(name)}.append({name})" for name in system.histories]
    if as_transitions:
        lines += [f"{' ' * _INDENT}{line}" for line in as_transitions.loop_lines()]
    else:
        for statement in statements(system):
            lines += _statement_lines(statement)
    lines += ["    return outputs"]
    return "\n".join(lines) + "\n"


def _with_update_in_place(system: IntegerSystem) -> IntegerSystem | None:
    """Drop a local that is only the new value of a state variable, where that makes the text no longer.

    ``new = total + x; total = new`` becomes ``total = total + x``: later lines read ``total``.
    """
    for name, value in system.locals:
        if all(v.update != Variable(name) for v in system.state):
            continue
        new = {name: value}
        shorter = IntegerSystem(
            system.inputs,
            tuple(StateVariable(v.name, v.start, v.update.substitute(new)) for v in system.state),
            tuple(output.substitute(new) for output in system.outputs),
            tuple((other, e.substitute(new)) for other, e in system.locals if other != name),
        )
        if written_nodes(shorter) < written_nodes(system) and _excess(shorter) <= _excess(system):
            return shorter
    return None


def _tables(system: IntegerSystem) -> list[Table]:
    found: dict[Table, None] = {}
    for expression in system.expressions:
        for node in expression.walk():
            if isinstance(node, Lookup):
                found.setdefault(node.table)
    return list(found)


def _table_lines(table: Table) -> Iterator[str]:
    yield f"{table.name} = {{"
    for key, value in table.entries:
        yield from entry_lines(table, key, [value_text(value, table.value_words)])
    yield "}"


def _loop_head(inputs: tuple[str, ...]) -> list[str]:
    line = f"    for {', '.join(inputs)} in xs:"
    if len(line) <= WIDTH:
        return [line]
    return ["    for (", *(f"        {name}," for name in inputs), "    ) in xs:"]


def _line(statement: Statement) -> str:
    """Write a statement as one line, however long."""
    texts = [to_python_int(e) for e in statement.expressions]
    joined = ", ".join(texts)
    if statement.targets:
        return f"{', '.join(statement.targets)} = {joined}"
    return f"outputs.append({joined})" if len(texts) == 1 else f"outputs.append(({joined}))"


def _statement_lines(statement: Statement) -> list[str]:
    line = _line(statement)
    margin = " " * _INDENT
    if len(line) + _INDENT <= WIDTH or statement.targets:
        return [margin + line]
    inner = line.removeprefix("outputs.append(").removesuffix(")")
    if len(inner) + _INDENT + 4 <= WIDTH or len(statement.expressions) == 1:
        return [f"{margin}outputs.append(", f"{margin}    {inner}", f"{margin})"]
    parts = [f"{margin}        {to_python_int(e)}," for e in statement.expressions]
    return [f"{margin}outputs.append(", f"{margin}    (", *parts, f"{margin}    )", f"{margin})"]


def _excess(system: IntegerSystem) -> int:
    """Return how many characters of the loop stand beyond the last column."""
    return sum(_line_excess(statement) for statement in statements(system))


def _line_excess(statement: Statement) -> int:
    return sum(max(0, len(line) - WIDTH) for line in _statement_lines(statement))


def _with_part_named(system: IntegerSystem) -> IntegerSystem | None:
    """Give a local name to a part of a line that is too long, or return None when none is or none can be shortened."""
    excess = None
    for statement in statements(system):
        if _line_excess(statement) == 0:
            continue
        excess = _excess(system) if excess is None else excess
        for part in _parts(system, statement):
            shorter = _with_local(system, part, statement)
            if _excess(shorter) < excess:
                return shorter
    return None


def _parts(system: IntegerSystem, statement: Statement) -> list[Expression]:
    """Return what could be given a name to shorten a line: the longest that still stands well on a line, first."""
    kind, place = statement.key
    if kind == "update" and len(statement.targets) > 1:
        # A simultaneous assignment: a whole update under a name of its own needs no old value afterwards.
        whole = [v.update for v in system.state if v.name in statement.targets and _is_compound(v.update)]
        return sorted(whole, key=lambda e: -len(to_python(e)))
    if kind == "local":
        sources: tuple[Expression, ...] = system.locals[place][1].children
    elif kind == "update":
        sources = system.state[place].update.children
    else:
        sources = system.outputs if len(system.outputs) > 1 else system.outputs[0].children
    lengths = {node: len(to_python(node)) for source in sources for node in source.walk() if _is_compound(node)}
    roomy = WIDTH - _INDENT - 28
    return sorted(lengths, key=lambda e: (lengths[e] > roomy, -lengths[e] if lengths[e] <= roomy else lengths[e]))


def _is_compound(expression: Expression) -> bool:
    return isinstance(expression, Apply | Lookup | Fold) and not is_open(expression)


def _with_local(system: IntegerSystem, part: Expression, statement: Statement) -> IntegerSystem:
    taken = {*system.inputs, *(v.name for v in system.state), *(name for name, _ in system.locals)}
    taken |= {table.name for table in _tables(system)}
    name = safe_name("term", taken, fallback="term")

    def change(node: Expression) -> Expression | None:
        return Variable(name) if node == part else None

    place = statement.key[1] if statement.key[0] == "local" else len(system.locals)
    earlier, later = system.locals[:place], system.locals[place:]
    return IntegerSystem(
        system.inputs,
        tuple(StateVariable(v.name, v.start, v.update.rebuild(change)) for v in system.state),
        tuple(e.rebuild(change) for e in system.outputs),
        (*earlier, (name, part), *((n, e.rebuild(change)) for n, e in later)),
    )
