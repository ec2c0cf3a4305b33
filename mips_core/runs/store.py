"""The user's own runs: saved whole or not at all, and safe when several processes change them at once.

A run is made in a hidden folder beside its place and then renamed, so whoever lists the runs
sees it complete or not at all; deleting goes the same way back.  What may change later (name,
pin) stands in ``run.json``, which is replaced as a whole while a lock is held, so that no change
of another process is lost.  Lists come from an index (:mod:`mips_core.runs.index`), which is made
from the folders and can be thrown away at any time.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mips_core.errors import BadInputError, MipsError
from mips_core.files import make_folder, write_json
from mips_core.hosting import MEGABYTE, kept_megabytes
from mips_core.progress import Monitor
from mips_core.report import Report, save_report
from mips_core.resources import user_folder
from mips_core.runs.archive import copy_into
from mips_core.runs.index import RunIndex
from mips_core.runs.index_query import Filter, RunFacets, RunPage, bytes_of, facets_of, page_of, row_with
from mips_core.runs.information import FILE, Origin, RunInformation, information_on, is_own_id, read_information, slug
from mips_core.runs.places import hide, left_out, locked, names_in, place_of, put, put_at, unfinished_run
from mips_core.runs.row import RunRow
from mips_core.runs.run import Run, UnreadableRun, load_run
from mips_core.runs.shipped import shipped_run
from mips_core.runs.whole import open_own

_FEW = 2_000
"""Runs of which each is looked at for changed files, in a list or for their size; that takes 0.1 s."""


class RunStore:
    """The runs of one user, in one folder.

    Parameters
    ----------
    folder : where they lie; by default ``runs`` in the folder that the environment's ``MIPS_HOME`` names, or
        else in the user's data folder.  It is made when the first run is saved.
    megabytes : no run is saved once they take so much; by default what the environment's ``MIPS_HOME_MEGABYTES``
        says, and else whatever the disk holds
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None, *, megabytes: int | None = None) -> None:
        self.folder = user_folder() / "runs" if folder is None else Path(folder)
        self.megabytes = kept_megabytes() if megabytes is None else megabytes
        self._index = RunIndex(self.folder)

    def make_ready(self) -> None:
        """Check that a run can be saved: work whose result cannot be kept is not worth its time.

        Raises
        ------
        BadInputError
            when the folder cannot be written, or its runs take all that they may.
        """
        make_folder(self.folder)
        if self.megabytes is not None and self.size() >= self.megabytes * MEGABYTE:
            raise BadInputError(
                f"Your runs take all of the {self.megabytes:,} MB that are kept for you. Delete some under Your runs, "
                "then try again."
            )

    def size(self) -> int:
        """Return the size of all runs in bytes; of many, as it was when each was saved, listed or changed last."""
        runs, size = self._index.read(bytes_of)
        if runs <= _FEW and self._index.note_changed():
            _, size = self._index.read(bytes_of)
        return size

    def query(
        self, *, text: str = "", name: str | None = None, task: str | None = None, method: str | None = None,
        result: str | None = None, succeeded: bool | None = None, pinned: bool | None = None,
        readable: bool | None = None, order: str = "newest", limit: int | None = 30, offset: int = 0,
    ) -> RunPage:  # fmt: skip
        """Return a page of the runs that match, without reading any; pinned ones first, unreadable ones last.

        What changed inside the runs of the page since they were noted is seen.

        Parameters
        ----------
        text : words that all stand in the name, the id, the origin, the method or the result; case does not count
        name, task, method, result, succeeded, pinned, readable : leave all where they are None
        order : one of :data:`mips_core.runs.index_query.ORDERS`
        limit, offset : how many of them, None for all, and after how many others

        Raises
        ------
        BadInputError
            when there is no such order, the text is too long
            (:func:`~mips_core.runs.index_query.searched_words`), or the folder cannot be read.
        """
        wanted = Filter(text, name, task, method, result, succeeded, pinned, readable)

        def page() -> RunPage:
            return self._index.read(lambda connection: page_of(connection, wanted, order, limit, offset))

        found = page()
        if self._index.note_changed(row.id for row in found.rows[:_FEW]):
            return page()
        return found

    def row(self, identifier: str) -> RunRow | None:
        """Return what lists say of one run, or None where there is none of that id."""
        self._index.note_changed([identifier])
        return self._index.read(lambda connection: row_with(connection, identifier))

    def facets(self) -> RunFacets:
        """Return how many runs there are, of which tasks and methods and with which results."""
        return self._index.read(facets_of)

    def version(self) -> tuple[int, int]:
        """Return a value that differs after any change of the runs that lists notice; quick also for many runs."""
        return self._index.version()

    def look_again(self, monitor: Monitor | None = None) -> None:
        """Note what other programs changed inside any run; lists alone notice it in the runs that they show.

        Raises
        ------
        BadInputError
            when the folder cannot be read.
        Cancelled
            when the caller asked to stop.
        """
        self._index.read(bytes_of, monitor)
        self._index.note_changed(monitor=monitor)

    def left_out(self) -> tuple[str, ...]:
        """Return names of links, and of folders that no id names but hold a run; for errors see :meth:`look_again`."""
        return left_out(self.folder)

    def rebuild(self, monitor: Monitor | None = None) -> int:
        """Make the index of the runs anew from their folders, reading every report; return of how many.

        Raises
        ------
        BadInputError
            when the folder cannot be read.
        Cancelled
            when the caller asked to stop; the rest is read when the runs are listed.
        """
        return self._index.rebuild(monitor)

    def save(
        self, report: Report, name: str | None = None, *, seed: int | None = None, origin: Origin | None = None
    ) -> Run:
        """Store a finished distillation as a new run; the same report twice makes two runs.

        Parameters
        ----------
        name : what to call it; by default its task or file
        seed : of training and held-out sequences; by default what the network's card says
        origin : what it was made from; by default what the report says

        Raises
        ------
        BadInputError
            when the name cannot be one, the folder cannot be written, or its runs take all that they may.
        """
        information = information_on(report, name, seed, origin)
        self.make_ready()
        with unfinished_run(self.folder) as unfinished:
            save_report(report, unfinished)
            write_json(unfinished / FILE, information.to_dict())
            place = put(unfinished, self.folder, slug(information.name))
        self._index.note(place.name)
        return open_own(place)

    def adopt(self, source: str | os.PathLike[str] | bytes, identifier: str) -> Run:
        """Store a finished run that was made elsewhere under an id of the caller's; one that is there is kept.

        So the same work done twice, by whatever processes, makes one run: the id stands for what was worked on.

        Parameters
        ----------
        source : folder of the run, which is copied, or what :func:`~mips_core.runs.archive.run_archive` returned
        identifier : of the form that :func:`is_own_id` knows: up to 52 letters and digits, then 8 digits of a digest;
            among 100,000 runs 8 digits alone meet twice, so the first part should hold some more

        Raises
        ------
        BadInputError
            when the id has another form, the source is no whole run with its ``run.json``, or it cannot be stored; or
            when a run of that id is there and cannot be read.
        """
        if not is_own_id(identifier):
            raise BadInputError(
                f"{identifier[:60]!r} is no id of a run: small letters, digits and hyphens, then '-' and 8 hex digits."
            )
        place = self.folder / identifier
        if not place.is_dir():
            self.make_ready()
            with unfinished_run(self.folder) as unfinished:
                copy_into(source if isinstance(source, bytes) else Path(source), unfinished)
                open_own(unfinished)
                put_at(unfinished, place)  # else another process was quicker
            self._index.note(identifier)
        return self.run(identifier)

    def runs(self) -> tuple[Run | UnreadableRun, ...]:
        """Read and return all runs, which takes a while for many; see :meth:`query` for lists.

        Pinned ones come first, then the newest; one that cannot be read says why, and is last.
        """
        found: list[Run | UnreadableRun] = []
        for name in names_in(self.folder):
            try:
                found.append(open_own(self.folder / name))
            except MipsError as error:
                if (self.folder / name).is_dir():  # else it was deleted a moment ago
                    found.append(UnreadableRun(self.folder / name, str(error)))
        found.sort(key=lambda run: run.name.casefold())
        found.sort(key=_made, reverse=True)
        return tuple(sorted(found, key=_rank))

    def run(self, identifier: str) -> Run:
        """Open one run by its id.

        Raises
        ------
        BadInputError
            when there is none of that id, or it cannot be read.
        """
        return open_own(place_of(self.folder, identifier))

    def rename(self, identifier: str, name: str) -> RunInformation:
        """Call a run otherwise; its id, and so every link to it, stays.

        Raises
        ------
        BadInputError
            when there is no such run, it cannot be read or written, or the name cannot be one.
        """
        return self._change(identifier, lambda information: information.renamed(name))

    def pin(self, identifier: str, pinned: bool = True) -> RunInformation:
        """List a run first, or no longer; for errors see :meth:`rename`."""
        return self._change(identifier, lambda information: replace(information, pinned=pinned))

    def delete(self, identifier: str) -> None:
        """Remove a run for good, also one that cannot be read.

        Raises
        ------
        BadInputError
            when there is no such run, or its folder cannot be removed.
        """
        with locked(self.folder):
            hidden = hide(place_of(self.folder, identifier))
            self._index.note(identifier)
        shutil.rmtree(hidden, ignore_errors=True)  # what cannot be removed now is swept when the next run is saved

    def _change(self, identifier: str, change: Callable[[RunInformation], RunInformation]) -> RunInformation:
        with locked(self.folder):
            place = place_of(self.folder, identifier)
            information = change(read_information(place))
            write_json(place / FILE, information.to_dict())
            self._index.note(identifier)
        return information


def open_run(name: str) -> Run:
    """Open one of the user's runs by its id, or one that ships by the name of its task.

    Raises
    ------
    BadInputError
        when there is none, or it cannot be read.
    """
    return RunStore().run(name) if is_own_id(name) else shipped_run(name)


def find_run(source: str) -> Run:
    """Open the run in a folder, else what :func:`open_run` opens; for errors see there and :func:`load_run`."""
    return load_run(source) if (Path(source) / "report.json").is_file() else open_run(source)


def _made(run: Run | UnreadableRun) -> str:
    return run.information.made if isinstance(run, Run) and run.information is not None else ""


def _rank(run: Run | UnreadableRun) -> int:
    if isinstance(run, UnreadableRun):
        return 2
    return 0 if run.information is not None and run.information.pinned else 1
