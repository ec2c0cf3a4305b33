"""The frame of every page: title, purpose, teaching text, Python equivalent, and errors as one sentence."""

import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import streamlit as st

from mips_core.errors import MipsError
from mips_core.hosting import hosting
from pages.parts.plain import plain
from pages.parts.visitor import without_places
from pages.parts.words import hosting as hosting_words

_OWN_RUN = re.compile(r'open_run\("(?:[a-z0-9-]+-[0-9a-f]{8}|shared\.[^"]*)"\)')
"""How code opens a run that does not ship."""

_CSS = """
<style>
  .stMainBlockContainer { max-width: 1180px; padding-top: 3.2rem; }
  .lead { font-size: 1.08rem; opacity: 0.85; margin: -0.7rem 0 0.3rem; max-width: 46rem; }
  .stMain .katex-display { overflow-x: auto; overflow-y: hidden; padding: 2px 0; }
  /* Streamlit's own greys and colours of code are paler than the contrast of 4.5 that small text needs. */
  [data-testid=stCaptionContainer] { color: inherit; opacity: 0.8; }
  [data-testid=stCaptionContainer] :is(p, em, strong, li) { color: inherit; }
  [data-testid^=stBaseButton-primary]:not(:disabled) :is(p, [data-testid=stIconMaterial]) { color: ONPRIMARY; }
  .stPlotlyChart :is([class$=tick], .legend, .colorbar) text,
  .stPlotlyChart text[class$=title] { fill: TEXT !important; }
  .stMultiSelect [data-tag], .stMultiSelect [data-tag] * { color: ONPRIMARY; }
  [data-testid=stPageLink-NavLink]:focus-visible, [data-testid=stSidebarNavLink]:focus-visible {
    outline: 2px solid PRIMARY; outline-offset: 1px; }
  [data-testid=stPageLink] [data-testid=stMarkdownContainer] :is(p, span) {
    white-space: normal; overflow: visible; overflow-wrap: anywhere; }
  [class*=st-key-stages_] p > * { display: inline-block; } /* a sign stays on the line of its stage's name */
  .stTable [data-testid=stMarkdownContainer] { max-width: 48rem; }
  .stCode .linenumber { color: inherit !important; opacity: 0.75; }
  .stCode .token.comment { color: COMMENT; }
  .stCode .token:is(.keyword, .builtin, .boolean, .decorator) { color: KEYWORD; }
  .stCode .token:is(.string, .triple-quoted-string, .attr-value) { color: STRING; }
  .stCode .token:is(.number, .function, .class-name) { color: NUMBER; }
</style>
"""
_LIGHT = {
    "COMMENT": "#59616e",
    "KEYWORD": "#0b5cad",
    "STRING": "#0a6b2d",
    "NUMBER": "#8a3c00",
    "ONPRIMARY": "#ffffff",
    "PRIMARY": "#0067a5",
    "TEXT": "#4a5563",
}
_DARK = {
    "COMMENT": "#a3acba",
    "KEYWORD": "#7cc4f0",
    "STRING": "#7fd39b",
    "NUMBER": "#f0b27a",
    "ONPRIMARY": "#04243a",
    "PRIMARY": "#6cbbeb",
    "TEXT": "#b9c2cd",
}


def _style() -> str:
    """Return the pages' style, with colours of code for the theme that the reader sees."""
    style = _CSS
    for name, colour in (_DARK if st.context.theme.type == "dark" else _LIGHT).items():
        style = style.replace(name, colour)
    return style


def guarded(run: Callable[[], None]) -> None:
    """Run a page; an error that we raised on purpose is shown as its sentence, any other as one sentence and a log."""
    try:
        run()
    except MipsError as error:
        st.error(plain(without_places(str(error))), icon=":material/error:")
    except Exception as error:
        logging.getLogger("mips").exception("a page failed")
        st.error(
            f"This page met an error that it did not expect ({type(error).__name__}). "
            "The details are in the terminal that runs the explorer.",
            icon=":material/error:",
        )


def head(title: str, purpose: str) -> None:
    """Write the title and the one sentence that says what the page is for."""
    st.html(_style())
    st.title(title, anchor=False)
    st.html(f'<p class="lead">{purpose}</p>')


def more_filters(*names: str) -> AbstractContextManager[object]:
    """Return a fold for filters with these keys; it is open at first when the address sets one of them."""
    opened = st.session_state.setdefault(f"open_{'_'.join(names)}", any(name in st.query_params for name in names))
    return st.expander("More filters", icon=":material/filter_list:", expanded=opened)


def teach(text: str) -> None:
    """Write "What you see here"."""
    st.subheader("What you see here", anchor=False, divider="gray")
    with st.container(width=740):
        st.markdown(text)


def in_python(code: str, command: str) -> None:
    """Show the call and the command that give the same."""
    st.subheader("In Python", anchor=False, divider="gray")
    show_calls(code, command)


def show_calls(code: str, command: str) -> None:
    """Show the call and the command that give the same, below a heading of the page's own."""
    st.code(code, language="python")
    if hosting().public and _OWN_RUN.search(code):
        st.caption(hosting_words.IN_CODE)
    st.caption("On the command line:")
    st.code(command, language="bash")
