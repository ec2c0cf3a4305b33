"""Train: teach a small network, watch it learn, and get its program."""

import streamlit as st

from pages.parts.frame import head, in_python, teach
from pages.parts.plain import plain
from pages.parts.train_files import code_of, recording_for, take_away
from pages.parts.train_form import PAGE, choose, order_of
from pages.parts.train_live import live
from pages.parts.train_result import show_result
from pages.parts.training_film import show_example
from pages.parts.visitor import say_limits
from pages.parts.words import train as words
from pages.parts.working import current, watch

head("Train", words.PURPOSE)
say_limits()
job, example = current(PAGE), None
if job is None:
    order = choose()
    example = recording_for(order)
    if example is not None:
        show_example(example)
else:
    order = order_of(job)
    if job.over:
        st.subheader(plain(job.title), anchor=False)
        show_result(job, order)
    else:
        watch(job.id, live if "seeds" in job.arguments else None)
teach(words.SEES)
in_python(*code_of(order))
take_away(order, job, example)
