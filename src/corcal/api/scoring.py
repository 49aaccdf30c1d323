"""Score from Python, whatever the scan comes in."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from corcal import pipeline
from corcal.api.reading import Reading
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.core.steps import ArterySegmenter, HeartLocator, ModelSource
from corcal.models import ModelChoice
from corcal.quantify import Person
from corcal.read import read_labels, read_scan, scan_of_image
from corcal.settings import Settings


def score(
    scan: Any,
    affine: NDArray[Any] | None = None,
    *,
    settings: Settings | None = None,
    models: ModelSource | str | None = None,
    person: Person | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Find and measure the calcium of the coronary arteries in one scan.

    Args:
        scan: a path (DICOM folder, zip or file; NIfTI, NRRD or MetaImage), a nibabel or
            SimpleITK image, an array of HU (i, j, k), or a `Scan` of `read_scan`.
        affine: of an array, (4, 4), voxel index to RAS mm, as nibabel's; else None.
        settings: every number of the method; the defaults when None.
        models: name, folder or zip of a trained model; or what `corcal.ModelChoice` says; the
            models that come with corcal when None.
        person: asks for the MESA percentile and arterial age.
        progress: called with the name of each step as it begins.

    Raises:
        InputRefused: the scan cannot be read or scored, or a model cannot be run; the message
            says why and what to do.
        TypeError: `scan` is none of these.
    """
    chosen = settings or Settings()
    source = ModelChoice(models) if isinstance(models, str) else models or ModelChoice()
    # A model that cannot be run is found out before the scan is read.
    locator, segmenter = source.locator(), source.segmenter()
    return Reading.of(
        pipeline.score_scan(
            _scan(scan, affine, chosen),
            settings=chosen,
            locator=locator,
            segmenter=segmenter,
            person=person,
            progress=progress,
        )
    )


def quantify_labels(
    scan: Scan | Path | str,
    labels: ArteryLabels | Path | str,
    *,
    settings: Settings | None = None,
    person: Person | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Measure the calcium of a given label map; no model is needed.

    Args:
        scan: as `score` takes it, but for an array.
        labels: on its grid: `ArteryLabels`, or a file with corcal's codes.
        settings: every number of the method; the defaults when None.
        person: asks for the MESA percentile and arterial age.
        progress: called with the name of the one step, "quantify", as it begins.

    Raises:
        GridMismatch: the labels are not on the scan's grid.
        InputRefused: scan or labels cannot be read.
    """
    ct = _scan(scan, None, settings or Settings())
    drawn = labels if isinstance(labels, ArteryLabels) else read_labels(labels, ct)
    return Reading.of(
        pipeline.quantify_labels(ct, drawn, settings=settings, person=person, progress=progress)
    )


def score_scan(
    scan: Scan,
    *,
    settings: Settings | None = None,
    locator: HeartLocator | None = None,
    segmenter: ArterySegmenter | None = None,
    person: Person | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Score a scan under the former name of `score`; it goes with the next release."""
    warnings.warn(
        "corcal.score_scan is now corcal.score, and goes with the next release",
        DeprecationWarning,
        stacklevel=2,
    )
    return Reading.of(
        pipeline.score_scan(
            scan,
            settings=settings,
            locator=locator,
            segmenter=segmenter,
            person=person,
            progress=progress,
        )
    )


def _scan(scan: Any, affine: NDArray[Any] | None, settings: Settings) -> Scan:
    if isinstance(scan, str | os.PathLike) and affine is None:
        return read_scan(Path(scan), settings=settings.admission)
    return scan if isinstance(scan, Scan) and affine is None else scan_of_image(scan, affine)
