"""The rows that a model gets most wrong, and what one prediction is made of."""

import streamlit as st

from mips_core.curves.explaining import WorstRow, explain_row, worst_rows
from mips_core.curves.model import AdditiveModel, LevelTerm
from mips_core.views.curve_grid import by_share, feature_of
from mips_core.views.curve_levels import levels_html
from mips_core.views.curve_rows import (
    explanation_html,
    explanation_words,
    row_name,
    row_values,
    rows_html,
    score_text,
    truth_text,
)
from mips_core.views.curve_style import styled
from mips_core.views.sequences import count_text
from pages.parts import curves_data
from pages.parts.clickable import clickable
from pages.parts.curves_choice import Found, chosen_case, put_case, show_case
from pages.parts.fold import fold
from pages.parts.plain import plain
from pages.parts.words import curves as words


def worst(found: Found, model: AdditiveModel) -> tuple[WorstRow, ...]:
    """Return the held-out rows with the largest error."""
    study = found.study
    scores = curves_data.scores(found.key, study, model)
    return worst_rows(study.held_out, study.held_out.target, scores, study.data.task)


def show_rows(found: Found, model: AdditiveModel) -> None:
    """Show the worst rows and the explanation of the chosen one."""
    study = found.study
    rows = worst(found, model)
    if not rows:
        st.info(words.NO_ROWS, icon=":material/info:")
        return
    chosen = chosen_case(len(study.held_out), rows[0].row)
    st.markdown(words.RANKED_TEXT if study.data.task == "ranking" else words.ROWS_TEXT)
    clickable(styled(rows_html(study, rows, chosen)), "curves_worst", put_case)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        show_case(len(study.held_out))
        st.markdown(f"**{words.MADE_OF}**: held-out row {row_name(study, chosen)}", width="stretch")
    explanation = explain_row(model, row_values(study, chosen))
    data = study.data
    told = score_text(data, explanation.score)
    truth = truth_text(data, float(study.held_out.target[chosen]))
    st.markdown(plain(f"{explanation_words(explanation)} The model says {told}; {data.target} is {truth}."))
    clickable(styled(explanation_html(explanation, data.units)), "curves_made_of")


def show_levels(found: Found, model: AdditiveModel) -> None:
    """Show the level table of each categorical feature of the model."""
    names = [name for name in map(feature_of, by_share(found.study.fits)) if name in model.features]
    terms = [model.term(name) for name in names]
    tables = [term for term in terms if isinstance(term, LevelTerm)]
    if not tables:
        return
    st.subheader(words.LEVELS, anchor=False, divider="gray")
    fits = {feature_of(fit): fit for fit in found.study.fits}
    for number, term in enumerate(tables):
        title = f"{term.feature} · {count_text(len(term.levels), 'level')}"
        fold(
            plain(title), f"curves_levels_{number}", "table", expanded=number == 0,
            show=lambda t=term, n=number: clickable(styled(levels_html(fits[t.feature], t)), f"curves_table_{n}"),
        )  # fmt: skip
