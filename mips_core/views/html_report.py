"""A run as one HTML file that stands alone: no request to anywhere, no script, light and dark, printable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.resources import installed_version
from mips_core.runs import Run
from mips_core.runs.proofs import proofs_of
from mips_core.runs.row import row_of
from mips_core.views.claims import (
    FAILED,
    PARTIAL,
    claims,
    counterexample,
    counterexample_answers,
    counterexample_text,
    counts,
    headline,
    suspicious,
    verdict,
)
from mips_core.views.cloud_svg import cloud_svg
from mips_core.views.csv_text import columns_of
from mips_core.views.hidden_states import collect, principal_axes
from mips_core.views.html_style import STYLE
from mips_core.views.machine_svg import machine_svg
from mips_core.views.mathml import formulas_html
from mips_core.views.palette import GREY
from mips_core.views.proof_words import headline_html
from mips_core.views.run_rows import memory_text
from mips_core.views.samples import example, sample, stepped
from mips_core.views.sequences import count_text
from mips_core.views.step_words import verdict_sentence
from mips_core.views.tables import transition_rows
from mips_core.views.tape import tape_html

_SEQUENCES = 60
_MOST_ROWS = 400
_FEW_ROWS = 12
_MOST_SUSPICIOUS = 50
_SIGNS = {"done": "✓ done", "failed": "✗ failed", "skipped": "– skipped"}


def html_report(run: Run) -> str:
    """Return the whole report of a run as HTML."""
    title = escape(run.name.replace("_", " "))
    parts = [
        *_head(run, title),
        *_program(run),
        *_machine(run),
        *_hidden_states(run),
        *_example(run),
        *_checks(run),
        *_stages(run),
        f'<p class="hint">Made by MIPS Explorer {escape(installed_version())}.</p>',
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}: MIPS Explorer</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _head(run: Run, title: str) -> list[str]:
    row, network, word = row_of(run), run.report["network"], verdict(run.report)
    facts: dict[str, object] = {
        "made from": row.made_from,
        "network": f"{network['cell']}, hidden size {network['hidden_size']}, {network['parameters']:,} parameters",
        "machine": memory_text(run.report),
        "program": "none" if run.program is None else f"{run.program.method}, {run.program.size_text}",
        "route": (run.report.get("route") or {}).get("name"),
        "made": row.made_text or None,
        "seed": row.seed,
        "version": row.version,
        "time": f"{row.seconds:.1f} s",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(str(v))}</dd>" for name, v in facts.items() if v is not None)
    warn = " warn" if word in (PARTIAL, FAILED) else ""
    return [
        f"<h1>{title}</h1>",
        f'<p><span class="badge{warn}">{escape(word)}</span></p>',
        f'<p class="lead">{escape(headline(run.report))}</p>',
        f"<dl>{listed}</dl>",
    ]


def _program(run: Run) -> list[str]:
    if run.program is None:
        return ["<h2>Program</h2>", "<p>No program was found; below is what was tried.</p>"]
    parts = ["<h2>Program</h2>", f'<pre tabindex="0"><code>{escape(run.program.source.rstrip())}</code></pre>']
    if not run.report.get("words"):
        formulas, left_out = formulas_html(run.program.system)
        parts += [
            "<h2>As mathematics</h2>",
            '<p class="hint">One step; a prime marks the new value of what is remembered.</p>',
            f'<div class="scroll">{formulas}</div>',
        ]
        if left_out:
            parts.append(f'<p class="hint">{count_text(left_out, "formula")} too long to show; the code has all.</p>')
    return parts


def _machine(run: Run) -> list[str]:
    machine = run.machine
    if not isinstance(machine, MealyMachine):
        text = "No machine was found." if machine is None else "Its formulas above are its machine; it has no picture."
        return ["<h2>Machine</h2>", f"<p>{text}</p>"]
    drawing = machine_svg(machine)
    rows = transition_rows(machine)
    shown = {name: values[:_MOST_ROWS] for name, values in rows.items()}
    parts = [
        "<h2>Machine</h2>",
        f"<figure>{drawing.svg}<figcaption>An arrow reads input/output. {escape(drawing.note)}</figcaption></figure>",
        f"<details{' open' if len(rows['state']) <= _FEW_ROWS else ''}><summary>All transitions</summary>",
        f'<div class="scroll" tabindex="0">{_table(shown, "Transitions of the machine")}</div></details>',
    ]
    left_out = len(rows["state"]) - _MOST_ROWS
    if left_out > 0:
        parts.append(f'<p class="hint">{left_out:,} more rows are in the machine\'s own file.</p>')
    return parts


def _hidden_states(run: Run) -> list[str]:
    cloud = collect(run.network, run.machine, sample(run, _SEQUENCES, int(run.report["length"]), 0))
    if cloud.finite and isinstance(run.machine, MealyMachine):
        drawing = cloud_svg(cloud, run.machine.states, 620, 380)
        text = "Each point is a hidden state after some input, on its two main axes, in the colour of its state."
    elif run.machine is not None and cloud.variables:
        axis = principal_axes(cloud.states, 1)(cloud.states)[:, 0]
        label = f"Hidden states against the remembered integer {cloud.label}"
        drawing = _scatter(np.column_stack([cloud.values.astype(float), axis]), label)
        text = f"To the right the remembered integer {cloud.label}, upwards the hidden state's main axis."
    else:
        places = principal_axes(cloud.states, 2)(cloud.states)
        drawing = _scatter(places, "Hidden states of the network on their two main axes")
        text = "Each point is a hidden state after some input, on its two main axes."
    return ["<h2>Hidden states</h2>", f"<figure>{drawing}<figcaption>{escape(text)}</figcaption></figure>"]


def _scatter(places: np.ndarray[Any, Any], alt: str, width: int = 620, height: int = 380) -> str:
    """Draw points (P, 1 or 2) as grey circles."""
    if places.shape[1] == 1:
        places = np.column_stack([places, np.zeros(len(places))])
    extent = np.ptp(places, axis=0)
    share = np.where(extent > 0, (places - places.min(axis=0)) / np.where(extent > 0, extent, 1.0), 0.5)
    spots = 20 + share * np.array([width - 40, height - 40])
    circles = "".join(
        f'<circle cx="{x:.1f}" cy="{height - y:.1f}" r="3.5"/>' for x, y in np.unique(spots.round(1), axis=0).tolist()
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{escape(alt)}">'
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="none" stroke="currentColor" '
        f'stroke-opacity="0.2"/><g fill="{GREY}" fill-opacity="0.55" stroke="currentColor" stroke-opacity="0.35" '
        f'stroke-width="0.6">{circles}</g></svg>'
    )


def _example(run: Run) -> list[str]:
    lock = stepped(run, example(run))
    return ["<h2>One sequence, step by step</h2>", tape_html(lock), f"<p>{escape(verdict_sentence(lock)[0])}</p>"]


def _checks(run: Run) -> list[str]:
    report = run.report
    parts = ["<h2>What is claimed</h2>", _list(claims(report)), f"<p>{headline_html(proofs_of(run))}</p>"]
    rows = [
        {"compared": c.pair, "length": c.length, "agree on": c.text, "": "✓ all" if c.holds else "✗ not all"}
        for c in counts(report)
    ]
    if rows:
        parts.append(
            f'<div class="scroll" tabindex="0">{_table(columns_of(rows), "Comparisons on held-out sequences")}</div>'
        )
    found = counterexample(report)
    if found is not None:
        network, program = counterexample_answers(found)
        parts.append(
            f"<p>The shortest difference found: on <code>{escape(counterexample_text(found))}</code> the network ends "
            f"with {escape(network)}, the program with {escape(program)}.</p>"
        )
    warnings = [str(text) for text in report.get("warnings") or []]
    if warnings:
        parts += ["<h2>Warnings</h2>", _list(warnings)]
    doubtful = suspicious(report)
    if doubtful:
        shown = doubtful[:_MOST_SUSPICIOUS]
        text = f"{count_text(len(doubtful), 'recorded output')} look wrong to the program; {len(shown)} are listed."
        parts += ["<h2>Suspicious recordings</h2>", f"<p>{text}</p>"]
        parts.append(f'<div class="scroll" tabindex="0">{_table(columns_of(shown), "Suspicious recordings")}</div>')
    return parts


def _stages(run: Run) -> list[str]:
    rows = [
        {
            "stage": stage["stage"],
            "result": _SIGNS.get(stage["status"], stage["status"]),
            "reason": stage["reason"],
            "seconds": f"{stage['seconds']:.2f}",
        }
        for stage in run.report["stages"]
    ]
    if not rows:
        return []
    return [
        "<h2>What was tried</h2>",
        f'<div class="scroll" tabindex="0">{_table(columns_of(rows), "Stages of the search")}</div>',
    ]


def _table(columns: Mapping[str, Sequence[object]], label: str) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in zip(*columns.values(), strict=True)
    )
    label = escape(label)
    kind = "plain long" if "reason" in columns else "plain"
    return f'<table class="{kind}" aria-label="{label}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _list(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"
