"""Curves: an additive model as few straight pieces for each feature, in code that can be read, judged and edited."""

import streamlit as st

from mips_core.curves.stored import shipped_names
from pages.parts import working
from pages.parts.curves_choice import OWN, choose_data
from pages.parts.curves_own import PAGE, own_table
from pages.parts.curves_study import preset, show_study
from pages.parts.frame import head, teach
from pages.parts.words import curves as words

head(words.TITLE, words.PURPOSE)
chosen = choose_data(shipped_names())
found = own_table(working.current(PAGE)) if chosen == OWN else preset(chosen)
if found is not None:
    show_study(found)
else:
    teach(words.SEES)
    st.markdown(words.HONEST)
