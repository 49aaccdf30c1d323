"""The list of annotated scans that a model is trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corcal import storage
from corcal.core.errors import TableRefused

REQUIRED = ("patient", "scan", "labels")


@dataclass(frozen=True)
class ManifestRow:
    """One annotated scan.

    Attributes:
        number: its place among the scans of the manifest, from 1.
        line: its line in the file, from 1.
        patient: whose scan it is, as the manifest has it; never written anywhere.
        scan: a DICOM folder, zip or volume file.
        labels: a label map of corcal's codes on the scan's grid.
        contrast: whether a contrast agent was given; None when not said.
        heart: a mask of the heart; None to have it located.
    """

    number: int
    line: int
    patient: str
    scan: Path
    labels: Path
    contrast: bool | None = None
    heart: Path | None = None

    @property
    def case(self) -> str:
        """The scan's name in the dataset, which says nothing about the patient."""
        return f"case_{self.number:04d}"


def read_manifest(path: Path) -> tuple[ManifestRow, ...]:
    """Return the rows of a CSV with the columns patient, scan, labels[, contrast][, heart].

    Paths are relative to the manifest's folder. Other columns are ignored.

    Raises:
        TableRefused: the file cannot be read, lacks a column or a value, or names a file that
            does not exist. All faulty rows are named at once.
    """
    table = storage.read_csv(path)
    missing = [name for name in REQUIRED if not table.has(name)]
    if missing:
        raise TableRefused(
            f"{path}: has no column {', '.join(missing)}; a manifest begins with the line "
            "patient,scan,labels and may add contrast and heart"
        )
    faults: list[str] = []
    rows = tuple(_row(i, row, path.parent, faults) for i, row in enumerate(table.rows, start=1))
    if faults:
        raise TableRefused(f"{path}: " + "; ".join(faults))
    return rows


def _row(number: int, row: storage.Row, home: Path, faults: list[str]) -> ManifestRow:
    """Return the row of a line, and add to `faults` what is wrong with it."""
    where = f"line {row.line}"
    faults += [f"{where} has no {name}" for name in REQUIRED if not row.text(name)]
    heart = row.text("heart")
    for name in ("scan", "labels", "heart"):
        if row.text(name) and not (home / row.text(name)).exists():
            faults.append(f"{where} names {name} {row.text(name)}, which does not exist")
    contrast = None
    try:
        contrast = row.boolean("contrast")
    except TableRefused:
        faults.append(f"{where} says contrast {row.text('contrast')!r}; write yes, no or nothing")
    return ManifestRow(
        number=number,
        line=row.line,
        patient=row.text("patient"),
        scan=home / row.text("scan"),
        labels=home / row.text("labels"),
        contrast=contrast,
        heart=home / heart if heart else None,
    )
