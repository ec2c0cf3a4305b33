"""A stored training: its moments with a slider and a play button, and its loss curves."""

from pathlib import Path

import streamlit as st

from mips_core.networks import load_network
from mips_core.networks.snapshots import FILE, read_snapshots
from mips_core.runs import Run
from mips_core.runs.training import KEPT_FILE
from mips_core.views.training import Film, accuracy_figure, film, loss_figure, moment_figure, moment_words
from pages.parts import data
from pages.parts.address import keep_unusual, prepare
from pages.parts.fold import fold
from pages.parts.plain import plain
from pages.parts.run_key import BY_FOLDER
from pages.parts.words import train as words

_FRAME = 0.6
"""Seconds between two moments when they are played."""


@st.cache_resource(max_entries=8, show_spinner="Reading the moments of the training", hash_funcs=BY_FOLDER)
def stored_film(run: Run) -> Film | None:
    """Read the snapshots of a run, or return None where there are none."""
    return None if run.snapshots is None else film(run.snapshots, run.network, run.machine)


def recorded_run() -> Run | None:
    """Return a run whose training was recorded: one's own, pinned and newest first, or one that ships."""
    return next((run for run in data.recent_runs() if run.snapshot_file.is_file()), None)


def show_example(run: Run) -> None:
    """Show a training from before, for whoever has not started one."""
    shown = stored_film(run)
    if shown is not None:
        st.subheader("A training from before", anchor=False, divider="gray")
        st.markdown(words.EXAMPLE.format(name=plain(run.name)))
        show_film(shown, f"film_{run.id}")


@st.cache_resource(max_entries=8, show_spinner="Reading the moments of the training")
def kept_film(folder: Path) -> Film | None:
    """Read what a stopped training left in the folder of its job."""
    snapshots = read_snapshots(folder / FILE)
    return None if snapshots is None else film(snapshots, load_network(folder / KEPT_FILE), None)


def show_film(shown: Film, key: str) -> None:
    """Show the moments of a training, then its loss curves.

    Parameters
    ----------
    key : tells several films of one session apart
    """
    playing = bool(st.session_state.get(f"{key}_playing"))
    st.fragment(_moments, run_every=_FRAME if playing else None)(shown, key, playing)
    fold("Training loss of every architecture that was tried", f"{key}_losses", "show_chart", lambda: _loss(shown, key))


def _loss(shown: Film, key: str) -> None:
    curves = shown.snapshots.curves
    figure = loss_figure(curves, shown.snapshots.rung)
    st.plotly_chart(figure, key=f"{key}_loss", alt=f"Loss on a log scale, of {', '.join(curves.rungs)}.")


def _moments(shown: Film, key: str, ticking: bool) -> None:
    """Show one moment; ``ticking`` says whether this fragment runs by itself, which only the whole page can change."""
    snapshots = shown.snapshots
    last = snapshots.count - 1
    slider, playing = f"{key}_moment", bool(st.session_state.get(f"{key}_playing"))
    if playing != ticking:
        st.rerun()
    if playing:
        _advance(key, last)
    else:
        prepare(slider, last, range(last + 1), int)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Pause" if playing else "Play", icon=":material/pause:" if playing else ":material/play_arrow:",
            on_click=_play, args=(key, last), key=f"{key}_button", disabled=last == 0, width=110,
        )  # fmt: skip
        if last > 0:
            st.slider(f"Moment, of {last}", 0, last, key=slider, width="stretch")
    moment = int(st.session_state[slider]) if last > 0 else 0
    if not playing:
        keep_unusual(slider, moment, last)
    text = moment_words(snapshots, moment)
    st.markdown(text)
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        st.plotly_chart(moment_figure(shown, moment), key=f"{key}_points", alt=f"Hidden states. {text}")
    with right:
        moments = range(snapshots.count)  # as on the slider: most steps lie near the end, most changes at the start
        figure = accuracy_figure(moments, snapshots.lengths.tolist(), snapshots.accuracy, moment)
        figure.update_layout(height=430).update_xaxes(title_text="moment")
        st.plotly_chart(figure, key=f"{key}_accuracy", alt=f"Held-out sequences right, by length. {text}")
    told = words.FILM_GREY if shown.colours.is_grey else words.FILM
    st.caption(told.format(by=shown.colours.label))


def _play(key: str, last: int) -> None:
    """Play or pause; at the end, play from the first moment."""
    playing = not st.session_state.get(f"{key}_playing")
    st.session_state[f"{key}_playing"] = playing
    if playing and st.session_state[f"{key}_moment"] >= last:
        st.session_state[f"{key}_moment"] = 0


def _advance(key: str, last: int) -> None:
    now = min(last, st.session_state[f"{key}_moment"] + 1)
    st.session_state[f"{key}_moment"] = now
    st.session_state[f"{key}_playing"] = now < last
