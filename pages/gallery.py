"""Home: a worked example at first sight, and a card for every finished run."""

import json
from dataclasses import replace
from html import escape

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.views.claims import FAILED, PARTIAL, SOLVED, STRAYS, TABLE
from mips_core.views.cloud_svg import cloud_svg
from mips_core.views.code_html import code_html
from mips_core.views.gallery import BADGES, DIFFICULTIES, NO_MEMORY, UNREADABLE, Card, card_columns, showcase
from mips_core.views.sequences import count_text
from mips_core.views.tape import io_html
from pages.parts import data, words
from pages.parts.clickable import clickable
from pages.parts.downloads import File, offer, table_file
from pages.parts.fold import fold
from pages.parts.frame import head, more_filters, show_calls, teach
from pages.parts.picker import select_run
from pages.parts.words import runs as runs_words

LOOK = {SOLVED: "good", TABLE: "table", PARTIAL: "warn", FAILED: "", UNREADABLE: "warn"}


def worked_example(run: Run) -> None:
    """Show one finished distillation whole: sequence, hidden states, machine, code, claim."""
    machine, card = run.machine, data.example_card(run)
    with st.container(border=True):
        st.markdown(f"**A finished example: {card.title}.** {card.description}")
        if card.example:
            clickable(io_html(*card.example), key="example_tape")
        one, two, three = st.columns([1, 1, 1.7], gap="medium")
        with one:
            st.markdown("**1. What it remembers**")
            if isinstance(machine, MealyMachine):
                clickable(cloud_svg(data.cloud(run), machine.states), key="example_cloud")
            st.caption("Each point is one hidden state of the trained network.")
        with two:
            st.markdown("**2. The machine in it**")
            clickable(data.picture(run, None, None, None, False).svg, key="example_machine")
            st.caption("An arrow reads *input/output*.")
        with three:
            st.markdown("**3. The program**")
            # The sentence below says what was checked; here only the lines that compute are shown.
            bare = "" if run.program is None else replace(run.program, claim="").source
            lines = [line for line in bare.splitlines() if not line.startswith("#")]
            # Not st.code: Streamlit's highlighter is 1.5 MB of script, which a first visitor would wait for.
            clickable(code_html("\n".join(lines)), key="example_code")
        st.markdown(f":blue[:material/check_circle:] {card.claim}")


def card_html(card: Card) -> str:
    """Return one card; an unreadable run says why and leads nowhere."""
    top = (
        f'<div class="top"><h3>{escape(card.title)}</h3>'
        f'<span class="word {LOOK[card.badge]}">{escape(card.badge)}</span></div>'
    )
    if card.badge == UNREADABLE:
        return f'<div class="card">{top}<div class="text">{escape(card.claim)}</div></div>'
    sign = "?" if card.nodes is None else "ƒ" if card.memory == NO_MEMORY else "ℤ"
    picture = card.thumbnail or f'<div class="sign" aria-hidden="true">{sign}</div>'
    body = f'<div class="body">{picture}<div class="text">{escape(card.description)}</div></div>'
    example = ""
    if card.example:
        reads, writes = (escape(text) for text in card.example)
        example = f'<div class="io"><span>reads</span>{reads}</div><div class="io"><span>writes</span>{writes}</div>'
    size = f" · formula size {card.nodes}" if card.nodes is not None and card.badge != TABLE else ""
    longer = f' · <span class="longer">≠ {STRAYS}</span>' if card.strays else ""
    return (
        f'<a class="card" href="machine?{escape(card.address)}" data-value="{escape(card.id)}">{top}{body}{example}'
        f'<code>{escape(card.formula)}</code><div class="facts">{escape(card.memory)}{size}{longer}</div></a>'
    )


def grid_html(found: list[Card]) -> str:
    """Return cards side by side."""
    return f'<div class="grid">{"".join(card_html(c) for c in found)}</div>'


def open_run(run_id: str) -> None:
    """Note which run was chosen; callbacks cannot switch pages, so the script does at its start."""
    st.session_state["opened"] = run_id


opened = st.session_state.pop("opened", None)
if opened is not None:
    select_run(opened)
    st.switch_page("pages/state_machine.py")

head("MIPS Explorer", words.TAGLINE)
asked = st.query_params.get("task")
if asked is not None and asked not in data.shipped():
    st.error(
        f"There is no finished run called {asked[:60]!r}. Choose one below, or open an address like "
        "/machine?task=NAME.",
        icon=":material/search_off:",
    )
best = showcase(data.shipped().values())
if best is not None:
    worked_example(best)
searched = st.session_state.get("search", st.query_params.get("search")) or ""
own = data.own_cards(searched)
own_total = data.own_page(limit=0).total
found = (*own, *data.gallery_cards())
if not found:
    st.info(words.NO_RUNS, icon=":material/info:")
    st.stop()

st.subheader("All finished runs", anchor=False, divider="gray")
st.markdown(words.PURPOSE["gallery"] + " A card opens its state machine.")
search, result = st.columns([2, 3], gap="medium")
with search:
    text = st.text_input(
        "Search", key="search", placeholder="e.g. parity, sum, carry", live="250ms", bind="query-params"
    )
with result:
    present = [b for b in BADGES if any(c.badge == b for c in found)]
    badges = st.pills("Result", present, selection_mode="multi", key="result", bind="query-params")
with more_filters("kind", "memory"):
    groups = st.pills(
        "Kind of task", list(dict.fromkeys(c.group for c in found if c.badge != UNREADABLE)), selection_mode="multi",
        key="kind", bind="query-params",
    )  # fmt: skip
    present = [d for d in DIFFICULTIES if any(c.difficulty == d for c in found)]
    hard = st.pills("What must be remembered", present, selection_mode="multi", key="memory", bind="query-params")
mine = [c for c in own if c.matches("", groups, badges, hard)]
others = [c for c in found[len(own) :] if c.matches(text or "", groups, badges, hard)]
shown = [*mine, *others]
st.caption(f"{len(shown)} of {count_text(own_total + len(data.gallery_cards()), 'run')}")
if mine:
    st.markdown("#### Your runs")
    clickable(grid_html(mine), key="own_cards", on_chosen=open_run)
    if own_total > data.OWN_CARDS:
        st.caption(runs_words.OWN_LATEST.format(shown=data.OWN_CARDS, total=own_total))
    st.page_link("pages/runs_view.py", label="Rename, pin, delete or compare them", icon=":material/folder_open:")
    if others:
        st.markdown("#### Runs that ship with the explorer")
if others:
    clickable(grid_html(others), key="cards", on_chosen=open_run)
if not shown:
    st.info(words.NO_MATCH, icon=":material/search_off:")

teach(words.SEES["gallery"])
name = best.name if best is not None else found[0].name
fold(
    "In Python and on the command line", "python", "code",
    lambda: show_calls(
        f'from mips_core import distill\n\nreport = distill("{name}")\nprint(report.program.source)',
        f"mips tasks\nmips distill {name}",
    ),
)  # fmt: skip
offer(
    [
        table_file("mips_runs", lambda: card_columns(shown)),
        File("List", "mips_runs.json", lambda: json.dumps(card_columns(shown), indent=1, ensure_ascii=False)),
    ]
)
