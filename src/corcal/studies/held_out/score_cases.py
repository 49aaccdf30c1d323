"""Annotated scans scored by a model, each label map kept, the tables written scan by scan."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corcal.core.artery import Artery
from corcal.core.errors import DatasetRefused, OutputRefused
from corcal.core.labels import ArteryLabels
from corcal.core.reading import Reading
from corcal.core.scan import Scan
from corcal.core.steps import HeartLocator
from corcal.models import ModelChoice
from corcal.pipeline import score_scan
from corcal.read import read_labels, read_scan
from corcal.report import labels_nifti
from corcal.segment import Bundle
from corcal.settings import Settings
from corcal.storage import csv_bytes, json_bytes, read_json, replace_file
from corcal.studies.held_out.compare import Compared, compare
from corcal.train import ManifestRow, weights_sha256

#: Tables of results that `corcal evaluate` and `corcal ablation` read.
RESULTS, REFERENCE = "results.csv", "reference.csv"
#: The same arteries side by side.
COMPARED = "compared.csv"
#: The weights that made the label maps, and the heart locator.
SCORED_BY = "scored_by.json"
#: The courses found in a scan, beside its label map.
COURSES = "courses.json"

_MM3_PER_ML = 1000.0


@dataclass(frozen=True)
class Scorer:
    """The means of scoring.

    Attributes:
        locator: finds the heart.
        device: "cpu" or "cuda".
        settings: of scoring.
        on_progress: called with a line before each scan.
    """

    locator: HeartLocator
    device: str
    settings: Settings
    on_progress: Callable[[str], None]


def score_cases(
    rows: Sequence[ManifestRow], model: Bundle, out: Path, scorer: Scorer
) -> list[Compared]:
    """Score annotated scans and return each artery, found beside drawn.

    Each label map is kept as OUT/CASE/labels.nii.gz, the courses beside it as courses.json; a map
    that is there is not made again, so that a stopped run goes on. OUT/scored_by.json says of which
    weights they are. After each scan OUT/results.csv and OUT/reference.csv hold what `corcal
    evaluate` reads, OUT/compared.csv both.

    Args:
        rows: of the manifest.
        model: what scores them.
        out: the folder; made if absent.
        scorer: how.

    Raises:
        InputRefused: a scan or the model cannot be used.
        OutputRefused: the folder cannot be written, or holds label maps of another model.
    """
    _claim(out, model, scorer)
    compared: list[Compared] = []
    for row in rows:
        scan = read_scan(row.scan, settings=scorer.settings)
        found = _labels(row, scan, model, out, scorer)
        courses = _read_courses(out / row.case / COURSES)
        compared += compare(row.case, read_labels(row.labels, scan), found, courses)
        write_compared(compared, out)
    return compared


def _claim(out: Path, model: Bundle, scorer: Scorer) -> None:
    """Write what scores the scans, or refuse a folder of something else's label maps."""
    by = {
        "heart": f"{scorer.locator.name} {scorer.locator.sha256}".strip(),
        "weights": {str(fold): sha256 for fold, sha256 in weights_sha256(model).items()},
    }
    path = out / SCORED_BY
    if not path.exists():
        replace_file(path, json_bytes(by))
    elif read_json(path, refusal=OutputRefused, remedy="name another folder") != by:
        raise OutputRefused(
            f"{out}: holds label maps of another model, or of another heart locator; name another "
            "folder, or delete this one"
        )


def write_compared(compared: Sequence[Compared], out: Path) -> None:
    """Write the three tables of some scans into a folder.

    Raises:
        OutputRefused: it cannot be written.
    """
    columns = [field.name for field in dataclasses.fields(Compared)]
    replace_file(out / COMPARED, csv_bytes(columns, [_cells(one) for one in compared]))
    for name, volumes in (
        (RESULTS, [(c.case, c.artery, c.found_ml) for c in compared]),
        (REFERENCE, [(c.case, c.artery, c.drawn_ml) for c in compared]),
    ):
        lines = [(p, a, int(ml > 0), f"{_MM3_PER_ML * ml:.3f}") for p, a, ml in volumes]
        replace_file(out / name, csv_bytes(("patient", "artery", "present", "volume_mm3"), lines))


def _cells(one: Compared) -> list[object]:
    cells = dataclasses.astuple(one)
    cells = tuple(int(v) if isinstance(v, bool) else v for v in cells)
    return [f"{v:.6f}" if isinstance(v, float) else v for v in cells]


def _labels(row: ManifestRow, scan: Scan, model: Bundle, out: Path, scorer: Scorer) -> ArteryLabels:
    kept = out / row.case / "labels.nii.gz"
    if not kept.exists():
        scorer.on_progress(f"scoring {row.case}")
        segmenter = ModelChoice(model=str(model.path), device=scorer.device).segmenter()
        reading = score_scan(
            scan, settings=scorer.settings, locator=scorer.locator, segmenter=segmenter
        )
        # First: with the labels, the case is done.
        replace_file(out / row.case / COURSES, json_bytes(courses_document(reading)))
        replace_file(kept, labels_nifti(reading.labels, scan.source))
    return read_labels(kept, scan)


def courses_document(reading: Reading) -> dict[str, Any]:
    """Return of each artery the length that is seen in mm, and whether that is enough."""
    document = {}
    for artery in Artery:
        course = reading.course_of(artery)
        seen_mm = 0.0 if course is None else round(course.seen_mm, 3)
        found = artery not in reading.report.unseen
        document[artery.value] = {"seen_mm": seen_mm, "found": found}
    return document


def _read_courses(path: Path) -> dict[Artery, tuple[float, bool]] | None:
    """Return what `courses_document` wrote; None for labels that came without."""
    if not path.exists():
        return None
    said = read_json(path, refusal=DatasetRefused, remedy="delete the folder it lies in")
    return {a: (float(said[a.value]["seen_mm"]), bool(said[a.value]["found"])) for a in Artery}
