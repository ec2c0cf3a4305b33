"""The distilled code with line numbers; each line says which neurons and weights it replaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from mips_core.views.code_html import code_lines
from mips_core.views.essence_selection import Lit, Shown
from mips_core.views.sequences import count_text


def line_words(line: int, shown: Shown) -> str:
    """Say what a line replaces, or ""."""
    names = shown.lines.get(line, ())
    groups = [group for group in shown.groups if group.name in names]
    if not groups:
        return ""
    neurons = sum(len(shown.neurons_of(group.name)) for group in groups)
    weights = sum(
        len(shown.neurons_of(group.name)) * shown.network.layers[group.layer].weights.shape[1] for group in groups
    )
    return f"{count_text(neurons, 'neuron')}, {count_text(weights, 'weight')}"


def annotated_code(source: str, shown: Shown, lit: Lit) -> str:
    """Return code whose lines can be chosen, with what each replaces beside it."""
    rows = []
    for number, line in enumerate(code_lines(source), start=1):
        said = line_words(number, shown)
        on = number in lit.lines
        note = f'<span class="note">{escape(said)}</span>' if said else ""
        name = f'aria-label="line {number}: {escape(said)}"' if said else f'aria-label="line {number}"'
        rows.append(
            f'<div class="row{" lit" if on else ""}" data-value="line-{number}"><button type="button" {name} '
            f'aria-pressed="{str(on).lower()}">{number}</button>{_code(line)}{note}</div>'
        )
    return _listing(rows, "Python, line by line")


def traced_code(source: str, line: int | None, visits: Mapping[int, int]) -> str:
    """Return code with the line that runs now marked, and how often each has run."""
    rows = []
    for number, text in enumerate(code_lines(source), start=1):
        on = number == line
        count = visits.get(number, 0)
        note = f'<span class="note">{count:,}×</span>' if count else ""
        rows.append(
            f'<div class="row{" lit" if on else ""}"><span class="at">{"▶ " if on else ""}{number}</span>'
            f"{_code(text)}{note}</div>"
        )
    return _listing(rows, "Python" if line is None else f"Python, line {line} runs now")


def _code(line: str) -> str:
    """Return a line that is broken, where it must be, below its own beginning."""
    indent = len(line) - len(line.lstrip(" "))
    return f'<code style="--indent:{indent}">{line or " "}</code>'


def _listing(rows: Sequence[str], label: str) -> str:
    return f'<div class="essence listing" role="region" aria-label="{label}" tabindex="0">{"".join(rows)}</div>'


def variables_html(variables: Sequence[tuple[str, str, bool]]) -> str:
    """Return variables with their values; a changed one has a sign.

    Parameters
    ----------
    variables : name, value as text, and whether the last line changed it
    """
    rows = "".join(
        f'<tr class="{"changed" if changed else ""}"><th scope="row"><code>{escape(name)}</code></th>'
        f"<td><code>{escape(value)}</code></td><td>{'changed' if changed else ''}</td></tr>"
        for name, value, changed in variables
    )
    return f'<div class="essence variables"><table aria-label="Variables"><tbody>{rows}</tbody></table></div>'
