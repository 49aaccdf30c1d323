"""Tests that need torch carry the mark by which they are run where torch is installed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house_rules.sources import ROOT, nodes, python_files, shown, text_of, tree_of

#: `make training` runs what carries the mark in these places.
PLACES = re.search(r"LEARNING := ((?:.*\\\n)*.*)", text_of(ROOT / "Makefile"))
LEARNING = ("torch", "nnunetv2")
MARK = "pytest.mark.training"


def _needs_learning(path: Path) -> bool:
    """Tell whether a file imports torch or nnU-Net, or skips where one is absent."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.importorskip":
            names = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
        else:
            continue
        if any(name.split(".")[0] in LEARNING for name in names):
            return True
    return False


def _marks_folder(path: Path) -> bool:
    """Tell whether a conftest gives every test under it the mark."""
    conftest = path / "conftest.py"
    return conftest.exists() and "add_marker" in text_of(conftest) and MARK in text_of(conftest)


def _is_marked(path: Path) -> bool:
    """Tell whether the tests of a file are marked: all, each that needs it, or their folder."""
    if any(_marks_folder(folder) for folder in path.parents if ROOT in folder.parents):
        return True
    marked = [
        node
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assign | ast.FunctionDef) and MARK in ast.unparse(node)
    ]
    return bool(marked)


def _needing() -> list[Path]:
    paths = (path for path in python_files("tests") if path.name.startswith("test_"))
    return [path for path in paths if _needs_learning(path)]


def test_tests_that_need_torch_carry_the_mark_of_training() -> None:
    assert len(_needing()) > 20
    unmarked = [shown(path) for path in _needing() if not _is_marked(path)]
    assert unmarked == [], "nobody runs these: give them `pytestmark = pytest.mark.training`"


def test_tests_that_need_torch_lie_where_they_are_run() -> None:
    assert PLACES is not None
    places = [ROOT / place for place in PLACES[1].replace("\\", " ").split()]
    outside = [
        shown(path)
        for path in _needing()
        if not any(path == place or place in path.parents for place in places)
    ]
    assert outside == [], "`make training` does not look there"
