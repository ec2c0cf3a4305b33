"""The curve editor of the page "Curves": chart, knots and levels that can be changed, and what a change does."""

from mips_core.curves.study import CurveStudy


def editor(study_key: str, study: CurveStudy, feature: str) -> None:
    """Show one feature's curve or levels to be edited, with the metric strip, undo, redo and reset.

    Edits happen in callbacks, so :func:`pages.parts.curves_edit_state.current_model` is new before anything is drawn.
    It is no fragment of its own: call it, and all that hangs on the edited model, inside one fragment.
    """
