"""Pages through AppTest without a look through all installed packages at each opening."""

from __future__ import annotations

import functools

import pytest
from streamlit.components.v2 import manifest_scanner


def scan_once(patch: pytest.MonkeyPatch) -> None:
    """Let Streamlit look once for packages that bring components, as a server does; AppTest looks at every start."""
    once = functools.cache(manifest_scanner.scan_component_manifests)
    patch.setattr(manifest_scanner, "scan_component_manifests", once)
