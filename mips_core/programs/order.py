"""The order in which the equations of one step are written down.

The equations of an :class:`IntegerSystem` hold all at once; a program is read from
top to bottom.  A line may use the new value of a variable where its formula
contains the variable's whole update (``total = total + x`` then
``outputs.append(total)``), and must come before the update of any variable whose
old value it reads.  Only what no order can satisfy becomes one simultaneous
assignment ``a, b = b, a + b``.  A register of past inputs is shifted in one such
line too: ``previous, previous2 = x, previous``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from mips_core.expressions import Apply, Expression, Lookup, Variable
from mips_core.machines.integer_system import IntegerSystem

APPEND = -1
_LOCALS = -2  # local number i is line -2 - i
_SHIFT_WIDTH = 80
_NEW = "new value of "


@dataclass(frozen=True)
class Statement:
    """One line of the loop: ``targets = expressions``; without targets, the outputs are appended.

    ``key`` says which equation it is: ("local", i), ("update", i) or ("append", 0); a simultaneous
    assignment carries the key of its first update.
    """

    key: tuple[str, int]
    targets: tuple[str, ...]
    expressions: tuple[Expression, ...]


def statements(system: IntegerSystem) -> tuple[Statement, ...]:
    """Return the lines of one step in an order that means the same as the equations."""
    planner = _Planner(system)
    planner.use_new_values()
    lines = []
    for group in planner.groups():
        if group == (APPEND,):
            lines.append(Statement(("append", 0), (), planner.written(APPEND)))
        elif group[0] <= _LOCALS:
            place = _LOCALS - group[0]
            lines.append(Statement(("local", place), (system.locals[place][0],), planner.written(group[0])))
        else:
            targets = tuple(system.state[i].name for i in group)
            lines.append(Statement(("update", group[0]), targets, tuple(planner.written(i)[0] for i in group)))
    return tuple(_with_shifts(lines))


def _with_shifts(lines: list[Statement]) -> Iterator[Statement]:
    """Join ``previous2 = previous`` and ``previous = x`` into one line, as far as it stays within the width."""
    waiting: list[Statement] = []
    for line in lines:
        if _moves(line) and (not waiting or waiting[-1].expressions[0] == Variable(line.targets[0])):
            waiting.append(line)
            continue
        yield from _joined(waiting)
        waiting = [line] if _moves(line) else []
        if not waiting:
            yield line
    yield from _joined(waiting)


def _moves(line: Statement) -> bool:
    return line.key[0] == "update" and len(line.targets) == 1 and isinstance(line.expressions[0], Variable)


def _joined(shift: list[Statement]) -> list[Statement]:
    targets = tuple(line.targets[0] for line in reversed(shift))
    sources = tuple(line.expressions[0] for line in reversed(shift))
    names = [*targets, *(source.name for source in sources if isinstance(source, Variable))]
    if len(shift) < 2 or len(", ".join(names)) + 1 > _SHIFT_WIDTH:
        return shift
    return [Statement(shift[-1].key, targets, sources)]


def written_nodes(system: IntegerSystem) -> int:
    """Return the number of nodes of all formulas as they are written, where new values are read instead of repeated."""
    return sum(e.nodes for line in statements(system) for e in line.expressions)


class _Planner:
    """Chooses which lines use new values; lines are locals, the numbers of state variables, and ``APPEND``."""

    def __init__(self, system: IntegerSystem) -> None:
        self.names = [variable.name for variable in system.state]
        # A variable that keeps its value needs no line.
        self.changing = [i for i, v in enumerate(system.state) if v.update != Variable(v.name)]
        self.locals = [_LOCALS - i for i in range(len(system.locals))]
        self.local_names = [name for name, _ in system.locals]
        self.lines = [*self.locals, *self.changing, APPEND]
        self.formulas: dict[int, tuple[Expression, ...]] = {i: (system.state[i].update,) for i in self.changing}
        self.formulas |= {_LOCALS - i: (value,) for i, (_, value) in enumerate(system.locals)}
        self.formulas[APPEND] = system.outputs
        self.uses: dict[int, frozenset[int]] = {line: frozenset() for line in self.lines}

    def written(self, line: int) -> tuple[Expression, ...]:
        """Return the line's formulas with the updates that it uses replaced by the variables' new values."""
        return tuple(_unmark(e) for e in self._marked(line))

    def use_new_values(self) -> None:
        """Let each line use the new value of every variable where that makes no simultaneous assignment larger."""
        worth = [i for i in self.changing if isinstance(self.formulas[i][0], Apply | Lookup)]
        for line in reversed(self.lines):
            for i in sorted(worth, key=lambda i: -self.formulas[i][0].nodes):
                if i != line:
                    self._try(line, i)

    def _try(self, line: int, i: int) -> None:
        update = self.formulas[i][0]
        if not any(node == update for e in self.formulas[line] for node in e.walk()):
            return
        before = self.uses[line]
        cost = sum(len(group) for group in self.groups() if len(group) > 1)
        self.uses[line] = before | {i}
        groups = self.groups()
        together = any(line in group and i in group for group in groups)
        if together or sum(len(group) for group in groups if len(group) > 1) > cost or not self._used(line, i):
            self.uses[line] = before

    def _used(self, line: int, i: int) -> bool:
        marked = Variable(_NEW + self.names[i])
        return any(node == marked for e in self._marked(line) for node in e.walk())

    def _marked(self, line: int) -> tuple[Expression, ...]:
        news = {self.formulas[i][0]: Variable(_NEW + self.names[i]) for i in self.uses[line]}
        if not news:
            return self.formulas[line]
        # Parents first, so the largest part that is some variable's update is the one replaced.
        return tuple(e.rebuild(news.get) for e in self.formulas[line])

    def _after(self) -> dict[int, set[int]]:
        """Return, for each line, the lines that must come later."""
        after: dict[int, set[int]] = {line: set() for line in self.lines}
        for line in self.lines:
            read = frozenset().union(*(e.variables for e in self._marked(line)))
            after[line] |= {i for i in self.changing if i != line and self.names[i] in read}
            for i in self.uses[line]:
                after[i].add(line)
            for place, name in enumerate(self.local_names):
                if name in read:
                    after[_LOCALS - place].add(line)
        for earlier, later in itertools.pairwise(self.locals):
            after[earlier].add(later)
        return after

    def groups(self) -> list[tuple[int, ...]]:
        """Return the lines in order; lines that need each other's old values stand in one group."""
        after = self._after()
        reach = {line: _reachable(line, after) for line in self.lines}
        remaining = list(self.lines)
        ordered = []
        while remaining:
            # Ready: all that must come earlier is written, or stands in the same group.  APPEND is last in `lines`.
            line = next(k for k in remaining if all(k not in reach[o] or o in reach[k] for o in remaining))
            group = tuple(o for o in remaining if o == line or (o in reach[line] and line in reach[o]))
            ordered.append(group)
            remaining = [o for o in remaining if o not in group]
        return ordered


def _reachable(line: int, after: dict[int, set[int]]) -> set[int]:
    found: set[int] = set()
    waiting = list(after[line])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting.extend(after[other])
    return found


def _unmark(expression: Expression) -> Expression:
    def change(node: Expression) -> Expression | None:
        if isinstance(node, Variable) and node.name.startswith(_NEW):
            return Variable(node.name.removeprefix(_NEW))
        return None

    return expression.rebuild(change)
