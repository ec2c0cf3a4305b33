"""Which hidden states are chosen, by click, box or lasso, by the table, or by a state that was chosen anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.chosen_points import MOST_CHOSEN, parse_points, points_text
from mips_core.views.hidden_states import Cloud
from mips_core.views.palette import state_name
from pages.parts.address import restore, write
from pages.parts.picker import choose_state, chosen_state

CHARTS = ("cloud_raw", "cloud_normal")
"""Names of the charts in which points can be chosen."""


def chart_key(name: str) -> str:
    """Return the key of a chart: a new one once its selection was dropped, since a chart keeps its selection."""
    rounds = st.session_state.get("charts_cleared", 0)
    return f"{name}_{rounds}" if rounds else name


@dataclass(frozen=True)
class Choice:
    """What the reader chose.

    Parameters
    ----------
    points : the points that were clicked, or lie in a box or a lasso
    row : the point whose row of the table is marked
    state : the state of the machine that is chosen on all pages
    left_out : points that were selected but are too many to be kept
    """

    points: tuple[int, ...] = ()
    row: int | None = None
    state: int | None = None
    left_out: int = 0

    @property
    def ringed(self) -> tuple[int, ...]:
        """The points that get a ring in both pictures."""
        return tuple(dict.fromkeys([*self.points, *([] if self.row is None else [self.row])]))

    def lit(self, cloud: Cloud) -> tuple[int, ...]:
        """Return the states of the machine whose points stand out."""
        if not cloud.finite:
            return ()
        return (self.state,) if self.state is not None else tuple(np.unique(cloud.values[list(self.points)]).tolist())


def read_choice(run: Run, cloud: Cloud) -> Choice:
    """Return what is chosen, in a chart just now, or before, or in the address.

    A selection lives in the chart only as long as the page stands, so it is copied to the address.  It is read before
    the charts are drawn, so that they already show it.
    """
    left_out = _take_selection(cloud)
    points, row = _kept("points", len(cloud.states)), _kept("row", len(cloud.states))[:1]
    state = chosen_state(run)
    if state is not None and state not in cloud.values[list(points)]:  # another state was chosen since, or no points
        points = ()
    if state is not None and state not in cloud.values[list(row)]:
        row = ()
    _write("points", points)
    _write("row", row)
    return Choice(points, row[0] if row else None, state, left_out if points else 0)


def _kept(name: str, count: int) -> tuple[int, ...]:
    try:
        return parse_points(restore(name, ""), count)
    except ValueError:  # an address that was cut or typed
        return ()


def _write(name: str, points: Sequence[int]) -> None:
    st.session_state[name] = points_text(points)
    write(name, points_text(points) or None)


def _take_selection(cloud: Cloud) -> int:
    """Copy what was just selected in a chart; return how many selected points were left out."""
    for name in CHARTS:
        event, seen = st.session_state.get(chart_key(name)), f"{name}_seen"
        if event is None:  # the chart was not on the page before
            st.session_state.pop(seen, None)
            continue
        found = tuple(sorted({_number(point) for point in event["selection"]["points"] if "customdata" in point}))
        before = st.session_state.get(seen, ())
        st.session_state[seen] = found
        if found == before:
            continue
        kept = sorted(found, key=lambda point: (cloud.steps[point], point))[:MOST_CHOSEN]
        _write("points", kept)
        _write("row", ())
        st.session_state["points_left_out"] = len(found) - len(kept)
        states = {int(v) for v in cloud.values[list(kept)]} if cloud.finite else set()
        choose_state(states.pop() if len(states) == 1 else None)
    return int(st.session_state.get("points_left_out", 0))


def _number(point: dict[str, Any]) -> int:
    value = point["customdata"]
    return int(value[0] if isinstance(value, list) else value)


def clear() -> None:
    """Choose nothing; for callbacks."""
    _write("points", ())
    _write("row", ())
    st.session_state["points_left_out"] = 0
    if any(st.session_state.pop(f"{name}_seen", ()) for name in CHARTS):
        st.session_state["charts_cleared"] = st.session_state.get("charts_cleared", 0) + 1
    choose_state(None)


def toggle_state(state: int, chosen: int | None) -> None:
    """Choose a state and all its points, or none when it was chosen already; for callbacks."""
    clear()
    choose_state(None if state == chosen else state)


def choose_row(point: int | None, cloud: Cloud) -> None:
    """Mark the point of a row, and choose its state; for callbacks."""
    _write("row", () if point is None else (point,))
    if point is not None and cloud.finite:
        choose_state(int(cloud.values[point]))


def shown_points(
    cloud: Cloud, drawn: IntArray, points: tuple[int, ...], state: int | None, first: tuple[int, ...]
) -> tuple[tuple[int, ...], str]:
    """Return the points that the table lists, and what they are in words."""
    if points:
        return points, f"The {len(points)} points that you chose" if len(points) > 1 else "The point that you chose"
    if state is not None and cloud.finite:
        own = drawn[cloud.values[drawn] == state]
        some = tuple(own[cloud.steps[own].argsort(kind="stable")][:MOST_CHOSEN].tolist())
        which = f"All {len(own):,}" if len(own) == len(some) else f"The first {len(some)} of {len(own):,}"
        return some, f"{which} hidden states of {state_name(state)}, those with the shortest inputs first"
    noun = "state" if cloud.finite else "cluster"
    some = "each" if len(first) <= MOST_CHOSEN else f"{MOST_CHOSEN} of {len(first):,}"
    one = noun if len(first) <= MOST_CHOSEN else f"{noun}s"
    return first[:MOST_CHOSEN], f"The first hidden state of {some} {one}: the one with the shortest input"


def find_state(machine: MealyMachine, chosen: int | None) -> None:
    """Show a selector of states, for machines with more than a strip can hold."""
    st.session_state["states_find"] = chosen

    def take() -> None:
        clear()
        choose_state(st.session_state["states_find"])

    st.selectbox(
        "Find a state", [None, *range(machine.states)], key="states_find", on_change=take, width=220,
        format_func=lambda s: "none" if s is None else state_name(s), placeholder="by its name",
    )  # fmt: skip
