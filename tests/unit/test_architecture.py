"""The arrows between the parts: what may import what."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "mips_core"

# Each part may import the parts before it. Base modules may be imported by all.
BASE = {
    "errors", "progress", "files", "stepping", "resources", "integer_algebra", "parallel", "wording", "npz", "jobs",
    "explorer_server", "hosting", "certificate_checker", "checked_equations", "integer_checker", "lattice_checker",
    "level_checker", "region_checker", "syntax", "threads", "process_status",
}  # fmt: skip
ORDER = [
    "expressions", "tasks", "networks", "states", "machines", "regression", "programs", "verification", "essence",
    "curves", "report", "distillation", "runs", "sweeps", "shipping", "benchmarks", "views", "cli",
]  # fmt: skip


@cache
def _nodes(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """Return what a file imports, at module level or inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def _imports(path: Path) -> set[str]:
    """Return the parts of the core that a file imports."""
    found = set()
    for node in _nodes(path):
        names = []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "mips_core":
                names = [f"mips_core.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("mips_core.")}
    return found


def _third_party(path: Path) -> set[str]:
    found = set()
    for node in _nodes(path):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found


CORE_FILES = sorted(path for path in CORE.rglob("*.py") if path.name != "__init__.py" or path.parent != CORE)


@pytest.mark.parametrize("path", CORE_FILES, ids=lambda path: str(path.relative_to(CORE)))
def test_arrows_run_one_way(path: Path) -> None:
    part = path.relative_to(CORE).parts[0].removesuffix(".py")
    if part in BASE:
        assert _imports(path) <= BASE, f"{path} is a base module"
        return
    earlier = set(ORDER[: ORDER.index(part) + 1]) | BASE
    backwards = _imports(path) - earlier
    assert not backwards, f"{path.relative_to(ROOT)} imports {sorted(backwards)}, which comes after it"


SMALL_CHECKERS = sorted([*CORE.glob("*_checker.py"), CORE / "checked_equations.py"])


@pytest.mark.parametrize("path", SMALL_CHECKERS, ids=lambda path: path.name)
def test_a_small_checker_is_small_and_needs_nothing_but_numpy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 200
    assert max(map(len, text.splitlines())) <= 120
    assert _imports(path) <= {each.stem for each in SMALL_CHECKERS} - {path.stem}
    assert _third_party(path) <= {*sys.stdlib_module_names, "numpy", "mips_core"}
    assert not any(getattr(node, "level", 0) for node in ast.walk(ast.parse(text)))


def test_the_smallest_checker_imports_nothing_of_the_package() -> None:
    assert not _imports(CORE / "certificate_checker.py")
    assert "mips_core" not in _third_party(CORE / "certificate_checker.py")


def test_the_region_checker_shares_no_code_with_the_rest() -> None:
    files = sorted((CORE / "region_checker").glob("*.py"))
    assert files
    for path in files:
        assert _imports(path) <= {"region_checker"}, path


def test_the_core_never_imports_streamlit() -> None:
    guilty = [path for path in CORE_FILES if "streamlit" in _third_party(path)]
    assert not guilty


def test_nothing_reads_pickles() -> None:
    guilty = [path for path in CORE_FILES if {"pickle", "dill", "joblib", "cloudpickle"} & _third_party(path)]
    assert not guilty


def test_modules_stay_small() -> None:
    large = {
        str(path.relative_to(ROOT)): lines
        for path in CORE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 350
    }
    assert not large


def test_no_address_of_a_page_is_the_name_of_a_file() -> None:
    """Streamlit would serve such a file bare, without ``app.py`` around it, to whoever comes straight to it first."""
    calls = [n for n in ast.walk(ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    addresses = {
        k.value.value for n in calls for k in n.keywords if k.arg == "url_path" and isinstance(k.value, ast.Constant)
    }
    files = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert len(addresses) >= 4
    assert not addresses & files
