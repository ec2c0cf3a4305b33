"""The user guide and the glossary."""

import streamlit as st

from mips_core.resources import asset
from pages.parts.address import keep, restore, write
from pages.parts.frame import head
from pages.parts.words import guide as words

TUTORIAL = "tutorial.ipynb"

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

st.subheader("Take it with you", anchor=False, divider="gray")
st.markdown(
    "The tutorial goes from a network and from a data file to a checked program, in a notebook. It needs Jupyter, "
    "for example `pip install notebook`."
)
with st.container(horizontal=True, gap="small"):
    st.download_button(
        "Tutorial (.ipynb)", asset(TUTORIAL).read_bytes, TUTORIAL, "application/x-ipynb+json", on_click="ignore",
        icon=":material/download:", key="download_tutorial",
    )  # fmt: skip
    st.download_button(
        "Glossary (.csv)", "term,meaning\n" + "\n".join(f'"{t}","{m}"' for t, m in words.GLOSSARY.items()),
        "glossary.csv", "text/csv", on_click="ignore", icon=":material/download:", key="download_glossary",
    )  # fmt: skip
