"""A whole run in one file, to take it to another computer."""

from __future__ import annotations

import io
import zipfile

from mips_core.files import read_bytes
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
        for path in sorted(run.folder.iterdir()):
            if path.is_file() and not path.is_symlink() and path.name != SHARE_FILE:
                archive.writestr(path.name, read_bytes(path))
        if not (run.folder / NETWORK_FILE).exists():
            archive.writestr(NETWORK_FILE, network_bytes(run.network))
    return buffer.getvalue()
