"""Rooms: small folders that hang together, and that others enter by the door."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import grimp

from tests.house_rules import dotted_names
from tests.house_rules.sources import ROOT, SOURCE, python_files, shown, text_of

#: Nouns and settings are spoken everywhere: each is imported from the module that it names. The
#: command line is a program, which has an entry and no door.
SPOKEN_EVERYWHERE = ("corcal.core", "corcal.settings", "corcal.cli")

#: Folders of things that stand side by side, in exactly that many parts, and why that is right.
SIDE_BY_SIDE = {
    "annotate.checks": (2, "label maps are aligned, contours placed"),
    "annotate.formats": (2, "one reader for each kind of file"),
    "core": (2, "nouns; and the way in which rooms say what they offer"),
    "cli.scoring": (5, "one file per command"),
    "cli.study": (10, "one file per command"),
    "cli.training": (6, "one file per command"),
    "evaluate.statistics": (3, "each kind of figure alone"),
    "evaluate.statistics.agreement": (4, "each way to agree alone"),
    "evaluate.statistics.roc": (3, "the area; single points; several readers"),
    "evaluate.readers": (2, "ratings of results; readings of cases with systems"),
    "evaluate.publish": (2, "what a publication is made of; and wording"),
    "locate": (4, "two locators, of which a user chooses one; the heart; its checks"),
    "phantom.calcium": (2, "plaques, and the score that is taken of them when they are voxels"),
    "phantom.files": (2, "contours for users who ask for them; folder writes all else"),
    "phantom.inserting": (3, "by plan, at random for training, and where arteries were traced"),
    "phantom.scanner": (3, "what a scanner adds, each effect alone"),
    "quantify": (2, "the score with its category and percentile; and the paper's grade"),
    "report.page": (2, "HTML and PDF of the same content"),
    "report.tables": (4, "one writer for each kind of file"),
    "runtime": (4, "two ways to run something; optional packages; the clock"),
    "segment": (2, "two segmenters, of which a user chooses one"),
    "space": (3, "three operations on voxels, each alone"),
    "storage": (4, "four kinds of file"),
    "testing": (3, "phantoms, their truth, small bundles"),
    "studies.ablation": (2, "models are trained and applied; then their tables are compared"),
}


def test_folders_have_at_most_15_modules() -> None:
    files = [p for p in python_files("src", "tests", "benchmarks") if p.name != "__init__.py"]
    sizes = Counter(path.parent for path in files)
    assert {shown(folder): n for folder, n in sizes.items() if n > 15} == {}


def test_every_folder_hangs_together() -> None:
    parts = {
        folder.removeprefix("corcal."): len(_parts(folder))
        for folder in sorted(_imports().modules)
        if _imports().find_children(folder)
    }
    expected = {folder: count for folder, (count, _) in SIDE_BY_SIDE.items()}
    assert {folder: count for folder, count in parts.items() if count > 1} == expected


def _parts(folder: str) -> list[set[str]]:
    """Return the children of a folder in groups, between which there is no import."""
    groups = [{child} for child in sorted(_imports().find_children(folder))]
    for importer, imported in _links(folder):
        joined = [group for group in groups if importer in group or imported in group]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    return groups


def _links(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the imports between children of a folder, each with all that is below it as one."""
    depth = folder.count(".") + 2
    for module in _imports().find_descendants(folder):
        for imported in _imports().find_modules_directly_imported_by(module):
            if imported.startswith(f"{folder}."):
                one, other = (".".join(m.split(".")[:depth]) for m in (module, imported))
                yield one, other


@functools.cache
def _imports() -> grimp.ImportGraph:
    return grimp.build_graph("corcal", cache_dir=None)


def test_rooms_are_entered_by_the_door() -> None:
    users = python_files("src", "benchmarks", "validation", "examples")
    climbing = [
        f"{shown(path, line)} imports {module}"
        for path in users
        for module, line in _imported(text_of(path))
        if _past_the_door(module, _room_of(path))
    ]
    assert climbing == []


def test_documents_enter_rooms_by_the_door() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    climbing = [
        f"{shown(path)} imports {module}"
        for path in documents
        for block in re.findall(r"```python\n(.*?)```", text_of(path), re.S)
        for module, _ in _imported(block)
        if _past_the_door(module, "")
    ]
    assert climbing == []


def test_documents_import_what_is_there() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    names = {
        f"{node.module}.{alias.name}"
        for path in documents
        for block in re.findall(r"```python\n(.*?)```", text_of(path), re.S)
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("corcal")
        for alias in node.names
    }
    assert names
    assert {name for name in names if not dotted_names.exists(name)} == set()


def _imported(text: str) -> Iterator[tuple[str, int]]:
    """Yield each module of corcal that a text imports, and on which line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("corcal."):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield (full if full in _imports().modules else str(node.module)), node.lineno
        elif isinstance(node, ast.Import):
            yield from ((a.name, node.lineno) for a in node.names if a.name.startswith("corcal."))


def _room_of(path: Path) -> str:
    """Return the name of the room that a file is in, "" for one that is in none."""
    inside = path.is_relative_to(SOURCE) and path.parent != SOURCE
    return path.relative_to(SOURCE).parts[0] if inside else ""


def _past_the_door(module: str, own_room: str) -> bool:
    """Say whether an import reaches into another room past its door.

    A door is the `__init__` of a room or of a folder in it that lists what it offers.
    """
    room = module.split(".")[1]
    if module.startswith(SPOKEN_EVERYWHERE) or room == own_room:
        return False
    folder = SOURCE.joinpath(*module.split(".")[1:])
    if (SOURCE / room).is_dir():
        return not folder.is_dir() or "__all__" not in (folder / "__init__.py").read_text("utf-8")
    return False
