"""Held-out rows that a model gets most wrong, and what one prediction is made of: bars and the arithmetic behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from mips_core.curves.explaining import Contribution, Explanation, WorstRow
from mips_core.curves.numbers import number_text
from mips_core.curves.study import CurveStudy, LabelledData
from mips_core.views.curve_levels import bar_scale, bar_svg, signed

_FIRST_LINE = 2
"""The first line of a file after its header; rows of data from no file are counted from 0."""


def row_name(study: CurveStudy, row: int) -> str:
    """Return how a held-out row is called: by its number, and by its line where the data come from a file."""
    line = line_of(study, row)
    return f"{row + 1:,}" if line is None else f"{row + 1:,} (line {line:,})"


def line_of(study: CurveStudy, row: int) -> int | None:
    """Return the line of a held-out row in its file, or None where the data are from no file."""
    lines = study.held_out.lines
    if lines is None or study.data.table.lines is None or study.data.table.lines.min() < _FIRST_LINE:
        return None
    return int(lines[row])


def row_values(study: CurveStudy, row: int) -> dict[str, Any]:
    """Return the features of a held-out row as ``score(row)`` takes them: numbers, texts, or None."""
    found: dict[str, Any] = {}
    for name, values in study.held_out.columns.items():
        value = values[row]
        if isinstance(value, (float, np.floating)):
            value = None if np.isnan(value) else float(value)
        found[name] = value
    return found


def truth_text(data: LabelledData, target: float) -> str:
    """Write a target: a class by its name, else the number."""
    return data.classes[int(target)] if data.classes else number_text(target)


def score_text(data: LabelledData, score: float) -> str:
    """Write what a model says: the chance of the positive class, the value, or the sort key."""
    if data.task == "classification":
        name = data.classes[1] if data.classes else "1"
        return f"{name} with {1 / (1 + np.exp(-score)):.1%}"
    return f"{score:,.4g}".replace("-", "−")


def wrong_text(data: LabelledData, row: WorstRow) -> str:
    """Say what is wrong with a row: for classes, which have names here, the log loss."""
    return f"log loss {row.loss:.2f}" if data.task == "classification" else row.words


def rows_html(study: CurveStudy, rows: Sequence[WorstRow], chosen: int) -> str:
    """Show rows as a table; a click, or the button in each, tells ``row-`` and its index."""
    data = study.data
    body = "".join(
        f'<tr data-value="row-{each.row}" aria-selected="{"true" if each.row == chosen else "false"}">'
        f'<td><button type="button" data-value="row-{each.row}">{row_name(study, each.row)}</button></td>'
        f'<td class="name" data-head="{escape(data.target)}">{escape(truth_text(data, each.target))}</td>'
        f'<td class="name" data-head="model says">{escape(score_text(data, each.score))}</td>'
        f'<td class="name">{escape(wrong_text(data, each))}</td></tr>'
        for each in rows
    )
    heads = ("held-out row", data.target, "model says", "what is wrong")
    return (
        '<div class="curves scroll" tabindex="0" role="region" aria-label="Rows with the largest error">'
        f"<table><thead><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def rows_columns(study: CurveStudy, rows: Sequence[WorstRow]) -> dict[str, list[object]]:
    """Return the table of worst rows with all their features, for a file."""
    features = [row_values(study, each.row) for each in rows]
    named: dict[str, list[object]] = {
        "row": [row_name(study, each.row) for each in rows],
        study.data.target: [truth_text(study.data, each.target) for each in rows],
        "score": [each.score for each in rows],
        "loss": [each.loss for each in rows],
        "wrong": [wrong_text(study.data, each) for each in rows],
    }
    return named | {name: ["" if row[name] is None else row[name] for row in features] for name in study.model.features}


def explanation_html(explanation: Explanation, units: Mapping[str, str]) -> str:
    """Show what a score is made of: a signed bar for each feature, with the segment used and its arithmetic."""
    parts = explanation.by_size
    scale = bar_scale(each.amount for each in parts)  # the bias, which may dwarf all, has no bar
    body = "".join(_contribution(each, bar_svg(each.amount, scale), units.get(each.feature, "")) for each in parts)
    return (
        '<div class="curves scroll" tabindex="0" role="region" aria-label="What the prediction is made of">'
        "<table><thead><tr><th>feature</th><th>value</th><th class=number>adds</th><td></td><th>how</th></tr></thead>"
        f'<tbody><tr><td class="name">bias</td><td></td><td class="number">{signed(explanation.bias)}</td>'
        '<td></td><td class="how">the score before any feature</td></tr>'
        f'{body}<tr><td class="name"><b>score</b></td><td></td>'
        f'<td class="number"><b>{signed(explanation.score)}</b></td><td></td>'
        '<td class="how">the sum of all above</td></tr></tbody></table></div>'
    )


def _contribution(part: Contribution, bar: str, unit: str) -> str:
    value = part.value
    shown = "missing" if value is None else number_text(value) if isinstance(value, float) else str(value)
    named = f"{shown} {unit}" if unit and value is not None else shown
    how = part.arithmetic if part.arithmetic.startswith(part.where) else f"{part.where}: {part.arithmetic}"
    return (
        f'<tr><td class="name">{escape(part.feature)}</td><td class="name">{escape(named)}</td>'
        f'<td class="number">{signed(part.amount)}</td><td class="bar">{bar}</td>'
        f'<td class="how">{escape(how)}</td></tr>'
    )


def explanation_words(explanation: Explanation) -> str:
    """Say which features move the score most."""
    told = [f"{each.feature} {signed(each.amount)}" for each in explanation.by_size[:3] if each.amount]
    start = f"It starts at the bias, {signed(explanation.bias)}. " if explanation.bias else ""
    most = f" Moved most by {', '.join(told)}." if told else ""
    return f"{start}The score is {signed(explanation.score)}.{most}"
