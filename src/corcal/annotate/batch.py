"""Annotated scans in: each drawing becomes a folder that a data set can be built from.

A folder holds labels.nii.gz on the scan's own voxels, annotation.json, and qc.png. A batch also
writes manifest.csv (patient, scan, labels, contrast) and summary.csv, case by case, so that
neither a failing case nor a stopped run loses what was done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corcal import __version__
from corcal.annotate.annotation import annotation_of, read_drawing
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.quality_sheet import ANNOTATION_FILES, annotation_files, contact_sheet
from corcal.core.arguments import require_kind, require_path
from corcal.core.errors import InputRefused
from corcal.core.scan import Scan
from corcal.read import admit_for_drawing, read_scan
from corcal.report import png_bytes
from corcal.settings import Settings
from corcal.storage import Row, add_files, check_folder, csv_bytes, parse_json, read_csv

MANIFEST, SUMMARY, CONTACT = "manifest.csv", "summary.csv", "contact.png"
_COLUMNS = ("scan", "annotation", "patient", "contrast")


@dataclass(frozen=True)
class DrawnScan:
    """A scan and the drawing made on it.

    Attributes:
        scan: file or folder.
        drawing: file.
        more: further files, where the drawing is several masks.
        patient: whose it is: scans of one patient must not be both trained on and tested on.
        contrast: "yes", "no", or "" for what the scan's header says.
        series_uid: the DICOM series, if several are there.

    Raises:
        InputRefused: a path is empty.
        TypeError: a path is none.
    """

    scan: Path
    drawing: Path
    patient: str = ""
    contrast: str = ""
    series_uid: str | None = None
    more: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        for name in ("scan", "drawing"):
            object.__setattr__(self, name, require_path(name, getattr(self, name)))


@dataclass(frozen=True)
class Outcome:
    """The result of one line of a batch.

    Attributes:
        name: of its folder.
        entry: the line.
        record: what annotation.json says; None where it failed.
        contrast: "yes", "no", or "" where nobody says.
        error: why it failed, "" where it did not.
        defect: True where that is a defect of corcal.
    """

    name: str
    entry: DrawnScan
    record: dict[str, Any] | None
    contrast: str = ""
    error: str = ""
    defect: bool = False


def annotate_scan(
    entry: DrawnScan, out: Path, *, options: AnnotateOptions, force: bool = False
) -> tuple[dict[str, Any], Scan]:
    """Bring a drawing onto its scan and write its folder, whole or not at all.

    Args:
        entry: the scan and the drawing.
        out: the folder; made if absent.
        options: what the user decided.
        force: replace an earlier annotation in it; other files are kept.

    Returns:
        What annotation.json says, and the scan.

    Raises:
        InputRefused: the scan or the drawing cannot be read, or they do not belong together.
        ScanNotAdmitted: values, voxel size or the order of the scan's slices are wrong.
        TypeError: an argument is of another kind.
    """
    require_kind("entry", entry, DrawnScan, "DrawnScan('ct', 'drawn.con')")
    require_kind("options", options, AnnotateOptions)
    out = require_path("out", out)
    check_folder(out, ANNOTATION_FILES, force=force)
    scan = read_scan(entry.scan, series_uid=entry.series_uid)
    name = entry.drawing.name
    # First: of a scan that is wrong the best drawing is of no use.
    doubts = admit_for_drawing(scan, Settings().admission)
    drawn = read_drawing((entry.drawing, *entry.more), scan, options=options)
    annotation = annotation_of(drawn, scan, options=options, name=name)
    annotation = replace(annotation, notices=(*scan.notices, *doubts, *annotation.notices))
    files = annotation_files(annotation, scan, version=__version__)
    add_files(out, files, force=force)
    record: dict[str, Any] = parse_json(files["annotation.json"], "annotation.json")
    return record, scan


def annotate_all(
    entries: Sequence[DrawnScan], out: Path, *, options: AnnotateOptions, force: bool = False
) -> Iterator[Outcome]:
    """Annotate many scans; yield what became of each.

    Each goes to its own folder, OUT/case-0001 for the first line. After each, OUT/manifest.csv
    lists the cases that succeeded and OUT/summary.csv all of them so far. In the end,
    OUT/contact.png shows their pictures side by side.

    Args:
        entries: the lines.
        out: the folder for all; made if absent.
        options: what the user decided, for all lines alike.
        force: replace earlier annotations in it.

    Raises:
        OutputRefused: the folder cannot be written.
    """
    check_folder(out, (MANIFEST, SUMMARY), force=force)
    outcomes: list[Outcome] = []
    for number, entry in enumerate(entries, start=1):
        outcomes.append(_outcome(f"case-{number:04d}", entry, out, options, force))
        add_files(out, _tables(outcomes), force=True)
        yield outcomes[-1]
    sheets = [(o.name, out / o.name / "qc.png") for o in outcomes if o.record is not None]
    if sheets:
        add_files(out, {CONTACT: png_bytes(contact_sheet(sheets))}, force=True)


def _outcome(
    name: str, entry: DrawnScan, out: Path, options: AnnotateOptions, force: bool
) -> Outcome:
    try:
        record, scan = annotate_scan(entry, out / name, options=options, force=force)
    except InputRefused as error:
        return Outcome(name, entry, None, error=" ".join(str(error).split()))
    except MemoryError:
        raise
    except Exception as error:
        # One defect must not lose the other cases. Its own text may quote a patient's header.
        return Outcome(name, entry, None, error=f"unexpected {type(error).__name__}", defect=True)
    said = {True: "yes", False: "no", None: ""}[scan.acquisition.contrast]
    return Outcome(name, entry, record, contrast=entry.contrast or said)


def read_entries(path: Path) -> tuple[DrawnScan, ...]:
    """Return the lines of a CSV manifest with the columns scan, annotation[, patient, contrast].

    Paths are relative to the manifest.

    Raises:
        TableRefused: there is no such file, or it is no such table; the line is named.
    """
    table = read_csv(path)
    table.require(*_COLUMNS[:2])
    table.require_known(*_COLUMNS)
    return tuple(_entry(row, path.absolute().parent) for row in table.rows)


def _entry(row: Row, home: Path) -> DrawnScan:
    scan, annotation = (home / row.require(column) for column in _COLUMNS[:2])
    contrast = {True: "yes", False: "no", None: ""}[row.boolean("contrast")]
    return DrawnScan(scan, annotation, row.text("patient"), contrast)


def _tables(outcomes: Sequence[Outcome]) -> dict[str, bytes]:
    manifest = [
        (
            o.entry.patient or o.name,
            str(o.entry.scan.absolute()),
            # Relative, so that the folder can be moved.
            f"{o.name}/labels.nii.gz",
            o.contrast,
        )
        for o in outcomes
        if o.record is not None
    ]
    summary = [
        (o.name, "failed" if o.record is None else "done", *_numbers(o), o.error) for o in outcomes
    ]
    heads = ("case", "result", "orphans", "notes", "error")
    return {
        MANIFEST: csv_bytes(("patient", "scan", "labels", "contrast"), manifest),
        SUMMARY: csv_bytes(heads, summary),
    }


def _numbers(outcome: Outcome) -> tuple[str, str]:
    record = outcome.record
    if record is None:
        return "", ""
    return str(len(record["orphans"])), str(len(record["notices"]))
