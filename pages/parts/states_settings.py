"""The settings of the page of hidden states; each lives in the address, so that a link reopens the same picture."""

from dataclasses import dataclass

import streamlit as st

from mips_core.states.clusters import TOLERANCES
from mips_core.states.lattice_evidence import LatticeFit
from mips_core.states.normal_view import NormalView
from mips_core.views.colouring import choices
from mips_core.views.hidden_states import Axes, Cloud, named_axes, principal_axes, unit_axes
from mips_core.views.sequences import count_text
from mips_core.views.tolerance_figure import tolerance_text
from pages.parts.address import keep_unusual, prepare, restore, write

OF_THE_RUN = ("colour", "along", "axes", "form", "places", "close", "points", "row")
"""Settings that say nothing about another run."""

PRINCIPAL, UNITS, NORMAL, LATTICE = "principal", "hidden units", "normal form", "lattice"

_MOST_PRINCIPAL = 8


@dataclass(frozen=True)
class Settings:
    """What applies to both pictures."""

    space: int
    colour: str
    lattice: bool
    follow: bool


def choose_settings(cloud: Cloud, lattice: LatticeFit | None, length: int) -> Settings:
    """Show the row of settings above the two pictures."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        colours = choices(cloud)
        prepare("colour", colours[0], colours)
        colour = st.selectbox("Colour by", colours, key="colour", width=190)
        keep_unusual("colour", colour, colours[0])
        space = 2
        if cloud.states.shape[1] >= 3:
            prepare("space", 2, (2, 3), int)
            space = st.segmented_control("Space", [2, 3], key="space", format_func="{}-D".format, required=True)
            keep_unusual("space", space, 2)
        shown = False
        if lattice is not None:
            prepare("lines", True, (True, False), "True".__eq__)
            shown = st.toggle("Lattice", key="lines", help="Draw the lattice that the hidden states lie on.")
            keep_unusual("lines", shown, True)
        prepare("follow", False, (True, False), "True".__eq__)
        follow = st.toggle(
            "Follow the sequence", key="follow", help=f"Draw the path of your {count_text(length, 'step')}."
        )
        keep_unusual("follow", follow, False)
    return Settings(space, colour, shown, follow)


def raw_axes(cloud: Cloud, space: int) -> Axes:
    """Show from where the hidden states are looked at as they are, and return the axes."""
    size = cloud.states.shape[1]
    ways = (PRINCIPAL, UNITS) if size > 1 else (UNITS,)  # one way is shown too: both pictures begin at one height
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        prepare("along", ways[0], ways)
        way = st.segmented_control("Kind of axes", ways, key="along", required=True, width="content")
        keep_unusual("along", way, ways[0])
        if way == UNITS:
            return unit_axes(size, _numbers("axes", size, space, "hidden unit", "hidden units"))
        every = principal_axes(cloud.states, min(size, _MOST_PRINCIPAL))
        chosen = _numbers("axes", len(every.names), space, "principal axis", "principal axes")
        return named_axes(every.centre, every.directions, every.names, chosen)


def normal_axes(view: NormalView, lattice: LatticeFit | None, space: int) -> Axes | None:
    """Show from where the hidden states are looked at in normal form; None where all of them are equal."""
    ways = (NORMAL, LATTICE) if lattice is not None and lattice.order else (NORMAL,)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        prepare("form", ways[-1], ways)
        form = st.segmented_control("Coordinates", ways, key="form", required=True, width="content")
        keep_unusual("form", form, ways[-1])
        if form == LATTICE and lattice is not None:
            centre, directions, names = lattice.offset, lattice.decoder.T, lattice.names
        else:
            centre, directions = view.centre, view.directions
            names = tuple(f"normal axis {i + 1}" for i in range(len(directions)))
        if len(directions) == 0:
            return None
        return named_axes(centre, directions, names, _numbers("places", len(names), space, "axis", "axes"))


def _numbers(name: str, count: int, space: int, noun: str, nouns: str) -> tuple[int, ...]:
    """Show which axes are taken, where there is a choice; return them from 0."""
    usual = list(range(1, min(count, space) + 1))
    if count <= 1:
        return (0,)

    def read(text: str) -> list[int]:
        return [int(part) for part in text.split(".")]

    value = restore(name, usual, read)
    fits = isinstance(value, list) and len(value) == len(usual) and all(1 <= v <= count for v in value)
    st.session_state[name] = value if fits else usual
    if count <= space:
        return tuple(v - 1 for v in usual)
    chosen = st.multiselect(
        nouns.capitalize(), range(1, count + 1), key=name, max_selections=space,
        format_func="{}".format, placeholder=f"{noun} 1", width="stretch",
    )  # fmt: skip
    write(name, None if chosen == usual or not chosen else ".".join(map(str, chosen)))
    return tuple(v - 1 for v in chosen) or (0,)


def choose_tolerance(usual: float) -> float:
    """Show the slider of how close counts as the same, and return the share of the cloud's extent."""
    prepare("close", usual, TOLERANCES, float)
    chosen = st.select_slider(
        "Distance between neighbours in a cluster, at most, as a share of the cloud's extent", TOLERANCES, key="close",
        format_func=tolerance_text,
    )  # fmt: skip
    keep_unusual("close", chosen, usual)
    return float(chosen)
