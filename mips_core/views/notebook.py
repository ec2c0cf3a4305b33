"""A Jupyter notebook of a run: its program, and recorded answers of the network to check it against.

The first part needs nothing but Python.  The second needs this package and the run, and says so
where one of them is missing instead of failing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mips_core.networks.encoding import OVERFLOW
from mips_core.programs.program import Program
from mips_core.runs import Run
from mips_core.stepping import IntArray, trace
from mips_core.tasks.vocabulary import Words, plain_step
from mips_core.views.claims import claims, headline, verdict
from mips_core.views.samples import example, sample
from mips_core.views.sequence_code import sequence_code

_SEQUENCES = 20
_LONG_SEQUENCES = 4
_LINE = 100

Step = int | str | tuple[int | str, ...]


@dataclass(frozen=True)
class Recording:
    """What the network answered to one sequence, as the program takes and returns it."""

    inputs: list[Step]
    outputs: list[Step]


def notebook_text(run: Run) -> str:
    """Return the notebook as the text of an ``.ipynb`` file (nbformat 4.5)."""
    return json.dumps(notebook(run), indent=1, ensure_ascii=False) + "\n"


def notebook(run: Run) -> dict[str, Any]:
    """Return the notebook as plain JSON values; all its cells run in order without an error."""
    cells = [_introduction(run)]
    if run.program is None:
        cells += _reasons(run)
    else:
        same, apart = _recordings(run)
        cells += _program_part(run, same, apart)
    cells += _package_part(run)
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": "3.11"},
        },
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells, start=1)],
    }


def _introduction(run: Run) -> dict[str, Any]:
    network = run.report["network"]
    lines = [
        f"# {_plain(run.name.replace('_', ' '))}",
        f"A recurrent network ({network['cell']}, hidden size {network['hidden_size']}) was taken apart by MIPS "
        f"Explorer. Result: **{verdict(run.report)}**. {headline(run.report)}",
        "What is claimed, word for word:",
        "\n".join(f"- {_plain(claim)}" for claim in claims(run.report)),
    ]
    return _markdown("\n\n".join(lines))


def _reasons(run: Run) -> list[dict[str, Any]]:
    stages = run.report["stages"]
    lines = "\n".join(
        f"- **{_plain(stage['stage'])}** ({stage['status']}): {_plain(stage['reason'])}" for stage in stages
    )
    return [_markdown(f"## No program was found\n\nThis is what was tried:\n\n{lines}")]


def _program_part(run: Run, same: list[Recording], apart: list[Recording]) -> list[dict[str, Any]]:
    assert run.program is not None
    cells = [
        _markdown("## The program\n\nPlain Python: nothing has to be installed."),
        _code(run.program.source.rstrip()),
    ]
    if same:
        cells += [
            _markdown(
                "## The network's answers\n\nRecorded from the trained network on sequences drawn at random: an input "
                "per step, and the network's answer after each."
            ),
            _code(f"INPUTS = {_listed([r.inputs for r in same])}\nNETWORK = {_listed([r.outputs for r in same])}"),
            _markdown("## The check\n\nThe program must give what the network gave, at every step."),
            _code(
                "for inputs, answers in zip(INPUTS, NETWORK, strict=True):\n"
                "    assert f(inputs) == answers, (inputs, answers, f(inputs))\n"
                'print(f"The program gave the network\'s answers on all {len(INPUTS)} sequences.")'
            ),
        ]
    if apart:
        cells += [
            _markdown(
                "## Where they differ\n\nOn these sequences the program did not give the network's answers when this "
                "notebook was made."
            ),
            _code(
                f"DIFFERENT_INPUTS = {_listed([r.inputs for r in apart])}\n"
                f"DIFFERENT_NETWORK = {_listed([r.outputs for r in apart])}\n"
                "for inputs, answers in zip(DIFFERENT_INPUTS, DIFFERENT_NETWORK, strict=True):\n"
                "    try:\n"
                "        mine = f(inputs)\n"
                "    except Exception as error:\n"
                '        print(f"the program fails: {error!r}")\n'
                "        continue\n"
                "    first = next((t for t in range(len(inputs)) if mine[t] != answers[t]), None)\n"
                '    assert first is not None, "they agree here after all"\n'
                '    print(f"step {first + 1} of {len(inputs)}: network {answers[first]!r}, program {mine[first]!r}")'
            ),
        ]
    return cells


def _package_part(run: Run) -> list[dict[str, Any]]:
    imports, lines = sequence_code(example(run), run.network.card.input_words)
    imports += [
        "from mips_core.errors import MipsError",
        "from mips_core.runs import open_run",
        "from mips_core.stepping import outputs_of",
        "from mips_core.tasks.vocabulary import step_text",
    ]
    lines = [
        f"run = open_run({run.id!r})",
        *lines,
        "for name, stepper in (('network', run.network), ('machine', run.machine)):",
        "    if stepper is not None:",
        "        answers = outputs_of(stepper, x[None])[0]",
        "        print(name, *(step_text(y, run.network.card.output_words) for y in answers))",
    ]
    return [
        _markdown(
            "## With the package\n\nWhere `mips_core` is installed, and this run is there, the network itself can be "
            "asked. Change the sequence and run the cell again."
        ),
        _code(
            "try:\n"
            f"{_indented(imports, 4)}\n"
            "except ImportError:\n"
            '    print("mips_core is not installed here; the part above does not need it.")\n'
            "else:\n"
            "    try:\n"
            f"{_indented(lines, 8)}\n"
            "    except MipsError as error:\n"
            "        print(error)"
        ),
    ]


def _indented(lines: Sequence[str], spaces: int) -> str:
    return "\n".join(" " * spaces + line for line in lines)


def _recordings(run: Run) -> tuple[list[Recording], list[Recording]]:
    """Run network and program on sampled sequences; return those on which they agree, and the others."""
    assert run.program is not None
    network, length = run.network, int(run.report["length"])
    words = network.card.input_words, network.card.output_words
    batches = [example(run)[None], sample(run, _SEQUENCES, length, 0), sample(run, _LONG_SEQUENCES, 3 * length, 1)]
    same: list[Recording] = []
    apart: list[Recording] = []
    for x in batches:
        for inputs, outputs in zip(x, trace(network, x).outputs, strict=True):
            if (outputs == OVERFLOW).any():
                continue  # too large for an integer: nothing that a program could return
            taken = Recording(_steps(inputs, words[0]), _steps(outputs, words[1]))
            (same if _agrees(run.program, taken) else apart).append(taken)
    return same, apart


def _agrees(program: Program, taken: Recording) -> bool:
    try:
        return bool(program.function(taken.inputs) == taken.outputs)
    except (ArithmeticError, LookupError, TypeError, ValueError):  # a program may not take every input
        return False


def _steps(rows: IntArray, words: Words) -> list[Step]:
    """Write steps (T, D) as programs take them: single values where there is one column, else tuples."""
    steps = [plain_step(row.tolist(), words) for row in rows]
    return [step[0] if len(step) == 1 else step for step in steps]


def _listed(sequences: Sequence[list[Step]]) -> str:
    """Write sequences one per line, long ones folded."""
    if not sequences:
        return "[]"
    lines = []
    for sequence in sequences:
        row, rows = "", []
        for item in (repr(step) for step in sequence):
            if row and len(row) + len(item) > _LINE:
                rows.append(row.rstrip())
                row = ""
            row += f"{item}, "
        rows.append(row.removesuffix(", "))
        lines.append("    [" + "\n     ".join(rows) + "],")
    return "\n".join(["[", *lines, "]"])


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def _code(text: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": _lines(text)}


def _lines(text: str) -> list[str]:
    """Return lines with their ends, as notebooks keep them."""
    return text.splitlines(keepends=True)


def _plain(text: str) -> str:
    """Write text so that Markdown shows it as it is."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#$|" else sign for sign in text)
