"""`corcal phantom insert`: calcium of known size on the traced arteries of a real scan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal import __version__
from corcal.cli import options
from corcal.cli.options import Output
from corcal.cli.progress import steps
from corcal.cli.study import phantom_options
from corcal.storage import json_text

if TYPE_CHECKING:
    from corcal.core.scan import Scan
    from corcal.phantom import InsertionPlan, Vessel


@dataclass(frozen=True)
class Lesions:
    """The lesions that were asked for, as given on the command line."""

    per_artery: int
    volume: tuple[float, float]
    hu: tuple[float, float]
    motion: float
    blur: float
    confidence: int

    def plan(self) -> InsertionPlan:
        """Return the plan of `insert_lesions`."""
        from corcal.phantom import InsertionPlan

        return InsertionPlan(
            per_artery=self.per_artery,
            volume_mm3=self.volume,
            hu=self.hu,
            motion=self.motion,
            sigma_mm=self.blur,
            least_confidence=self.confidence,
        )


@click.command()
@click.argument("scan", type=click.Path(path_type=Path))
@click.argument("arteries", type=click.Path(path_type=Path))
@options.output_of("the scan and its truth", "an insertion that is there already", "truth.json")
@click.option("--series", metavar="UID", help="The DICOM series to use, if several are there.")
@phantom_options.seed("the lesions")
@options.bundle(
    "lesions",
    Lesions,
    click.option(
        "--per-artery", type=click.IntRange(1, 40), default=3, show_default=True, help="How many."
    ),
    phantom_options.span(
        "--volume", (2.0, 100.0), "Of a lesion, mm3; small ones are as frequent as large ones."
    ),
    phantom_options.span("--hu", (250.0, 1200.0), "Of the calcium, before blur."),
    click.option(
        "--motion",
        type=click.FloatRange(0.0, 1.0),
        default=0.35,
        show_default=True,
        help="Probability that a lesion is smeared by the heartbeat.",
    ),
    click.option(
        "--blur",
        type=click.FloatRange(0.1, 2.0),
        default=0.6,
        show_default=True,
        metavar="MM",
        help="In-plane blur (standard deviation) of the scan's kernel; sharp kernels 0.35.",
    ),
    click.option(
        "--confidence",
        type=click.IntRange(1, 3),
        default=2,
        show_default=True,
        help="Least confidence of a traced point to be used, where the file has one.",
    ),
)
def insert(
    scan: Path, arteries: Path, output: Output, series: str | None, seed: int, lesions: Lesions
) -> None:
    """Put calcium of known size into a real scan, along its traced arteries.

    ARTERIES is a JSON file of centrelines, or a label map on the grid of SCAN with the codes 1 RCA,
    2 left main and LAD, 3 LCX. OUT receives the scan with the lesions (ct.nii.gz), the labels of
    the arteries and of the calcium that can be seen, the number of the lesion in every voxel
    (lesions.nii.gz), and the truth (truth.json, lesions.csv).
    """
    import numpy as np

    from corcal.phantom import (
        SCAN_NAMES,
        Insertion,
        insert_lesions,
        insertion_truth,
        write_insertion,
    )
    from corcal.read import read_scan
    from corcal.storage import check_folder

    plan = lesions.plan()
    check_folder(output.folder, force=output.force)
    with steps(output.quiet) as begin:
        begin("reading the scan")
        ct = read_scan(scan, series_uid=series)
        begin("reading the arteries")
        courses = _courses(arteries, ct, lesions.confidence)
        begin("inserting the lesions")
        with_them, numbers, made = insert_lesions(ct, courses, np.random.default_rng(seed), plan)
        if not made:
            raise _no_room(arteries)
        begin("writing")
        whole = Insertion(with_them, numbers, made, courses, plan, seed)
        write_insertion(output.folder, whole, version=__version__, force=output.force)
    truth = insertion_truth(whole, __version__)
    if output.as_json:
        click.echo(json_text(truth))
    elif not output.quiet:
        total = truth["total"]
        click.echo(
            f"{output.folder / SCAN_NAMES['nifti']}: {total['lesions']} lesions of "
            f"{total['volume_mm3']:.1f} mm\u00b3 inserted, "
            f"{total['visible_lesions']} of them visible with {total['visible_mm3']:.1f} mm\u00b3"
        )


def _courses(path: Path, scan: Scan, confidence: int) -> tuple[Vessel, ...]:
    from corcal.phantom import label_centrelines, read_centrelines
    from corcal.read import read_labels

    if path.suffix.lower() == ".json":
        return read_centrelines(path, least_confidence=confidence)
    return label_centrelines(read_labels(path, scan))


def _no_room(path: Path) -> Exception:
    from corcal.core.errors import LabelsRefused

    return LabelsRefused(
        f"{path.name}: no lesion found room on these arteries. Either they are those of another "
        "scan and lie outside this one, or they are too short or too calcified for lesions of this "
        "size"
    )
