"""Views: pure functions that turn results into pictures, tables and short texts.

Figures (Plotly), drawings (SVG), rows of tables and LaTeX; nothing here knows about
Streamlit, so a notebook can use all of it, and a unit test can look at every picture
without a browser.
"""
