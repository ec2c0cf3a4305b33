"""The face of regression: formulas for a table, for a machine, and in place of lookups."""

from __future__ import annotations

import itertools
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
from mips_core.regression.products import LONGEST, explain_product
from mips_core.regression.sharing import share_terms
from mips_core.regression.tables import explain_table
from mips_core.regression.windows import explain_window

__all__ = ["Formulas", "explain_machine", "explain_table", "simplify_lookups"]

_GUESSES = 14  # labellings read off the machine that are fitted
_SEARCHED = 40  # labellings from the label grid that are fitted
_QUICK, _DEEP = 40_000, 600_000  # expressions per table, first and second time
_PARTS = 20_000  # expressions per table of a product of registers
_WORKED = 8  # labellings of one kind that worked after which the rest is left
_SHORT = 8  # a system of this size is not worth improving
_ONE_NUMBER = 18  # a system over one number above this weight may be shorter over several
_SEVERAL = 2  # by how much it has to be shorter: one number is easier to follow
_PER_OUTPUT = 15  # nodes that each further output may take
_SHOWN = "states are labelled by what the machine shows"
_CHOSEN = "states are labelled so that the update is short"


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
    the machine; labels for which the update is one short formula; several numbers that make up the
    state.  The machine is minimised first, so that
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
    found = _Found(machine)
    monitor.report("regress", "looking for formulas without memory and over the last inputs")
    fixed = _memoryless(machine, monitor, max_nodes)
    if len(fixed) == machine.output_width:
        found.note(_without_state(machine, fixed), "outputs depend on the current input alone")
    elif machine.states > 1:
        found.note(
            explain_window(machine, monitor=monitor.limited(budget / 3), candidates=_DEEP // 3, max_nodes=max_nodes),
            "outputs depend on the last inputs alone",
        )
        if found.least > _SHORT:
            quick = monitor.limited(budget / 3)
            found.note(
                explain_feedback(machine, monitor=quick, candidates=_DEEP // 6, max_nodes=max_nodes),
                "outputs depend on the last output and the input",
            )
        labelled = _ByLabels(machine, monitor, max_nodes, fixed, found)
        labelled.quick()
        if found.least > _ONE_NUMBER:
            monitor.report("regress", "looking for several numbers that make up the state")
            product = explain_product(
                machine, monitor=monitor.limited(monitor.remaining / 2), candidates=_PARTS, max_nodes=max_nodes,
                below=min(found.least - _SEVERAL, LONGEST + 1),
            )  # fmt: skip
            found.note(product, "the state is several numbers, each with an update of its own")
        if not found.fits:
            labelled.deep()
    monitor.check()
    if found.least_nodes > LONGEST + _PER_OUTPUT * (machine.output_width - 1):
        return None  # the table reads better
    ranked = sorted(found.fits, key=lambda item: (item[0].weight, item[0].system.order, repr(item[0].system)))
    best, words = ranked[0]
    others = tuple(dict.fromkeys(fit.system for fit, _ in ranked[1:6] if fit.system != best.system))
    return Formulas(best.system, best.method, words, clock.seconds, others)


class _Found:
    """Systems that were found and checked."""

    def __init__(self, machine: MealyMachine) -> None:
        self.machine = machine
        self.fits: list[tuple[Fit, str]] = []

    @property
    def least(self) -> int:
        """Weight of the smallest, or a number above all weights."""
        return min((fit.weight for fit, _ in self.fits), default=10**6)

    @property
    def least_nodes(self) -> int:
        """Size of the smallest, or a number above all sizes."""
        return min((fit.system.nodes for fit, _ in self.fits), default=10**6)

    def note(self, fit: Fit | None, words: str) -> None:
        """Keep a system with a word on where it came from, when it gives the machine's outputs after every word."""
        if fit is not None and reproduces(fit.system, self.machine):
            self.fits.append((fit, words))


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


class _ByLabels:
    """Formulas over one number per state: guessed labels first, then those of the label grid, then more effort."""

    def __init__(
        self, machine: MealyMachine, monitor: Monitor, max_nodes: int, fixed: Mapping[int, Formula], found: _Found
    ) -> None:
        self.machine, self.monitor, self.max_nodes = machine, monitor, max_nodes
        self.fixed, self.found = fixed, found
        self.guesses = list(itertools.islice(guess_labels(machine), _GUESSES))
        self.searched: list[Labelling] = []

    def quick(self) -> None:
        """Try all labellings with little effort each."""
        self.monitor.report("regress", "looking for formulas over labels that the machine shows")
        self._attempt(self.guesses, _QUICK, _SHOWN)
        if self.found.least <= _SHORT:
            return
        self.monitor.report("regress", "looking for labels under which the update is short")
        half = self.monitor.limited(self.monitor.remaining / 2)
        for size, batch in enumerate(search_labels(self.machine, monitor=half), start=1):
            self._attempt(batch[:_SEARCHED], _QUICK, _CHOSEN)
            self.searched += batch
            if (size >= 5 and self.found.fits) or self.found.least <= _SHORT or len(self.searched) >= 10 * _SEARCHED:
                break

    def deep(self) -> None:
        """Try the best labellings with much effort each."""
        self.monitor.report("regress", "looking for longer formulas")
        self._attempt(sorted(self.searched, key=label_rank)[:6], _DEEP, _CHOSEN)
        self._attempt(self.guesses[:6], _DEEP, _SHOWN)

    def _attempt(self, labellings: list[Labelling], candidates: int, words: str) -> None:
        outputs = range(self.machine.output_width)
        least_outputs = sum(self.fixed[k].expression.nodes if k in self.fixed else 1 for k in outputs)
        worked: list[int] = []  # sizes of the updates of labellings that worked
        for labelling in labellings:
            best = self.found.least
            if self.monitor.expired or best <= _SHORT:
                return
            known = labelling.update.nodes if labelling.update is not None else 1
            if known + least_outputs + 1 >= best or (worked and known > min(worked) + 2) or len(worked) > _WORKED:
                continue
            fit = fit_labelling(
                self.machine, labelling, monitor=self.monitor, candidates=candidates,
                max_nodes=min(self.max_nodes, best - least_outputs), fixed=self.fixed,
            )  # fmt: skip
            if fit is not None:
                worked.append(known)
            self.found.note(fit, words)
