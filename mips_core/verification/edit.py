"""Check an edited program within seconds: against the network in the sandbox, against the machine by proof.

The text runs in the sandbox only, on all short words and on held-out sequences (:mod:`source`).  Where it reads as
equations of our kind with finitely many states, pairs of states are walked as well (:mod:`exact_walk`): that gives a
shortest word on which it leaves a finite machine, or a proof that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mips_core.errors import BadInputError, ProgramRefusedError, ProgramStoppedError
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.protocol import Network
from mips_core.programs.parse import parse_program
from mips_core.programs.program import Program
from mips_core.programs.sandbox import Limits, ProgramRun, Step, run_program
from mips_core.programs.turns import turn
from mips_core.progress import Monitor, Stopwatch
from mips_core.stepping import IntArray
from mips_core.tasks.exhaustive import all_symbols
from mips_core.tasks.integers import Integers
from mips_core.tasks.vocabulary import Vocabulary
from mips_core.verification.compare import Counterexample
from mips_core.verification.exact_walk import exact_walk
from mips_core.verification.heldout import FACTOR, Draw
from mips_core.verification.product import ProductSearch
from mips_core.verification.source import verify_source
from mips_core.verification.verdict import Verdict

SECONDS = 6.0
"""Time for all runs of an edited program together; usually they take half a second."""
FIRST = Limits(soft_seconds=1.0, hard_seconds=2.0, start_seconds=4.0)
"""Of the first run, on a few short inputs: a program that does not end on one of these is stopped soon."""
LIMITS = Limits(soft_seconds=1.5, hard_seconds=4.0, start_seconds=4.0)
"""Of each other run."""
_PROBES = 3
SEQUENCES = 1000
"""Held-out sequences per length, fewer where running the network on them would take longer than a second."""
_FEWEST = 200
_MOST_PRODUCTS = 10**9  # multiplications of the network over all held-out sequences


@dataclass(frozen=True, eq=False)
class EditCheck:
    """What a check of an edited program found.

    Parameters
    ----------
    verdict : against the network, as ``mips verify`` says it
    walk : the walk through pairs of states of edited program and finite machine, or None where that shows nothing
    same_as_original : proved: the edited program gives what the original gives on every input of every length
    fault_line : the line at which the program fails on the counterexample, or None
    seconds : wall-clock time of the check
    """

    verdict: Verdict
    walk: ProductSearch | None = None
    same_as_original: bool = False
    fault_line: int | None = None
    seconds: float = 0.0

    @property
    def equals_machine(self) -> bool:
        """Whether it is proved equal to the finite machine at every length."""
        return self.walk is not None and self.walk.closed

    @property
    def shortest(self) -> str:
        """Say how short the counterexample is; "" without one.

        "all": every shorter word was tried; "machine": on no shorter word it leaves the machine; "found": neither.
        """
        found = self.verdict.counterexample
        if found is None:
            return ""
        if self.verdict.is_shortest:
            return "all"
        word = None if self.walk is None else self.walk.word
        return "machine" if word is not None and len(word) == found.length else "found"


def check_edit(
    network: Network,
    source: str,
    *,
    inputs: tuple[Integers, ...],
    length: int,
    original: Program | None = None,
    machine: MealyMachine | IntegerSystem | None = None,
    draw: Draw | None = None,
    known: Sequence[IntArray] = (),
    seed: int = 0,
    monitor: Monitor | None = None,
) -> EditCheck:
    """Compare an edited program with the network, and with the finite machine where one is known.

    Parameters
    ----------
    inputs : integers that may occur, one range per input
    length : 1x, in steps
    original : the program that was edited
    machine : what the network was read as
    draw : how held-out words are drawn; uniformly over ``inputs`` by default
    known : inputs that are tried, too, int64 (T, D_in) each: short ones on which the original is known to differ
    """
    watch = monitor or Monitor()
    watch.report("verify", "Waiting for a turn and reading the program in the sandbox", 0.0)
    try:
        with turn():
            return _checked(network, source, inputs, length, original, machine, draw, known, seed, watch)
    except ProgramStoppedError as error:
        return EditCheck(Verdict("stopped", str(error)))


def _checked(
    network: Network, source: str, inputs: tuple[Integers, ...], length: int, original: Program | None,
    machine: MealyMachine | IntegerSystem | None, draw: Draw | None, known: Sequence[IntArray], seed: int,
    watch: Monitor,
) -> EditCheck:  # fmt: skip
    clock = Stopwatch()
    try:
        _run(network, source, _probes(inputs), FIRST)
    except ProgramRefusedError as error:
        return EditCheck(Verdict("refused", str(error), line=error.line, column=error.column), seconds=clock.seconds)
    except ProgramStoppedError as error:
        return EditCheck(Verdict("stopped", str(error)), seconds=clock.seconds)
    edited = _equations(network, source)
    walk = None
    if edited is not None and isinstance(machine, MealyMachine):
        watch.report("verify", "Following program and machine together", 0.05)
        walk = exact_walk(edited, machine, machine.symbols)
    verdict = verify_source(
        network, source, inputs=inputs, length=length, draw=draw, sequences=_sequences(network, length), seed=seed,
        monitor=watch, limits=LIMITS, seconds=SECONDS,
        input_words=network.card.input_words, output_words=network.card.output_words,
        words=known if walk is None or walk.word is None else (*known, walk.word),
    )  # fmt: skip
    same = False
    if edited is not None and original is not None:
        symbols = machine.symbols if isinstance(machine, MealyMachine) else all_symbols(inputs, limit=1000)
        same = edited.system == original.system
        if not same and symbols is not None and not original.system.histories:
            both = exact_walk(edited, original, symbols)
            same = both is not None and both.closed and exact_walk(original, edited, symbols) is not None
    return EditCheck(verdict, walk, same, _fault_line(network, source, verdict.counterexample), clock.seconds)


def _sequences(network: Network, length: int) -> int:
    """Return how many held-out sequences of 1x, and as many of 5x, the network runs on in about a second."""
    return max(_FEWEST, min(SEQUENCES, _MOST_PRODUCTS // max(1, (1 + FACTOR) * length * network.parameters)))


def _probes(inputs: tuple[Integers, ...]) -> list[list[Step]]:
    """Return the empty input, and a few of one, two and three steps: all lowest values, then all highest."""
    ends = [tuple(r.low for r in inputs), tuple(r.high - 1 for r in inputs)]
    return [[], *([end] * steps for steps in range(1, _PROBES + 1) for end in ends)]


def _run(network: Network, source: str, sequences: list[list[Step]], limits: Limits = LIMITS) -> ProgramRun:
    return run_program(
        source, sequences, input_width=network.input_width, output_width=network.output_width, limits=limits,
        input_words=network.card.input_words, output_words=network.card.output_words,
    )  # fmt: skip


def _equations(network: Network, source: str) -> Program | None:
    """Return the text as equations of our kind, or None when it is a program of another shape.

    It is read here only after the sandbox has read it.
    """
    try:
        card = network.card
        return parse_program(source, card.input_words, card.output_words) if card.has_words else parse_program(source)
    except BadInputError:
        return None


def _fault_line(network: Network, source: str, found: Counterexample | None) -> int | None:
    """Run the input on which the program failed once more, and return the line of the error."""
    if found is None or not isinstance(found.right, str):
        return None
    steps = [tuple(step) if isinstance(step, list) else (step,) for step in found.inputs]
    vocabularies = network.card.input_words or (None,) * network.input_width
    given = [tuple(_number(v, words) for v, words in zip(step, vocabularies, strict=True)) for step in steps]
    try:
        return _run(network, source, [given]).fault_lines.get(0)
    except (ProgramRefusedError, ProgramStoppedError):
        return None


def _number(value: int | str, words: Vocabulary | None) -> int:
    return int(value) if words is None else words.number(str(value))
