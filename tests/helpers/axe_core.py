"""axe-core, the accessibility checker, from npm: a pinned version, checked against its published digest."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import tarfile
import urllib.request
from pathlib import Path

VERSION = "4.14.1"
_DIGEST = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
_ADDRESS = f"https://registry.npmjs.org/axe-core/-/axe-core-{VERSION}.tgz"


def axe_script(cache: Path) -> str:
    """Return the script; the package comes from the file that ``AXE_CORE`` names, else from npm, once per ``cache``.

    Raises
    ------
    OSError
        when it is not there and npm's registry cannot be reached.
    ValueError
        when the package is not the one that was published.
    """
    named = os.environ.get("AXE_CORE")
    package = Path(named) if named else cache / f"axe-core-{VERSION}.tgz"
    content = package.read_bytes() if package.exists() else _fetched()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != _DIGEST:
        raise ValueError(f"{package} is not axe-core {VERSION} as it was published.")
    if not package.exists():
        package.parent.mkdir(parents=True, exist_ok=True)
        package.write_bytes(content)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode("utf-8")


def _fetched() -> bytes:
    with urllib.request.urlopen(_ADDRESS, timeout=30) as answer:
        return bytes(answer.read())
