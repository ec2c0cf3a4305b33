"""The overview of a study: claim, metric strip, one panel for each feature, and the metric over the segments."""

import math
import time

import streamlit as st

from mips_core.curves.model import AdditiveModel
from mips_core.curves.study import CurveStudy
from mips_core.views.curve_grid import by_share, feature_of, grid_html, legend_html
from mips_core.views.curve_metrics import interacting_words, metric_text, size_of, strip_html
from mips_core.views.curve_segments import segments_html, segments_rows
from mips_core.views.curve_style import styled
from mips_core.views.sequences import count_text
from pages.parts import curves_data
from pages.parts.clickable import clickable
from pages.parts.curves_choice import (
    MOST_SEGMENTS,
    Fitting,
    Found,
    chosen_fitting,
    put_feature,
    put_segments,
    show_fitting,
)
from pages.parts.fold import fold
from pages.parts.plain import plain
from pages.parts.words import curves as words

_FIRST = 12
"""Panels that are drawn before somebody asks for all."""
_ALL = "all_features"
_TICK, _BUDGET = 0.3, 0.25
"""Seconds between two looks at the chart while it is computed, and seconds of work at each."""


def show_strip(found: Found, model: AdditiveModel) -> None:
    """Show how good teacher, distilled and edited model are on held-out rows, and how much code they are."""
    study = found.study
    teacher = curves_data.judged_teacher(study)
    models = [(curves_data.judged(found.key, study, study.model, "distilled", chance=True), size_of(study.model))]
    lines = [curves_data.lines(study.model)]
    if model != study.model:
        models.append((curves_data.judged(found.key, study, model, "edited", chance=True), size_of(model)))
        lines.append(curves_data.lines(model))
    clickable(styled(strip_html(teacher, models, lines)), "curves_strip")
    st.caption(plain(_facts(study)))
    if found.measures is not None:
        st.markdown(interacting_words(teacher, found.measures.interacting))


def _facts(study: CurveStudy) -> str:
    seconds = sum(study.seconds.get(stage, 0.0) for stage in ("teacher", "curves"))
    checked = study.verification
    said = (
        f"Judged on {len(study.held_out):,} held-out rows; teacher ({study.teacher_name}) and curves learnt from "
        f"{study.training_rows:,} others in {seconds:.1f} s."
    )
    if checked is not None:
        said += f" Code and model agree on all {checked.rows:,} rows."
    return said


def show_grid(found: Found, model: AdditiveModel, chosen: str) -> None:
    """Show a panel for each feature, those first that carry most variance."""
    study = found.study
    fits = by_share(study.fits)
    every = bool(st.session_state.get(_ALL)) or len(fits) <= _FIRST
    shown = fits if every else [fit for n, fit in enumerate(fits) if n < _FIRST or feature_of(fit) == chosen]
    clickable(styled(legend_html(model != study.model)), "curves_legend")
    clickable(styled(grid_html(study, model, chosen, shown)), "curves_grid", put_feature)
    if len(fits) > _FIRST:
        st.toggle(words.ALL_FEATURES.format(count=f"{len(fits):,}"), key=_ALL)


def show_segments(found: Found, asked: Fitting) -> None:
    """Show the metric over the number of segments; what is not known yet is computed while the page can be used."""
    st.markdown(words.SEGMENTS_TEXT)
    show_fitting()
    if asked.segments is not None:
        st.caption(words.ALL.format(segments=count_text(asked.segments, "segment")))
    else:
        st.caption(words.HELD if asked.monotone else words.AUTOMATIC)
    if not any(fit.teacher.numeric for fit in found.study.fits):
        st.info(words.ONE_SETTING, icon=":material/info:")
        return
    if not math.isfinite(curves_data.main_of_teacher(found.study)):
        st.info(words.NOT_DEFINED, icon=":material/info:")
        return
    known = curves_data.known_points(found)
    if len(known) < 2 * MOST_SEGMENTS:
        _computing(found, asked)
    else:
        _chart(found, asked)


@st.fragment(run_every=_TICK)
def _computing(found: Found, asked: Fitting) -> None:
    """Compute the chart bit by bit, some of it at each look, so that clicks elsewhere are answered in between."""
    known = curves_data.known_points(found)
    wanted = [(n, mono) for mono in (False, True) for n in range(1, MOST_SEGMENTS + 1) if (n, mono) not in known]
    if not wanted or chosen_fitting() != asked:  # all is known, or a click into the chart asks for other curves
        st.rerun()
    segments, mono = wanted[0]
    total = 2 * MOST_SEGMENTS
    text = words.COMPUTING.format(
        segments=count_text(segments, "segment"), direction="monotone" if mono else "free", done=total - len(wanted),
        total=total,
    )  # fmt: skip
    paused = st.toggle(words.PAUSE, key="curves_pause")
    st.progress((total - len(wanted)) / total, text=text)
    _chart(found, asked)
    begun = st.session_state.get("curves_computing") == found.key
    st.session_state["curves_computing"] = found.key
    if begun and not paused:  # the first look only draws
        curves_data.compute_some(found, segments, mono, time.monotonic() + _BUDGET)


def _chart(found: Found, asked: Fitting) -> None:
    points = list(curves_data.known_points(found).values())
    scored = curves_data.judged_teacher(found.study)
    value, key = scored.metrics[scored.main], scored.main
    clickable(styled(segments_html(points, value, key, MOST_SEGMENTS, asked.segments)), "curves_segments_chart",
              put_segments)  # fmt: skip
    shown = curves_data.fitted(found, asked)
    spread = curves_data.judged(shown.key, shown.study, shown.study.model, "distilled", chance=True).spreads
    if "teacher" in spread:
        st.caption(words.CHANCE.format(spread=metric_text(spread["teacher"])))
    if points:
        rows = segments_rows(points, value, key)
        fold("As a table", "curves_segments_table", "table", lambda: st.dataframe(rows, hide_index=True))
