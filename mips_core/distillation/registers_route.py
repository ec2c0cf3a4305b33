"""Route 5: outputs as formulas of a few registers: sums, counts, extremes, held values, the last output.

It looks at behaviour alone, takes the outputs one by one, and forgives a network that is wrong on a few steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.distillation.candidate import Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import Subject
from mips_core.expressions import Apply, Constant, Expression, Variable, evaluate
from mips_core.machines.integer_system import IntegerSystem, StateVariable, input_names, pruned
from mips_core.programs import Program
from mips_core.programs.roles import renamed
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import Method, combined
from mips_core.regression.levels import level_word
from mips_core.regression.registers import Register, register_bank
from mips_core.regression.robust import explain_mostly
from mips_core.regression.telling import telling_registers
from mips_core.stepping import IntArray, trace

NAME = "registers + formula search"
SAMPLE = 256
"""Probe words along which registers are followed."""
SEVERAL = 3
"""Size of sets of registers from which on the first that has a formula is taken."""
MANY = 4
"""Registers from which on only their new values may stand in the formula."""
LONGEST = 25
"""Nodes of one output's formula at most."""
ERRORS = 0.02
"""Share of steps on which a network may contradict itself, and a tenth of the steps that say anything."""
WRONG = 1.5
"""How many times that share a formula may miss."""
FEW_OUTPUTS = 3
"""Up to this many different outputs are taken for all that there are: on longer words no others come."""


@dataclass(frozen=True, eq=False)
class _Explained:
    """A formula of one output, with the registers that it reads (old values by name, new ones as "new_" name)."""

    expression: Expression
    method: Method
    registers: tuple[Register, ...]

    @property
    def cost(self) -> int:
        """Size of the formula and of what its registers need."""
        return self.expression.nodes + sum(r.cost for r in self.registers)


