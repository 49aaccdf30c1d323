"""Public sets with their reference as they come: COCA's outlines, and its sheet of scores.

The gated half holds calcium_xml/ID.xml beside patient/ID; the half without gating a folder for
each ID and a sheet with the columns filename, LCA, LAD, LCX, RCA and total. The left main (LCA)
counts with the LAD, as everywhere here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corcal.annotate.annotation import read_drawing
from corcal.annotate.calcium import drawn_calcium
from corcal.annotate.options import AnnotateOptions
from corcal.core.artery import Artery
from corcal.core.errors import AnnotationRefused, TableRefused, UnreadableScan
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.quantify import quantify
from corcal.read import read_scan
from corcal.settings import Settings
from corcal.storage import CsvTable, Row, csv_bytes

#: The folders of the gated half.
OUTLINES, PATIENTS = "calcium_xml", "patient"
_ENDING = ".xml"
_COLUMNS = {Artery.RCA: ("rca",), Artery.LAD: ("lca", "lad"), Artery.LCX: ("lcx",)}
#: The total of a sheet and the sum of its arteries may differ by so much.
_ROUNDING = 1.0


@dataclass(frozen=True)
class OutlinedScan:
    """A scan of a public set, and the outlines of its calcium.

    Attributes:
        patient: its number in the set.
        scan: its folder.
        outlines: the file; None where the set has none of it.
    """

    patient: str
    scan: Path
    outlines: Path | None


@dataclass(frozen=True)
class ReferenceRow:
    """The calcium of one artery of one patient by the reference.

    Attributes:
        patient: its number in the set.
        artery: which.
        agatston: Agatston score.
        volume_mm3: voxels at or above the threshold; None where the set states none.
    """

    patient: str
    artery: Artery
    agatston: float
    volume_mm3: float | None


def find_outlined(folder: Path) -> tuple[OutlinedScan, ...]:
    """Return the scans of the gated half, in the order of their numbers.

    Raises:
        UnreadableScan: the folder does not hold the set.
    """
    home = next((h for h in (folder, *sorted(folder.glob("*/"))) if (h / PATIENTS).is_dir()), None)
    if home is None or not (home / OUTLINES).is_dir():
        raise UnreadableScan(
            f"{folder.name}: holds no {PATIENTS}/ and {OUTLINES}/ as the gated half of COCA does"
        )
    patients = sorted((p for p in (home / PATIENTS).iterdir() if p.is_dir()), key=_by_number)
    files = {p.stem: p for p in (home / OUTLINES).glob(f"*{_ENDING}")}
    return tuple(OutlinedScan(p.name, p, files.get(p.name)) for p in patients)


def reference_of_outlines(
    case: OutlinedScan, settings: Settings
) -> tuple[tuple[ReferenceRow, ...], Scan, ArteryLabels]:
    """Return the reference of one scan, the scan, and its calcium as labels.

    Args:
        case: with outlines.
        settings: how calcium is counted.

    Raises:
        InputRefused: the scan or its outlines cannot be read, or do not belong together.
    """
    if case.outlines is None:
        raise AnnotationRefused(f"{case.patient}: the set has no outlines of this scan")
    scan = read_scan(case.scan, settings=settings)
    threshold_hu = settings.scoring.threshold_hu
    options = AnnotateOptions(threshold_hu=threshold_hu)
    drawn = read_drawing([case.outlines], scan, options=options)
    name = case.outlines.name
    found = drawn_calcium(drawn, scan, threshold_hu=threshold_hu, name=name)
    if found.labels is None:
        raise AnnotationRefused(f"{name}: does not say which artery")
    score = quantify(scan, found.labels, settings.scoring)
    rows = tuple(
        ReferenceRow(case.patient, a.artery, a.agatston, a.volume_mm3) for a in score.arteries
    )
    return rows, scan, found.labels


def reference_of_sheet(table: CsvTable) -> tuple[tuple[ReferenceRow, ...], tuple[str, ...]]:
    """Return the reference that a sheet of scores states, and the patients of whom it is doubtful.

    Doubtful are those whose total is another than the sum, or of whom a cell is empty; an artery
    with an empty cell is left out.

    Args:
        table: with the columns filename, LCA, LAD, LCX, RCA, and total if wanted.

    Raises:
        TableRefused: a column is absent, a cell is no score, or a patient stands there twice.
    """
    table.require("filename", *(column for columns in _COLUMNS.values() for column in columns))
    rows: list[ReferenceRow] = []
    doubtful: list[str] = []
    seen: set[str] = set()
    for row in table.rows:
        patient = row.require("filename").removesuffix(".dcm").rstrip("Aa")
        if patient in seen:
            raise row.refusal(f"patient {patient} stands there twice")
        seen.add(patient)
        of = {a: _sum(row, columns) for a, columns in _COLUMNS.items()}
        known = {artery: value for artery, value in of.items() if value is not None}
        rows += [ReferenceRow(patient, artery, value, None) for artery, value in known.items()]
        apart = abs(row.number("total") - sum(known.values())) if row.text("total") else 0.0
        if len(known) < len(of) or apart > _ROUNDING:
            doubtful.append(patient)
    if not rows:
        raise TableRefused(f"{table.name}: holds no patient")
    return tuple(rows), tuple(doubtful)


def reference_csv(rows: Iterable[ReferenceRow]) -> bytes:
    """Return a reference as the table that `corcal evaluate` reads."""
    listed = tuple(rows)
    columns = ["patient", "artery", "present", "agatston"]
    cells = [
        [r.patient, r.artery.value, str(int(r.agatston > 0)), f"{r.agatston:.3f}"] for r in listed
    ]
    if any(r.volume_mm3 is not None for r in listed):
        columns.append("volume_mm3")
        for line, r in zip(cells, listed, strict=True):
            line.append("" if r.volume_mm3 is None else f"{r.volume_mm3:.3f}")
    return csv_bytes(columns, cells)


def _sum(row: Row, columns: tuple[str, ...]) -> float | None:
    """Return the sum of scores, None where a cell is empty."""
    if not all(row.text(column) for column in columns):
        return None
    values = [row.number(column) for column in columns]
    if min(values) < 0:
        raise row.refusal(f"{' + '.join(columns)}: {min(values):g} is no score")
    return sum(values)


def _by_number(path: Path) -> tuple[int, str]:
    return (int(path.name) if path.name.isdigit() else 1 << 30, path.name)
