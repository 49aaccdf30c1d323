"""The project's words: statements, imperative verbs, and no dialect of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house_rules.sources import (
    ROOT,
    Function,
    everything,
    functions,
    nodes,
    python_files,
    shown,
    text_of,
)

QUESTION = re.compile(r"(What|Which|Whether|How|Where|When|Who|Whose|Why)\b")

#: Words for which the glossary of DESIGN.md has better ones, whole or as a part of a name.
DIALECT = re.compile(
    r"(?<![A-Za-z])(told|teller|anew|likewise|whence|nought|judge[ds]?|judging|judg(?:e)?ment"
    r"|rails?|mended|hold fast|held fast)(?![a-z])",
    re.IGNORECASE,
)

#: Participles that do not end in -ed.
IRREGULAR = re.compile(
    r"begun|bound|broken|brought|built|caught|chosen|done|drawn|driven|felt|forgotten|found"
    r"|given|gone|grown|heard|held|hidden|kept|known|laid|lain|led|lost|made|meant|met|paid"
    r"|said|seen|sent|shot|shown|sold|sought|spent|staged|stood|struck|sworn|taken|taught"
    r"|thought|thrown|told|understood|won|worn|wound|written"
)
#: Verbs that end in -ed and are none.
VERBS = re.compile(r"bed|embed|exceed|feed|need|proceed|seed|speed")
#: What makes a participle of the word before it, not an adjective: padded_to, covered_by_mask.
FOLLOWING = re.compile(r"apart|as|at|by|for|from|in|into|of|off|on|out|over|to|up|with")


def test_docstrings_of_modules_and_classes_begin_with_a_statement() -> None:
    asking = [
        f"{shown(path)} {getattr(node, 'name', 'module')}: {text.splitlines()[0]}"
        for path in python_files("src")
        for node, text in _docstrings(path)
        if QUESTION.match(text)
    ]
    assert asking == []


def _docstrings(path: Path) -> Iterator[tuple[ast.AST, str]]:
    for node in nodes(path):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield node, ast.get_docstring(node) or ""


def test_no_function_is_named_by_a_participle() -> None:
    named = [
        f"{shown(path, function.lineno)} {function.name}"
        for path in python_files("src")
        for function in functions(path)
        if not _is_property(function) and _is_participle(function.name)
    ]
    assert named == []


def _is_property(function: Function) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in function.decorator_list)


def _is_participle(name: str) -> bool:
    """Say whether a name is a participle alone, or one with its preposition."""
    first, *others = name.strip("_").split("_")
    if others and not FOLLOWING.fullmatch(others[0]):
        return False
    regular = first.endswith("ed") and not VERBS.fullmatch(first)
    return regular or IRREGULAR.fullmatch(first) is not None


def test_no_dialect() -> None:
    texts = [*everything(), *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    found = [
        f"{shown(path, number)} {line.strip()}"
        for path in texts
        if path != Path(__file__)
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if DIALECT.search(line)
    ]
    assert found == []


def _text(path: Path) -> str:
    """Return a file's text; of DESIGN.md without the glossary, which names what not to say."""
    text = text_of(path)
    if path.name == "DESIGN.md":
        text = re.sub(r"## The words\n.*?\n## ", "", text, flags=re.DOTALL)
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text)
