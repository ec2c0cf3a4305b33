"""The calls that give what the page "Curves" shows, and its files to take away."""

import shlex
from functools import partial

from mips_core.curves.model import AdditiveModel
from mips_core.curves.module import numpy_source
from mips_core.curves.stored import model_value
from mips_core.curves.study import Mono
from mips_core.files import json_bytes
from mips_core.views.csv_text import columns_of
from mips_core.views.curve_rows import rows_columns
from mips_core.views.curve_segments import segments_rows
from pages.parts import curves_data
from pages.parts.curves_choice import Fitting, Found
from pages.parts.curves_code import source_of
from pages.parts.curves_rows import worst
from pages.parts.downloads import File, offer, table_file

_WAYS: dict[Mono, str] = {"increasing": "=up", "decreasing": "=down"}


def calls(found: Found, asked: Fitting) -> tuple[str, str]:
    """Return Python and the command line for the same."""
    study = found.study
    data = study.data
    segments = asked.segments if asked.segments is not None else study.settings.segments
    every = tuple(fit.teacher.feature for fit in study.fits if fit.teacher.numeric) if asked.monotone else ()
    mono: dict[str, Mono] = dict.fromkeys(every, True) or dict(study.settings.mono)
    told = "dict.fromkeys(numeric, True)" if asked.monotone else repr(mono)
    settings = [f"segments={segments}"] * (segments is not None) + [f"mono={told}"] * bool(mono)
    given = f", CurveSettings({', '.join(settings)})" if settings else ""
    code = "\n".join(
        [
            f"from mips_core.curves.{'bundled import bundled' if found.bundled else 'table import read_table'}",
            "from mips_core.curves.distilling import distill_curves, study_metrics",
            "from mips_core.curves.module import module_source",
            *(["from mips_core.curves.study import CurveSettings"] if settings else []),
            "",
            f"data = {_read(found)}",
            *(['numeric = [each.name for each in data.types if each.kind == "number"]'] if asked.monotone else []),
            f"study = distill_curves(data{given})",
            "print(study_metrics(study))  # on held-out rows",
            "print(module_source(study.model))  # score(row) in plain Python",
        ]
    )
    words = ["mips", "curves", found.source]
    if not found.bundled:
        words += ["--target", data.target, "--task", data.task]
        words += ["--group", data.group] if data.group is not None else []
    words += ["--segments", str(segments)] if segments is not None else []
    for feature, way in mono.items():
        words += ["--mono", f"{feature}{_WAYS.get(way, '')}"] if way else []
    return code, shlex.join([*words, "--json"])


def _read(found: Found) -> str:
    if found.bundled:
        return f"bundled({found.source!r})"
    data = found.study.data
    group = f", group={data.group!r}" if data.group is not None else ""
    return f"read_table({found.source!r}, {data.target!r}, task={data.task!r}{group})"


def downloads(found: Found, model: AdditiveModel, base: Found) -> None:
    """Offer the current model as code and as data, and the page's tables.

    Parameters
    ----------
    base : the study before all curves were fitted as asked, of which the chart over segments is
    """
    study = found.study
    about = found.source.rsplit(".", 1)[0]
    teacher = curves_data.judged_teacher(study)
    points = list(curves_data.known_points(base).values())
    rows = segments_rows(points, teacher.metrics[teacher.main], teacher.main)
    offer(
        [
            File("Code", f"{about}_curves.py", source_of(model, study)),
            File("NumPy", f"{about}_curves_numpy.py", partial(numpy_source, model, about)),
            File("Model", f"{about}_curves.json", lambda: json_bytes(model_value(model))),
            table_file(f"{about}_segments", lambda: columns_of(rows), "Segments"),
            table_file(f"{about}_worst_rows", lambda: rows_columns(study, worst(found, model)), "Worst rows"),
        ]
    )
