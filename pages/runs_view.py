"""The user's own runs: listed, opened, renamed, pinned, deleted, and two compared side by side."""

import json

import streamlit as st

from mips_core.hosting import KEPT_DAYS, MEGABYTE, hosting
from mips_core.runs import UnreadableRun
from mips_core.views.csv_text import columns_of
from mips_core.views.run_rows import row_columns
from mips_core.views.run_table import run_table_html
from pages.parts import data
from pages.parts.clickable import clickable
from pages.parts.downloads import File, offer, table_file
from pages.parts.frame import head, in_python, teach
from pages.parts.run_actions import actions, choose_own, chosen_own, say_what_happened, unreadable
from pages.parts.run_list import choose_filter, facets, page_of_runs, unreadable_runs
from pages.parts.run_pair import choose_pair, fact_columns, show_pair
from pages.parts.sweeps import show_sweeps
from pages.parts.visitor import own_store, say_forgotten
from pages.parts.words import hosting as hosting_words
from pages.parts.words import runs as words

head("Your runs", words.PURPOSE)
say_what_happened()
counted = facets()
wanted: dict[str, object] = {}
if isinstance(counted, UnreadableRun):
    unreadable(counted)
elif not counted.runs:
    chosen_own([])  # a link may name a run that is not here
    st.info(words.EMPTY, icon=":material/info:")
    with st.container(horizontal=True, gap="small"):
        for page, label, icon in words.MAKERS:
            st.page_link(page, label=label, icon=icon, width="content")
else:
    wanted = choose_filter(counted)
    panel, table = st.container(), st.container()
    listed = page_of_runs(wanted)
    damaged, more = unreadable_runs(listed.rows)
    broken = {run.name for run in damaged}
    rows = [row for row in listed.rows if row.id not in broken]
    with panel:
        chosen = chosen_own(rows)
        if chosen is not None:
            with st.container(border=True):
                if chosen.id not in {row.id for row in rows}:
                    st.caption(words.NOT_LISTED)
                actions(chosen)
    if rows:
        with table:
            clickable(
                run_table_html(rows, None if chosen is None else chosen.id), key="own_table", on_chosen=choose_own
            )
    elif any(wanted.values()):
        table.info(words.NO_MATCH, icon=":material/search_off:")
    for run in damaged:
        unreadable(run)
    if more:
        st.caption(words.MORE_UNREADABLE.format(f"{more:,}"))
store, allowed = own_store(), hosting()
if allowed.public:
    kept = f"{store.size() / MEGABYTE:.1f}"
    st.caption(hosting_words.KEPT.format(kept=kept, megabytes=allowed.kept_megabytes, days=KEPT_DAYS))
    say_forgotten()
elif not isinstance(counted, UnreadableRun) and counted.runs:
    st.caption(f"They lie in the folder `{store.folder}`.")

show_sweeps()

st.subheader("Two runs side by side", anchor=False, divider="gray")
pair = choose_pair()
if pair is not None:
    show_pair(*pair)


def every_row() -> list[dict[str, object]]:
    """Return what the list says of every run that matches, on whatever page."""
    return row_columns(data.own_page(**wanted, readable=True, limit=None).rows)


teach(words.SEES)
files = [File("Runs", "your_runs.json", lambda: json.dumps(every_row(), indent=1))]
if not isinstance(counted, UnreadableRun) and counted.runs:
    files.append(table_file("your_runs", lambda: columns_of(every_row()), "Runs"))
if pair is not None:
    a, b = pair
    files.append(table_file("two_runs", lambda: fact_columns(a, b), "Comparison"))
    in_python(
        "from mips_core.runs import RunStore, open_run\n"
        "from mips_core.views.run_comparison import behaviour\n\n"
        "for row in RunStore().query(limit=10).rows:\n    print(row.id, row.name, row.result)\n"
        f'print(behaviour(open_run("{a.id}"), open_run("{b.id}")).claim)',
        "\n".join(["mips runs", *data.diff_commands(a, b)]),
    )
offer(files)
