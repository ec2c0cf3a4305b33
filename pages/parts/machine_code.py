"""The Python call that gives what the page shows."""

from mips_core.machines.integer_system import IntegerSystem
from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.sequence_code import shown_steps
from pages.parts import data

_RAW = """import numpy as np

from mips_core.machines.raw_machine import extent_of, usual_raw_machine
from mips_core.machines.rounds import refinement_rounds
from mips_core.runs import open_run
from mips_core.stepping import trace

run = open_run("{id}")
symbols = run.machine.symbols
rng = np.random.default_rng(0)
x = symbols[rng.integers(len(symbols), size=(200, {length}))]
extent = extent_of(trace(run.network, x).states.reshape(-1, run.network.state_size))
raw = usual_raw_machine(run.network, symbols, extent=extent, known=run.machine)
print(raw.states, "raw states, tolerance", raw.tolerance)
if raw.machine is not None:
    for k, classes in enumerate(refinement_rounds(raw.machine)):
        print("round", k, classes)"""

_MOORE = """from mips_core.machines.moore import to_moore
from mips_core.runs import open_run

moore = to_moore(open_run("{id}").machine)
for state in range(moore.states):
    print(state, "shows", moore.output_text(state), "and goes to", moore.next_state[state])"""

_MINIMAL = """import numpy as np

from mips_core.machines.rounds import tell_apart
from mips_core.runs import open_run
from mips_core.stepping import trace

machine = open_run("{id}").machine
x = np.array([{x}]){more}
print(trace(machine, x).states)
print(tell_apart(machine, 0, machine.states - 1))"""

_SYSTEM = """import numpy as np

from mips_core.runs import open_run
from mips_core.stepping import trace
from mips_core.views.arithmetic import step_rows

machine = open_run("{id}").machine
x = np.array({x}).reshape(-1, machine.input_width){more}
print(trace(machine, x[None]).outputs)
for row in step_rows(machine, x, len(x)) if len(x) else []:
    print(row)"""


def python_code(run: Run, x: IntArray, view: str) -> str:
    """Return code that runs as it is, for what the page shows."""
    shown, more = shown_steps(x)
    if isinstance(run.machine, IntegerSystem):
        return _SYSTEM.format(id=run.id, x=shown.tolist(), more=more)
    if view == "raw":
        return _RAW.format(id=run.id, length=int(run.report["length"]))
    if view == "moore":
        return _MOORE.format(id=run.id)
    if data.words_of(run) and run.program is not None:
        return data.program_call(run, x)
    return _MINIMAL.format(id=run.id, x=shown.tolist(), more=more)
