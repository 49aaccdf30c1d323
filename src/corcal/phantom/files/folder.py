"""A phantom on disk: its scan, its labels and its truth in one folder, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from corcal.core.arguments import require_choice, require_kind, require_path, require_text
from corcal.phantom.case import PhantomCase
from corcal.phantom.files.as_dicom import write_dicom
from corcal.phantom.files.as_json import case_truth, truth_text
from corcal.phantom.files.as_nifti import write_nifti
from corcal.storage import replace_files

#: The scan by format; a folder holds one of them.
SCAN_NAMES = {"nifti": "ct.nii.gz", "dicom": "ct"}
LABELS, TRUTH = "labels.nii.gz", "truth.json"
#: Everything that a phantom's folder may hold; the series is a folder.
FILES = (SCAN_NAMES["nifti"], f"{SCAN_NAMES['dicom']}/", LABELS, TRUTH)


def phantom_folder(out: Path, seed: int) -> Path:
    """Return where the phantom of a seed goes: OUT/phantom-00001."""
    return out / f"phantom-{seed:05d}"


def write_phantom(case: PhantomCase, folder: Path, *, kind: str, version: str, force: bool) -> None:
    """Write a phantom: ct.nii.gz, or the DICOM series ct/; labels.nii.gz; truth.json.

    The files are written aside and appear together; if that fails, what was there stays.

    Args:
        case: the phantom.
        folder: its own folder.
        kind: "nifti" or "dicom".
        version: corcal's; another version may make another phantom of the same seed.
        force: replace the phantom in the folder; other files in it are kept.

    Raises:
        OutputRefused: as `corcal.storage.check_folder`, or the disk is full.
        SettingsRefused: the kind is another.
        InputRefused: the path is empty.
        TypeError: an argument is of another kind.
    """
    require_kind("case", case, PhantomCase, "make_case(0)")
    folder = require_path("folder", folder)
    require_choice("kind", kind, SCAN_NAMES)
    require_text("version", version, "1.0")
    with replace_files(folder, FILES, force=force) as stage:
        _fill(stage, case, kind, version)


def _fill(folder: Path, case: PhantomCase, kind: str, version: str) -> None:
    if kind == "dicom":
        write_dicom(folder / SCAN_NAMES[kind], case, version)
    else:
        write_nifti(folder / SCAN_NAMES[kind], case.hu, case.grid)
    write_nifti(folder / LABELS, case.labels, case.grid)
    (folder / TRUTH).write_bytes(truth_text(case_truth(case, version)).encode())
