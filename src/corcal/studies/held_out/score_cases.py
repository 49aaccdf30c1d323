"""Annotated scans scored by a model, each label map kept, the tables written scan by scan."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.core.steps import HeartLocator
from corcal.models import ModelChoice
from corcal.pipeline import score_scan
from corcal.read import read_labels, read_scan
from corcal.report import labels_nifti
from corcal.settings import Settings
from corcal.storage import csv_bytes, replace_file
from corcal.studies.held_out.compare import Compared, compare
from corcal.train import ManifestRow

#: Tables of results that `corcal evaluate` and `corcal ablation` read.
RESULTS, REFERENCE = "results.csv", "reference.csv"
#: The same arteries side by side.
COMPARED = "compared.csv"

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
    rows: Sequence[ManifestRow], model: Path, out: Path, scorer: Scorer
) -> list[Compared]:
    """Score annotated scans and return each artery, found beside drawn.

    Each label map is kept as OUT/CASE/labels.nii.gz; one that is there is not made again, so that
    a stopped run goes on. After each scan OUT/results.csv and OUT/reference.csv hold what
    `corcal evaluate` reads, OUT/compared.csv both.

    Args:
        rows: of the manifest.
        model: a bundle.
        out: the folder; made if absent.
        scorer: how.

    Raises:
        InputRefused: a scan or the model cannot be used.
        OutputRefused: the folder cannot be written.
    """
    compared: list[Compared] = []
    for row in rows:
        scan = read_scan(row.scan, settings=scorer.settings.admission)
        found = _labels(row, scan, model, out, scorer)
        compared += compare(row.case, read_labels(row.labels, scan), found)
        write_compared(compared, out)
    return compared


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
    return [f"{v:.6f}" if isinstance(v, float) else v for v in dataclasses.astuple(one)]


def _labels(row: ManifestRow, scan: Scan, model: Path, out: Path, scorer: Scorer) -> ArteryLabels:
    kept = out / row.case / "labels.nii.gz"
    if not kept.exists():
        scorer.on_progress(f"scoring {row.case}")
        segmenter = ModelChoice(model=str(model), device=scorer.device).segmenter()
        reading = score_scan(
            scan, settings=scorer.settings, locator=scorer.locator, segmenter=segmenter
        )
        replace_file(kept, labels_nifti(reading.labels, scan.source))
    return read_labels(kept, scan)
