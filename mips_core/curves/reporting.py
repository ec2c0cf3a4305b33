"""What ``mips curves --json`` says about a distillation, as plain JSON values, and the study's code."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from mips_core.curves.distilling import study_metrics
from mips_core.curves.metrics import CUT, main_metric
from mips_core.curves.model import CurveTerm
from mips_core.curves.module import module_source
from mips_core.curves.study import CurveStudy, FeatureFit
from mips_core.programs.loops.program import lines_of_code

FUNCTION = "score"

_UNDEFINED = {
    "auc": "AUC is not defined: all held-out rows are of one class.",
    "r2": "R2 is not defined: the target is the same in all held-out rows.",
    f"ndcg@{CUT}": f"NDCG@{CUT} is not defined: no group of held-out rows has rows of different relevance.",
}


def study_source(study: CurveStudy) -> str:
    """Return the module of the study's model; its docstring says what is scored, and from what it was distilled."""
    return module_source(study.model, study_about(study))


def study_about(study: CurveStudy) -> str:
    """Return a sentence about a study's model for the docstring of its module."""
    data = study.data
    positive = f" is {data.classes[1]} (not {data.classes[0]})" if data.classes else ""
    return f"{data.target}{positive}: curves distilled from {study.teacher_name}."


def curves_report(study: CurveStudy) -> dict[str, Any]:
    """Return the report of a study.

    ``metric`` holds the task's main measure of teacher and code on held-out rows, ``metrics`` all of them; a measure
    that is not defined there is null, and ``notes`` say why.  ``rejected_rows`` have lines from 1 with the header,
    ``seconds`` go by stage.
    """
    key, name, _ = main_metric(study.data.task)
    metrics = {
        who: {measure: value if math.isfinite(value) else None for measure, value in found.items()}
        for who, found in study_metrics(study).items()
    }
    source = study_source(study)
    data, settings, checked = study.data, study.settings, study.verification
    return {
        "metric": {"name": name, "teacher": metrics["teacher"][key], "distilled": metrics["distilled"][key]},
        "features": {fit.teacher.feature: _feature(fit, study) for fit in study.fits},
        "program": {
            "source": source,
            "function": FUNCTION,
            "lines": lines_of_code(source),
        },
        "rejected_rows": [asdict(each) for each in data.rejected],
        "seconds": {stage: round(seconds, 4) for stage, seconds in study.seconds.items()}
        | {"total": round(sum(study.seconds.values()), 4)},
        "data": data.name,
        "task": data.task,
        "target": data.target,
        "group": data.group,
        "classes": list(data.classes),
        "rows": {"training": study.training_rows, "held_out": len(study.held_out)},
        "types": [asdict(each) for each in data.types],
        "teacher": {"name": study.teacher_name, "bias": study.teacher_bias},
        "settings": {**asdict(settings), "mono": dict(settings.mono)},
        "metrics": metrics,
        "notes": [_UNDEFINED[measure] for measure, value in metrics["distilled"].items() if value is None],
        "left_out": list(study.left_out),
        "verification": None if checked is None else {**asdict(checked), "relative": checked.relative},
    }


def _feature(fit: FeatureFit, study: CurveStudy) -> dict[str, Any]:
    term = fit.term
    curve = term.curve if isinstance(term, CurveTerm) else None
    left_out = fit.teacher.feature in study.left_out
    return {
        "segments": fit.segments,
        "fx": None if curve is None else curve.fx,
        "mono": fit.mono,
        "kind": "left out" if left_out else "levels" if curve is None else "curve",
        "unexplained": fit.unexplained,
        "spread": math.sqrt(fit.teacher.variance),
        "missing_rows": fit.teacher.missing_rows,
        "reason": fit.reason,
    }
