"""Annotated scans become an nnU-Net v2 dataset, on the same path that scoring takes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corcal.core.arguments import (
    ONE_TEXT,
    require_function,
    require_kind,
    require_path,
    wrong_kind,
)
from corcal.core.errors import DatasetRefused, InputRefused, OutputRefused
from corcal.core.scan import Notice
from corcal.core.steps import HeartLocator
from corcal.locate import EmbeddedLocator
from corcal.report import LABELS_TEXT, LARGEST_LABEL
from corcal.settings import Settings
from corcal.storage import csv_bytes, json_bytes, nifti_bytes, read_json, replace_file
from corcal.train.dataset.annotated_scan import AnnotatedScan, read_annotated_scan
from corcal.train.dataset.manifest import ManifestRow, read_manifest
from corcal.train.dataset.split import Split, split_rows
from corcal.train.labels import dataset_json
from corcal.train.training_folder import FOLDER_EXAMPLE, TrainingFolder


@dataclass(frozen=True)
class Acceptance:
    """The treatment of scans and labels that do not belong together.

    Attributes:
        checked: labels that cannot be of their scan are refused; otherwise that is noted.
        set_aside: refused scans are left out and listed; otherwise they stop the dataset.
    """

    checked: bool = True
    set_aside: bool = False


@dataclass(frozen=True)
class DatasetSummary:
    """The content of a dataset.

    Attributes:
        split: where each case went.
        notices: doubts by case.
        set_aside: why scans were left out, by case.
    """

    split: Split
    notices: dict[str, tuple[Notice, ...]]
    set_aside: dict[str, str]


def make_dataset(
    manifest: Path,
    work: TrainingFolder,
    settings: Settings,
    *,
    locator: HeartLocator | None = None,
    acceptance: Acceptance = Acceptance(),
    on_progress: Callable[[str], None] = lambda _: None,
) -> DatasetSummary:
    """Prepare every scan of a manifest and write nnU-Net's raw dataset, split and ways back.

    A run that was stopped goes on where it was. Nothing names a patient: scans are called
    case_0001 and so on, after their line in the manifest.

    Args:
        manifest: see `corcal.train.dataset.manifest.read_manifest`.
        work: where to.
        settings: spacing, padding and crop; folds, test share and seed.
        locator: finds the hearts that the manifest does not give; the embedded model when None.
        acceptance: what becomes of scans that cannot be used.
        on_progress: called with one line before each scan.

    Raises:
        DatasetRefused: the manifest is wrong, or scans cannot be used; all of them are named. Or
            so many were set aside that a fold has none left.
        OutputRefused: the folder holds another dataset, or cannot be written.
        InputRefused: the manifest's path is empty.
        TypeError: an argument is of another kind.
    """
    require_kind("work", work, TrainingFolder, FOLDER_EXAMPLE)
    require_kind("settings", settings, Settings, "Settings.paper()")
    require_kind("acceptance", acceptance, Acceptance)
    require_function("on_progress", on_progress, ONE_TEXT)
    if locator is not None and not isinstance(locator, HeartLocator):
        raise wrong_kind("locator", locator, "what finds the heart")
    rows = read_manifest(require_path("manifest", manifest))
    split = split_rows(rows, settings.training)
    locator, checked = locator or EmbeddedLocator(), acceptance.checked
    _begin(rows, work, settings, locator)
    refused = _write_cases(
        rows,
        work,
        split,
        lambda row: read_annotated_scan(row, settings, locator, checked=checked),
        on_progress=on_progress,
    )
    if refused and not acceptance.set_aside:
        raise DatasetRefused(
            f"{len(refused)} of {len(rows)} scans: " + "; ".join(refused.values()) + ". "
            "Correct them, or leave them out with --set-aside"
        )
    rows = tuple(row for row in rows if row.case not in refused)
    split = split.without(refused)
    ways = {row.case: _way(row.case, work) for row in rows}
    _require_different(rows, ways)
    _write_set_aside(refused, work)
    _write_descriptions(rows, split, work, settings)
    notices = {case: _notices(way) for case, way in ways.items() if way["notices"]}
    return DatasetSummary(split, notices, refused)


def _write_cases(
    rows: Sequence[ManifestRow],
    work: TrainingFolder,
    split: Split,
    read: Callable[[ManifestRow], AnnotatedScan],
    *,
    on_progress: Callable[[str], None],
) -> dict[str, str]:
    """Write the cases that are not there yet, and return why others are refused, by case."""
    refused: dict[str, str] = {}
    for i, row in enumerate(rows, start=1):
        if _is_finished(row, work, split):
            continue
        on_progress(f"preparing scan {i} of {len(rows)}")
        try:
            _write_case(row, read(row), work, split)
        except OutputRefused:
            raise
        except InputRefused as error:
            refused[row.case] = f"line {row.line} of the manifest: {error}"
            on_progress(f"scan {i} of {len(rows)} refused: {error}")
    return refused


def image_file(case: str, work: TrainingFolder, split: Split) -> Path:
    """Return where the prepared scan of a case lies."""
    return work.raw / ("imagesTs" if case in split.test else "imagesTr") / f"{case}_0000.nii.gz"


def label_file(case: str, work: TrainingFolder, split: Split) -> Path:
    """Return where the prepared labels of a case lie."""
    return work.raw / ("labelsTs" if case in split.test else "labelsTr") / f"{case}.nii.gz"


def _begin(
    rows: Sequence[ManifestRow], work: TrainingFolder, settings: Settings, locator: HeartLocator
) -> None:
    """Note what the dataset is made from; refuse a folder that holds another one."""
    source = {
        "rows": [_identity(row) for row in rows],
        "heart": f"{locator.name} {locator.sha256}",
        **{group: settings.as_dict()[group] for group in ("preparation", "scoring")},
        "training": {
            name: settings.as_dict()["training"][name]
            for name in ("folds", "test_share", "seed", "min_inside_share")
        },
    }
    path = work.begun_file
    if path.exists():
        begun = read_json(path, refusal=DatasetRefused, remedy="name another folder")
        if not _goes_on(begun, source, rows, work):
            raise OutputRefused(
                f"{work.folder}: holds a dataset of other scans, labels or settings; name "
                "another folder, or delete this one"
            )
        if begun != source:
            replace_file(path, json_bytes(source))
    elif work.folder.exists() and any(work.folder.iterdir()):
        raise OutputRefused(f"{work.folder}: exists and is not empty; name a new folder")
    else:
        replace_file(path, json_bytes(source))
    replace_file(work.settings_file, settings.to_toml().encode())


def _goes_on(
    begun: Any, source: dict[str, Any], rows: Sequence[ManifestRow], work: TrainingFolder
) -> bool:
    """Tell whether a dataset was begun as it is to go on: scans not yet in it may be corrected."""
    if begun == source:
        return True
    if not isinstance(begun, dict) or begun | {"rows": 0} != source | {"rows": 0}:
        return False
    pairs = list(zip(begun["rows"], source["rows"], strict=False))
    changed = [row for row, (old, new) in zip(rows, pairs, strict=False) if old != new]
    same_length = len(begun["rows"]) == len(source["rows"])
    return same_length and not any(work.geometry_file(row.case).exists() for row in changed)


def _identity(row: ManifestRow) -> str:
    """Return a hash that changes with what a line of the manifest names."""
    digest = hashlib.sha256(repr((row.patient, row.contrast)).encode())
    for path in (row.scan, row.labels, row.heart):
        if path is not None:
            digest.update(str(path.absolute()).encode())
            digest.update(path.read_bytes() if path.is_file() else b"folder")
    return digest.hexdigest()


def _is_finished(row: ManifestRow, work: TrainingFolder, split: Split) -> bool:
    # The place is written last.
    files = (image_file(row.case, work, split), label_file(row.case, work, split))
    return work.geometry_file(row.case).exists() and all(f.exists() for f in files)


def _write_case(row: ManifestRow, pair: AnnotatedScan, work: TrainingFolder, split: Split) -> None:
    affine = pair.grid.affine
    replace_file(image_file(row.case, work, split), nifti_bytes(pair.hu, affine))
    labels = nifti_bytes(pair.codes, affine, description=LABELS_TEXT, largest_label=LARGEST_LABEL)
    replace_file(label_file(row.case, work, split), labels)
    counted = {str(code): int((pair.codes == code).sum()) for code in range(1, 7)}
    way = {
        "case": row.case,
        **pair.geometry.as_dict(),
        "spacing_mm": list(pair.grid.spacing_mm),
        "voxels_by_label": counted,
        "scan_sha256": pair.scan_sha256,
        "labels_sha256": hashlib.sha256(row.labels.read_bytes()).hexdigest(),
        "notices": [[n.code, n.text] for n in pair.notices],
    }
    replace_file(work.geometry_file(row.case), json_bytes(way))


def _way(case: str, work: TrainingFolder) -> dict[str, Any]:
    path = work.geometry_file(case)
    return dict(
        read_json(path, refusal=DatasetRefused, remedy="delete the file and make the dataset again")
    )


def _notices(way: dict[str, Any]) -> tuple[Notice, ...]:
    return tuple(Notice(code, text) for code, text in way["notices"])


def _require_different(rows: Sequence[ManifestRow], ways: dict[str, dict[str, Any]]) -> None:
    """Refuse a scan or a label map that stands in two lines: one would be tested on the other."""
    for key, what in (("scan_sha256", "scan"), ("labels_sha256", "label map")):
        seen: dict[str, ManifestRow] = {}
        for row in rows:
            first = seen.setdefault(ways[row.case][key], row)
            if first is not row:
                raise DatasetRefused(
                    f"lines {first.line} and {row.line} of the manifest hold the same "
                    f"{what}, voxel for voxel; leave one out, or correct it"
                )


def _write_set_aside(refused: dict[str, str], work: TrainingFolder) -> None:
    """List the scans that were left out, and why; an earlier list goes when there are none."""
    if refused:
        replace_file(work.set_aside_file, csv_bytes(("case", "why"), list(refused.items())))
    else:
        work.set_aside_file.unlink(missing_ok=True)


def _write_descriptions(
    rows: Sequence[ManifestRow], split: Split, work: TrainingFolder, settings: Settings
) -> None:
    replace_file(work.raw / "splits_final.json", json_bytes(split.as_nnunet()))
    patients = list(dict.fromkeys(row.patient for row in rows))
    said = {None: "", True: "yes", False: "no"}
    lines = (
        (r.case, r.line, patients.index(r.patient) + 1, said[r.contrast], split.part_of(r.case))
        for r in rows
    )
    columns = ("case", "line", "patient", "contrast", "part")
    replace_file(work.split_file, csv_bytes(columns, lines))
    # Last: with it, the dataset is whole.
    described = dataset_json(settings.training, len(split.trained))
    replace_file(work.raw / "dataset.json", json_bytes(described))
