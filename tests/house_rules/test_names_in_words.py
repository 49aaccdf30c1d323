"""Names of code in docstrings, comments and documents are those that the code has."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

from corcal.settings import Settings
from tests.house_rules import dotted_names
from tests.house_rules.sources import ROOT, SOURCE, shown

#: Endings of files that users have, such as `calcium.csv`: no names of code.
FILE_ENDINGS = re.compile(
    r"bin|con|csv|dcm|gz|html|js|json|jsonl|md|npz|nrrd|parquet|pdf|png|svg|toml|txt|xml|zip"
)


def test_names_of_the_package_exist() -> None:
    wrong = [
        f"{shown(path, line)} {name}"
        for path, line, text in dotted_names.prose()
        for name in dotted_names.OF_PACKAGE.findall(text)
        if not dotted_names.exists(name)
        # A file of the same name as the package: corcal.json.
        if not FILE_ENDINGS.fullmatch(name.rpartition(".")[2])
    ]
    assert wrong == []


def test_quoted_dotted_names_and_paths_exist() -> None:
    wrong = [
        f"{shown(path, line)} {name}"
        for path, line, text in dotted_names.prose()
        for name in dotted_names.QUOTED.findall(text)
        if _is_of_the_project(name) and not _names_something(name, path.parent)
    ]
    assert wrong == []


def test_named_python_files_exist() -> None:
    wrong = [
        f"{shown(path, line)} {name}"
        for path, line, text in dotted_names.prose()
        for name in dotted_names.FILE.findall(text)
        if not any((base / name).exists() for base in (ROOT, SOURCE, path.parent))
        if not dotted_names.ends_a_path(name) and not name.startswith("PATH")
    ]
    assert wrong == []


def test_quoted_words_of_docstrings_are_names_of_the_code() -> None:
    wrong = [
        f"{shown(path, line)} {word}"
        for path, line, text in dotted_names.prose()
        if path.suffix == ".py"
        for word in dotted_names.WORD.findall(text)
        if word not in dotted_names.words_of_the_code()
    ]
    assert wrong == []


def _is_of_the_project(name: str) -> bool:
    """Say whether a quoted name begins with a module, a folder or a group of settings of ours."""
    first = re.split(r"[./]", name)[0]
    if first == "out":  # what commands write, there or not
        return False
    known = first in dotted_names.endings() or first in _groups() or (ROOT / first).is_dir()
    return known and not FILE_ENDINGS.fullmatch(name.rpartition(".")[2])


def _names_something(name: str, here: Path) -> bool:
    if any((base / name).exists() for base in (ROOT, SOURCE, here)):
        return True
    group, _, setting = name.partition(".")
    if setting in _groups().get(group, ()):
        return True
    parts = re.sub(r"\.py$", "", name.rstrip("/")).replace("/", ".").split(".")
    return any(
        dotted_names.exists(".".join([module, *parts[length:]]))
        for length in range(len(parts), 0, -1)
        for module in dotted_names.endings().get(".".join(parts[:length]), ())
    )


def _groups() -> dict[str, set[str]]:
    """Return the names of the settings by their group."""
    groups = {f.name: getattr(Settings(), f.name) for f in fields(Settings)}
    return {g: {f.name for f in fields(v)} for g, v in groups.items() if is_dataclass(v)}
