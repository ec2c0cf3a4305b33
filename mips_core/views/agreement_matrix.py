"""Who agrees with whom, as a table in HTML: counts in full, a sign and a word, and never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mips_core.verification.compared import ALL
from mips_core.verification.matrix import Agreeing
from mips_core.views.sequences import count_text

MATRIX_CSS = """
.agree { container-type: inline-size; }
.agree table { border-collapse: separate; border-spacing: 4px; width: 100%; table-layout: fixed; font-size: 0.9rem; }
.agree caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.agree th { text-align: left; font-weight: 600; padding: 4px 6px; vertical-align: top; }
.agree thead td { width: 5.6rem; }
.agree td { padding: 0; vertical-align: top; }
.agree td > div { border: 1px solid var(--st-border-color, #8886); border-radius: 8px; padding: 6px 8px;
  display: flex; flex-direction: column; gap: 6px; }
.agree td.none > div { border-style: dotted; opacity: 0.75; }
.agree .line { display: grid; grid-template-columns: 2.3rem 1.1rem 1fr; gap: 2px 4px; align-items: baseline; }
.agree .line .sign { font-weight: 700; text-align: center; }
.agree .line.same .sign { color: var(--st-blue-text-color, #0072B2); }
.agree .line.off .sign { color: var(--st-orange-text-color, #D55E00); }
.agree .line .count { font-variant-numeric: tabular-nums; }
.agree .line .small { grid-column: 3; font-size: 0.78rem; opacity: 0.8; font-variant-numeric: tabular-nums; }
.agree .line.off .count { font-weight: 600; }
.agree button { font: inherit; font-size: 0.8rem; color: inherit; border-radius: 6px; padding: 3px 8px;
  background: var(--st-secondary-background-color, #8881); border: 1px solid var(--st-border-color, #8886);
  cursor: pointer; text-align: left; min-height: 24px; }
.agree button:hover { border-color: var(--st-primary-color, currentColor); }
.agree button:focus-visible { outline: 2px solid var(--st-primary-color, currentColor); outline-offset: 2px; }
.agree td .pair { display: none; font-weight: 600; }
@container (max-width: 560px) {
  .agree thead, .agree tbody th, .agree td.empty { display: none; }
  .agree table, .agree tbody, .agree tr, .agree td { display: block; width: 100%; }
  .agree td { margin-bottom: 6px; }
  .agree td .pair { display: block; }
}
"""


def matrix_html(cells: Sequence[Agreeing], length: int) -> str:
    """Return the table: a row and a column for each of data, network, machine and program, each pair once.

    A button with ``data-value="left right times"`` stands where a first difference can be opened.

    Parameters
    ----------
    length : the trained length, in steps
    """
    names = [name for name in ALL if any(name in (cell.left, cell.right) for cell in cells)]
    head = "".join(f'<th scope="col">{name.capitalize()}</th>' for name in names[:-1])
    rows = []
    for place, right in enumerate(names[1:], start=1):
        row = "".join(_cell(left, right, cells, length) for left in names[:place])
        empty = '<td class="empty"></td>' * (len(names) - 1 - place)
        rows.append(f'<tr><th scope="row">{right.capitalize()}</th>{row}{empty}</tr>')
    return (
        f'<style>{MATRIX_CSS}</style><div class="agree"><table><caption>Who agrees with whom: on how many sequences '
        f'every output is equal</caption><thead><tr><td class="empty"></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(left: str, right: str, cells: Sequence[Agreeing], length: int) -> str:
    found = [cell for cell in cells if (cell.left, cell.right) == (left, right)]
    pair = f'<span class="pair">{left.capitalize()} and {right}</span>'
    if not found:
        return f'<td class="none"><div>{pair}<span>not compared</span></div></td>'
    lines = "".join(_line(cell, length) for cell in found)
    shown = [cell for cell in found if cell.example is not None]
    button = ""
    if shown:
        first = min(shown, key=lambda cell: 0 if cell.example is None else len(cell.example))
        assert first.example is not None
        value = escape(f"{left} {right} {first.times}", quote=True)
        label = f"Open the first difference between {left} and {right}"
        button = (
            f'<button type="button" data-value="{value}" aria-label="{label}, at step {len(first.example)}">'
            f"differ at step {len(first.example)} ▸</button>"
        )
    return f"<td><div>{pair}{lines}{button}</div></td>"


def _line(cell: Agreeing, length: int) -> str:
    where = f"{cell.times}x" if cell.times else "rows"
    kind, sign, word = ("same", "=", "equal") if cell.holds else ("off", "≠", "unequal")
    title = f"sequences of {count_text(cell.times * length, 'step')}" if cell.times else "recorded rows"
    return (
        f'<div class="line {kind}" title="{title}"><span>{where}</span>'
        f'<span class="sign" role="img" aria-label="{word}">{sign}</span>'
        f'<span class="count">{cell.agree:,} of {cell.sequences:,} agree</span>'
        f'<span class="small">{cell.equal:,} of {cell.outputs:,} outputs</span></div>'
    )


def matrix_sentence(cells: Sequence[Agreeing]) -> tuple[str, bool]:
    """Say in one sentence whether all pairs agree, and as a truth value.

    >>> matrix_sentence([])
    ('There is nothing to compare the network with.', False)
    """
    if not cells:
        return "There is nothing to compare the network with.", False
    wrong = list(dict.fromkeys((cell.left, cell.right) for cell in cells if not cell.holds))
    if not wrong:
        return "All pairs agree on every sequence that was compared.", True
    pairs = [f"{left} and {right}" for left, right in wrong]
    same = len({(cell.left, cell.right) for cell in cells}) - len(wrong)
    rest = "" if not same else " The other pair agrees." if same == 1 else f" The other {same} pairs agree."
    return f"These differ: {'; '.join(pairs)}.{rest}", False
