"""The hunt round by round: how many states were reached, and the shortest counterexample, until the set closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from mips_core.tasks.vocabulary import Words
from mips_core.views.failure_words import TABLE_CSS
from mips_core.views.palette import DIFFER, HUES
from mips_core.views.proof_states import cell_text
from mips_core.views.sequences import count_text, sequence_text


def rounds_figure(rounds: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Draw states reached (log) above and the length of the shortest counterexample below, over the rounds.

    Parameters
    ----------
    rounds : as :meth:`~mips_core.runs.closing.Round.to_dict` gives them
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.1, row_heights=[0.55, 0.45])
    number = [r["number"] for r in rounds]
    closed = [r for r in rounds if r["closed"]]
    figure.add_trace(
        go.Scatter(x=number, y=[r["states"] for r in rounds], mode="lines+markers", name="states reached",
                   line={"color": HUES[0], "width": 2}, marker={"symbol": "circle", "size": 9},
                   hovertemplate="round %{x}: %{y:,} states<extra></extra>"), row=1, col=1,
    )  # fmt: skip
    if closed:
        figure.add_trace(
            go.Scatter(x=[r["number"] for r in closed], y=[r["states"] for r in closed], mode="markers",
                       name="the set closes", marker={"symbol": "star", "size": 17, "color": HUES[2],
                                                      "line": {"color": "rgba(20,20,20,0.6)", "width": 1}},
                       hovertemplate="round %{x}: closed with %{y:,} states<extra></extra>"), row=1, col=1,
        )  # fmt: skip
    wrong = [r for r in rounds if r["length"]]
    figure.add_trace(
        go.Scatter(x=[r["number"] for r in wrong], y=[r["length"] for r in wrong], mode="lines+markers",
                   name="shortest counterexample", line={"color": DIFFER, "width": 2, "dash": "dot"},
                   marker={"symbol": "diamond", "size": 10},
                   hovertemplate="round %{x}: %{y} steps<extra></extra>"), row=2, col=1,
    )  # fmt: skip
    figure.update_xaxes(dtick=max(1, len(rounds) // 10), fixedrange=True)
    figure.update_xaxes(title_text="round", row=2, col=1)
    figure.update_yaxes(title_text="states", type="log", dtick=1, fixedrange=True, row=1, col=1)
    figure.update_yaxes(title_text="steps", rangemode="tozero", fixedrange=True, row=2, col=1)
    figure.update_layout(
        height=360, margin={"l": 10, "r": 10, "t": 10, "b": 10}, dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    return figure


def rounds_alt(rounds: Sequence[Mapping[str, Any]]) -> str:
    """Say what the figure shows."""
    if not rounds:
        return "No round yet."
    last = rounds[-1]
    text = f"{count_text(len(rounds), 'round')}; in the last one {count_text(last['states'], 'state')} were reached"
    if last["closed"]:
        return f"{text} and the set closed: no counterexample of any length is left."
    return f"{text}" + (f" and a word of {count_text(last['length'], 'step')} is wrong." if last["length"] else ".")


def round_rows(rounds: Sequence[Mapping[str, Any]], words: Words = ()) -> list[dict[str, Any]]:
    """Return the rounds as rows of a table; counterexamples in the words of these vocabularies."""
    return [
        {
            "round": r["number"],
            "what was done": "trained, then walked" if r["trained"] else "rounded, then walked",
            "cell": cell_text(r["grid"]),
            "states": r["states"],
            "shortest counterexample": _word(r, words),
            "length": r["length"],
            "words trained on": r["added"],
            "closed": "yes" if r["closed"] else "no",
            "seconds": r["seconds"],
        }
        for r in rounds
    ]


def rounds_html(rounds: Sequence[Mapping[str, Any]], words: Words = (), longest: int = 400) -> str:
    """Return the rounds as a table in HTML; the button of a row with a counterexample has its place as ``data-value``.

    Parameters
    ----------
    longest : steps that the player takes; longer counterexamples have no button
    """
    rows = []
    for place, row in enumerate(round_rows(rounds, words)):
        action = ""
        if row["length"] and row["length"] <= longest:
            label = f"Open the counterexample of round {row['round']} in lock-step"
            action = f'<button type="button" data-value="{place}" aria-label="{label}">Open ▸</button>'
        found = f"{row['length']} steps" if row["length"] else "<b>✓ closed</b>" if row["closed"] == "yes" else "none"
        rows.append(
            f"<tr><td>{row['round']}</td><td class='wide'>{row['what was done']}</td><td>{row['cell']}</td>"
            f"<td>{row['states']:,}</td><td>{found}</td>"
            f"<td class='word wide'>{escape(_cut(row['shortest counterexample']))}</td><td>{action}</td></tr>"
        )
    names = ("round", "done", "cell", "states", "counterexample", "shortest one", "lock-step")
    wide = ("done", "shortest one")
    head = "".join(f'<th scope="col"{" class=wide" if name in wide else ""}>{name}</th>' for name in names)
    return (
        f'<style>{TABLE_CSS}</style><div class="fails"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _word(found: Mapping[str, Any], words: Words) -> str:
    word = found["word"]
    return "" if not word else sequence_text(np.array(word, dtype=np.int64).reshape(len(word), -1), words)


def _cut(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"… {text[-most:]}"
