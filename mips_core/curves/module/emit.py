"""A model as a Python module that anybody can run: data on top, the same few functions below."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from mips_core.curves.literals import Source
from mips_core.curves.model import AdditiveModel, Task
from mips_core.curves.module.columnwise import COLUMNWISE
from mips_core.curves.module.functions import functions, uses_of
from mips_core.curves.module.writing import data_lines
from mips_core.programs.docstring import plain_text

MEANINGS: dict[Task, str] = {
    "classification": "The score is the log-odds of the positive class.",
    "regression": "The score is the predicted value.",
    "ranking": "The score is a sort key: within a group, the highest comes first.",
}
"""What a score means, for each task."""


def module_source(model: AdditiveModel, about: str = "") -> str:
    """Return the text of a module with ``score(row: dict) -> float``; it imports nothing but ``math``.

    Parameters
    ----------
    about: words for the docstring, brought into the form of :func:`mips_core.programs.docstring.plain_text`.
    """
    uses = uses_of(model)
    imports = ["import math"] if uses.curves else []
    return _module(model, about, imports, functions(uses))


def numpy_source(model: AdditiveModel, about: str = "") -> str:
    """Return the text of a module with ``scores(columns) -> (rows,) float64``; it imports nothing but NumPy.

    ``columns`` are what :meth:`AdditiveModel.scores` takes.
    """
    return _module(model, about, ["import numpy as np"], [COLUMNWISE])


def module_about(text: str) -> str:
    """Return the words about the model in the docstring of an emitted module, without what the score means.

    Raises
    ------
    CurveError
        when the text is not Python.
    """
    tree = Source(text, "a model").tree
    return _about(ast.get_docstring(tree) or "")


def module_function(model: AdditiveModel) -> Callable[[Mapping[str, Any]], float]:
    """Return ``score`` of the emitted module, compiled here: this text is our own, not a stranger's."""
    namespace: dict[str, Any] = {}
    exec(compile(module_source(model), "<curves>", "exec"), namespace)
    function: Callable[[Mapping[str, Any]], float] = namespace["score"]
    return function


def _about(docstring: str) -> str:
    for meaning in MEANINGS.values():
        if docstring == meaning or docstring.endswith("\n\n" + meaning):
            return docstring[: -len(meaning)].rstrip("\n")
    return docstring


def _module(model: AdditiveModel, about: str, imports: list[str], parts: list[str]) -> str:
    words = [plain_text(_about(plain_text(about))), MEANINGS[model.task]]
    described = "\n\n".join(filter(None, words))
    docstring = f'"""{described}' + ('\n"""' if "\n" in described else '"""')
    head = [docstring, *["\n".join(imports)] * bool(imports), "\n".join(data_lines(model))]
    return "\n\n".join(head) + "\n\n\n" + "\n\n\n".join(parts) + "\n"
