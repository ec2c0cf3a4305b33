"""Whether a mutant is caught: by a shortest word on which it differs, by a checker's reason, or not at all."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from mips_core.benchmarks.mutants_made import certified
from mips_core.benchmarks.mutants_numbers import with_old_seal
from mips_core.benchmarks.mutants_text import Edit
from mips_core.errors import BadInputError, MipsError, ProgramRefusedError, ProgramStoppedError
from mips_core.files import read_bytes
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import Machine, machine_from_dict
from mips_core.networks.archives import parse_tensors
from mips_core.networks.cells import CellNetwork
from mips_core.networks.importers import network_of_tensors
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_digest
from mips_core.programs import Program, parse_program
from mips_core.regression.method import Method
from mips_core.runs.run import Run
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import IntArray, Stepper, first_difference, outputs_of
from mips_core.tasks.exhaustive import longest_length, words_of_length
from mips_core.verification.certificates import certify
from mips_core.verification.certificates.checking import checked_files
from mips_core.verification.compare import plain_steps
from mips_core.verification.difference import find_difference
from mips_core.verification.exact_walk import exact_walk
from mips_core.verification.grid_walk import walk_grid
from mips_core.verification.hunt import hunt
from mips_core.verification.shorten import shorten
from mips_core.verification.sides import MachineSide, ProgramSide, Side, word_machine

_RANDOM = 500
"""Random words of each length on which two networks are compared."""

Found = tuple[tuple[object, ...] | None, str, str]
"""Word, refusal and proof of a :class:`~mips_core.benchmarks.mutants_made.Mutant`."""


def judge(run: Run, kind: str, edit: Edit, seconds: float) -> Found:
    """Return what catches an edit, or proves that it changes nothing.

    Parameters
    ----------
    seconds : time for a hunt, and again for a new certificate
    """
    judges: dict[str, Callable[[Run, Edit, float], Found]] = {
        "program": _program, "table": _table, "weight": _weight, "certificate": _certificate,
    }  # fmt: skip
    return judges[kind](run, edit, seconds)


def _program(run: Run, edit: Edit, seconds: float) -> Found:
    original, text = run.program, edit.data.decode("utf-8")
    assert original is not None
    source = read_bytes(run.folder / "program.py")
    if ast.dump(ast.parse(source)) == _dumped(text):
        return None, "", "the same syntax tree"
    try:
        changed: Program | None = parse_program(text, original.input_words, original.output_words)
    except BadInputError:  # the sandbox runs it, whatever shape it has
        changed = None
    sides = ProgramSide("the program", source), ProgramSide("the mutant", edit.data)
    return _of_programs(run, changed, original, sides)


def _dumped(text: str) -> str:
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return ""


def _of_programs(run: Run, changed: Program | None, original: Program, sides: tuple[Side, Side]) -> Found:
    """Compare two programs: by the product of their states where that says something, else by running both."""
    symbols = symbols_of(run)
    if changed is not None and changed.output_width == original.output_width:
        if changed.system == original.system:
            return None, "", "the same equations"
        walk = exact_walk(changed, original, symbols)
        if walk is not None and walk.word is not None:
            return tuple(plain_steps(walk.word, original.input_words)), "", ""
        if walk is not None and walk.closed and exact_walk(original, changed, symbols) is not None:
            return None, "", f"all {walk.pairs:,} pairs of states that any sequence reaches were followed"
    inputs = [";".join(map(str, step)) if isinstance(step, list) else str(step) for step in plain_steps(
        symbols, original.input_words)]  # fmt: skip
    try:
        if isinstance(run.machine, MealyMachine):  # whose every transition is tried, where both programs are only run
            machine = MachineSide("the machine", word_machine(run.machine))
            found = find_difference(machine, sides[1])
            if found.word is not None and find_difference(machine, sides[0]).word is None:
                return found.word, "", ""
        return find_difference(*sides, inputs=inputs).word, "", ""
    except (ProgramRefusedError, ProgramStoppedError) as error:
        return None, str(error), ""


def _table(run: Run, edit: Edit, seconds: float) -> Found:
    original = run.machine
    try:
        changed = machine_from_dict(json.loads(edit.data), edit.file)
    except BadInputError as error:
        return None, str(error), ""
    if isinstance(original, MealyMachine) and isinstance(changed, MealyMachine):
        found = find_difference(
            *(MachineSide(n, word_machine(m)) for n, m in (("", original), ("the mutant", changed)))
        )
        same = "" if found.verdict != "equal" else _why_equal(original, edit)
        return found.word, "", same
    assert isinstance(original, IntegerSystem)
    assert isinstance(changed, IntegerSystem)
    words = run.network.card.input_words, run.network.card.output_words
    ours, theirs = (Program(system, Method.SYMBOLIC, "", *words) for system in (original, changed))
    sides = ProgramSide("the machine", ours.source.encode()), ProgramSide("the mutant", theirs.source.encode())
    return _of_programs(run, theirs, ours, sides)


def _why_equal(machine: MealyMachine, edit: Edit) -> str:
    reached = {machine.start_state}
    waiting = [machine.start_state]
    while waiting:
        after = set(machine.next_state[waiting.pop()].tolist()) - reached
        reached |= after
        waiting += after
    if int(edit.place.split(".")[1]) not in reached:
        return "no sequence reaches that state"
    return "all pairs of states that any sequence reaches were followed"


def _weight(run: Run, edit: Edit, seconds: float) -> Found:
    """Look for a word on which the mutant leaves the machine and the original does not; else try to prove it anew."""
    try:
        changed = network_of_tensors(parse_tensors(edit.data, edit.file))
    except BadInputError as error:
        return None, str(error), ""
    assert isinstance(changed, MlpNetwork | CellNetwork)
    proof = certified(run)
    original = run.network if proof is None else proof.network
    thing, symbols = _machine_of(run), symbols_of(run)
    if proof is not None and proof.certificate_path is not None:
        refused = refusal(read_bytes(proof.certificate_path), edit.data, {})
    else:
        known, digest = run.report["network"]["digest"], network_digest(changed)
        refused = f"the report is about the network {known}, and this one is {digest}" if known != digest else ""
    if changed.state_grid is not None:
        walk = walk_grid(changed, thing, symbols, seconds=seconds)
        word = walk.words[0] if walk.words else None
        same = walk.closed is not None and walk.closed.is_firm
        how = f"the set of its {walk.states:,} grid states closes" if same else ""
    else:
        word = hunt(changed, thing, symbols, seconds=seconds).word
        how = "" if word is not None else _proved_anew(run, changed, thing, symbols, seconds)
    if how:
        return None, refused, f"proved anew for all lengths: {how}"
    if word is None or first_difference(outputs_of(changed, word[None]), outputs_of(original, word[None])) is None:
        word = _between(changed, original, symbols, int(original.card.length or 10))  # the original is wrong there, too
    return None if word is None else tuple(plain_steps(word, original.card.input_words)), refused, ""


def _between(changed: Stepper, original: Stepper, symbols: IntArray, length: int) -> IntArray | None:
    """Return a word on which two networks differ, made shorter, or None: of all short ones and of random ones."""
    rng = np.random.default_rng(41)

    def differs(x: IntArray) -> IntArray:
        wrong = (outputs_of(changed, x) != outputs_of(original, x)).any(axis=2)
        return np.where(wrong.any(axis=1), wrong.argmax(axis=1), -1)

    words = [words_of_length(symbols, k) for k in range(1, longest_length(len(symbols), limit=5_000, longest=16) + 1)]
    words += [symbols[rng.integers(len(symbols), size=(_RANDOM, times * length))] for times in (1, 5, 20)]
    for x in words:
        found = differs(x)
        hits = np.flatnonzero(found >= 0)
        if len(hits):
            best = hits[np.argmin(found[hits])]
            return shorten(x[best, : found[best] + 1], differs)
    return None


def _proved_anew(run: Run, changed: MlpNetwork | CellNetwork, thing: Stepper, symbols: IntArray, seconds: float) -> str:
    """Return how a network is proved to give what the run's machine gives at every length; "" where it is not."""
    remembered = () if run.program is None else tuple(variable.name for variable in run.program.system.state)
    found = certify(changed, thing, symbols, remembered=remembered, seconds=seconds)
    return found.reason if found.certificate is not None and found.length is None else ""


