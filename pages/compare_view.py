"""Network, machine, program and truth in lock-step over one sequence."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.tasks.vocabulary import plain_step
from mips_core.views.claims import counts, facts
from mips_core.views.lockstep import ROWS
from mips_core.views.sequences import count_text
from mips_core.views.step_words import agreement_rows, everything, step_sentences, verdict_sentence
from mips_core.views.values_figure import rounding_figure, variables_figure
from pages.parts import data, words
from pages.parts.downloads import download_row
from pages.parts.frame import head, in_python, teach
from pages.parts.machine_view import current_place, machine_picture, picture_and_text, tape
from pages.parts.picker import choose_run, choose_step, sample_buttons, show_claim, type_sequence
from pages.parts.sidebar import path_of

head("Compare", words.PURPOSE["compare"])
left, right = st.columns([1, 2], gap="medium")
with left:
    run = choose_run()
with right:
    x = type_sequence(run)
sample_buttons(run)
show_claim(run)
path_of(run)

lock = data.stepped(run, x)
sentence, agree = verdict_sentence(lock)
(st.info if agree else st.warning)(sentence, icon=":material/check_circle:" if agree else ":material/warning:")
for name in (row for row in ROWS if row in lock.missing):
    st.caption(f"{name.capitalize()}: {lock.missing[name]}")

step = choose_step(len(x))
tape(lock, step)

machine = run.machine
picture, happening = picture_and_text(run) if isinstance(machine, MealyMachine) else tuple(st.columns(2, gap="large"))
with picture:
    if isinstance(machine, MealyMachine):
        current, edge = current_place(lock, step)
        machine_picture(run, current, edge, None)
    elif lock.variables:
        st.plotly_chart(
            variables_figure(lock, step), key="variables", alt="The program's variables along the sequence."
        )
with happening:
    st.markdown(f"#### Step {step} of {len(x)}" if step else "#### Before the first step")
    st.markdown("\n".join(f"- {line}" for line in step_sentences(lock, step, machine)))

st.subheader("Who agrees with whom", anchor=False, divider="gray")
here, held_out = st.columns([1, 1], gap="large")
with here:
    st.markdown(f"**On this sequence** of {count_text(len(x), 'step')}")
    rows = agreement_rows(lock)
    if rows:
        st.dataframe(rows, hide_index=True)
    else:
        st.caption("There is nothing to compare with.")
with held_out:
    st.markdown("**On held-out sequences**, when the run was made")
    found = counts(run.report)
    if found:
        st.dataframe([{"compared": c.pair, "length": c.length, "agree on": c.text} for c in found], hide_index=True)
    else:
        st.caption("Nothing could be compared.")
    st.markdown("\n".join(f"- {line}" for line in facts(run.report)))

with st.expander("All numbers of this sequence", icon=":material/table:"):
    if len(x) and lock.rounds:
        st.plotly_chart(
            rounding_figure(lock, step), key="rounding",
            alt="The network's outputs before rounding, beside the integers that they become.",
        )  # fmt: skip
    st.dataframe(everything(lock), hide_index=True)

teach(words.SEES["compare"])
imports = "from mips_core.runs import open_run\nfrom mips_core.views.lockstep import lock_step\nimport numpy as np\n\n"
sequence = f"x = np.array({x[:8].tolist()})\n"
vocabularies = data.words_of(run)
if vocabularies:
    imports = f"from mips_core.tasks.vocabulary import numbered_step\n{imports}"
    sequence = (
        f"steps = {[plain_step(step, vocabularies) for step in x[:8]]}\n"
        "x = np.array([numbered_step(step, run.network.card.input_words) for step in steps])\n"
    )
in_python(
    f'{imports}run = open_run("{run.id}")\n{sequence}'
    "lock = lock_step(run.network, run.machine, run.program, None, x)\n"
    "print([a.sentence for a in lock.agreements()])",
    data.verify_command(run),
)
download_row(run)
