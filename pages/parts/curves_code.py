"""The code panel of the page "Curves": the model as a module's text, which can be edited and applied."""

from mips_core.curves.study import CurveStudy


def code_panel(study_key: str, study: CurveStudy) -> None:
    """Show the edited model's code with an editor, the lines that changed, and downloads.

    Like :func:`pages.parts.curves_edit.editor` it changes the model in callbacks and is no fragment of its own.
    """
