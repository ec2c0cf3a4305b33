"""The user's own runs: listed, opened, renamed, pinned, deleted, and two compared side by side."""

import json

import streamlit as st

from mips_core.hosting import KEPT_DAYS, MEGABYTE, hosting
from mips_core.runs import Run, UnreadableRun
from mips_core.views.csv_text import columns_of
from mips_core.views.run_rows import run_row
from mips_core.views.run_table import run_table_html
from pages.parts import data
from pages.parts.clickable import clickable
from pages.parts.downloads import File, offer, table_file
from pages.parts.frame import head, in_python, teach
from pages.parts.run_actions import actions, choose_own, chosen_own, say_what_happened, unreadable
from pages.parts.run_pair import choose_pair, fact_columns, show_pair
from pages.parts.visitor import own_store, say_forgotten
from pages.parts.words import hosting as hosting_words
from pages.parts.words import runs as words

head("Your runs", words.PURPOSE)
say_what_happened()
found = data.own_runs()
own = [run for run in found if isinstance(run, Run)]
chosen = chosen_own(own)
if chosen is not None:
    clickable(run_table_html([run_row(run) for run in own], chosen.id), key="own_table", on_chosen=choose_own)
    with st.container(border=True):
        actions(chosen)
elif not found:
    st.info(words.EMPTY, icon=":material/info:")
    with st.container(horizontal=True, gap="small"):
        for page, label, icon in words.MAKERS:
            st.page_link(page, label=label, icon=icon, width="content")
for damaged in found:
    if isinstance(damaged, UnreadableRun):
        unreadable(damaged)
store, allowed = own_store(), hosting()
if allowed.public:
    kept = f"{store.size() / MEGABYTE:.1f}"
    st.caption(hosting_words.KEPT.format(kept=kept, megabytes=allowed.kept_megabytes, days=KEPT_DAYS))
    say_forgotten()
elif found:
    st.caption(f"They lie in the folder `{store.folder}`.")

st.subheader("Two runs side by side", anchor=False, divider="gray")
pair = choose_pair()
if pair is not None:
    show_pair(*pair)

teach(words.SEES)
files = [File("Runs", "your_runs.json", lambda: json.dumps([run_row(run).to_dict() for run in own], indent=1))]
if own:
    files.append(table_file("your_runs", lambda: columns_of([run_row(run).to_dict() for run in own]), "Runs"))
if pair is not None:
    a, b = pair
    files.append(table_file("two_runs", lambda: fact_columns(a, b), "Comparison"))
    in_python(
        "from mips_core.runs import RunStore, open_run\n"
        "from mips_core.views.run_comparison import behaviour\n\n"
        "for run in RunStore().runs():\n    print(run.folder.name, run.name)\n"
        f'print(behaviour(open_run("{a.id}"), open_run("{b.id}")).claim)',
        "\n".join(["mips runs", *data.diff_commands(a, b)]),
    )
offer(files)
