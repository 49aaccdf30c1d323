"""The scans in a tree of folders: DICOM folders, volume files and zips."""

from __future__ import annotations

import os
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pydicom

from corcal.read import volume_kind

#: So many files of a folder are looked at to know whether it holds DICOM.
_TRIED = 20
#: A tree may hold the results of an earlier cohort: a folder with this file is passed over.
RESULTS_OF_COHORT = "journal.jsonl"


@dataclass
class _Tree:
    """Scans met so far; `folders` has the first DICOM file of each folder that holds any."""

    files: list[Path] = field(default_factory=list)
    folders: dict[Path, Path] = field(default_factory=dict)

    def add_locked(self, error: OSError) -> None:
        """Take the folder of an error as a scan."""
        self.files.append(Path(error.filename))


def scans_in(root: Path) -> tuple[Path, ...]:
    """Return the scans below a folder, sorted; the folder itself where nothing is recognised.

    A folder that holds DICOM files is one scan, whose best series `corcal.read_scan` chooses;
    folders side by side that hold series of one study and nothing else are one scan as well: the
    folder above them. Volume files and zips are scans, but not beside DICOM files, where they
    are most often masks. A folder that may not be read is a scan to be refused: nothing of a
    cohort is left out in silence.
    """
    tree = _Tree()
    for place, folders, names in os.walk(root, onerror=tree.add_locked):
        folder = Path(place)
        if RESULTS_OF_COHORT in names:
            folders.clear()
            continue
        folders[:] = sorted(f for f in folders if not _is_clutter(f))
        _look(folder, sorted(n for n in names if not _is_clutter(n)), tree)
    scans = {*tree.files, *_dicom_scans(tree.folders)}
    return tuple(sorted(scans)) or (root,)


def _look(folder: Path, names: Iterable[str], tree: _Tree) -> None:
    scans: list[Path] = []
    others: list[Path] = []
    for name in names:
        path = folder / name
        is_scan = volume_kind(path) or path.suffix.lower() == ".zip"
        (scans if is_scan else others).append(path)
    # DICOMDIR lists files and holds no image.
    others = [path for path in others if path.name.upper() != "DICOMDIR"]
    first = next((path for path in others[:_TRIED] if _is_dicom(path)), None)
    if first is None and not scans:
        # What cannot be opened may be DICOM.
        first = next((path for path in others[:_TRIED] if not os.access(path, os.R_OK)), None)
    if first is None:
        tree.files += scans
    else:
        tree.folders[folder] = first


def _dicom_scans(first_in: dict[Path, Path]) -> Iterable[Path]:
    """Return the scans that the DICOM folders make up, by the first file of each."""
    above = {parent for folder in first_in for parent in folder.parents}
    siblings: dict[Path, list[Path]] = defaultdict(list)
    for folder, first in first_in.items():
        if folder in above:
            # Read as a folder it would take in those below: it is read by one of its files.
            yield first
        else:
            siblings[folder.parent].append(folder)
    for parent, folders in siblings.items():
        if len(folders) > 1 and parent not in first_in and _is_study(parent, folders, first_in):
            yield parent
        else:
            yield from folders


def _is_study(parent: Path, folders: list[Path], first_in: dict[Path, Path]) -> bool:
    """Say whether a folder holds series of one study, one folder each, and nothing else."""
    below = sum(parent in folder.parents for folder in first_in)
    studies = {_study(first_in[folder]) for folder in folders}
    return below == len(folders) and len(studies) == 1 and "" not in studies


def _study(path: Path) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tags = pydicom.dcmread(
                path, stop_before_pixels=True, specific_tags=["StudyInstanceUID"], force=True
            )
        return str(tags.get("StudyInstanceUID", ""))
    except Exception:  # damaged headers: the scan itself is refused when it is read
        return ""


def _is_dicom(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(132)
    except OSError:
        return False
    return head[128:] == b"DICM" or head[:2] == b"\x08\x00"


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"
