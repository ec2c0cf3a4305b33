"""Edits of a distilled model: what a person changed by hand, kept for the session and, where it fits, in the address.

Each study has its own history.  It survives reruns and visits to other pages; ``curve_edit`` in the address holds the
terms that differ from the distilled model, so that a copied link shows the same curves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel
from mips_core.curves.study import CurveStudy, Mono
from mips_core.views.curve_editor_link import pack_edits, unpack_edits
from mips_core.views.curve_editor_terms import fit_of, without_feature
from mips_core.views.curve_editor_words import direction_of
from pages.parts.address import followed, write

ADDRESS = "curve_edit"
_HISTORIES, _LINK_ERROR = "curve_edits", "curve_edit_link_error"
_WAITING, _WRITTEN = "curve_edit_waiting", "curve_edit_written"
_MOST = 200
"""Edits that can be undone."""


@dataclass(frozen=True)
class Edit:
    """One change: what it was in words, the model after it, and the directions that curves were fitted with."""

    words: str
    model: AdditiveModel
    mono: Mapping[str, Mono]


@dataclass(frozen=True)
class _History:
    """The edits of one study; the first ``done`` of them stand, the others were undone and can come back."""

    distilled: AdditiveModel
    edits: tuple[Edit, ...] = ()
    done: int = 0

    def model(self, back: int = 0) -> AdditiveModel:
        """Return the model now, or some edits ago."""
        place = self.done - 1 - back
        return self.edits[place].model if place >= 0 else self.distilled

    @property
    def mono(self) -> Mapping[str, Mono]:
        return self.edits[self.done - 1].mono if self.done else {}


def current_model(study_key: str, study: CurveStudy) -> AdditiveModel:
    """Return the model as edited now, and keep the address in step.

    Parameters
    ----------
    study_key: names the study: the data and how they were distilled.
    study: a study with another model under the same key begins a new history.
    """
    waiting = st.session_state.pop(_WAITING, None)
    if waiting is not None and waiting[0] == study_key:
        waiting[1]()
    history = _history(study_key, study)
    model = history.model()
    packed = None if model == study.model else pack_edits(study.model, model)
    if packed is not None:
        _written()[packed] = None
    write(ADDRESS, packed)
    return model


def edit_next(study_key: str, edit: Callable[[], None]) -> None:
    """Have the next call of :func:`current_model`, which is the next run's first, do an edit before it answers.

    For a callback that may run before the one which brings what it needs: a click out of a field brings click and text
    together, in either order.
    """
    st.session_state[_WAITING] = (study_key, edit)


def model_before(study_key: str, study: CurveStudy) -> AdditiveModel | None:
    """Return the model before the last edit, or None where nothing was edited."""
    history = _history(study_key, study)
    return history.model(1) if history.done else None


def change(study_key: str, model: AdditiveModel, words: str, mono: Mapping[str, Mono] | None = None) -> None:
    """Take over an edited model; what had been undone is forgotten.

    Call it from a callback (the model is then new on the whole page) after :func:`current_model` has run once.

    Parameters
    ----------
    words: what was done, e.g. "bmi: knot (24.4, -8.1) moved to (25, -7)."
    mono: directions that curves were fitted with by this edit, by feature
    """
    history = _known(study_key)
    if model == history.model() and not mono:
        return
    edits = (*history.edits[: history.done], Edit(words, model, {**history.mono, **(mono or {})}))[-_MOST:]
    _put(study_key, replace(history, edits=edits, done=len(edits)))


def undo(study_key: str) -> None:
    """Take the last edit back."""
    history = _known(study_key)
    _put(study_key, replace(history, done=max(0, history.done - 1)))


def redo(study_key: str) -> None:
    """Bring back the edit that was taken back last."""
    history = _known(study_key)
    _put(study_key, replace(history, done=min(len(history.edits), history.done + 1)))


def reset(study_key: str, feature: str | None = None) -> None:
    """Go back to the distilled curve of one feature, or to the whole distilled model; this too can be undone."""
    history = _known(study_key)
    distilled, now = history.distilled, history.model()
    if feature is None:
        change(study_key, distilled, "All features: back to the distilled model.")
    elif feature not in distilled.features:
        change(study_key, without_feature(now, feature), f"{feature}: left out again, as in the distilled model.")
    else:
        change(study_key, now.with_term(distilled.term(feature)), f"{feature}: back to the distilled curve.")


def changes(study_key: str) -> tuple[str, ...]:
    """Return the edits that stand, in words, the oldest first."""
    history = _histories().get(study_key)
    return tuple(edit.words for edit in history.edits[: history.done]) if history is not None else ()


def next_undone(study_key: str) -> str | None:
    """Return in words what :func:`redo` would bring back, or None."""
    history = _histories().get(study_key)
    return history.edits[history.done].words if history is not None and history.done < len(history.edits) else None


def mono_of(study_key: str, study: CurveStudy, feature: str) -> Mono:
    """Return the direction that a feature's curve was last fitted with; free once an edit by hand broke it."""
    history = _history(study_key, study)
    mono = history.mono.get(feature, fit_of(study, feature).mono)
    model = history.model()
    curve = getattr(model.term(feature), "curve", None) if feature in model.features else None
    if curve is None:
        return mono
    runs = direction_of(curve)
    broken = runs == "both" or (mono, runs) in (("increasing", "down"), ("decreasing", "up"))
    return False if broken else mono


def fits_in_link(study_key: str, study: CurveStudy) -> bool:
    """Tell whether the address holds the edits; where they are too long, only this session knows them."""
    return pack_edits(study.model, _history(study_key, study).model()) is not None


def link_error() -> str | None:
    """Return, once, why the edits of the link that was followed are not shown."""
    told: str | None = st.session_state.pop(_LINK_ERROR, None)
    return told


def _written() -> dict[str, None]:
    """Return what this session has written to the address.

    A click that comes before the browser knows the newest address brings an older one of ours, which is no link.
    """
    written: dict[str, None] = st.session_state.setdefault(_WRITTEN, {})
    while len(written) > _MOST:
        written.pop(next(iter(written)))
    return written


def _histories() -> dict[str, _History]:
    histories: dict[str, _History] = st.session_state.setdefault(_HISTORIES, {})
    return histories


def _history(study_key: str, study: CurveStudy) -> _History:
    """Return a study's history; the edits of a link that was followed begin a new one."""
    if followed(ADDRESS) and st.query_params[ADDRESS] not in _written():
        packed = st.query_params[ADDRESS]
        write(ADDRESS, packed)  # it is ours from now on
        history = _History(study.model)
        try:
            model = unpack_edits(packed, study)
        except CurveError as error:
            st.session_state[_LINK_ERROR] = str(error)
        else:
            history = replace(history, edits=(Edit("Edits that came with the link.", model, {}),), done=1)
        _put(study_key, history)
    found = _histories().get(study_key)
    if found is None or found.distilled != study.model:
        found = _History(study.model)
        _put(study_key, found)
    return found


def _known(study_key: str) -> _History:
    return _histories()[study_key]


def _put(study_key: str, history: _History) -> None:
    _histories()[study_key] = history
