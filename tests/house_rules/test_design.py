"""DESIGN.md's list of rooms and its layers are what the package is."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.house_rules.sources import ROOT, SOURCE

DESIGN = (ROOT / "DESIGN.md").read_text(encoding="utf-8")


def test_every_folder_stands_in_the_list_of_rooms() -> None:
    folders = {
        path.parent.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("__init__.py")
        # mimics/ is named on the line of the folder that holds it.
        if path.parent not in (SOURCE, SOURCE / "phantom" / "calcium" / "mimics")
    }
    assert _listed_folders() == folders


def test_every_module_beside_the_rooms_stands_in_the_list() -> None:
    modules = {path.name for path in SOURCE.glob("*.py")} - {"__init__.py", "__main__.py"}
    assert {e for e, _ in _entries() if e.endswith(".py")} == modules


def test_the_layers_are_those_of_the_import_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    layers = [layer.strip("()") for layer in contract["layers"] if layer != "__main__"]
    assert _block("## Who may import whom").splitlines() == layers


def _listed_folders() -> set[str]:
    """Return the folders of the list, planned ones left out, each as a path below src/corcal."""
    listed: set[str] = set()
    above: dict[int, str] = {}
    for entry, depth in _entries():
        if not entry.endswith("/"):
            continue
        above[depth] = entry.rstrip("/")
        listed.add(Path(*(above[d] for d in range(1, depth + 1))).as_posix())
    return listed


def _entries() -> list[tuple[str, int]]:
    """Return each file and folder of the list with its depth, counted from 1."""
    entries = []
    for line in _block("## The rooms").splitlines()[1:]:
        words = line.split()
        if words and words[0].endswith(("/", ".py")) and words[1:2] != ["planned:"]:
            entries.append((words[0], (len(line) - len(line.lstrip())) // 2))
    return entries


def _block(heading: str) -> str:
    """Return the first code block below a heading of DESIGN.md."""
    return DESIGN.split(heading, 1)[1].split("```\n")[1]
