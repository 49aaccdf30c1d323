"""Annotated scans in: each drawing becomes a folder that a data set can be built from.

A folder holds labels.nii.gz on the scan's own voxels, annotation.json, and qc.png. A batch also
writes manifest.csv (patient, scan, labels, contrast) and summary.csv, case by case, so that
neither a failing case nor a stopped run loses what was done.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corcal import __version__
from corcal.annotate.annotation import annotation_of, read_drawing
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.label_map import read_label_map
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.quality_sheet import ANNOTATION_FILES, annotation_files
from corcal.core.errors import InputRefused, UnreadableScan
from corcal.core.scan import Scan
from corcal.read import read_scan, read_volume, volume_kind
from corcal.storage.atomic import add_files, check_folder

MANIFEST, SUMMARY = "manifest.csv", "summary.csv"
_COLUMNS = ("scan", "annotation", "patient", "contrast")


@dataclass(frozen=True)
class DrawnScan:
    """A scan and the drawing made on it.

    Attributes:
        scan: file or folder.
        drawing: file.
        patient: whose it is: scans of one patient must not be both trained on and tested on.
        contrast: "yes", "no", or "" for what the scan's header says.
        series_uid: the DICOM series, if several are there.
    """

    scan: Path
    drawing: Path
    patient: str = ""
    contrast: str = ""
    series_uid: str | None = None


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
    """
    check_folder(out, ANNOTATION_FILES, force=force)
    scan = read_scan(entry.scan, series_uid=entry.series_uid)
    name = entry.drawing.name
    annotation = annotation_of(
        _read_any_drawing(entry.drawing, scan, options), scan, options=options, name=name
    )
    files = annotation_files(annotation, scan, version=__version__)
    add_files(out, files, force=force)
    record: dict[str, Any] = json.loads(files["annotation.json"])
    return record, scan


def _read_any_drawing(path: Path, scan: Scan, options: AnnotateOptions) -> Drawing:
    if not volume_kind(path):
        return read_drawing(path, scan, options=options)
    if not path.is_file():
        raise UnreadableScan(f"{path}: there is no such file")
    volume = read_volume(path)
    drawn = read_label_map(
        volume.values, volume.grid, scan, classes=options.classes, name=path.name
    )
    with path.open("rb") as file:
        return replace(drawn, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def annotate_all(
    entries: Sequence[DrawnScan], out: Path, *, options: AnnotateOptions, force: bool = False
) -> Iterator[Outcome]:
    """Annotate many scans; yield what became of each.

    Each goes to its own folder, OUT/case-0001 for the first line. After each, OUT/manifest.csv
    lists the cases that succeeded and OUT/summary.csv all of them so far.

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
        UnreadableScan: there is no such file, or it is no such table.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableScan(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise UnreadableScan(f"{path.name}: is not UTF-8 text; save it as CSV UTF-8") from None
    rows = csv.DictReader(io.StringIO(text))
    columns = [c.strip() for c in rows.fieldnames or []]
    if not {"scan", "annotation"} <= set(columns) <= {*_COLUMNS}:
        raise UnreadableScan(
            f"{path.name}: its first line names the columns {', '.join(columns) or '(none)'}; "
            f"there must be scan and annotation, and there may be patient and contrast"
        )
    rows.fieldnames = columns
    found = tuple(_entry(row, path, number) for number, row in enumerate(rows, start=2))
    if not found:
        raise UnreadableScan(f"{path.name}: lists no scan")
    return found


def _entry(row: dict[str, str | None], path: Path, line: int) -> DrawnScan:
    values = {key: (row.get(key) or "").strip() for key in _COLUMNS}
    contrast = values["contrast"].lower()
    if not values["scan"] or not values["annotation"] or None in row:
        raise UnreadableScan(f"{path.name}: line {line}: needs a scan and an annotation")
    if contrast not in ("", "yes", "no"):
        raise UnreadableScan(f"{path.name}: line {line}: contrast is yes, no or empty")
    home = path.absolute().parent
    return DrawnScan(
        home / values["scan"], home / values["annotation"], values["patient"], contrast
    )


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
        MANIFEST: _csv(("patient", "scan", "labels", "contrast"), manifest),
        SUMMARY: _csv(heads, summary),
    }


def _numbers(outcome: Outcome) -> tuple[str, str]:
    record = outcome.record
    if record is None:
        return "", ""
    return str(len(record["orphans"])), str(len(record["notices"]))


def _csv(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
