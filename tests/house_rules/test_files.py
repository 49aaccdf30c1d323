"""Files are written and read by the room `storage` alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house_rules.sources import SOURCE, dotted, nodes, python_files, shown

STORAGE = SOURCE / "storage"

#: What the room does for all. A folder of `tempfile.TemporaryDirectory` may stand elsewhere: it is
#: scratch, and nothing in it becomes an output.
ITS_WORK = {
    "os.replace", "os.rename", "os.fsync", "shutil.move",
    "tempfile.NamedTemporaryFile", "tempfile.mkstemp", "tempfile.mkdtemp",
    "csv.reader", "csv.writer", "csv.DictReader", "csv.DictWriter",
    "json.dump", "json.dumps", "json.load", "json.loads",
}  # fmt: skip
#: The reader of volumes asks the header that the room has read how its axes lie. Images in memory
#: are nibabel's own: taken where a scan comes in, given where the labels go out.
ITS_LIBRARY = "nibabel"
ASKING = {
    SOURCE / "read" / "volume" / "nifti.py",
    SOURCE / "read" / "volume" / "image.py",
    SOURCE / "api" / "reading.py",
}

#: Who may, and why.
EXCEPTIONS = {
    ("cli/errors.py", "json.dumps"): "one line on stderr, not a file",
    ("train/events.py", "json.dumps"): "lines between two processes, not a file",
    ("train/events.py", "json.loads"): "lines between two processes, not a file",
    ("train/nnunet/trainer.py", "json.dumps"): "hashed: its text must not change with the form",
    ("phantom/files/as_dicom.py", "json.dumps"): "hashed into UIDs, which must stay the same",
    ("evaluate/readers/forms.py", "json.dumps"): "one line within a page, escaped for HTML",
    ("locate/totalsegmentator.py", "shutil.move"): "within a folder that is not yet in place",
}


def modules() -> list[Path]:
    return [path for path in python_files("src", "validation") if STORAGE not in path.parents]


def imported(node: ast.AST) -> Iterator[str]:
    """Yield what an import names, with its module."""
    if isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)


def test_only_storage_replaces_files_and_knows_csv_and_json() -> None:
    used = {
        (path.relative_to(SOURCE).as_posix() if SOURCE in path.parents else shown(path), name)
        for path in modules()
        for node in nodes(path)
        for name in (dotted(node), *imported(node))
        if name in ITS_WORK
    }
    assert used == set(EXCEPTIONS)


def test_only_storage_renames() -> None:
    # `replace` of a path and that of a text have the same name: it is asked for one
    # argument, which no text and no dataclass takes.
    renaming = [
        shown(path, node.lineno)
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr == "rename" or (node.func.attr == "replace" and _one_path(node)))
    ]
    assert renaming == []


def _one_path(call: ast.Call) -> bool:
    return len(call.args) == 1 and not call.keywords


def test_only_storage_knows_the_library_of_nifti() -> None:
    importing = [
        shown(path)
        for path in modules()
        if path not in ASKING
        for node in nodes(path)
        for name in imported(node)
        if name.partition(".")[0] == ITS_LIBRARY
    ]
    assert importing == []
