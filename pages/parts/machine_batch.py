"""The batch box: many sequences at once, a table, and each row opens in the player."""

import streamlit as st

from mips_core.runs import Run
from mips_core.views.batch import MOST_LINES, Batch, BatchRow, batch_columns
from mips_core.views.batch_html import batch_html
from mips_core.views.csv_text import csv_text
from mips_core.views.sequences import count_text, sequence_text
from pages.parts import data, machine_data
from pages.parts.address import followed, forget, restore, write
from pages.parts.clickable import clickable
from pages.parts.words import machine as words

_PAGE = 50  # rows shown at a time
_SHORT = 1_500  # characters of a batch that an address can carry
_LARGEST_FILE = 2_000_000  # bytes


def follow_row() -> None:
    """Go on to the player when a row was chosen; call it before anything else of the page."""
    opened = st.session_state.pop("batch_open", None)
    if opened is not None:
        st.session_state["xs"], st.session_state["t"] = opened, 0
        st.switch_page("pages/player_view.py")


def batch_box(run: Run) -> None:
    """Show the box; a chosen row opens on the page that plays (:func:`follow_row`)."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button("Fill in 20 random ones", icon=":material/casino:", on_click=_fill, args=(run,), key="batch_random")
        with st.popover("Upload a file", icon=":material/upload:"):
            st.file_uploader(
                "A text file, one sequence per line", type=["txt", "csv"], key="batch_file", on_change=_read_file
            )
            if st.session_state.get("batch_problem"):
                st.error(st.session_state["batch_problem"], icon=":material/error:")
    text = _text(run)
    if not text.strip():
        st.caption("Nothing to run yet. Write sequences above, or fill in random ones.")
        return
    found, rows = machine_data.batch(run, text)
    _say(found, rows)
    if rows:
        _table(run, rows)


def _text(run: Run) -> str:
    """Show the field and return its text; the session keeps it, and the address a short one."""
    if st.session_state.get("batch_run", run.id) != run.id and not followed("batch"):
        forget("batch")  # the sequences of another run need not fit
        st.session_state["batch_kept"] = ""
    st.session_state["batch_run"] = run.id
    restore("batch", st.session_state.get("batch_kept", ""))
    text = st.text_area("Sequences, one per line", key="batch", height=150, help=words.BATCH_HELP) or ""
    st.session_state["batch_kept"] = text
    write("batch", text if 0 < len(text) <= _SHORT else None)
    return text


def _fill(run: Run) -> None:
    st.session_state["batch_draws"] = st.session_state.get("batch_draws", 0) + 1
    x = data.sample(run, 20, int(run.report["length"]), seed=5000 + st.session_state["batch_draws"])
    st.session_state["batch"] = "\n".join(sequence_text(row, data.words_of(run)) for row in x)


def _read_file() -> None:
    file = st.session_state.get("batch_file")
    st.session_state["batch_problem"] = ""
    if file is None:
        return
    if file.size > _LARGEST_FILE:
        st.session_state["batch_problem"] = f"The file has {file.size:,} bytes; at most {_LARGEST_FILE:,} are read."
        return
    try:
        st.session_state["batch"] = file.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError:
        st.session_state["batch_problem"] = "The file is no text in UTF-8. Save it as plain text and try again."


def _say(found: Batch, rows: tuple[BatchRow, ...]) -> None:
    apart = sum(row.apart_at is not None for row in rows)
    told = f"all agree on {'it' if len(rows) == 1 else 'all'}" if not apart else f"some disagree on {apart:,} of them"
    if all(len(row.last) < 2 for row in rows):
        told = "there is nothing to compare"
    st.markdown(f"**{count_text(len(rows), 'sequence')}** ran; {told}.")
    if found.bad:
        shown = [f"Line {bad.number}: {bad.reason}" for bad in found.bad[:5]]
        left = len(found.bad) - len(shown)
        shown += [f"And {count_text(left, 'more line')} like these."] if left else []
        st.warning(
            f"{count_text(len(found.bad), 'line')} cannot be read; the others ran.  \n" + "  \n".join(shown),
            icon=":material/edit:",
        )
    if found.left_out:
        st.warning(
            f"At most {MOST_LINES:,} lines run at once; the last {count_text(found.left_out, 'line')} did not.",
            icon=":material/content_cut:",
        )


def _table(run: Run, rows: tuple[BatchRow, ...]) -> None:
    inputs = data.words_of(run)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        only = st.toggle("Only those that disagree", key="batch_only")
        kept = [row for row in rows if row.apart_at is not None] if only else list(rows)
        pages = max(1, -(-len(kept) // _PAGE))
        number = 1
        if pages > 1:
            number = st.number_input(f"Page, of {pages}", 1, pages, key=f"batch_page_{pages}", width=140)
        st.download_button(
            "Table (.csv)", lambda: csv_text(batch_columns(rows, inputs)), f"{run.file_name}_batch.csv", "text/csv",
            on_click="ignore", icon=":material/download:", key="download_batch",
        )  # fmt: skip
    if not kept:
        st.caption("None disagree.")
        return
    by_number = {str(row.line.number): row for row in rows}

    def open_row(value: str) -> None:
        st.session_state["batch_open"] = sequence_text(by_number[value].line.x, inputs)

    shown = kept[_PAGE * (number - 1) : _PAGE * number]
    clickable(batch_html(shown, inputs), key="batch_rows", on_chosen=open_row)
    st.caption("A row opens in the player, step by step.")


def has_batch() -> bool:
    """Tell whether there is a text already, so that the box stands open."""
    return bool(st.session_state.get("batch") or st.session_state.get("batch_kept") or st.query_params.get("batch"))
