"""Failures as a reader sees them: causes in words, examples as tapes, tables, and two beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words
from mips_core.verification.causes import Cause
from mips_core.verification.failures import LONG, RANDOM, RECORDED, SHORT, Failure
from mips_core.verification.outputs import Outputs
from mips_core.views.sequences import count_text, sequence_text, step_text

CAUSES = {
    Cause.NOT_LEARNT: "The network gives another answer than the data: it never learnt this.",
    Cause.CLUSTERING: "The machine's states do not fit the network's memory: merged, or entered wrongly.",
    Cause.INCOMPLETE: "A table has no entry for the step, or one that nothing recorded or asked supports.",
    Cause.FORMULA: "A formula gives something else than what it was written from.",
    Cause.DRIFT: "The network's numbers leave their places little by little, until one rounds wrongly.",
}
SOURCE_WORDS = {RANDOM: "random", SHORT: "all short ones", LONG: "longer than trained", RECORDED: "recorded rows"}

_SHOWN = 14  # most steps of an example's tape: the last one differs
_WIDE, _NARROW = 790, 200  # pixels for the steps on a desk and on a phone

EXAMPLE_CSS = """
.example { overflow-x: auto; container-type: inline-size; }
.example table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
.example caption { text-align: left; font-size: 0.85rem; padding-bottom: 4px; opacity: 0.85; }
.example th { text-align: left; font-weight: 500; padding: 2px 12px 2px 0; white-space: nowrap; }
.example td { text-align: center; padding: 2px 7px; border: 1px solid var(--st-border-color, #8886); min-width: 1.6rem;
  white-space: nowrap; }
.example tr.number td { border: 0; font-size: 0.76rem; opacity: 0.8; }
.example td.off { border: 2px dashed #D55E00; font-weight: 700; }
.example td.cut { border: 0; }
.example td.narrow { display: none; }
@container (max-width: 560px) { .example td.far { display: none; } .example td.narrow { display: table-cell; } }
"""


def example_html(failure: Failure, outputs: Mapping[str, Outputs], input_words: Words, output_words: Words) -> str:
    """Return the last steps of a failure as a table: inputs, what each of the four gives, the difference framed.

    Parameters
    ----------
    outputs : what the four give on the failure's inputs, a batch of one
    """
    t = failure.length
    begin, near = (_first_shown(failure, outputs, input_words, output_words, room) for room in (_WIDE, _NARROW))
    cut = '<td class="cut">…</td>' if begin else '<td class="cut narrow">…</td>' if near > begin else ""

    def row(head: str, texts: Sequence[str], *, kind: str = "", off: bool = False) -> str:
        cells = []
        for k, text in zip(range(begin, t), texts, strict=True):
            names = " ".join(filter(None, ["off" if off and k == t - 1 else "", "far" if k < near else ""]))
            cells.append(f'<td class="{names}">{escape(text)}</td>' if names else f"<td>{escape(text)}</td>")
        return f'<tr{kind}><th scope="row">{head}</th>{cut}{"".join(cells)}</tr>'

    rows = [
        row("step", [str(k + 1) for k in range(begin, t)], kind=' class="number"'),
        row("reads", [step_text(step, input_words) for step in failure.x[begin:]]),
    ]
    for name, out in outputs.items():
        off = name in (failure.finding.left, failure.finding.right)
        texts = [_output_text(out, k, output_words) for k in range(begin, t)]
        rows.append(row(f"{name}{' ≠' if off else ''}", texts, off=off))
    left, right = failure.finding.left, failure.finding.right
    caption = f"{count_text(t, 'step')}{', the last ones shown' if begin else ''}; {left} ≠ {right} at step {t}"
    return f'<div class="example" tabindex="0"><table><caption>{caption}</caption>{"".join(rows)}</table></div>'


def _first_shown(
    failure: Failure, outputs: Mapping[str, Outputs], input_words: Words, output_words: Words, room: int
) -> int:  # fmt: skip
    """Return the first step that a tape of ``room`` pixels shows: :data:`_SHOWN` before the end, or fewer."""
    begin = failure.length
    while begin > max(0, failure.length - _SHOWN):
        texts = [step_text(failure.x[begin - 1], input_words)]
        texts += [_output_text(out, begin - 1, output_words) for out in outputs.values()]
        room -= 16 + 8 * max(len(text) for text in texts)
        if room < 0 and begin < failure.length:
            break
        begin -= 1
    return begin


def _output_text(out: Outputs, step: int, words: Words) -> str:
    fault = out.faults.get(0)
    if fault is not None and fault[0] <= step:
        return "no entry" if fault[1] in ("KeyError", "no entry") else fault[1]
    if not out.valid[0, step]:
        return "overflow"
    return step_text(out.values[0, step], words)


def failure_rows(failures: Sequence[Failure], words: Words = ()) -> list[dict[str, object]]:
    """Return the rows of a table of failures, sequences in full."""
    return [
        {
            "cause": str(f.cause), "who": f"{f.finding.left} ≠ {f.finding.right}", "first difference": f.length,
            "found among": SOURCE_WORDS[f.source], "sequence": sequence_text(f.x, words), "evidence": f.finding.why,
        }
        for f in failures
    ]  # fmt: skip


def shrunk_sentence(before: Failure, after: Failure) -> str:
    """Say what shrinking did.

    A word that is as small already says so.
    """
    if before.length == after.length and (before.x == after.x).all():
        return "This example is as small as it gets: no step can go, and no symbol can be lowered."
    shorter = f"from {count_text(before.length, 'step')} to {count_text(after.length, 'step')}"
    same = before.length == after.length
    what = "Lowered symbols" if same else f"Shrunk {shorter}"
    return f"{what}; the cause is still *{after.cause}*, and no single step can go."


def beside(reference: Failure, other: Failure, words: Words = ()) -> list[dict[str, str]]:
    """Return the rows of a table: the pinned failure beside another one."""
    begin, end = _common(reference.x, other.x), _common(reference.x[::-1], other.x[::-1])
    rows = [
        ("cause", str(reference.cause), str(other.cause)),
        ("who", *(f"{f.finding.left} ≠ {f.finding.right}" for f in (reference, other))),
        ("steps", f"{reference.length:,}", f"{other.length:,}"),
        ("sequence", *(_cut(sequence_text(f.x, words)) for f in (reference, other))),
        ("common beginning", count_text(begin, "step"), count_text(begin, "step")),
        ("common end", count_text(end, "step"), count_text(end, "step")),
    ]
    return [{"": name, "reference": a, "this one": b} for name, a, b in rows]


def _common(a: IntArray, b: IntArray) -> int:
    n = min(len(a), len(b))
    different = np.flatnonzero((a[:n] != b[:n]).any(axis=1))
    return int(different[0]) if len(different) else n


def _cut(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:42]} … {text[-42:]}"


TABLE_CSS = """
.fails { overflow-x: auto; container-type: inline-size; }
.fails table { border-collapse: collapse; width: 100%; font-size: 0.86rem; }
.fails th { text-align: left; padding: 4px 8px; border-bottom: 1px solid var(--st-border-color, #8886); }
.fails td { padding: 4px 8px; border-bottom: 1px solid var(--st-border-color, #8883); vertical-align: top; }
.fails td.word { font-family: var(--st-code-font, monospace); overflow-wrap: anywhere; }
.fails button { font: inherit; font-size: 0.8rem; color: inherit; border-radius: 6px; padding: 3px 8px; cursor: pointer;
  background: var(--st-secondary-background-color, #8881); border: 1px solid var(--st-border-color, #8886);
  min-height: 24px; white-space: nowrap; }
.fails button:hover { border-color: var(--st-primary-color, currentColor); }
.fails button:focus-visible { outline: 2px solid var(--st-primary-color, currentColor); outline-offset: 2px; }
.fails .long { opacity: 0.8; font-size: 0.8rem; }
@container (max-width: 560px) { .fails .wide { display: none; } }
"""


def table_html(failures: Sequence[Failure], words: Words = (), longest: int = 400) -> str:
    """Return failures as a table in HTML; the button of a row has its number as ``data-value``.

    Parameters
    ----------
    longest : steps that the player takes; longer failures have no button
    """
    rows = []
    for number, (failure, row) in enumerate(zip(failures, failure_rows(failures, words), strict=True)):
        if failure.length <= longest:
            label = f"Open failure {number + 1} in lock-step at step {failure.length}"
            action = f'<button type="button" data-value="{number}" aria-label="{label}">Open ▸</button>'
        else:
            action = '<span class="long">too long</span>'
        rows.append(
            f"<tr><td>{action}</td><td>{row['cause']}</td><td>{row['who']}</td><td>{failure.length:,}</td>"
            f'<td class="wide">{row["found among"]}</td>'
            f'<td class="word wide">{escape(_cut(str(row["sequence"])))}</td></tr>'
        )
    head = (
        '<th scope="col">lock-step</th><th scope="col">cause</th><th scope="col">who</th>'
        '<th scope="col">first at step</th><th scope="col" class="wide">found among</th>'
        '<th scope="col" class="wide">sequence</th>'
    )
    return (
        f'<style>{TABLE_CSS}</style><div class="fails"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
