"""Cases on disk: result folders, label maps and scans that belong together by their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corcal.core.box import Box
from corcal.core.errors import GridMismatch, TableRefused, UnreadableScan
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.read import VOLUME_KINDS, read_labels, read_scan, volume_kind
from corcal.storage import read_csv, read_json

#: What a result folder of `corcal score` is recognised by.
RESULT = "report.json"
LABELS = "labels.nii.gz"
#: The folder of `corcal cohort` is recognised by its journal; says which scan a case is.
_COHORT, _COHORT_CASES = "journal.jsonl", "cases.csv"
#: The scan in a folder of `corcal phantom`.
_PHANTOM_SCAN = ("ct.nii.gz", "ct")


@dataclass(frozen=True, eq=False)
class Marked:
    """A scan with labels on it, for pictures.

    Attributes:
        scan: the CT.
        labels: on its grid.
        heart: the box of the heart, or None where it is not known.
    """

    scan: Scan
    labels: ArteryLabels
    heart: Box | None


def result_folders(paths: Iterable[Path]) -> dict[str, Path]:
    """Return the result folders of `corcal score` at these paths, by case: the folder's name.

    Args:
        paths: result folders, or folders that hold result folders.

    Raises:
        UnreadableScan: a path is no folder, or holds no result.
        TableRefused: two results have the same name.
    """
    by_case: dict[str, Path] = {}
    for path in paths:
        here = [path] if (path / RESULT).is_file() else _below(path)
        if not here:
            raise UnreadableScan(
                f"{path}: holds no result of `corcal score` (a folder with {RESULT})"
            )
        for folder in here:
            _enter(by_case, folder.resolve().name, folder)
    return by_case


def label_files(folder: Path) -> dict[str, Path]:
    """Return the label maps in a folder, by case.

    A map is NAME.nii.gz (or .nii, .nrrd, .mha, .mhd), or NAME/labels.nii.gz as `corcal score`
    writes it.

    Raises:
        UnreadableScan: it is no folder, or holds no label map.
        TableRefused: two maps have the same name.
    """
    by_case: dict[str, Path] = {}
    for path in _entries(folder / "cases" if (folder / _COHORT).is_file() else folder):
        if path.is_file() and volume_kind(path):
            _enter(by_case, stem(path), path)
        elif (path / LABELS).is_file():
            _enter(by_case, path.name, path / LABELS)
    if not by_case:
        raise UnreadableScan(
            f"{folder}: holds no label map (NAME.nii.gz, or NAME/{LABELS} of `corcal score`)"
        )
    return by_case


def scan_files(folder: Path, cases: Collection[str]) -> dict[str, Path]:
    """Return the scan of each case in a folder: NAME (a DICOM folder), NAME.zip, NAME.nii.gz ...

    Raises:
        UnreadableScan: it is no folder, or has no scan of these names.
        TableRefused: two scans have the name of a case.
    """
    by_case = _of_cohort(folder, cases)
    for path in _entries(folder) if not by_case else ():
        name = path.name if path.is_dir() else stem(path)
        if name in cases:
            inside = [path / p for p in _PHANTOM_SCAN if path.is_dir() and (path / p).exists()]
            _enter(by_case, name, inside[0] if inside else path)
    absent = sorted(set(cases) - set(by_case))
    if absent:
        raise UnreadableScan(
            f"{folder}: holds no scan named {_some(absent)}; a scan has the name of its case: "
            "NAME (a DICOM folder), NAME.zip, NAME.nii.gz, ..."
        )
    return by_case


def _of_cohort(folder: Path, cases: Collection[str]) -> dict[str, Path]:
    """Return the scan of each case in the folder of `corcal cohort`; none for another folder."""
    if not (folder / _COHORT).is_file():
        return {}
    rows = read_csv(folder / _COHORT_CASES).rows
    return {r.text("case"): Path(r.text("scan")) for r in rows if r.text("case") in cases}


def read_marked(scan_path: Path, folder: Path) -> Marked:
    """Return a scan with the labels and the heart of its result folder.

    Raises:
        InputRefused: scan, labels or report cannot be read.
        GridMismatch: the result is not of this scan.
    """
    report = _report(folder / RESULT)
    scan = read_scan(scan_path)
    expected = report["input"]["voxel_sha256"]
    if expected and scan.source.sha256 and expected != scan.source.sha256:
        raise GridMismatch(
            f"{folder.name}: the result is of another scan than {scan_path.name}; their voxels "
            "differ"
        )
    return Marked(scan, read_labels(folder / LABELS, scan), heart_of(folder / RESULT))


def heart_of(path: Path) -> Box | None:
    """Return the box of the heart that a report names, None where it names none.

    Raises:
        UnreadableScan: the file is no report.
    """
    box = _report(path)["heart_box"]
    return Box(tuple(box["start"]), tuple(box["stop"])) if box else None


def _report(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = read_json(path)
        document["input"]["voxel_sha256"], document["heart_box"]
    except (UnreadableScan, KeyError, TypeError) as error:
        raise UnreadableScan(f"{path}: is no report of `corcal score`") from error
    return document


def require_partners(cases: Collection[str], partners: Collection[str], what: str) -> None:
    """Refuse cases without a partner: what is missing is never counted as empty.

    Args:
        cases: that need one.
        partners: that there are.
        what: is missing, such as "a prediction".

    Raises:
        TableRefused: some case has none.
    """
    absent = sorted(set(cases) - set(partners))
    if absent:
        raise TableRefused(
            f"{len(absent)} of {len(cases)} cases without {what}: {_some(absent)}. Files belong "
            "together by their names; a case that was not read must be taken out of both sides"
        )


def stem(path: Path) -> str:
    """Return a file's name without the ending that says what kind it is."""
    ending = next((e for e in (*VOLUME_KINDS, ".zip", ".dcm") if path.name.lower().endswith(e)), "")
    return path.name[: len(path.name) - len(ending)]


def _below(path: Path) -> list[Path]:
    return [folder for folder in _entries(path) if (folder / RESULT).is_file()]


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UnreadableScan(f"{folder}: is no folder")
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _enter(by_case: dict[str, Path], name: str, path: Path) -> None:
    if name in by_case:
        raise TableRefused(
            f"{path}: another case is named {name} already ({by_case[name]}); rename one"
        )
    by_case[name] = path


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
