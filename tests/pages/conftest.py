"""Pages through AppTest, on runs made by hand."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import streamlit as st
from component_scan import scan_once
from streamlit.testing.v1 import AppTest

import mips_core.resources

REPOSITORY = Path(__file__).resolve().parents[2]

Open = Callable[..., AppTest]
CACHED = pytest.StashKey[str]()


def handmade() -> ModuleType:
    """Load the builder of runs beside this file (test folders are no packages)."""
    spec = importlib.util.spec_from_file_location("handmade_runs", Path(__file__).with_name("handmade.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("explorer")
    handmade().make_runs(root)
    (root / "assets" / "icon.svg").write_bytes((REPOSITORY / "assets" / "icon.svg").read_bytes())
    for name in ("player", "machine", "examples", "essence", "curve_editor"):  # scripts, files to start from, results
        shutil.copytree(REPOSITORY / "assets" / name, root / "assets" / name)
    return root


@pytest.fixture(scope="session", autouse=True)
def packages_are_scanned_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        scan_once(patch)
        yield


@pytest.fixture(autouse=True)
def caches_of_one_folder(request: pytest.FixtureRequest) -> None:
    """Let tests share what Streamlit keeps about runs, except between the handmade and the shipped ones."""
    folder = "handmade" if "open_page" in request.fixturenames else "shipped"
    if request.config.stash.get(CACHED, folder) != folder:
        st.cache_resource.clear()
    request.config.stash[CACHED] = folder


@pytest.fixture
def open_page(runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page of the app: ``open_page("compare_view", task="Parity_All", xs="1 0")``."""
    monkeypatch.setattr(mips_core.resources, "explorer_folder", lambda: runs_folder)
    monkeypatch.syspath_prepend(str(REPOSITORY))

    def start(page: str = "gallery", **query: str) -> AppTest:
        at = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=30)
        for key, value in query.items():
            at.query_params[key] = value
        if page != "gallery":
            at.switch_page(f"pages/{page}.py")
        return at.run()

    return start
