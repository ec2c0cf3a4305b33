"""What the page "Curves" is about: data, how all curves are fitted, chosen feature and row; all in the address."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mips_core.curves.measured import Measures
from mips_core.curves.study import CurveStudy
from pages.parts.address import followed, forget_other_run, keep, keep_unusual, last, prepare, restore, write
from pages.parts.words import curves as words

OWN = "own"
DATASET, FEATURE, SEGMENTS, MONOTONE, CASE = "dataset", "feature", "segments", "monotone", "case"
AUTOMATIC = "automatic"
MOST_SEGMENTS = 8
_FIRST = ("diabetes",)
"""Data shown to who comes first."""


@dataclass(frozen=True)
class Found:
    """A study to show.

    Parameters
    ----------
    key : names the data and how they were distilled, for what is kept between reruns
    source : what Python and the command line read: the name of bundled data, or of a file
    study : what the distillation found
    bundled : whether the data ship with the program
    measures : what was measured beforehand
    """

    key: str
    source: str
    study: CurveStudy
    bundled: bool
    measures: Measures | None = None


@dataclass(frozen=True)
class Fitting:
    """How all curves are fitted: segments at most, None for as many as each needs, and whether all are monotone."""

    segments: int | None
    monotone: bool

    @property
    def is_usual(self) -> bool:
        """Whether this is what the distillation itself does."""
        return self.segments is None and not self.monotone


def choose_data(shipped: Sequence[str]) -> str:
    """Show the picker of data; return a shipped name, or "own"."""
    options = [*sorted(shipped, key=lambda name: (name not in _FIRST, name)), OWN]
    prepare(DATASET, options[0], options)
    chosen: str = st.selectbox(
        words.DATASET, options, key=DATASET, help=words.DATASET_HELP, width=520,
        format_func=lambda name: words.OWN if name == OWN else words.LABELS.get(name, name),
    )  # fmt: skip
    keep_unusual(DATASET, chosen, options[0])
    return chosen


def fitting(found: Found) -> Fitting:
    """Return how all curves are to be fitted; the widgets that say so come later on the page."""
    forget_other_run(found.key, FEATURE, SEGMENTS, MONOTONE, CASE)
    options = [AUTOMATIC, *map(str, range(1, MOST_SEGMENTS + 1))]
    prepare(SEGMENTS, AUTOMATIC, options)
    prepare(MONOTONE, False, (False, True), lambda text: text == "true")
    return chosen_fitting()


def chosen_fitting() -> Fitting:
    """Return how all curves are to be fitted, by what was chosen last."""
    segments = str(st.session_state[SEGMENTS])
    return Fitting(None if segments == AUTOMATIC else int(segments), bool(st.session_state[MONOTONE]))


def show_fitting() -> None:
    """Show the two widgets of :func:`fitting`."""
    options = [AUTOMATIC, *map(str, range(1, MOST_SEGMENTS + 1))]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        chosen = st.selectbox(
            words.SETTINGS, options, key=SEGMENTS, help=words.SETTINGS_HELP, width=220,
        )  # fmt: skip
        held = st.toggle(words.ALL_MONO, key=MONOTONE, help=words.ALL_MONO_HELP)
    keep_unusual(SEGMENTS, chosen, AUTOMATIC)
    write(MONOTONE, "true" if held else None)


def put_segments(value: str) -> None:
    """Take the number of segments that a click chose, ``segments-3``; the same again means automatic."""
    chosen = value.removeprefix("segments-")
    if st.session_state.get(SEGMENTS) == chosen:
        chosen = AUTOMATIC
    st.session_state[SEGMENTS] = chosen
    write(SEGMENTS, None if chosen == AUTOMATIC else chosen)


def chosen_feature(features: Sequence[str]) -> str:
    """Return the feature that is chosen, the first of ``features`` at first."""
    prepare(FEATURE, features[0], features)
    return str(st.session_state[FEATURE])


def show_feature(features: Sequence[str]) -> None:
    """Show a box that chooses the feature, for those who know its name."""
    chosen = st.selectbox("Feature", features, key=FEATURE, width=320)
    keep_unusual(FEATURE, chosen, features[0])


def put_feature(value: str) -> None:
    """Take the feature that a click chose, ``feature-`` and its name."""
    keep(FEATURE, value.removeprefix("feature-"))
    st.session_state[FEATURE] = value.removeprefix("feature-")


def chosen_case(count: int, worst: int) -> int:
    """Return the held-out row that is chosen, from 0; the worst one, whichever it is, until somebody chooses.

    Parameters
    ----------
    count : held-out rows
    """
    number = restore(CASE, 0, int)
    if followed(CASE):
        write(CASE, str(number))
    if last(CASE) is None or not 1 <= number <= count:
        number = worst + 1
        write(CASE, None)
    st.session_state[CASE] = number
    return int(number) - 1


def show_case(count: int) -> None:
    """Show a field for the number of a held-out row."""
    st.number_input(words.ROW_NUMBER, 1, count, key=CASE, step=1, help=words.ROW_HELP, width=160, on_change=_keep_case)


def _keep_case() -> None:
    write(CASE, str(st.session_state[CASE]))


def put_case(value: str) -> None:
    """Take the row that a click chose, ``row-`` and its index from 0."""
    number = int(value.removeprefix("row-")) + 1
    st.session_state[CASE] = number
    write(CASE, str(number))
