"""The user guide and the glossary."""

import streamlit as st

from mips_core.resources import asset
from mips_core.views.csv_text import Columns
from pages.parts.address import keep, restore, write
from pages.parts.downloads import File, offer, table_file
from pages.parts.frame import head
from pages.parts.words import guide as words

TUTORIAL = "tutorial.ipynb"


def glossary() -> Columns:
    """Return the whole glossary as a table."""
    return {"term": list(words.GLOSSARY), "meaning": list(words.GLOSSARY.values())}


head("Guide and glossary", words.PURPOSE)
if restore("topic", next(iter(words.SECTIONS))) not in words.SECTIONS:
    st.session_state["topic"] = next(iter(words.SECTIONS))
topic = st.pills("Topic", list(words.SECTIONS), key="topic", required=True)
keep("topic", topic)
st.subheader(topic, anchor=False, divider="gray")
with st.container(width=780):
    st.markdown(words.SECTIONS[topic])

st.subheader("Glossary", anchor=False, divider="gray")
restore("term", "")
asked = st.text_input(
    "Search the glossary", key="term", placeholder="e.g. lattice", live="250ms", help="In the words and what they mean."
)
write("term", asked or None)
wanted = (asked or "").strip().casefold()
found = {
    term: meaning
    for term, meaning in words.GLOSSARY.items()
    if wanted in term.casefold() or (wanted and wanted in meaning.casefold())
}
if found:
    st.table([{"term": f"**{term}**", "meaning": meaning} for term, meaning in found.items()])
else:
    st.info("No word of the glossary matches.", icon=":material/search_off:")

offer(
    [
        File("Tutorial", TUTORIAL, asset(TUTORIAL).read_bytes),
        table_file("glossary", glossary, "Glossary"),
    ]
)
st.caption(
    "The tutorial goes from a network and from a data file to a checked program, in a notebook. It needs Jupyter, "
    "for example `pip install notebook`."
)
