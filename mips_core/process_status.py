"""What Linux tells of a process; other systems tell nothing here.

Imports nothing else of ours: processes whose memory is measured load this module.
"""

from __future__ import annotations

from pathlib import Path


def linux_status(field: str, process: int | str = "self") -> int | None:
    """Return a size in bytes, as ``VmRSS`` (held now) or ``VmHWM`` (the most so far).

    None on other systems, for a process that is gone, and for a field that it does not have.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    size = next((line.split()[1] for line in lines if line.startswith(f"{field}:")), None)
    return None if size is None else int(size) * 1024