def registers_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Find the registers that fix each output, then a formula of them."""
    clock = Stopwatch()
    inputs = input_names(subject.network.input_width)
    words, outputs = probe.short[:SAMPLE], probe.network_short[:SAMPLE]
    monitor.report("extract", "Following sums, counts, extremes and held values along the probe words")
    bank = register_bank(inputs, words, outputs)
    extracted = clock.seconds
    explained: list[_Explained] = []
    for k in range(outputs.shape[2]):
        share = monitor.limited(monitor.remaining / (outputs.shape[2] - k))
        found = _explain(inputs, words, outputs[:, :, k], bank, share)
        if found is not None and len(np.unique(outputs[:, :, k])) <= FEW_OUTPUTS:
            found = _kept_in_range(inputs, words, outputs[:, :, k], probe.long[: SAMPLE // 4], found, share)
        if found is None:
            return RouteOutcome((), f"No formula of output {k + 1} over the input and {len(bank)} registers.")
        explained.append(found)
    system = _system(inputs, explained)
    names = ", ".join(v.name for v in system.state) or "nothing"
    note = f"formula of the current input and registers ({names})"
    methods = [e.method for e in explained]
    if not all(_is_sum(v) for _, v in system.locals) or not all(_is_sum(v.update) for v in system.state):
        methods.append(Method.SYMBOLIC)
    program = Program(system, combined(methods), note)
    candidate = Candidate(
        NAME, system, program, note, f"registers, order {system.order}", extracted, clock.seconds - extracted
    )
    return RouteOutcome((candidate,), note)


def _is_sum(expression: Expression) -> bool:
    return all(node.name in ("add", "sub", "neg") for node in expression.walk() if isinstance(node, Apply))


def _explain(
    inputs: tuple[str, ...], words: IntArray, target: IntArray, bank: list[Register], monitor: Monitor
) -> _Explained | None:
    monitor.report("regress", "Looking for registers that fix the output")
    best: _Explained | None = None
    common = np.unique(target, return_counts=True)[1].max() / target.size
    errors = min(ERRORS, 0.1 * (1.0 - common))  # what is nearly always the same is no constant yet
    for chosen in telling_registers(bank, words, target, errors=errors, monitor=monitor):
        if monitor.remaining <= 0.2:
            break
        if best is not None and (len(chosen) > len(best.registers) or len(chosen) >= SEVERAL):
            break  # sets come simplest first; of small ones a few are compared
        columns = {f"new_{r.name}": r.after.ravel() for r in chosen if r.output is None}
        if len(columns) < MANY:  # many registers are counts or the like: their new values have to be enough
            columns |= {name: words[:, :, i].ravel() for i, name in enumerate(inputs)}
            columns |= {r.name: r.before.ravel() for r in chosen}
        found = explain_mostly(
            columns, target.ravel(), monitor=monitor.limited(2.5), share=1.0 - WRONG * errors,
            max_nodes=LONGEST if best is None else best.expression.nodes,
        )  # fmt: skip
        if found is None:
            continue
        expression = found.formula.expression
        used = tuple(r for r in chosen if {r.name, f"new_{r.name}"} & expression.variables)
        new = _Explained(expression, found.formula.method, used)
        if best is None or new.cost < best.cost:
            best = new
    return best


def _kept_in_range(
    inputs: tuple[str, ...], words: IntArray, target: IntArray, longer: IntArray, found: _Explained, monitor: Monitor
) -> _Explained:
    """Return a formula of the same registers whose values stay within those of ``target`` on ``longer`` words, too.

    ``step // 7`` and ``step >= 7`` are the same to 13 steps; where the output is only ever 0 or 1, the second is meant.
    """
    if any(r.output is not None for r in found.registers) or not found.expression.variables:
        return found
    low, high = int(target.min()), int(target.max())
    near = _followed(inputs, found.registers, words)
    far = _followed(inputs, found.registers, longer)
    beyond = evaluate(found.expression, far, longer.shape[0] * longer.shape[1])
    if low <= beyond.min() and beyond.max() <= high:
        return found
    rows = {name: np.concatenate([near[name], far[name]]) for name in found.expression.variables}
    wanted = np.concatenate([evaluate(found.expression, near, target.size), np.clip(beyond, low, high)])
    other = explain_mostly(rows, wanted, monitor=monitor.limited(1.0), share=1.0, max_nodes=LONGEST)
    if other is None:
        return found
    return _Explained(other.formula.expression, other.formula.method, found.registers)


def _followed(inputs: tuple[str, ...], registers: tuple[Register, ...], words: IntArray) -> dict[str, IntArray]:
    """Return the columns of inputs and registers, old values by name and new ones as "new_" name, along ``words``."""
    used: dict[str, Register] = {}
    for register in registers:
        _use(register, used)
    news = tuple((f"new_{r.name}", r.update) for r in used.values())
    state = tuple(StateVariable(r.name, r.start, Variable(f"new_{r.name}")) for r in used.values())
    states = trace(IntegerSystem(inputs, state, (Constant(0),), news), words).states  # (N, T + 1, order)
    columns = {name: words[:, :, i].ravel() for i, name in enumerate(inputs)}
    for i, name in enumerate(used):
        columns |= {name: states[:, :-1, i].ravel(), f"new_{name}": states[:, 1:, i].ravel()}
    return columns


def _use(register: Register, used: dict[str, Register]) -> None:
    """Add a register after those that it needs."""
    for needed in register.needs:
        _use(needed, used)
    used[register.name] = register


def _system(inputs: tuple[str, ...], explained: list[_Explained]) -> IntegerSystem:
    """Write registers and outputs as one system; an output that is remembered is a local."""
    used: dict[str, Register] = {}

    for one in explained:
        for register in one.registers:
            _use(register, used)
    outputs = [f"new_y{k + 1}" if len(explained) > 1 else "new_y" for k in range(len(explained))]
    values = [(f"new_{r.name}", r.update) for r in used.values() if r.output is None]
    values += [(name, one.expression) for name, one in zip(outputs, explained, strict=True)]
    state = tuple(
        StateVariable(r.name, r.start, Variable(f"new_{r.name}" if r.output is None else outputs[r.output]))
        for r in used.values()
    )
    system = pruned(IntegerSystem(inputs, state, tuple(Variable(name) for name in outputs), tuple(values)))
    return _with_short_names(system)


def _with_short_names(system: IntegerSystem) -> IntegerSystem:
    """Drop what tells a level from the others of the bank where the system has no other: "depth", not "depth_1_0"."""
    short = {v.name: word for v in system.state if (word := level_word(v.name)) is not None}
    names = {name: word for name, word in short.items() if list(short.values()).count(word) == 1}
    if not names or {*names.values()} & {*system.inputs, *(v.name for v in system.state)}:
        return system
    names |= {f"new_{name}": f"new_{word}" for name, word in names.items()}
    return renamed(system, names)
