"""The list of annotated scans that a model is trained on."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from corcal.core.errors import DatasetRefused

REQUIRED = ("patient", "scan", "labels")
_YES, _NO = {"yes", "true", "1"}, {"no", "false", "0"}


@dataclass(frozen=True)
class Row:
    """One annotated scan.

    Attributes:
        number: its line among the scans of the manifest, from 1.
        patient: whose scan it is, as the manifest has it; never written anywhere.
        scan: a DICOM folder, zip or volume file.
        labels: a label map of corcal's codes on the scan's grid.
        contrast: whether a contrast agent was given; None when not said.
        heart: a mask of the heart; None to have it located.
    """

    number: int
    patient: str
    scan: Path
    labels: Path
    contrast: bool | None = None
    heart: Path | None = None

    @property
    def case(self) -> str:
        """The scan's name in the dataset, which says nothing about the patient."""
        return f"case_{self.number:04d}"


def read_manifest(path: Path) -> tuple[Row, ...]:
    """Return the rows of a CSV with the columns patient, scan, labels[, contrast][, heart].

    Paths are relative to the manifest's folder. Other columns are ignored.

    Raises:
        DatasetRefused: the file cannot be read, lacks a column or a value, or names a file that
            does not exist. All faulty rows are named at once.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            lines = [{k: (v or "").strip() for k, v in line.items() if k} for line in table]
            columns = [name.strip() for name in table.fieldnames or ()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetRefused(f"{path}: cannot be read as a CSV manifest ({error})") from error
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise DatasetRefused(
            f"{path}: has no column {', '.join(missing)}; a manifest begins with the line "
            "patient,scan,labels and may add contrast and heart"
        )
    if not lines:
        raise DatasetRefused(f"{path}: lists no scan")
    faults: list[str] = []
    rows = tuple(_row(i, line, path.parent, faults) for i, line in enumerate(lines, start=1))
    if faults:
        raise DatasetRefused(f"{path}: " + "; ".join(faults))
    return rows


def _row(number: int, line: dict[str, str], home: Path, faults: list[str]) -> Row:
    """Return the row of a line, and add to `faults` what is wrong with it."""
    # The header is line 1.
    where = f"line {number + 1}"
    faults += [f"{where} has no {name}" for name in REQUIRED if not line[name]]
    heart = line.get("heart", "")
    for name in ("scan", "labels", "heart"):
        if line.get(name) and not (home / line[name]).exists():
            faults.append(f"{where} names {name} {line[name]}, which does not exist")
    said = line.get("contrast", "").lower()
    if said not in _YES | _NO | {""}:
        faults.append(f"{where} says contrast {said!r}; write yes, no or nothing")
    return Row(
        number=number,
        patient=line["patient"],
        scan=home / line["scan"],
        labels=home / line["labels"],
        contrast=None if not said else said in _YES,
        heart=home / heart if heart else None,
    )
