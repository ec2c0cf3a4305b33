"""The frame of a question in the guided tour: ask, check, say why, ask another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from mips_core.runs import Run
from mips_core.views.questions import Reply
from pages.parts.address import keep_unusual, prepare

_MOST_TURNS = 10_000


def answered(run: Run) -> set[int]:
    """Return the steps of the tour whose question was answered rightly, from 1."""
    found: set[int] = st.session_state.setdefault(f"tour_{run.id}", set())
    return found


def turn(part: int) -> int:
    """Return how many other questions the reader has asked for at a step; it seeds what is drawn."""
    prepare(f"tour_turn_{part}", 0, range(_MOST_TURNS), int)
    number = int(st.session_state[f"tour_turn_{part}"])
    keep_unusual(f"tour_turn_{part}", number, 0)
    return number


def ask(
    run: Run,
    part: int,
    question: str,
    judge: Callable[[Any], Reply],
    *,
    options: Sequence[Any] | None = None,
    show: Callable[[Any], str] = str,
    number: int | None = None,
    text: str | None = None,
    another: bool = True,
) -> None:
    """Ask one question and judge the answer when the reader presses Check.

    Parameters
    ----------
    part : the step of the tour, from 1
    judge : gets the answer, says whether it is right and why
    options, show : answers to choose from, and how they are written
    number : ask for a whole number, beginning at this one
    text : ask for a text, with this label; without any of the three there is only the button
    another : offer another question of the same kind
    """
    name, said = f"tour_answer_{part}_{turn(part)}", f"tour_reply_{part}"
    with st.container(border=True):
        st.markdown(f":material/quiz: **Your turn.** {question}")
        with st.form(f"tour_form_{part}", border=False):
            given: Any = None
            if options is not None:
                given = st.pills("Your answer", options, key=name, format_func=show)
            elif number is not None:
                given = st.number_input("Your answer", value=number, step=1, key=name, width=180)
            elif text is not None:
                given = st.text_input(text, key=name, placeholder="e.g. 1 0 1 1")
            with st.container(horizontal=True, gap="small"):
                pressed = st.form_submit_button("Check", icon=":material/task_alt:", type="primary")
                if another:
                    st.form_submit_button(
                        "Another one", icon=":material/casino:", key=f"tour_more_{part}", on_click=_more, args=(part,)
                    )
        if pressed:
            missing = options is not None and given is None
            reply = Reply(False, "Choose an answer first.") if missing else judge(given)
            st.session_state[said] = (turn(part), reply)
            if reply.right:
                answered(run).add(part)
        asked, reply = st.session_state.get(said, (None, None))
        if asked == turn(part) and reply is not None:
            look = (st.success, ":material/check_circle:") if reply.right else (st.warning, ":material/cancel:")
            look[0](reply.sentence, icon=look[1])


def _more(part: int) -> None:
    st.session_state[f"tour_turn_{part}"] = turn(part) + 1
