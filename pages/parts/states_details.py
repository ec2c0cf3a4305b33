"""The lower levels of the page of hidden states, folded: distances, readings, the lattice, the normal form."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.states.lattice_evidence import LatticeFit
from mips_core.views.hidden_state_figure import reading_figure
from mips_core.views.hidden_states import straight_reading
from mips_core.views.lattice_figure import candidate_rows, error_figure, steps_text
from mips_core.views.sequences import count_text, share_text
from pages.parts import data, states_data
from pages.parts.address import keep_unusual, prepare
from pages.parts.fold import fold
from pages.parts.states_settings import Settings
from pages.parts.training_film import show_film, stored_film
from pages.parts.words import hidden_states as words


def show_details(run: Run, settings: Settings) -> None:
    """Show the folded parts that apply to the run."""
    machine = run.machine
    if isinstance(machine, MealyMachine):
        fold("How far apart are the states?", "gaps", "table", lambda: _gaps(run, machine))
    elif machine is not None and machine.order:
        fold("Can the integer be read off?", "readings", "table", lambda: _readings(run, settings.colour))
    fold("The lattice in numbers: basis, offset, errors", "lattice", "grid_4x4", lambda: _lattice(run))
    fold("What the normal form did, step by step", "normal_form", "transform", lambda: _normal_form(run))


def show_training(run: Run) -> None:
    """Offer to show how the hidden states came to their places, where the training was recorded."""
    if not run.snapshot_file.exists():
        return
    st.subheader(words.TRAINING, anchor=False, divider="gray")
    prepare("film", False, (True, False), "True".__eq__)
    asked = st.toggle(words.SHOW_TRAINING, key="film")
    keep_unusual("film", asked, False)
    shown = stored_film(run) if asked else None
    if shown is not None:
        show_film(shown, f"states_film_{run.id}")


def _gaps(run: Run, machine: MealyMachine) -> None:
    st.dataframe(states_data.gaps(run), hide_index=True, height="auto" if machine.states <= 12 else 430)
    st.caption(words.PLACES)


def _readings(run: Run, colour: str) -> None:
    names = [v.name for v in run.machine.state]
    cloud = data.cloud(run, names.index(colour) if colour in names else 0)
    readings = straight_reading(cloud)
    one, two = st.columns([3, 2], gap="medium")
    with one:
        st.plotly_chart(
            reading_figure(readings, cloud.label), key="reading",
            alt=f"The integer {cloud.label} against its reading; largest error {readings.worst:.2g}.",
        )  # fmt: skip
    with two:
        st.metric("Readings that round to the integer", share_text(readings.share))
        st.metric("Largest error", f"{readings.worst:.2g}")
        st.caption(
            f"The best straight-line map from {count_text(run.network.state_size, 'hidden number')} to "
            f"**{cloud.label}**, fitted by least squares to the points above. *Colour by* chooses the integer."
        )


def _lattice(run: Run) -> None:
    search = states_data.lattice(run)
    if search.found is not None:
        fit = search.found
        if fit.order == 0:
            st.markdown("Nothing is counted: every hidden state that matters is the same lattice point.")
            return
        source = words.FROM_WEIGHTS if fit.source == "reachability" else words.FROM_POINTS
        st.markdown(
            f"The hidden states lie near **{fit.used:,} points** of a lattice of dimension **{fit.order}**; "
            f"the farthest is {steps_text(fit.largest_error)} steps off. {source}"
        )
        _matrices(fit)
    else:
        st.warning(search.reason, icon=":material/grid_off:")
        if not search.candidates:
            return
        st.markdown("These lattices came nearest:")
        st.dataframe(candidate_rows(search.candidates), hide_index=True)
        fit = search.candidates[0]
        st.markdown(f"Errors of the first, of dimension {fit.order}:")
    st.plotly_chart(
        error_figure(fit), key="lattice_errors",
        alt=f"Distances of {len(fit.errors) - 1:,} hidden states from their lattice points, in lattice steps; the "
        f"median is {np.median(fit.errors):.2g}, the largest {fit.largest_error:.2g}.",
    )  # fmt: skip
    st.caption(words.CHANCE)


def _matrices(fit: LatticeFit) -> None:
    units = [f"h{i + 1}" for i in range(fit.basis.shape[1])]
    st.markdown("**Basis**, one lattice vector on each row, and the **offset**, the hidden state with all integers 0:")
    _matrix(np.vstack([fit.basis, fit.offset]), [*fit.names, "offset"], units)
    st.latex(r"\text{hidden state} \approx \text{integers} \cdot \text{basis} + \text{offset}")


def _matrix(values: NDArray[np.float64], rows: list[str], columns: list[str]) -> None:
    table: dict[str, list[str] | list[float]] = {"": rows}
    table |= {name: (column + 0.0).round(6).tolist() for name, column in zip(columns, values.T, strict=True)}
    st.dataframe(table, hide_index=True)


def _normal_form(run: Run) -> None:
    view = states_data.normal(run)
    for number, step in enumerate(view.steps, start=1):
        sign = ":blue[:material/check:]" if step.applied else ":gray[:material/remove:]"
        st.markdown(f"{number}. {sign} **{words.capital(words.NORMALISED[step.name])}.** {step.reason}")
    st.markdown(view.symmetry)
    if len(view.directions):
        st.markdown("Places in the normal form are *(hidden state - centre)* times these rows:")
        units = [f"h{i + 1}" for i in range(view.directions.shape[1])]
        names = [f"axis {i + 1}" for i in range(len(view.directions))]
        _matrix(np.vstack([view.directions, view.centre]), [*names, "centre"], units)
    if view.network is not None:
        forward, from_input, bias = view.network.affine_transition()
        st.markdown("In these coordinates one step of the network is *A h + B x + b*:")
        new = [f"new h{i + 1}" for i in range(len(forward))]
        old = [f"A h{i + 1}" for i in range(len(forward))]
        read = [f"B {i + 1}" for i in range(from_input.shape[1])]
        _matrix(np.hstack([forward, from_input, bias[:, None]]), new, [*old, *read, "b"])
