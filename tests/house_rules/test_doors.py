"""Each room's door gives what it lists, and says the same to Python and to type checkers."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.house_rules.sources import SOURCE, text_of, tree_of


def _doors() -> list[Path]:
    texts = ((p, text_of(p)) for p in sorted(SOURCE.rglob("__init__.py")))
    return [path for path, text in texts if "lazy_exports(" in text]


def _room(door: Path) -> str:
    return ".".join(door.parent.relative_to(SOURCE.parent).parts)


def _doors_to_open() -> list[ParameterSet]:
    """Return the doors with their names; the recipes open where torch is installed."""
    learns = {"corcal.recipes": [pytest.mark.training]}
    return [
        pytest.param(door, id=_room(door), marks=learns.get(_room(door), ())) for door in _doors()
    ]


def _for_type_checkers(door: Path) -> set[tuple[str, str]]:
    """Return the (module, name) pairs that a door imports under TYPE_CHECKING."""
    blocks = [n for n in tree_of(door).body if isinstance(n, ast.If)]
    return {
        (str(node.module), alias.name)
        for block in blocks
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _for_python(door: Path) -> set[tuple[str, str]]:
    """Return the (module, name) pairs that a door hands to lazy_exports."""
    tree = tree_of(door)
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    [call] = [n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "lazy_exports"]
    homes: dict[str, tuple[str, ...]] = ast.literal_eval(call.args[1])
    return {(f"{_room(door)}.{m}", name) for m, names in homes.items() for name in names}


@pytest.mark.parametrize("door", _doors_to_open())
def test_a_door_gives_what_it_lists(door: Path) -> None:
    room = import_module(_room(door))
    if room.__name__ == "corcal.recipes":
        pytest.importorskip("torch", reason="the recipes are torch's own")
    assert [name for name in room.__all__ if getattr(room, name, None) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        room.no_such_name  # noqa: B018


@pytest.mark.parametrize("door", _doors(), ids=_room)
def test_type_checkers_see_what_python_gives(door: Path) -> None:
    assert _for_type_checkers(door) == _for_python(door)
    given = {name for _, name in _for_python(door)}
    assert given <= set(import_module(_room(door)).__all__)


@pytest.mark.parametrize("door", _doors(), ids=_room)
def test_no_name_is_that_of_a_module(door: Path) -> None:
    # Python puts a module's name into its room when it is imported, over what the door gave.
    modules = {p.stem for p in door.parent.glob("*.py")} | {
        p.name for p in door.parent.iterdir() if p.is_dir()
    }
    assert {name for _, name in _for_python(door)} & modules == set()
