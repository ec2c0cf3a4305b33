"""Clusters and conflicts against the distance that counts as the same: a figure, and what it says."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mips_core.states.clusters import Conflicts, ToleranceCurve
from mips_core.views.palette import DIFFER, GREY, HUES
from mips_core.views.sequences import count_text


def tolerance_text(tolerance: float) -> str:
    """Write a share of the extent.

    >>> tolerance_text(0.2), tolerance_text(0.0035)
    ('20 %', '0.35 %')
    """
    return f"{100 * tolerance:.3g} %"


def tolerance_figure(curve: ToleranceCurve, chosen: float, states: int | None, noun: str = "state") -> go.Figure:
    """Draw clusters above and conflicts below, over the tolerance on a logarithmic scale.

    Parameters
    ----------
    chosen : the tolerance that is marked
    states : how many states, or values of its integers, the machine has; drawn as a reference, or None
    noun : what those are called
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.09, row_heights=[0.55, 0.45])
    x = 100 * curve.tolerances
    step = {"shape": "hv", "width": 2.5}
    figure.add_trace(
        go.Scatter(x=x, y=curve.clusters, mode="lines", name="clusters", line={**step, "color": HUES[0]},
                   hovertemplate="%{x:.3g} %: %{y:,} clusters<extra></extra>"), row=1, col=1,
    )  # fmt: skip
    if states is not None:
        figure.add_trace(
            go.Scatter(x=[x[0], x[-1]], y=[states, states], mode="lines", name=f"{noun}s of the machine",
                       hoverinfo="skip", line={"color": GREY, "dash": "dash", "width": 2}), row=1, col=1,
        )  # fmt: skip
    for name, counts, colour, dash in (
        ("leads to several clusters", curve.moves, DIFFER, "solid"),
        ("gives several answers", curve.answers, HUES[3], "dot"),
    ):
        figure.add_trace(
            go.Scatter(x=x, y=counts, mode="lines", name=name, line={**step, "color": colour, "dash": dash},
                       hovertemplate=f"%{{x:.3g}} %: %{{y:,}} pairs, one input {name}<extra></extra>"), row=2, col=1,
        )  # fmt: skip
    figure.add_vline(x=100 * chosen, line={"color": HUES[2], "width": 2.5})
    figure.update_xaxes(type="log", range=[-2, 2.02], showgrid=True, tickvals=[0.01, 0.1, 1, 10, 100],
                        ticktext=["0.01 %", "0.1 %", "1 %", "10 %", "100 %"])  # fmt: skip
    figure.update_xaxes(title_text="share of the cloud's extent", row=2, col=1)
    figure.update_yaxes(title_text="clusters", type="log", dtick=1, row=1, col=1)
    figure.update_yaxes(title_text="conflicts", rangemode="tozero", row=2, col=1)
    figure.update_layout(
        height=380, margin={"l": 10, "r": 10, "t": 10, "b": 10}, hovermode="x",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    return figure


def tolerance_alt(curve: ToleranceCurve, chosen: float, states: int | None, noun: str = "state") -> str:
    """Say what the figure shows."""
    place = int((curve.tolerances <= chosen * (1 + 1e-9)).sum()) - 1
    text = (
        f"From {tolerance_text(curve.tolerances[0])} to {tolerance_text(curve.tolerances[-1])} the clusters fall from "
        f"{curve.clusters[0]:,} to {curve.clusters[-1]:,}. At {tolerance_text(chosen)} there are "
        f"{count_text(int(curve.clusters[place]), 'cluster')} and "
        f"{count_text(int(curve.moves[place] + curve.answers[place]), 'conflict')}."
    )
    return text if states is None else f"{text} The machine has {count_text(states, noun)}."


def cluster_sentences(clusters: int, found: Conflicts, tolerance: float) -> str:
    """Say how many clusters there are at a tolerance, and whether they behave like the states of a machine."""
    text = f"At **{tolerance_text(tolerance)}** there are **{count_text(clusters, 'cluster')}**. "
    if found.pairs == 0:
        return text + "No cluster met the same input twice, so no conflict could show."
    tested = f"{count_text(found.pairs, 'pair')} of a cluster and an input" + (" were" if found.pairs > 1 else " was")
    if found.moves == 0 and found.answers == 0:
        return text + f"{tested} met more than once, always with one next cluster and one answer: **no conflict**."
    return text + (
        f"{tested} met more than once: {found.moves:,} lead to several clusters, and {found.answers:,} give several "
        "answers. Such clusters are **not** states of a machine."
    )


def agreement_sentence(curve: ToleranceCurve, states: int, noun: str = "state") -> str:
    """Say at which tolerance the clusters are the states of the machine, or why at none.

    Parameters
    ----------
    states : how many states, or values of its integers, were reached
    noun : what those are called
    """
    same, pure = curve.agreeing, curve.purest
    if same is not None:
        between = f"From {tolerance_text(same[0])} to {tolerance_text(same[1])}" if same[0] < same[1] else (
            f"At {tolerance_text(same[0])}"
        )  # fmt: skip
        return f"{between} the clusters are exactly the machine's {count_text(states, noun)}."
    if pure is None:
        return f"At every tolerance some cluster mixes points of two {noun}s, so distance alone does not give them."
    place = int((curve.tolerances <= pure * (1 + 1e-9)).sum()) - 1
    return (
        f"Up to {tolerance_text(pure)} no cluster mixes two {noun}s of the machine. There the "
        f"{count_text(int(curve.clusters[place]), 'cluster')} outnumber its {count_text(states, noun)}: the "
        f"network stores some {noun}s in several places, and the machine joins places with the same future."
    )
