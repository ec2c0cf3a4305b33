"""Network, machine and program step by step, all at the same moment."""

import streamlit as st

from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.sequence_code import sequence_code
from mips_core.views.step_words import everything
from pages.parts import data
from pages.parts.downloads import download_row
from pages.parts.fold import fold
from pages.parts.frame import head, in_python, teach
from pages.parts.picker import choose_run, sample_buttons, show_claim, type_sequence
from pages.parts.player import player
from pages.parts.sidebar import path_of
from pages.parts.words import play

# The player wants the whole width and height of a small screen.
_CSS = """
<style>
  .stMainBlockContainer { padding: 1rem 2.2rem 4rem; }
  @media (max-width: 640px) { .stMainBlockContainer { padding: 2.8rem 1rem 4rem; } }
</style>
"""

head("Lock-step", play.PURPOSE)
st.html(_CSS)
left, middle, right = st.columns([4, 8, 3], gap="small", vertical_alignment="bottom")
with left:
    run = choose_run()
with middle:
    x = type_sequence(run)
with right, st.popover("Other ones", icon=":material/casino:", width="stretch", help="Random sequences, the example"):
    sample_buttons(run)
path_of(run)


def code(run: Run, x: IntArray) -> str:
    """Return Python that runs the first steps in lock-step and follows the program line by line."""
    imports, lines = sequence_code(x, data.words_of(run))
    imports += ["from mips_core.runs import open_run", "from mips_core.views.lockstep import lock_step"]
    lines += [
        "lock = lock_step(run.network, run.machine, run.program, None, x)",
        "print({name: outputs.tolist() for name, outputs in lock.outputs.items()})",
    ]
    if run.program is not None:
        imports += ["from mips_core.views.program_trace import trace_program"]
        lines += ["for number, step in enumerate(trace_program(run.program, x).steps):",
                  "    print(number, [executed.values for executed in step])"]  # fmt: skip
    return "\n".join([*imports, "", f'run = open_run("{run.id}")', *lines])


@st.fragment
def show(run: Run, x: IntArray) -> None:
    """Show the player; a pause or a choice in it runs this part of the page only."""
    player(run, x)


show(run, x)
show_claim(run)

fold(
    "All numbers of this sequence", "numbers", "table",
    lambda: st.dataframe(everything(data.stepped(run, x)), hide_index=True),
)  # fmt: skip

teach(play.SEES)
in_python(code(run, x), data.distill_command(run))
download_row(run)
