"""Curve studies as files: written whole, read back equal, refused when damaged; the studies that ship."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from curve_tables import distilled

from mips_core.curves.bundled import bundled, bundled_names
from mips_core.curves.curve import PWLCurve
from mips_core.curves.distilling import distill_curves, study_metrics
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm
from mips_core.curves.stored import (
    ARRAYS,
    TEXT,
    model_from,
    model_value,
    read_study,
    save_study,
    shipped_folder,
    shipped_names,
    shipped_study,
    study_files,
)
from mips_core.curves.study import CurveSettings, CurveStudy, Table, TeacherCurve
from mips_core.errors import BadInputError, MipsError


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal in all their parts, arrays with their types included."""
    if isinstance(one, np.ndarray):
        equal_nan = one.dtype.kind == "f"
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=equal_nan)
    if isinstance(one, CurveStudy | Table | TeacherCurve) or hasattr(one, "__dataclass_fields__"):
        if isinstance(one, PWLCurve):
            return bool(one == other)
        return type(one) is type(other) and all(
            same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one)
        )
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


@pytest.mark.parametrize("task", ["regression", "classification", "ranking"])
def test_a_study_is_read_back_equal(tmp_path: Path, task: str) -> None:
    study = distilled(task, segments=2)
    save_study(replace(study, seconds={"teacher": 0.125}), tmp_path / "new" / "folder")
    found = read_study(tmp_path / "new" / "folder")
    assert same(found, replace(study, seconds={"teacher": 0.125}))
    assert study_metrics(found) == study_metrics(study)
    assert study_files(found) == study_files(replace(study, seconds={"teacher": 0.125}))
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == [TEXT, ARRAYS]


def test_a_model_of_odd_numbers_is_read_back_equal() -> None:
    model = AdditiveModel(
        (
            CurveTerm("a", PWLCurve([(1e-12, 1 / 3), (2e-12, -0.0), (1e200, 5e-324)], "log", "linear"), 0.1),
            LevelTerm('ü "quoted"', (("1", 1.5), (1, 2.5)), -1e-9, 2.0),
        ),
        -0.0,
        "ranking",
    )
    assert model_from(json.loads(json.dumps(model_value(model)))) == model


def test_levels_of_any_text_are_kept(tmp_path: Path) -> None:
    study = distilled("regression", segments=2)
    odd = np.array([None, "None", "ä\n", "'", ""] * 20, dtype=object)
    held_out = replace(study.held_out, columns={**study.held_out.columns, "town": odd})
    save_study(replace(study, held_out=held_out), tmp_path)
    assert read_study(tmp_path).held_out.columns["town"].tolist() == odd.tolist()


def _packed(**arrays: Any) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


@pytest.mark.parametrize(
    "damage",
    ["half the text", "no fits", "half the arrays", "no arrays", "objects", "newer", "lengths", "level", "knots"],
)
def test_a_damaged_study_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    save_study(distilled("regression", segments=2), tmp_path)
    text, arrays = tmp_path / TEXT, tmp_path / ARRAYS
    value = json.loads(text.read_bytes())
    held = dict(np.load(arrays))
    if damage == "half the text":
        text.write_bytes(text.read_bytes()[:200])
    elif damage == "no fits":
        text.write_text(json.dumps({**value, "fits": [{}]}))
    elif damage == "half the arrays":
        arrays.write_bytes(arrays.read_bytes()[:2000])
    elif damage == "no arrays":
        arrays.unlink()
    elif damage == "objects":
        arrays.write_bytes(_packed(**{**held, "teacher_scores": np.array([{}], dtype=object)}))
    elif damage == "newer":
        text.write_text(json.dumps({**value, "version": 99}))
    elif damage == "lengths":
        arrays.write_bytes(_packed(**{**held, "held_out_0": held["held_out_0"][:5]}))
    elif damage == "level":
        arrays.write_bytes(_packed(**{**held, "held_out_2": held["held_out_2"] + 90}))
    else:
        value["model"]["terms"][0]["knots"][0][0] = 1e9
        text.write_text(json.dumps(value))
    with pytest.raises(MipsError, match="study"):
        read_study(tmp_path)


def test_a_study_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"study\.json"):
        read_study(tmp_path)
    with pytest.raises(CurveError, match="diabetes"):
        shipped_study("../networks")


def test_the_shipped_studies_are_small_and_keep_accuracy() -> None:
    assert set(shipped_names()) == set(bundled_names())
    for name in shipped_names():
        assert sum(path.stat().st_size for path in (shipped_folder() / name).iterdir()) < 2**20
        study = shipped_study(name)
        assert study.verification is not None
        assert study.verification.relative <= 1e-12
        assert study.verification.rows == len(study.data.table)
        assert same(study.data, bundled(name))
        metrics = study_metrics(study)
        assert abs(metrics["teacher"].popitem()[1] - metrics["distilled"].popitem()[1]) < 0.05


@pytest.mark.parametrize("name", ["diabetes"])
def test_what_ships_is_what_comes_out_today(name: str) -> None:
    """After a change of teacher, fitting or distilling: ``python -m mips_core.shipping.curves``."""
    shipped, made = shipped_study(name), distill_curves(bundled(name), CurveSettings())
    assert shipped.model == made.model
    assert [fit.reason for fit in shipped.fits] == [fit.reason for fit in made.fits]
    np.testing.assert_allclose(shipped.teacher_scores, made.teacher_scores, rtol=1e-9)
