"""Curve studies as files: what a page shows at once, and what a person keeps.

A study is a folder of two files: ``study.json`` with everything that is told in words and few numbers, and
``study.npz`` with columns, targets, scores and the teacher's curves.  Texts of levels lie in the JSON and the rows hold
their places, so that no array holds objects and nothing is ever unpickled.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm, Term
from mips_core.curves.study import (
    ColumnType,
    CurveSettings,
    CurveStudy,
    FeatureFit,
    LabelledData,
    RejectedRow,
    Table,
    TeacherCurve,
    Verification,
)
from mips_core.errors import BadInputError
from mips_core.files import json_bytes, make_folder, read_bytes, read_json, write_files
from mips_core.npz import npz_names, read_arrays
from mips_core.resources import asset

FORMAT, VERSION = "mips curve study", 1
TEXT, ARRAYS = "study.json", "study.npz"
MOST_NUMBERS = 50_000_000
MOST_BYTES = 2**31

Arrays = dict[str, NDArray[Any]]


def save_study(study: CurveStudy, folder: Path) -> None:
    """Write a study into ``folder``, which is made; both files are complete before the first takes its place.

    Raises
    ------
    BadInputError
        when the folder cannot be written.
    """
    write_files(make_folder(folder), study_files(study))


def study_files(study: CurveStudy) -> dict[str, bytes]:
    """Return the two files of a study, by name."""
    arrays: Arrays = {"teacher_scores": study.teacher_scores}
    data = study.data
    value = {
        "format": FORMAT,
        "version": VERSION,
        "data": {
            "name": data.name,
            "task": data.task,
            "target": data.target,
            "group": data.group,
            "classes": list(data.classes),
            "types": [asdict(each) for each in data.types],
            "rejected": [asdict(each) for each in data.rejected],
            "units": dict(data.units),
            "table": _put_table("table", data.table, arrays),
        },
        "settings": {**asdict(study.settings), "mono": dict(study.settings.mono)},
        "teacher": {"name": study.teacher_name, "bias": study.teacher_bias},
        "fits": [_fit_value(place, fit, arrays) for place, fit in enumerate(study.fits)],
        "model": model_value(study.model),
        "held_out": _put_table("held_out", study.held_out, arrays),
        "training_rows": study.training_rows,
        "seconds": {stage: round(seconds, 4) for stage, seconds in study.seconds.items()},
        "verification": None if study.verification is None else asdict(study.verification),
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return {ARRAYS: packed.getvalue(), TEXT: json_bytes(value, compact=True)}


def read_study(folder: Path) -> CurveStudy:
    """Read a study that :func:`save_study` wrote.

    Raises
    ------
    BadInputError
        when a file is missing, damaged, too large, or does not fit the other.
    """
    value = read_json(folder / TEXT, FORMAT, VERSION)
    packed = read_bytes(folder / ARRAYS)
    names = sorted(npz_names(packed))
    arrays = read_arrays(packed, str(folder / ARRAYS), names, (), most=MOST_NUMBERS, most_bytes=MOST_BYTES)
    try:
        return _study(value, arrays)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadInputError(
            f"{folder / TEXT} is damaged ({type(error).__name__}). Make it again, or choose another."
        ) from None


def model_value(model: AdditiveModel) -> dict[str, Any]:
    """Return a model as plain JSON values."""
    return {"task": model.task, "bias": model.bias, "terms": [_term_value(term) for term in model.terms]}


def model_from(value: Mapping[str, Any]) -> AdditiveModel:
    """Return the model of :func:`model_value`."""
    return AdditiveModel(tuple(map(_term, value["terms"])), float(value["bias"]), value["task"])


def shipped_folder() -> Path:
    """Return where the studies lie that ship with the explorer, one folder each."""
    return asset("curves")


def shipped_names() -> tuple[str, ...]:
    """Return the names of the studies that ship."""
    return tuple(sorted(path.parent.name for path in shipped_folder().glob(f"*/{TEXT}")))


def shipped_study(name: str) -> CurveStudy:
    """Return a study that ships.

    Raises
    ------
    CurveError
        when there is none of this name.
    """
    if name not in shipped_names():
        raise CurveError(f"No study {name!r} ships; there are {', '.join(shipped_names()) or 'none'}.")
    return read_study(shipped_folder() / name)


def _study(value: Mapping[str, Any], arrays: Arrays) -> CurveStudy:
    data, settings, checked = value["data"], value["settings"], value["verification"]
    return CurveStudy(
        data=LabelledData(
            name=data["name"],
            table=_table("table", data["table"], arrays),
            task=data["task"],
            target=data["target"],
            group=data["group"],
            classes=tuple(data["classes"]),
            types=tuple(ColumnType(**each) for each in data["types"]),
            rejected=tuple(RejectedRow(**each) for each in data["rejected"]),
            units=data["units"],
        ),
        settings=CurveSettings(**settings),
        teacher_name=value["teacher"]["name"],
        teacher_bias=float(value["teacher"]["bias"]),
        teacher_scores=arrays["teacher_scores"],
        fits=tuple(_fit(place, each, arrays) for place, each in enumerate(value["fits"])),
        model=model_from(value["model"]),
        held_out=_table("held_out", value["held_out"], arrays),
        training_rows=int(value["training_rows"]),
        seconds=value["seconds"],
        verification=None if checked is None else Verification(**checked),
    )


def _fit_value(place: int, fit: FeatureFit, arrays: Arrays) -> dict[str, Any]:
    teacher = fit.teacher
    arrays[f"fit_{place}_contributions"] = teacher.contributions
    arrays[f"fit_{place}_weights"] = teacher.weights
    if teacher.numeric:
        arrays[f"fit_{place}_values"] = teacher.values
    return {
        "feature": teacher.feature,
        "levels": None if teacher.numeric else list(teacher.values),
        "missing": teacher.missing,
        "missing_rows": teacher.missing_rows,
        "term": _term_value(fit.term),
        "mono": fit.mono,
        "unexplained": fit.unexplained,
        "reason": fit.reason,
    }


def _fit(place: int, value: Mapping[str, Any], arrays: Arrays) -> FeatureFit:
    numeric = value["levels"] is None
    values = arrays[f"fit_{place}_values"] if numeric else _texts(value["levels"])
    contributions, weights = arrays[f"fit_{place}_contributions"], arrays[f"fit_{place}_weights"]
    if not len(values) == len(contributions) == len(weights):
        raise ValueError("a teacher's curve of columns that differ in length")
    teacher = TeacherCurve(
        value["feature"], numeric, values, contributions, weights, float(value["missing"]), int(value["missing_rows"])
    )
    return FeatureFit(teacher, _term(value["term"]), value["mono"], float(value["unexplained"]), value["reason"])


def _term_value(term: Term) -> dict[str, Any]:
    if isinstance(term, CurveTerm):
        knots = [list(point) for point in term.curve.points]
        curve = {"knots": knots, "fx": term.curve.fx, "ends": term.curve.ends}
        return {"feature": term.feature, **curve, "missing": term.missing}
    levels = [list(each) for each in term.levels]
    return {"feature": term.feature, "levels": levels, "other": term.other, "missing": term.missing}


def _term(value: Mapping[str, Any]) -> Term:
    if "knots" in value:
        curve = PWLCurve(value["knots"], value["fx"], value["ends"])
        return CurveTerm(value["feature"], curve, float(value["missing"]))
    levels = tuple((level, float(y)) for level, y in value["levels"])
    return LevelTerm(value["feature"], levels, float(value["other"]), float(value["missing"]))


def _put_table(name: str, table: Table, arrays: Arrays) -> dict[str, Any]:
    """Put a table's numbers among the arrays; return its columns' names, each with the levels that places stand for."""
    columns = []
    for place, (feature, values) in enumerate(table.columns.items()):
        levels = None
        if values.dtype.kind == "O":
            levels = sorted({each for each in values if each is not None})
            places = {level: number for number, level in enumerate(levels)} | {None: -1}
            values = np.array([places[each] for each in values], dtype=np.int32)
        arrays[f"{name}_{place}"] = values
        columns.append({"feature": feature, "levels": levels})
    for key in ("target", "groups", "lines"):
        if (values := getattr(table, key)) is not None:
            arrays[f"{name}_{key}"] = values
    return {"columns": columns}


def _table(name: str, value: Mapping[str, Any], arrays: Arrays) -> Table:
    columns = {}
    for place, column in enumerate(value["columns"]):
        values = arrays[f"{name}_{place}"]
        if column["levels"] is not None:
            if len(values) and not -1 <= values.min() <= values.max() < len(column["levels"]):
                raise ValueError("a level that has no text")
            values = _texts([*column["levels"], None])[values]
        columns[column["feature"]] = values
    target = arrays[f"{name}_target"]
    groups, lines = arrays.get(f"{name}_groups"), arrays.get(f"{name}_lines")
    every = [*columns.values(), *(each for each in (groups, lines) if each is not None)]
    if any(each.shape != target.shape or target.ndim != 1 for each in every):
        raise ValueError("columns that differ in length")
    return Table(columns, target, groups, lines)


def _texts(values: list[Any]) -> NDArray[Any]:
    texts = np.empty(len(values), dtype=object)
    texts[:] = values
    return texts
