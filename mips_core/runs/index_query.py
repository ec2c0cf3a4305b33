"""Questions to the index of runs: a page of those that match, and how many there are of each kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mips_core.errors import BadInputError
from mips_core.runs.index import ROW_FIELDS, row_from, storable
from mips_core.runs.row import RunRow

ORDERS: Mapping[str, str] = {
    "newest": "made DESC, folded, id",
    "oldest": "made, folded, id",
    "name": "folded, made DESC, id",
    "size": "size IS NULL, size, made DESC, folded, id",
    "accuracy": "accuracy IS NULL, accuracy DESC, made DESC, folded, id",
    "bytes": "bytes DESC, made DESC, folded, id",
}
"""Orders of a list: pinned runs come first in each, and those that cannot be read last."""

_FACETS = ("task", "method", "result")

MOST_WORDS = 100
"""Different words of one search; SQLite takes a condition of at most 1,000 parts."""
MOST_CHARACTERS = 4_000
"""Characters of one search."""


@dataclass(frozen=True)
class RunPage:
    """Some of the runs that match.

    Parameters
    ----------
    rows : in the order that was asked for
    total : how many match in all
    """

    rows: tuple[RunRow, ...]
    total: int


@dataclass(frozen=True)
class RunFacets:
    """How many runs there are of each kind, the most frequent first.

    Parameters
    ----------
    runs, pinned, unreadable : how many in all, pinned, and that cannot be read
    bytes : size of all their files
    tasks, methods, results : with the number of each; runs without a task or a program are in none of them
    """

    runs: int
    pinned: int
    unreadable: int
    bytes: int
    tasks: tuple[tuple[str, int], ...]
    methods: tuple[tuple[str, int], ...]
    results: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Filter:
    """Which runs are asked for; None and "" leave all.

    Parameters
    ----------
    text : words that all stand in the name, the id, the origin, the method or the result; case does not count
    name, task, method, result : exactly
    succeeded, pinned, readable : which of the two
    """

    text: str = ""
    name: str | None = None
    task: str | None = None
    method: str | None = None
    result: str | None = None
    succeeded: bool | None = None
    pinned: bool | None = None
    readable: bool | None = None

    def where(self) -> tuple[str, list[Any]]:
        """Return the condition in SQL, and its values; for errors see :func:`searched_words`."""
        parts: list[str] = []
        values: list[Any] = []
        for word in searched_words(self.text):
            parts.append("instr(search, ?) > 0")
            values.append(word)
        if self.name is not None:  # the second condition reads the row, and the first leaves few to read
            parts += ["folded = ?", "name = ?"]
            values += [self.name.casefold(), self.name]
        for name in _FACETS:
            wanted = getattr(self, name)
            if wanted is not None:
                parts.append(f"{name} = ?")
                values.append(wanted)
        if self.succeeded is not None:
            parts.append("succeeded = ?")
            values.append(int(self.succeeded))
        for rank, wanted in ((0, self.pinned), (2, None if self.readable is None else not self.readable)):
            if wanted is not None:
                parts.append(f"rank {'=' if wanted else '!='} {rank}")
        return " AND ".join(parts) or "1", [storable(value) for value in values]


def searched_words(text: str) -> list[str]:
    """Return the different words of a search, as the index holds them.

    Raises
    ------
    BadInputError
        when there are more than :data:`MOST_WORDS`, or more than :data:`MOST_CHARACTERS` characters.

    >>> searched_words("Sum_All sum  linear")
    ['sum', 'all', 'linear']
    """
    if len(text) > MOST_CHARACTERS:
        raise BadInputError(
            f"A search takes at most {MOST_CHARACTERS:,} characters, and this one has {len(text):,}; leave some out."
        )
    words = list(dict.fromkeys(text.casefold().replace("_", " ").split()))
    if len(words) > MOST_WORDS:
        raise BadInputError(
            f"A search takes at most {MOST_WORDS} different words, and this one has {len(words):,}; leave some out."
        )
    return words


def page_of(connection: sqlite3.Connection, wanted: Filter, order: str, limit: int | None, offset: int) -> RunPage:
    """Return a page of the runs that match; see :meth:`mips_core.runs.store.RunStore.query`."""
    if order not in ORDERS:
        raise BadInputError(f"{order!r} is no order of runs; choose one of {', '.join(ORDERS)}.")
    if offset < 0 or (limit is not None and limit < 0):
        raise BadInputError(f"A list begins at {offset} and has {limit} entries; neither can be below 0.")
    where, values = wanted.where()
    # One index holds all that filters and orders read: it is gone through once, and only the page's rows are fetched.
    source = f"FROM runs INDEXED BY listed WHERE {where}"
    names = connection.execute(
        f"SELECT rowid {source} ORDER BY rank, {ORDERS[order]} LIMIT ? OFFSET ?",
        [*values, -1 if limit is None else limit, offset],
    ).fetchall()
    if (names or not offset) and (limit is None or len(names) < limit):
        total = offset + len(names)  # this was the last page
    else:
        total = int(connection.execute(f"SELECT count(*) {source}", values).fetchone()[0])
    fetch = f"SELECT {', '.join(ROW_FIELDS)} FROM runs WHERE rowid = ?"
    return RunPage(tuple(row_from(row) for name in names for row in connection.execute(fetch, name)), total)


def row_with(connection: sqlite3.Connection, identifier: str) -> RunRow | None:
    """Return the row of one run, or None where there is none of that id."""
    found = connection.execute(f"SELECT {', '.join(ROW_FIELDS)} FROM runs WHERE id = ?", (identifier,)).fetchone()
    return None if found is None else row_from(found)


def bytes_of(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many runs there are, and the size of all their files."""
    runs, size = connection.execute("SELECT count(*), total(bytes) FROM runs INDEXED BY by_bytes").fetchone()
    return int(runs), int(size)


def facets_of(connection: sqlite3.Connection) -> RunFacets:
    """Return how many runs there are of each kind."""
    counted = dict(connection.execute("SELECT rank, count(*) FROM runs INDEXED BY listed GROUP BY rank").fetchall())
    tasks, methods, results = (
        tuple(
            connection.execute(
                f"SELECT {name}, count(*) FROM runs INDEXED BY by_{name} WHERE {name} > '' GROUP BY {name} "
                f"ORDER BY 2 DESC, 1"
            ).fetchall()
        )
        for name in _FACETS
    )
    _, size = bytes_of(connection)
    return RunFacets(sum(counted.values()), counted.get(0, 0), counted.get(2, 0), size, tasks, methods, results)
