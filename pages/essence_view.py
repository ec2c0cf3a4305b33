"""Deep Distilling: data, subconcepts, network, groups and code of an essence neural network, side by side."""

import streamlit as st

from pages.parts import essence_break, essence_play, essence_sizes, working
from pages.parts.essence_calls import calls, downloads
from pages.parts.essence_choice import choose, stored_of
from pages.parts.essence_claim import show_claim
from pages.parts.essence_own import own_data
from pages.parts.essence_panels import show_panels
from pages.parts.essence_sizes import PAGE
from pages.parts.frame import head, in_python, teach
from pages.parts.words import essence as words

head(words.TITLE, words.PURPOSE)
choice = choose()
job = working.current(PAGE)
stored = own_data(job) if choice.is_own else stored_of(choice)
if stored is not None:
    show_claim(stored)
    show_panels(stored)
    st.subheader(words.PLAY, anchor=False, divider="gray")
    essence_play.show_play(stored)
    st.subheader(words.LARGER, anchor=False, divider="gray")
    essence_sizes.show_sizes(stored, job)
    st.subheader(words.BREAK, anchor=False, divider="gray")
    essence_break.show_break(stored)
st.subheader(words.LIMITS_TITLE, anchor=False, divider="gray")
with st.container(border=True, width=820):
    st.markdown(words.LIMITS)
teach(words.SEES)
if stored is not None:
    in_python(*calls(stored))
    downloads(stored)
