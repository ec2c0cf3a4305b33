"""What is known of a user's run besides its report: its name, when it was made and from what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import check_format, read_json
from mips_core.report import Report
from mips_core.resources import installed_version

FORMAT = "mips-run"
VERSION = 1
FILE = "run.json"
LONGEST_NAME = 60
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?-[0-9a-f]{8}")


@dataclass(frozen=True)
class Origin:
    """What a run was made from.

    Parameters
    ----------
    task : benchmark task, or None
    data_file : name of the data file that a network was trained on, without its folder, or None
    network_file : name of the network file that was distilled, without its folder, or None
    """

    task: str | None = None
    data_file: str | None = None
    network_file: str | None = None

    @property
    def text(self) -> str:
        """The origin in words, for a table.

        >>> Origin(data_file="locker.csv").text
        'data locker.csv'
        """
        if self.task is not None:
            return f"task {self.task}"
        if self.data_file is not None:
            return f"data {self.data_file}"
        return "a network" if self.network_file is None else f"network {self.network_file}"


@dataclass(frozen=True)
class RunInformation:
    """The contents of ``run.json``.

    Parameters
    ----------
    name : what the user calls the run
    made : when it was stored, ISO 8601 in UTC, e.g. "2026-11-21T15:04:05+00:00"
    origin : what it was made from
    pinned : listed first
    seed : of training and held-out sequences, or None when unknown
    mips_version : version of this package that made it
    method, route : how the program was found; None without a program
    """

    name: str
    made: str
    origin: Origin = Origin()
    pinned: bool = False
    seed: int | None = None
    mips_version: str = ""
    method: str | None = None
    route: str | None = None

    @property
    def made_text(self) -> str:
        """The time in the reader's zone, to the minute."""
        return local_time(self.made)

    def renamed(self, name: str) -> RunInformation:
        """Return the same under another name; see :func:`checked_name`."""
        return replace(self, name=checked_name(name))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"format": FORMAT, "version": VERSION, **asdict(self)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any], where: str) -> RunInformation:
        """Read what :meth:`to_dict` returned.

        Raises
        ------
        BadInputError
            when a field is missing or malformed (named).
        FormatVersionError
            when it was written by a newer version.
        """
        found = check_format(value, FORMAT, VERSION, where)
        kinds: dict[str, type | tuple[type, ...]] = {
            "name": str, "made": str, "origin": dict, "pinned": bool, "mips_version": str,
            "seed": (int, type(None)), "method": (str, type(None)), "route": (str, type(None)),
        }  # fmt: skip
        for field, kind in kinds.items():
            if field not in found or not isinstance(found[field], kind):
                raise BadInputError(f"{where}: the field {field!r} is missing or malformed ({found.get(field)!r:.60}).")
        origin = {field: found["origin"].get(field) for field in ("task", "data_file", "network_file")}
        if not all(text is None or isinstance(text, str) for text in origin.values()):
            raise BadInputError(f"{where}: the field 'origin' is malformed.")
        try:
            datetime.fromisoformat(found["made"])
        except ValueError:
            raise BadInputError(f"{where}: the field 'made' is no time ({found['made']!r:.60}).") from None
        rest = {field: found[field] for field in kinds if field not in ("name", "origin")}
        return cls(name=checked_name(found["name"]), origin=Origin(**origin), **rest)


def read_information(folder: Path) -> RunInformation:
    """Read the ``run.json`` of a folder; see :meth:`RunInformation.from_dict` for errors."""
    path = folder / FILE
    return RunInformation.from_dict(read_json(path, FORMAT, VERSION), str(path))


def information_on(report: Report, name: str | None, seed: int | None, origin: Origin | None) -> RunInformation:
    """Return what a new run is to be stored with.

    Parameters
    ----------
    name : None takes the task or the file that was named
    seed : None takes the one that the network's card tells
    origin : None reads it off the report
    """
    origin = origin_of(report) if origin is None else origin
    usual = origin.task or origin.data_file or origin.network_file or report.source
    return RunInformation(
        name=_tidied(usual) if name is None else checked_name(name),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        origin=origin,
        seed=report.network.card.seed if seed is None else seed,
        mips_version=installed_version(),
        method=None if report.program is None else str(report.program.method),
        route=report.route,
    )


def origin_of(report: Report) -> Origin:
    """Return what a report was made from: its task, or the file that it names.

    A network that was trained on data says so on its card.
    """
    if report.task is not None:
        return Origin(task=report.task)
    file = Path(report.source.replace("\\", "/")).name
    return Origin(data_file=file) if report.network.card.data is not None else Origin(network_file=file)


def local_time(iso: str) -> str:
    """Write a time (ISO 8601) in the zone of this computer, to the minute."""
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")


def checked_name(name: str) -> str:
    """Return a name with plain single spaces, and none around it, if it may be one.

    Raises
    ------
    BadInputError
        when it is empty, too long, or holds characters that cannot be shown.
    """
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in name)
    text = " ".join(part for part in spaced.split(" ") if part)
    if not text:
        raise BadInputError("A run needs a name with at least one letter or digit.")
    if len(text) > LONGEST_NAME:
        raise BadInputError(f"The name has {len(text):,} characters; at most {LONGEST_NAME} are allowed.")
    for sign in text:
        # Other, Cc control, Cf invisible, Cs lone surrogate; Zl and Zp break lines.
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            raise BadInputError(f"The name holds a character that cannot be shown (U+{ord(sign):04X}); leave it out.")
    if not any(sign.isalnum() for sign in text):
        raise BadInputError("A run needs a name with at least one letter or digit.")
    return text


def _tidied(text: str) -> str:
    """Make a name of any text, such as that of a file."""
    shown = "".join(sign if unicodedata.category(sign)[0] not in "CZ" else " " for sign in text)
    short = " ".join(shown.split())[:LONGEST_NAME].strip()
    return short if any(sign.isalnum() for sign in short) else "run"


def is_own_id(text: str) -> bool:
    """Whether ``text`` has the form of the id of a user's run; names of shipped runs have not.

    >>> is_own_id("my-parity-0123abcd"), is_own_id("Parity_All")
    (True, False)
    """
    return _ID.fullmatch(text) is not None


def slug(name: str) -> str:
    """Write a name with small Latin letters, digits and hyphens, for addresses and file names.

    >>> slug("Größe 3: Sum_All")
    'groe-3-sum-all'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "run"
