"""Score from Python, whatever the scan comes in."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from corcal import pipeline
from corcal.annotate import AnnotateOptions, drawn_calcium, read_drawing
from corcal.api.reading import Reading
from corcal.core.arguments import (
    ONE_TEXT,
    require_function,
    require_kind,
    require_path,
    wrong_kind,
)
from corcal.core.errors import AnnotationRefused
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Notice, Scan
from corcal.core.steps import ArterySegmenter, HeartLocator, ModelSource
from corcal.models import choose_models
from corcal.quantify import Person
from corcal.read import read_scan, scan_of_image
from corcal.settings import Settings, settings_or_default


def score(
    scan: Any,
    affine: NDArray[Any] | None = None,
    *,
    settings: Settings | None = None,
    models: ModelSource | Path | str | None = None,
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
        TypeError: an argument is none of these.
    """
    chosen = _check(settings, person, progress)
    source = choose_models(models)
    # A model that cannot be run is found out before the scan is read.
    locator, segmenter = source.locator(), source.segmenter(chosen.segmentation.members)
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
        labels: on its grid: `ArteryLabels`, or a file: a label map with corcal's codes, or any
            drawing whose parts have names. `ArteryLabels` are counted as they are.
        settings: every number of the method; the defaults when None.
        person: asks for the MESA percentile and arterial age.
        progress: called with the name of the one step, "quantify", as it begins.

    Raises:
        GridMismatch: the labels are not on the scan's grid.
        ScanNotAdmitted: voxel size, values or the order of slices are wrong.
        InputRefused: scan or labels cannot be read, or a file marks arteries and no calcium.
        TypeError: an argument is none of these.
    """
    chosen = _check(settings, person, progress)
    ct = _scan(scan, None, chosen)
    if isinstance(labels, ArteryLabels):
        drawn = labels
    else:
        path = require_path("labels", labels, "an ArteryLabels or a path")
        drawn, doubts = _calcium_of(path, ct, chosen)
        ct = replace(ct, notices=(*ct.notices, *doubts))
    return Reading.of(
        pipeline.quantify_labels(ct, drawn, settings=chosen, person=person, progress=progress)
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
    require_kind("scan", scan, Scan, "read_scan(path)")
    if locator is not None and not isinstance(locator, HeartLocator):
        raise wrong_kind("locator", locator, "what finds the heart")
    if segmenter is not None and not isinstance(segmenter, ArterySegmenter):
        raise wrong_kind("segmenter", segmenter, "what finds the arteries")
    return Reading.of(
        pipeline.score_scan(
            scan,
            settings=_check(settings, person, progress),
            locator=locator,
            segmenter=segmenter,
            person=person,
            progress=progress,
        )
    )


def _check(
    settings: Settings | None, person: Person | None, progress: Callable[[str], None] | None
) -> Settings:
    """Return the settings, once the arguments that every way of scoring takes are of their kind.

    Raises:
        TypeError: one is not.
    """
    if person is not None:
        require_kind("person", person, Person, "Person(60, 'female', 'white')")
    if progress is not None:
        require_function("progress", progress, ONE_TEXT)
    return settings_or_default(settings)


def _calcium_of(
    path: Path, scan: Scan, settings: Settings
) -> tuple[ArteryLabels, tuple[Notice, ...]]:
    """Return what a file marks as calcium, by artery, and what is doubtful about it."""
    found = drawn_calcium(
        read_drawing([path], scan, options=AnnotateOptions()),
        scan,
        threshold_hu=settings.scoring.threshold_hu,
        name=path.name,
    )
    if found.labels is None:
        raise AnnotationRefused(
            f"{path.name}: does not say which artery; `corcal quantify` gives its total"
        )
    return found.labels, found.notices


def _scan(scan: Any, affine: NDArray[Any] | None, settings: Settings) -> Scan:
    if isinstance(scan, str | os.PathLike) and affine is None:
        return read_scan(require_path("scan", scan), settings=settings)
    return (
        scan
        if isinstance(scan, Scan) and affine is None
        else scan_of_image(scan, affine, settings=settings.values)
    )
