"""Messages about drawings serve the command line and Python: an option is named by both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import corcal.annotate
from corcal.annotate import AnnotateOptions
from corcal.annotate.classes import map_advice, parse_map

FOLDER = Path(corcal.annotate.__file__).parent


def texts(tree: ast.AST) -> Iterator[str]:
    """Yield every text of a module, what an f-string puts into it left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        else:
            yield from texts(node)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda p: p.name)
def test_an_option_of_the_command_line_comes_with_its_name_in_python(path: Path) -> None:
    for text in texts(ast.parse(path.read_text(encoding="utf-8"))):
        assert not re.search(r"--[a-z]{3}", text) or "from Python)" in text, text


def test_a_map_is_given_as_the_advice_says() -> None:
    given = "1=RCA,2=LAD,3=LCX,4=calcium"
    assert map_advice(given) == f"--map {given} (classes=parse_map(['{given}']) from Python)"
    assert map_advice("my lad=LAD").startswith('--map "my lad=LAD" (classes=')
    assert AnnotateOptions(classes=parse_map([given])).classes == parse_map(given.split(","))
