"""Names of code that stand in words (docstrings, comments, documents), and whether they exist."""

from __future__ import annotations

import ast
import functools
import re
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from tests.house_rules.sources import ROOT, SOURCE, everything, text_of, tree_of

#: corcal.read.read_scan, wherever it stands; not inside a longer name, a path or an address.
OF_PACKAGE = re.compile(r"(?<![\w./@-])corcal(?:\.[A-Za-z_]\w*)+")
#: `limits.near_heart` or `label/limits.py` or `docs/`, between backticks.
QUOTED = re.compile(r"`((?:[a-z_]\w*[./])+(?:[A-Za-z_]\w*)?)(?:\(\))?`")
#: read/scan.py or scan.py, quoted or not; not part of a longer path.
FILE = re.compile(r"(?<![\w/.~*-])((?:\w+/)*\w+\.py)\b")
#: `read_scan`, between backticks.
WORD = re.compile(r"`([A-Za-z_]\w*)(?:\(\))?`")


@functools.cache
def prose() -> list[tuple[Path, int, str]]:
    """Return what the project says in words: documents, docstrings, comments, with their lines."""
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "pyproject.toml"]
    texts = [(path, 0, text_of(path)) for path in documents]
    return texts + [(path, *said) for path in everything() for said in _said_and_named(path)[0]]


@functools.cache
def words_of_the_code() -> frozenset[str]:
    """Return every name that stands in code, and every word of its string constants."""
    return frozenset().union(*(_said_and_named(path)[1] for path in everything()))


@functools.cache
def _said_and_named(path: Path) -> tuple[list[tuple[int, str]], set[str]]:
    """Return the comments and texts in triple quotes of a Python file, and the words of its code.

    Of its tokens no more is kept: those of all files together fill hundreds of megabytes.
    """
    said: list[tuple[int, str]] = []
    words: set[str] = set()
    for token in tokenize.generate_tokens(StringIO(text_of(path)).readline):
        is_string = token.type == tokenize.STRING
        if token.type == tokenize.COMMENT or (is_string and token.string.startswith('"""')):
            said.append((token.start[0], token.string))
        elif is_string:
            words.update(re.findall(r"\w+", token.string))
        elif token.type == tokenize.NAME:
            words.add(token.string)
    return said, words


@functools.cache
def modules() -> dict[str, Path]:
    """Return the project's modules by dotted name; packages are modules, too."""
    found = {}
    for path in everything():
        base = SOURCE.parent if path.is_relative_to(SOURCE) else ROOT
        parts = path.relative_to(base).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


@functools.cache
def ends_a_path(name: str) -> bool:
    """Say whether a module of the package lies at the end of such a path: label/limits.py."""
    paths = (f"/{path.as_posix()}" for path in modules().values() if SOURCE in path.parents)
    return any(path.endswith(f"/{name}") for path in paths)


@functools.cache
def exists(name: str) -> bool:
    """Say whether a dotted name is a module, a name in one, or an attribute of such a class."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        if module in modules():
            return length == len(parts) or _holds(modules()[module], parts[length:])
    return False


@functools.cache
def endings() -> dict[str, list[str]]:
    """Return the modules by every end of their dotted names: limits, label.limits, ..."""
    found: dict[str, list[str]] = {}
    for module in modules():
        parts = module.split(".")
        for start in range(len(parts)):
            found.setdefault(".".join(parts[start:]), []).append(module)
    return found


def _holds(module: Path, names: list[str]) -> bool:
    value = _names(module).get(names[0], False)
    if isinstance(value, ast.ClassDef) and len(names) > 1:
        return re.search(rf"\b{names[1]}\b", ast.unparse(value)) is not None
    return value is not False


@functools.cache
def _names(module: Path) -> dict[str, ast.AST | None]:
    """Return what a module's own code names, with the definition of each class."""
    names: dict[str, ast.AST | None] = {}
    for node in _statements(tree_of(module).body):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names[node.name] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update({(a.asname or a.name).partition(".")[0]: None for a in node.names})
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(
                {n.id: None for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
            )
    return names


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            yield from _statements(node.body)
        else:
            yield node