def _machine_of(run: Run) -> Machine:
    thing = run.machine if run.machine is not None else None if run.program is None else run.program.system
    if thing is None:
        raise BadInputError(f"The run {run.name} has neither a machine nor a program.")
    return thing


def refusal(certificate: bytes, network: bytes, files: Mapping[str, bytes]) -> str:
    """Return why ``mips check-certificate`` refuses a certificate, a network or one of the files, or ""."""
    return next((each.sentence for each in checked_files(certificate, network, files) if not each.accepted), "")


@lru_cache(maxsize=128)
def _covered(certificate: bytes, network: bytes, *files: tuple[str, bytes]) -> tuple[str, ...]:
    """Return the files that an unchanged certificate covers.

    Raises
    ------
    MipsError
        when it is refused as it is: then no mutant of it would show anything.
    """
    first, *others = checked_files(certificate, network, dict(files))
    if not first.accepted:
        raise MipsError(f"The certificate is refused as it is: {first.sentence}.")
    wrong = {each.left for each in others if not each.accepted}
    return tuple(name for name, _ in files if name not in wrong)


def _certificate(run: Run, edit: Edit, seconds: float) -> Found:
    """Check the mutant with a seal that fits; one that is accepted is another proof of the same claim."""
    proof = certified(run)
    assert proof is not None
    assert proof.certificate_path is not None
    network, certificate = read_bytes(proof.network_path), read_bytes(proof.certificate_path)
    files = {name: read_bytes(run.folder / name) for name in ("machine.json", "program.py")
             if (run.folder / name).is_file()}  # fmt: skip
    files = {name: files[name] for name in _covered(certificate, network, *files.items())}
    if not refusal(with_old_seal(edit.data, certificate), network, files):
        raise MipsError("A certificate with a changed number is accepted although its seal is the old one.")
    refused = refusal(edit.data, network, files)
    return None, refused, "" if refused else "still a proof of the same claim, as the checker finds, under a new seal"
