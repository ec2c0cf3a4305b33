"""Where each line of a program comes from, as HTML and as rows of a table."""

from __future__ import annotations

from html import escape

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.programs.kinds import Kind
from mips_core.programs.program import Program
from mips_core.tasks.vocabulary import step_text
from mips_core.verification.provenance import LineOrigin, Provenance
from mips_core.views.palette import state_name

KIND_WORDS = {
    Kind.CONSTANT: "always the same number",
    Kind.COPY: "a value handed on as it is",
    Kind.LINEAR: "a sum of whole multiples",
    Kind.BOOLEAN: "a formula of bits: and, or, exclusive or",
    Kind.SYMBOLIC: "a short formula with remainders, comparisons or extremes",
    Kind.PLACES: "a relation between places of the whole sequence",
    Kind.TABLE: "a table: every case is written down",
}
ORIGIN_CSS = """
.origins { display: grid; gap: 8px; margin: 4px 0 10px !important; padding: 0 !important; list-style: none; }
.origins li { display: grid; grid-template-columns: 2.6rem minmax(0, 1fr); gap: 2px 10px; padding: 8px 12px; margin: 0;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 8px; }
.origins .number { grid-row: 1 / span 2; opacity: 0.75; font-variant-numeric: tabular-nums; padding-top: 1px; }
.origins code { font-family: "Source Code Pro", monospace; font-size: 0.88rem; overflow-wrap: anywhere;
  white-space: pre-wrap; background: none; color: inherit; padding: 0; }
.origins .why { font-size: 0.9rem; }
.origins .count { font-weight: 600; }
.origins .count i { font-style: normal; display: inline-block; width: 1.2em; text-align: center; border-radius: 4px;
  margin-right: 4px; color: #fff; }
.origins .good i { background: #0072B2; }
.origins .bad i { background: #B34700; }
"""
_MOST_VALUES = 4
_RIGHT = {"update": "next state right", "output": "output right", "transition": "next state and output right"}


def origins_html(program: Program, provenance: Provenance) -> str:
    """Return one block for each computing line: its number, its text, its kind and the cases that it explains."""
    text = program.source.splitlines()
    items = []
    for origin in provenance.lines:
        line = origin.line
        code = "\n".join(part[8:] if part.startswith(" " * 8) else part for part in text[line.first - 1 : line.last])
        number = str(line.first) if line.first == line.last else f"{line.first}–{line.last}"
        items.append(
            f'<li><span class="number">{number}</span><code>{escape(code)}</code>'
            f'<span class="why">{_why(origin, provenance)}</span></li>'
        )
    return f'<ol class="origins" aria-label="Where each line comes from">{"".join(items)}</ol>'


def _why(origin: LineOrigin, provenance: Provenance) -> str:
    kinds = list(dict.fromkeys(origin.kinds))
    words = "; ".join(f"<b>{kind}</b>: {KIND_WORDS[kind]}" for kind in kinds)
    if origin.right is None or origin.cases is None:
        what = "A name for a part that other lines use. " if origin.line.kind == "local" else ""
        return f"{what}{words}."
    what = _RIGHT[origin.line.kind]
    count = f"{origin.right:,} of {origin.cases:,} {escape(provenance.counted)}"
    sign, kind = ("✓", "good") if origin.right == origin.cases else ("✗", "bad")
    return f'{words}.<br><span class="count {kind}"><i>{sign}</i>{what} in {count}</span>'


def code_rows(provenance: Provenance, machine: MealyMachine) -> list[dict[str, str]]:
    """Return for each state of the machine its shortest input and the values of the variables, as rows of a table."""
    rows = []
    for code in provenance.codes:
        row = {
            "machine state": state_name(code.state),  # a name with a space: no variable has it
            "shortest input": " ".join(machine.input_text(i) for i in code.prefix) or "(none)",
        }
        for i, name in enumerate(provenance.variables):
            met = list(dict.fromkeys(str(values[i]) for values in code.values))
            more = f", … ({len(met)} values)" if len(met) > _MOST_VALUES else ""
            row[name] = ", ".join(met[:_MOST_VALUES]) + more
        rows.append(row)
    return rows


def origin_columns(program: Program, provenance: Provenance) -> dict[str, list[str]]:
    """Return the columns of a table with the origin of each line."""
    text = program.source.splitlines()
    lines = provenance.lines
    return {
        "line": [str(o.line.first) for o in lines],
        "text": [" ".join(part.strip() for part in text[o.line.first - 1 : o.line.last]) for o in lines],
        "kind": ["; ".join(dict.fromkeys(map(str, o.kinds))) for o in lines],
        "right": ["" if o.right is None else str(o.right) for o in lines],
        "of": ["" if o.cases is None else str(o.cases) for o in lines],
        "counted in": [provenance.counted if o.cases is not None else "" for o in lines],
    }


def codes_sentence(provenance: Provenance) -> str:
    """Say how states and values of the variables belong together."""
    if not provenance.variables:
        return "The program remembers nothing, so every state of the machine is the same to it."
    names = " and ".join(f"`{name}`" for name in provenance.variables)
    if provenance.one_code_per_state:
        return f"Each state of the machine is one value of {names}, and each value is one state."
    met = [values for code in provenance.codes for values in code.values]
    if len(met) == len(set(met)):
        return f"A state of the machine may be several values of {names}; no value stands for two states."
    return f"Some values of {names} stand for several states of the machine."


def case_rows(
    program: Program, provenance: Provenance, machine: MealyMachine, most: int = 2000
) -> list[dict[str, str]]:
    """Return every transition of the machine beside what the program computes there, as rows of a table."""
    order = program.system.order
    rows: list[dict[str, str]] = []
    for code in provenance.codes:
        if len(rows) >= most:
            break
        values = np.array([code.values[0]] * len(machine.symbols), dtype=np.int64).reshape(len(machine.symbols), -1)
        with np.errstate(all="ignore"):
            new, y = program.step(values, machine.symbols)
        for i in range(len(machine.symbols)):
            target = int(machine.next_state[code.state, i])
            same = bool((y[i] == machine.output[code.state, i]).all())
            row = {"machine state": state_name(code.state), "its input": machine.input_text(i)}
            for k, name in enumerate(provenance.variables):
                row[name] = f"{int(values[i, k])} → {int(new[i, k])}" if k < order else ""
            row |= {"next state": state_name(target), "machine writes": machine.output_text(code.state, i)}
            row["the same in the program"] = "yes" if same else f"no: {step_text(y[i], machine.output_words)}"
            rows.append(row)
    return rows
