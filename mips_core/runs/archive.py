"""A whole run in one file, to take it to another computer, and back into a folder there."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from mips_core.errors import BadInputError
from mips_core.files import read_bytes, write_bytes
from mips_core.networks.archives import opened_archive
from mips_core.networks.store import network_bytes
from mips_core.report import NETWORK_FILE
from mips_core.runs.run import Run
from mips_core.runs.sharing import FILE as SHARE_FILE


def run_archive(run: Run) -> bytes:
    """Return a run's folder as a ZIP file, with its network, also where that ships; what shares it is left out.

    Unpacked into an empty folder it is a run that ``mips_core.load_run`` opens.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files_of(run.folder):
            archive.writestr(path.name, read_bytes(path))
        if not (run.folder / NETWORK_FILE).exists():
            archive.writestr(NETWORK_FILE, network_bytes(run.network))
    return buffer.getvalue()


def copy_into(source: Path | bytes, target: Path) -> None:
    """Copy the files of a run, from its folder or from what :func:`run_archive` returned, into an empty folder.

    Raises
    ------
    BadInputError
        when the source is no such folder or ZIP file, holds anything but plain files, or far too much, or the target
        cannot be written.
    """
    files = _unpacked(source) if isinstance(source, bytes) else _held(source)
    for name, data in files.items():
        write_bytes(target / name, data)


def _held(folder: Path) -> dict[str, bytes]:
    try:
        return {path.name: read_bytes(path) for path in _files_of(folder)}
    except OSError as error:
        raise BadInputError(f"Cannot read the folder {folder}: {error.strerror or error}. Check the path.") from None


def _files_of(folder: Path) -> list[Path]:
    """Return the files that belong to a run: what shares it and what an editor hides there do not."""
    found = (path for path in sorted(folder.iterdir()) if path.name != SHARE_FILE and not path.name.startswith("."))
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _unpacked(data: bytes) -> dict[str, bytes]:
    with opened_archive(data, "The archive", "a run") as archive:
        files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    for name in files:
        if name != Path(name).name or name.startswith(".") or "\\" in name or "\0" in name:
            raise BadInputError(f"The archive holds {name[:60]!r}, which is no plain file of a run; it is refused.")
    return {name: content for name, content in files.items() if name != SHARE_FILE}
