"""What is proved of the benchmark's networks, in few words, and the networks that random testing calls perfect."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from mips_core.benchmarks.certificates import RowCertificates
from mips_core.benchmarks.counterexamples import FACTOR, CounterexampleRow
from mips_core.views.ladder import short_text
from mips_core.views.palette import DIFFER, GREY
from mips_core.views.proof_states import cell_text
from mips_core.views.sequences import count_text, sequence_text

ALL_LENGTHS, SOME_LENGTH, UNPROVED = "proved for all lengths", "proved up to a length", "no certificate"
PROOFS = (ALL_LENGTHS, SOME_LENGTH, UNPROVED)
"""What a filter can ask for."""

_GRID = re.compile(r"state grid 2\^(-?\d+)")
_STRIPES = {"shape": "/", "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.7)", "size": 7, "solidity": 0.25}


def proof_word(found: RowCertificates | None) -> str:
    """Return one of :data:`PROOFS`."""
    if found is None or found.claim is None:
        return UNPROVED
    return ALL_LENGTHS if found.always else SOME_LENGTH


def certified_text(found: RowCertificates | None) -> tuple[str, str]:
    """Return what is proved, and of which network.

    >>> certified_text(RowCertificates("proved up to length 90", 90, kind="linear"))
    ('up to length 90', 'as trained')
    """
    if found is None or found.claim is None:
        return "none", ""
    reach = "for all lengths" if found.always else f"up to length {found.length:,}"
    if found.beyond is not None:
        reach = f"{reach}; differs at length {found.beyond:,}"
    return reach, change_text(found.change) if found.change else "as trained"


def change_text(change: str) -> str:
    """Say in few words what was changed for a proof, as a network's card notes it.

    >>> change_text("trained on 90 words, state grid 2^-3"), change_text("integer weights")
    ('trained on 90 words, rounded to 1/8', 'whole-number weights')
    """
    text = _GRID.sub(lambda found: f"rounded to {cell_text(-int(found[1]))}", change)
    return text.replace("integer weights", "whole-number weights")


def trained_text(found: RowCertificates | None) -> tuple[str, bool | None]:
    """Return what is known of the network as trained, and whether that is a proof (True), a difference (False) or less.

    >>> trained_text(RowCertificates(as_trained="differs on a sequence of length 11", counterexample=11))
    ('differs at length 11', False)
    """
    if found is None:
        return "not known", None
    beyond = "" if found.counterexample is None else f"differs at length {found.counterexample:,}"
    if found.proved_as_trained and found.as_trained is not None:
        reach = short_text(found.as_trained).removeprefix("proved ")
        return (f"{reach}; {beyond}" if beyond else reach), True
    if beyond:
        return beyond, False
    return ("not known" if found.as_trained is None else short_text(found.as_trained)), None


def wrong_rows(rows: Sequence[CounterexampleRow]) -> tuple[CounterexampleRow, ...]:
    """Return the networks that random testing calls perfect and that are wrong somewhere, the shortest first."""
    wrong = [row for row in rows if row.accuracy == 1.0 and row.shortest is not None]
    return tuple(sorted(wrong, key=lambda row: (row.shortest or 0, row.task)))


def wrong_figure(rows: Sequence[CounterexampleRow]) -> go.Figure:
    """Draw for each network that is wrong somewhere the shortest such sequence, beside the trained length."""
    found = wrong_rows(rows)
    names = [row.task.replace("_", " ") for row in found]
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            y=names, x=[row.shortest for row in found], orientation="h", name="shortest wrong sequence",
            marker={"color": DIFFER, "pattern": _STRIPES},
            text=[str(row.shortest) for row in found], textposition="outside",
            hovertemplate="%{y}: wrong at step %{x}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            y=names, x=[row.length for row in found], mode="markers", name="trained length",
            marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": GREY}},
            hovertemplate="%{y}: trained at %{x} steps<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        height=120 + 26 * len(found), margin={"l": 10, "r": 10, "t": 10, "b": 10}, dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    most = [value for row in found for value in (row.shortest or 0, row.length)]
    figure.update_xaxes(title_text="steps", fixedrange=True, range=[0, 1.12 * max([1, *most])])  # room for the numbers
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True)
    return figure


def wrong_sentence(rows: Sequence[CounterexampleRow]) -> str:
    """Say how many networks that random testing calls perfect are wrong somewhere."""
    perfect, found = sum(row.accuracy == 1.0 for row in rows), wrong_rows(rows)
    if not found:
        return f"Of {perfect} networks that are right on all random sequences, none was found wrong on another one."
    first = found[0]
    return (
        f"Before training on counterexamples, **{len(found)} of {perfect}** networks that are right on all random "
        f"sequences are wrong on a sequence of at most {FACTOR} times the trained length. The shortest has "
        f"{count_text(first.shortest or 0, 'step')}: {first.task.replace('_', ' ')}."
    )


def wrong_columns(rows: Sequence[CounterexampleRow]) -> Mapping[str, list[str | int]]:
    """Return all networks as a table: the shortest sequence on which each is wrong, or that none was found."""
    return {
        "task": [row.task for row in rows],
        "trained length": [row.length for row in rows],
        "random sequences right": [f"{100 * row.accuracy:g} %" for row in rows],
        "shortest wrong": [row.shortest or "none found" for row in rows],
        "sequence": ["" if row.word is None else sequence_text(np.array(row.word)) for row in rows],
        "sequences tried": [row.words for row in rows],
        "all up to length": [row.covered for row in rows],
    }
