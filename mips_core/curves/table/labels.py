"""From columns to labelled data: which are features, what the target says, and which rows cannot be used."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import rankable_rows
from mips_core.curves.model import Task
from mips_core.curves.numbers import number_text
from mips_core.curves.study import ColumnType, LabelledData, RejectedRow, Table
from mips_core.curves.table.columns import UNNAMED, Column, NumberColumn, TextColumn, as_texts
from mips_core.curves.transforms import Floats
from mips_core.wording import on_one_line, plural

MIN_ROWS = 20
MAX_LEVELS = 255
"""Most levels of a column; as many as the boosted trees can tell apart."""

MAX_LEVEL_TEXT = 200
MAX_RELEVANCE = 30.0
"""Graded relevance r gains 2^r - 1, so a greater one would drown all others."""

LARGEST = 1e100
"""Greatest size of a number: squares of larger ones could not be summed."""

_IDENTIFIER_SHARE = 0.9  # texts of which this share differ are names or notes, not levels


class _Rejections:
    """Why rows cannot be used: the first reason for each."""

    def __init__(self, lines: NDArray[np.int64], earlier: Sequence[RejectedRow]) -> None:
        self._lines = lines
        self._earlier = list(earlier)
        self._reasons: dict[int, str] = {}
        self.kept = np.ones(len(lines), dtype=bool)

    def reject(self, rows: NDArray[Any], reason: str) -> None:
        for row in np.flatnonzero(rows).tolist():
            self.reject_row(row, reason)

    def reject_row(self, row: int, reason: str) -> None:
        self._reasons.setdefault(row, reason)
        self.kept[row] = False

    def rows(self) -> tuple[RejectedRow, ...]:
        own = [RejectedRow(int(self._lines[row]), reason) for row, reason in self._reasons.items()]
        return tuple(sorted(self._earlier + own, key=lambda each: each.line))


def label(
    columns: Sequence[Column],
    lines: NDArray[np.int64],
    rejected: Sequence[RejectedRow],
    *,
    target: str,
    task: str | None,
    group: str | None,
    name: str,
) -> LabelledData:
    """Return labelled data from columns; see :func:`mips_core.curves.table.read_table`."""
    by_name = {each.name: each for each in columns}
    _check_request(by_name, target, task, group, name)
    rejections = _Rejections(lines, rejected)
    if not len(lines):
        _refuse_few_rows(0, rejections.rows(), name)
    groups = None if group is None else _groups(by_name[group], rejections)
    chosen, values, classes = _target(by_name[target], task or ("ranking" if group else None), rejections)
    features: dict[str, NDArray[Any]] = {}
    types = []
    for column in columns:
        if column.name in (target, group):
            continue
        kind, reason = _kind(column)
        types.append(ColumnType(column.name, kind, reason))
        if kind != "left out":
            features[column.name] = _feature(column, rejections)
    if not features:
        raise CurveError(f"{name} has no column to learn from: " + "; ".join(f"{t.name}: {t.reason}" for t in types))
    rows = rejections.rows()
    if rejections.kept.sum() < MIN_ROWS:
        _refuse_few_rows(int(rejections.kept.sum()), rows, name)
    table = Table(features, values, groups, lines).rows(rejections.kept)
    _check_target(table, chosen, classes, target)
    if table.groups is not None:
        _, first, codes = np.unique(table.groups, return_index=True, return_inverse=True)
        table = Table(table.columns, table.target, np.argsort(np.argsort(first))[codes], table.lines)
    return LabelledData(name, table, chosen, target, group, classes, tuple(types), rows)


def _check_request(columns: dict[str, Column], target: str, task: str | None, group: str | None, name: str) -> None:
    for what, wanted in (("target", target), ("group", group)):
        if wanted is not None and wanted not in columns:
            near = difflib.get_close_matches(wanted, columns, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            shown = ", ".join(list(columns)[:20]) + (", ..." if len(columns) > 20 else "")
            raise CurveError(f"{name} has no column {wanted!r} for the {what}.{meant} It has: {shown}.")
    if task is not None and task not in get_args(Task):
        raise CurveError(f"The task is {', '.join(get_args(Task))}, not {task!r}.")
    if task == "ranking" and group is None:
        raise CurveError("Ranking needs --group: the column that says which rows are ranked against each other.")
    if group is not None and task not in (None, "ranking"):
        raise CurveError(f"A group column is for ranking, not for {task}. Leave out the group or the task.")
    if not isinstance(target, str):
        raise CurveError(f"The target is {target!r}, which is no name of a column. Name the column to learn.")
    if group == target:
        raise CurveError(f"The column {target!r} cannot be both the target and the group.")


def _refuse_few_rows(count: int, rejected: Sequence[RejectedRow], name: str) -> None:
    why = (
        f" {plural(len(rejected), 'row')} cannot be used; line {rejected[0].line}: {rejected[0].reason}."
        if rejected
        else ""
    )
    raise CurveError(f"{name} has {plural(count, 'usable row')}; at least {MIN_ROWS} are needed.{why}")


def _groups(column: Column, rejections: _Rejections) -> NDArray[np.int64]:
    texts = as_texts(column)
    rejections.reject(texts.codes < 0, f"{column.name}: the group is missing")
    return texts.codes.astype(np.int64)


def _target(column: Column, task: str | None, rejections: _Rejections) -> tuple[Task, Floats, tuple[str, ...]]:
    """Return the task, the target of each row, and the classes, if any; a class is 0 for the first, 1 for the last."""
    where = f"{column.name}: the target"
    if isinstance(column, TextColumn):
        rejections.reject(column.codes < 0, f"{where} is missing")
        return "classification", *_classes_of_texts(column, task, rejections)
    _reject_no_numbers(column, rejections, "target")
    rejections.reject(np.isnan(column.values), f"{where} is missing")
    values = column.values
    distinct = np.unique(values[rejections.kept])
    if task is None:
        task = "classification" if len(distinct) == 2 else "regression"
    if task == "regression":
        return "regression", values, ()
    if task == "ranking":
        rejections.reject(values < 0, f"{where} is negative; graded relevance is 0 or more")
        rejections.reject(values > MAX_RELEVANCE, f"{where} is above {MAX_RELEVANCE:g}, too much for graded relevance")
        return "ranking", values, ()
    if len(distinct) != 2:
        raise CurveError(
            f"Classification needs a target with two values; {column.name!r} has {len(distinct)} different numbers. "
            "Use --task regression, or make a column that says yes or no."
        )
    return "classification", (values == distinct[1]).astype(np.float64), tuple(map(number_text, distinct.tolist()))


def _classes_of_texts(column: TextColumn, task: str | None, rejections: _Rejections) -> tuple[Floats, tuple[str, ...]]:
    counts = np.bincount(column.codes[rejections.kept], minlength=len(column.texts))
    seen = sorted(text for text, count in zip(column.texts, counts.tolist(), strict=True) if count)
    shown = ", ".join(repr(_shortened(each)) for each in seen[:5]) + (", ..." if len(seen) > 5 else "")
    if task in ("regression", "ranking"):
        raise CurveError(f"{task.capitalize()} needs a target of numbers; {column.name!r} holds texts: {shown}.")
    if len(seen) == 1:
        raise CurveError(f"The target {column.name!r} is {shown} in every usable row; there is nothing to learn.")
    if len(seen) != 2:
        raise CurveError(
            f"The target {column.name!r} has {len(seen)} different texts: {shown}. Classification needs two. "
            "Make a column that says yes or no (for example one class against the others), or give numbers."
        )
    positive = np.array([text == seen[1] for text in column.texts])
    return positive[column.codes].astype(np.float64), tuple(seen)


def _check_target(table: Table, task: Task, classes: tuple[str, ...], name: str) -> None:
    target = table.target
    if target.min() == target.max():
        same = classes[int(target[0])] if classes else number_text(float(target[0]))
        raise CurveError(f"The target {name!r} is {same} in every usable row; there is nothing to learn.")
    if table.groups is not None and not rankable_rows(target, table.groups).any():
        raise CurveError(
            f"No group has rows that differ in the target {name!r}: there is nothing to rank. Choose another --group."
        )


def _kind(column: Column) -> tuple[Any, str]:
    """Return how a column is used and why, in words."""
    if column.name == UNNAMED:
        return "left out", "it has no name, like the row numbers that tables are often written with"
    if isinstance(column, NumberColumn):
        values = column.values[np.isfinite(column.values)]
        if not len(values):
            return "left out", "no cell has a value"
        if values.min() == values.max() and not np.isnan(column.values).any():
            return "left out", "the same value in every row"
        gaps = int(np.isnan(column.values).sum()) - len(column.strange)
        how = "numbers with a decimal comma" if column.decimal_comma else "numbers"
        if column.strange:
            how = f"{how} in all but {plural(len(column.strange), 'row')}"
        return "number", how + (f"; {plural(gaps, 'value')} missing" if gaps else "")
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.texts))
    gaps = int(np.sum(column.codes < 0))
    levels = int(np.count_nonzero(counts))
    if levels == 1 and not gaps:
        return "left out", "the same text in every row"
    if levels > _IDENTIFIER_SHARE * counts.sum() and levels > 2:
        return "left out", f"texts that differ in nearly every row, such as {_shortened(column.texts[0])!r}"
    if levels > MAX_LEVELS:
        such = f"such as {_shortened(column.texts[0])!r}"
        return "left out", f"{levels:,} different texts, {such}; at most {MAX_LEVELS} are used as levels"
    if max(map(len, column.texts)) > MAX_LEVEL_TEXT:
        return "left out", f"texts of more than {MAX_LEVEL_TEXT} characters"
    shown = ", ".join(map(_shortened, sorted(column.texts)[:4])) + (", ..." if levels > 4 else "")
    return "levels", f"{plural(levels, 'level')}: {shown}" + (f"; {plural(gaps, 'value')} missing" if gaps else "")


def _feature(column: Column, rejections: _Rejections) -> NDArray[Any]:
    if isinstance(column, TextColumn):
        return np.array([*column.texts, None], dtype=object)[column.codes]
    _reject_no_numbers(column, rejections)
    return column.values


def _reject_no_numbers(column: NumberColumn, rejections: _Rejections, noun: str = "value") -> None:
    for row, cell in column.strange.items():
        rejections.reject_row(row, f"{column.name}: the {noun} {_shortened(cell)!r} is not a number")
    rejections.reject(np.isinf(column.values), f"{column.name}: the {noun} is infinite")
    rejections.reject(np.abs(column.values) > LARGEST, f"{column.name}: the {noun} is beyond {LARGEST:g}")


def _shortened(text: str) -> str:
    plain = on_one_line(text)
    return plain if len(plain) <= 40 else plain[:40] + "..."
