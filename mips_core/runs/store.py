"""The user's own runs: saved whole or not at all, and safe when several processes change them at once.

A run is made in a hidden folder beside its place and then renamed, so whoever lists the runs
sees it complete or not at all; deleting goes the same way back.  What may change later (name,
pin) stands in ``run.json``, which is replaced as a whole while a lock is held, so that no change
of another process is lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from mips_core.errors import BadInputError, MipsError
from mips_core.files import cannot_write, is_full, make_folder, write_json
from mips_core.hosting import MEGABYTE, folder_bytes, kept_megabytes
from mips_core.report import Report, save_report
from mips_core.resources import user_folder
from mips_core.runs.archive import copy_into
from mips_core.runs.information import FILE, Origin, RunInformation, information_on, is_own_id, read_information, slug
from mips_core.runs.run import Run, UnreadableRun, load_run
from mips_core.runs.shipped import shipped_run
from mips_core.runs.whole import FolderState, state_of

_UNFINISHED, _DELETED = ".saving-", ".deleted-"
_ABANDONED = 3600.0
"""Seconds after which nobody can still be writing or removing a hidden folder."""
_LOCK_WAIT = 10.0

State = tuple[tuple[str, FolderState], ...]


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
        """Return the size of all runs in bytes."""
        return folder_bytes(self.folder)

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
        with self._unfinished() as unfinished:
            save_report(report, unfinished)
            write_json(unfinished / FILE, information.to_dict())
            place = self._put(unfinished, slug(information.name))
        return self._load(place)

    def adopt(self, source: str | os.PathLike[str] | bytes, identifier: str) -> Run:
        """Store a finished run that was made elsewhere under an id of the caller's; one that is there is kept.

        So the same work done twice, by whatever processes, makes one run: the id stands for what was worked on.

        Parameters
        ----------
        source : folder of the run, which is copied, or what :func:`~mips_core.runs.archive.run_archive` returned
        identifier : of the form that :func:`is_own_id` knows, e.g. from ``slug(name)`` and 8 digits of a digest

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
            with self._unfinished() as unfinished:
                copy_into(source if isinstance(source, bytes) else Path(source), unfinished)
                self._load(unfinished)
                unfinished.chmod(0o755)
                try:
                    unfinished.rename(place)
                except OSError as error:
                    if not place.is_dir():  # else another process was quicker
                        raise self._cannot_write(error) from None
        return self.run(identifier)

    def runs(self, opened: Callable[[Path], Run] | None = None) -> tuple[Run | UnreadableRun, ...]:
        """Return all runs, pinned ones first, then the newest first; one that cannot be read says why, and is last.

        Parameters
        ----------
        opened : opens the run in a folder, or raises an error that says why it cannot; by default only the report and
            the name are read
        """
        found: list[Run | UnreadableRun] = []
        for name in self._names():
            try:
                found.append((opened or self._load)(self.folder / name))
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
        return self._load(self._place(identifier))

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
        with self._locked():
            place = self._place(identifier)
            try:
                hidden = Path(tempfile.mkdtemp(prefix=_DELETED, dir=self.folder))
                place.rename(hidden / place.name)
            except OSError as error:
                raise self._cannot_write(error) from None
        shutil.rmtree(hidden, ignore_errors=True)  # what cannot be removed now is swept when the next run is saved

    def state(self) -> State:
        """Return a value that differs after any change of the runs, whichever process made it; quick to compare.

        It reads no file: per file its time, size and number.
        """
        return tuple((name, state_of(self.folder / name)) for name in self._names())

    def _names(self) -> list[str]:
        """Return the names of the folders of runs; anything else that lies there is none of ours."""
        try:
            with os.scandir(self.folder) as entries:
                return sorted(e.name for e in entries if is_own_id(e.name) and e.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise BadInputError(
                f"Cannot read the folder of your runs, {self.folder}: {error.strerror or error}. "
                "Name another one in MIPS_HOME."
            ) from None

    def _place(self, identifier: str) -> Path:
        """Return the folder of a run that exists; an id is never a path, so no other folder can be meant."""
        place = self.folder / identifier if is_own_id(identifier) else None
        if place is None or place.is_symlink() or not place.is_dir():
            raise BadInputError(
                f"None of your runs has the id {identifier[:60]!r}. It was deleted, or it belongs to another computer."
            )
        return place

    def _load(self, place: Path) -> Run:
        return replace(load_run(place), information=read_information(place))

    @contextlib.contextmanager
    def _unfinished(self) -> Iterator[Path]:
        """Make a hidden folder for a new run, which is gone afterwards unless it was renamed to its place."""
        self.make_ready()
        self._sweep()
        try:
            unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
        except OSError as error:
            raise self._cannot_write(error) from None
        try:
            yield unfinished
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _put(self, unfinished: Path, readable: str) -> Path:
        """Rename a complete folder to its place: a readable name and a digest of what it holds."""
        digest = hashlib.sha256()
        for path in sorted(unfinished.iterdir()):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        for count in range(1000):
            digest.update(str(count).encode())
            place = self.folder / f"{readable}-{digest.hexdigest()[:8]}"
            try:
                if not place.exists():  # POSIX would let an empty folder be replaced
                    unfinished.chmod(0o755)
                    return unfinished.rename(place)
            except OSError as error:
                if not place.exists():
                    raise self._cannot_write(error) from None
        raise BadInputError(f"{self.folder} holds too many equal runs; delete some.")

    def _change(self, identifier: str, change: Callable[[RunInformation], RunInformation]) -> RunInformation:
        with self._locked():
            place = self._place(identifier)
            information = change(read_information(place))
            write_json(place / FILE, information.to_dict())
        return information

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes and threads from changing runs meanwhile."""
        import filelock  # here: most who read runs never change one

        make_folder(self.folder)
        lock = filelock.FileLock(self.folder / ".lock", timeout=_LOCK_WAIT)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise BadInputError(
                f"Another process has been changing your runs for over {_LOCK_WAIT:.0f} s. Try again when it is done."
            ) from None
        except OSError as error:
            raise self._cannot_write(error) from None
        try:
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Remove what processes that were killed left behind."""
        for path in self.folder.iterdir():
            if path.name.startswith((_UNFINISHED, _DELETED)) and _age(path) > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)

    def _cannot_write(self, error: OSError) -> BadInputError:
        if is_full(error):
            return cannot_write(self.folder, error)
        return BadInputError(
            f"Cannot change the folder of your runs, {self.folder}: {error.strerror or error}. "
            "Name one that you may write to in MIPS_HOME."
        )


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


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
