"""The samples of an essence neural network as tiles: by label, and by subconcept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np

from mips_core.views.essence_grids import input_svg, input_text
from mips_core.views.essence_marks import label_text, mark_icon, subconcept_mark
from mips_core.views.essence_selection import Lit, Shown, subconcept_of
from mips_core.views.sequences import count_text

MOST_TILES = 24
"""Tiles of one label; the number of a sample finds the others."""

MOST_CARDS = 64
"""Subconcepts shown as cards."""

_FEW_TILES = 6


def labels_of(shown: Shown) -> list[str]:
    """Return the label of each sample as text."""
    y = shown.samples.y
    if y.ndim == 1:
        return [f"{value:g}" for value in y.tolist()]
    between = " / " if shown.samples.is_soft else " "
    return [between.join(f"{value:g}" for value in row) for row in y.tolist()]


def chosen_few(count: int, most: int, first: Sequence[int] = ()) -> list[int]:
    """Return at most ``most`` places of ``count``: those in ``first``, then others spread evenly, ascending.

    >>> chosen_few(10, 4), chosen_few(10, 4, [7])
    ([0, 3, 6, 9], [0, 4, 7, 9])
    """
    wanted = list(dict.fromkeys(first))
    kept = [wanted[k] for k in np.linspace(0, len(wanted) - 1, min(most, len(wanted))).round().astype(int).tolist()]
    room = min(most, count) - len(kept)
    if room > 0:
        rest = [k for k in range(count) if k not in set(kept)]
        kept += [rest[k] for k in np.linspace(0, len(rest) - 1, room).round().astype(int).tolist()]
    return sorted(kept)


def samples_html(shown: Shown, lit: Lit) -> str:
    """Return tiles of the samples under their labels, those that are lit marked."""
    labels = labels_of(shown)
    names = list(dict.fromkeys(labels))
    if all(name.lstrip("-").isdigit() for name in names):
        names.sort(key=int)
    many = len(names) > 4 and len(labels) <= 2 * MOST_TILES
    parts = []
    if many:  # one row of tiles, each with its label
        parts.append(_tiles(list(range(len(labels))), shown, lit, MOST_TILES, lambda k: f"label {labels[k]}"))
    else:
        for name in names:
            own = [k for k, label in enumerate(labels) if label == name]
            parts.append(
                f'<h4>label <b>{escape(name)}</b> <span class="count">{count_text(len(own), "sample")}</span></h4>'
            )
            parts.append(_tiles(own, shown, lit, max(4, MOST_TILES // max(1, len(names) // 2))))
    return _scrolled("samples", "Samples by label", "".join(parts))


def samples_rows(shown: Shown) -> list[dict[str, Any]]:
    """Return the samples as rows of a table."""
    return [
        {
            "sample": k,
            "input": input_text(shown.samples.x[k]),
            "label": label,
            "subconcept": ", ".join(map(str, subconcept_of(k, shown.network))),
        }
        for k, label in enumerate(labels_of(shown))
    ]


def subconcepts_html(shown: Shown, lit: Lit) -> str:
    """Return a card for each subconcept: its mark, its class, how many samples, and some of them."""
    network = shown.network
    shown_cards = chosen_few(len(network.subconcepts), MOST_CARDS, sorted(lit.subconcepts))
    single = len(network.subconcepts) > 16 or all(len(each.members) == 1 for each in network.subconcepts)
    cards = []
    for s in shown_cards:
        own = network.subconcepts[s]
        mark = subconcept_mark(network, s)
        of = "" if not shown.network.several else f"output {own.head}, "
        told = f"{of}class {label_text(own.label)}"
        if not single:
            told += f", {count_text(len(own.members), 'sample')}"
        cards.append(
            f'<div class="card{" lit" if s in lit.subconcepts else ""}">'
            f'<button type="button" data-value="subconcept-{s}" aria-pressed="{str(s in lit.subconcepts).lower()}">'
            f"{mark_icon(mark)} <b>{s}</b> <span>{escape(told)}</span></button>"
            f"{_tiles(list(own.members), shown, lit, 1 if single else _FEW_TILES, size=34 if single else 40)}</div>"
        )
    rest = len(network.subconcepts) - len(shown_cards)
    more = f'<p class="more">{rest:,} more; choose one by its number.</p>' if rest else ""
    kind = "subconcepts small" if single else "subconcepts"
    return _scrolled(kind, "Subconcepts", f'<div class="cards">{"".join(cards)}</div>{more}')


def _scrolled(kind: str, label: str, html: str) -> str:
    return f'<div class="essence scroll {kind}" role="region" aria-label="{label}" tabindex="0">{html}</div>'


def _tiles(
    which: list[int], shown: Shown, lit: Lit, most: int, caption: Callable[[int], str] | None = None, size: int = 44
) -> str:
    places = chosen_few(len(which), most, [k for k, sample in enumerate(which) if sample in lit.samples])
    x = shown.samples.x
    wide = x.ndim == 2 or x.shape[2] >= 3 * x.shape[1]
    tiles = []
    for sample in (which[k] for k in places):
        drawing = input_svg(x[sample], width=2.6 * size if wide else size, height=size, largest=14)
        below = "" if caption is None else f"<small>{escape(caption(sample))}</small>"
        tiles.append(
            f'<button type="button" class="tile{" lit" if sample in lit.samples else ""}" data-value="sample-{sample}" '
            f'aria-pressed="{str(sample in lit.samples).lower()}" title="sample {sample}">{drawing}{below}</button>'
        )
    rest = len(which) - len(places)
    more = f'<span class="more">and {rest:,} more</span>' if rest else ""
    return f'<div class="tiles">{"".join(tiles)}{more}</div>'


def part_html(name: str, members: Sequence[int], shown: Shown) -> str:
    """Return some samples of a part under its name."""
    told = f'<span class="count">{count_text(len(members), "sample")}</span>'
    return f"<h4>{escape(name)} {told}</h4>{_tiles(list(members), shown, Lit(), 2 * _FEW_TILES, size=34)}"
