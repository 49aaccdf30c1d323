"""The project's own source files, for the tests that hold them to the rules of DESIGN.md."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "corcal"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def python_files(*folders: str) -> list[Path]:
    """Return the Python files of these folders of the project, in a fixed order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def everything() -> list[Path]:
    return python_files("src", "tests", "benchmarks", "validation", "examples")


def shown(path: Path, line: int = 0) -> str:
    """Return how an offender is named in a failure."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name


@functools.cache
def text_of(path: Path) -> str:
    """Return a file's text; read once for all the rules."""
    return path.read_text(encoding="utf-8")


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Return a file's syntax tree; parsed once for all the rules, which only look at it."""
    return ast.parse(text_of(path), filename=str(path))


@functools.cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all nodes of a file's syntax tree."""
    return tuple(ast.walk(tree_of(path)))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in nodes(path) if isinstance(node, Function))


def dotted(node: ast.AST) -> str:
    """Return a name such as np.random.seed as text, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
