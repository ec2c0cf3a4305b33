"""Measuring the running explorer from outside: viewers over its websocket, and paints in a real browser.

``mips bench app`` runs :mod:`pages.measure.measurements` in a process of its own: it speaks Streamlit's protocol, and
the core never imports Streamlit.
"""
