"""The face of regression: formulas for a table, for a machine, and in place of lookups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression.feedback import explain_feedback
from mips_core.regression.fit import Fit, fit_labelling, reproduces, system_weight
from mips_core.regression.formula import Formula
from mips_core.regression.guesses import guess_labels
from mips_core.regression.labels import Labelling, input_names, label_rank, search_labels
from mips_core.regression.lookups import simplify_lookups
from mips_core.regression.method import Method, combined
from mips_core.regression.sharing import share_terms
from mips_core.regression.tables import explain_table
from mips_core.regression.windows import explain_window

__all__ = ["Formulas", "explain_machine", "explain_table", "simplify_lookups"]

_GUESSES = 14  # labellings read off the machine that are fitted
_SEARCHED = 40  # labellings from the label grid that are fitted
_QUICK, _DEEP = 40_000, 600_000  # expressions per table, first and second time
_WORKED = 8  # labellings of one kind that worked after which the rest is left
_SHORT = 8  # a system of this size is not worth improving


@dataclass(frozen=True)
class Formulas:
    """Formulas that reproduce a machine exactly.

    Parameters
    ----------
    system : checked against the machine on all reachable transitions
    method : how the formulas were found
    note : one sentence on the view of the machine that made the formulas short
    seconds : wall-clock time of the search
    alternatives : other systems for the same machine, smallest first
    """

    system: IntegerSystem
    method: Method
    note: str
    seconds: float
    alternatives: tuple[IntegerSystem, ...] = ()


def explain_machine(
    machine: MealyMachine,
    *,
    monitor: Monitor | None = None,
    budget: float = 10.0,
    max_nodes: int = 25,
) -> Formulas | None:
    """Return the shortest system of formulas found for a machine, or None.

    Tried in turn: no memory at all; the last inputs in a shift register; the last output; labels read off
    the machine; labels for which the update is one short formula.  The machine is minimised first, so that
    numbering and spare states make no difference.

    Parameters
    ----------
    machine : any Mealy machine
    budget : seconds at most
    max_nodes : size of a single formula above which a table reads better

    Raises
    ------
    Cancelled
        when the caller asks to stop.
    """
    clock = Stopwatch()
    monitor = (monitor or Monitor()).limited(budget)
    machine = minimise(machine)
    found: list[tuple[Fit, str]] = []

    def note(fit: Fit | None, words: str) -> None:
        if fit is not None and reproduces(fit.system, machine):
            found.append((fit, words))

    monitor.report("regress", "looking for formulas without memory and over the last inputs")
    fixed = _memoryless(machine, monitor, max_nodes)
    if len(fixed) == machine.output_width:
        note(_without_state(machine, fixed), "outputs depend on the current input alone")
    elif machine.states > 1:
        note(
            explain_window(machine, monitor=monitor.limited(budget / 3), candidates=_DEEP // 3, max_nodes=max_nodes),
            "outputs depend on the last inputs alone",
        )
        if not found or found[0][0].weight > _SHORT:
            quick = monitor.limited(budget / 3)
            note(
                explain_feedback(machine, monitor=quick, candidates=_DEEP // 6, max_nodes=max_nodes),
                "outputs depend on the last output and the input",
            )
        _by_labels(machine, monitor, max_nodes, fixed, found, note)
    monitor.check()
    if not found:
        return None
    found.sort(key=lambda item: (item[0].weight, item[0].system.order, repr(item[0].system)))
    best, words = found[0]
    others = tuple(dict.fromkeys(fit.system for fit, _ in found[1:6] if fit.system != best.system))
    return Formulas(best.system, best.method, words, clock.seconds, others)


def _memoryless(machine: MealyMachine, monitor: Monitor, max_nodes: int) -> dict[int, Formula]:
    """Return formulas over the inputs for those outputs that the state does not change."""
    columns = {name: machine.symbols[:, i] for i, name in enumerate(input_names(machine))}
    formulas = {}
    for k in range(machine.output_width):
        table = machine.output[:, :, k]
        if (table == table[0]).all():
            formula = explain_table(
                columns, table[0], monitor=monitor, budget=monitor.remaining, candidates=_DEEP, max_nodes=max_nodes
            )
            if formula is not None:
                formulas[k] = formula
    return formulas


def _without_state(machine: MealyMachine, fixed: Mapping[int, Formula]) -> Fit:
    system = share_terms(input_names(machine), [], [fixed[k].expression for k in range(machine.output_width)])
    return Fit(system, combined([formula.method for formula in fixed.values()]), system_weight(system))


def _by_labels(machine, monitor, max_nodes, fixed, found, note) -> None:  # type: ignore[no-untyped-def]
    """Fit formulas to labellings: guessed ones first, then those of the label grid, then both with more effort."""
    least_outputs = sum(fixed[k].expression.nodes if k in fixed else 1 for k in range(machine.output_width))

    def best() -> int:
        return min((fit.weight for fit, _ in found), default=10**6)

    def attempt(labellings: list[Labelling], candidates: int, words: str) -> None:
        worked: list[int] = []  # sizes of the updates of labellings that worked
        for labelling in labellings:
            if monitor.expired or best() <= _SHORT:
                return
            known = labelling.update.nodes if labelling.update is not None else 1
            if known + least_outputs + 1 >= best() or (worked and known > min(worked) + 2) or len(worked) > _WORKED:
                continue
            limit = min(max_nodes, best() - least_outputs)
            fit = fit_labelling(
                machine, labelling, monitor=monitor, candidates=candidates, max_nodes=limit, fixed=fixed
            )
            if fit is not None:
                worked.append(known)
            note(fit, words)

    guesses = []
    for labelling in guess_labels(machine):
        guesses.append(labelling)
        if len(guesses) >= _GUESSES:
            break
    monitor.report("regress", "looking for formulas over labels that the machine shows")
    attempt(guesses, _QUICK, "states are labelled by what the machine shows")
    if best() <= _SHORT:
        return
    monitor.report("regress", "looking for labels under which the update is short")
    searched: list[Labelling] = []
    words = "states are labelled so that the update is short"
    for size, batch in enumerate(search_labels(machine, monitor=monitor.limited(monitor.remaining / 2)), start=1):
        attempt(batch[:_SEARCHED], _QUICK, words)
        searched += batch
        if (size >= 5 and found) or best() <= _SHORT or len(searched) >= 10 * _SEARCHED:
            break
    if not found:
        monitor.report("regress", "looking for longer formulas")
        attempt(sorted(searched, key=label_rank)[:6], _DEEP, words)
        attempt(guesses[:6], _DEEP, "states are labelled by what the machine shows")
