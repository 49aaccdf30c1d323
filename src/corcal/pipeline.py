"""The whole method on one page: a scan in, a reading out.

Alnasser et al., Diagnostics 2026, 16, 646, section 2.4: resample, find the heart, crop, find
six regions, put the labels back on the scan as acquired; then count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from corcal.core.errors import HeartNotFound
from corcal.core.labels import ArteryLabels
from corcal.core.lesion_model import Certainty
from corcal.core.reading import Provenance, Reading, Report
from corcal.core.scan import Notice, Scan
from corcal.core.steps import ArterySegmenter, HeartLocator, LocatedHeart
from corcal.label import find_omitted, label_scan, unseen_notices
from corcal.locate import EmbeddedLocator, check_axes, check_heart, heart_box, locate_heart
from corcal.prepare import check_trained_heart, preparation_for, prepare
from corcal.provenance import make_provenance
from corcal.quantify import Measurement, Person, measure
from corcal.read import admit, admit_drawn, state_gating
from corcal.runtime import StepClock
from corcal.segment import EmbeddedSegmenter
from corcal.settings import Settings, settings_or_default

#: The steps of `score_scan`, in order, by the names that `progress` is called with.
STEPS = ("admit", "heart", "prepare", "arteries", "labels", "quantify")


def score_scan(
    scan: Scan,
    *,
    settings: Settings | None = None,
    locator: HeartLocator | None = None,
    segmenter: ArterySegmenter | None = None,
    person: Person | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Find and measure the calcium of the coronary arteries in one scan.

    Args:
        scan: as `corcal.read_scan` returns it.
        settings: every number of the method; the defaults when None.
        locator: finds the heart; the embedded model when None.
        segmenter: finds arteries and calcium; when None the embedded model, of which
            `segmentation.members` networks are run.
        person: asks for the MESA percentile and arterial age.
        progress: called with the name of each step as it begins.

    Raises:
        ScanNotAdmitted: the scan is outside what the method accepts.
        HeartNotFound: no heart in the field of view.
        HeartCutOff: the scan ends inside the heart.
        GeometryRefused: slices are missing inside the heart.
        AxesRefused: the anatomy contradicts the axes that the scan states.
        ModelRefused: an embedded model file was changed.
        SettingsRefused: the embedded segmenter has fewer members than the settings say.
    """
    settings, clock = settings_or_default(settings), StepClock(progress)
    with clock.step("admit"):
        scan = state_gating(scan, settings.admission)
        notices = scan.notices + admit(scan, settings.admission)
        locator = locator or EmbeddedLocator()
        segmenter = segmenter or EmbeddedSegmenter(members=settings.segmentation.members)
        preparation, changed = preparation_for(segmenter, settings.preparation)
        settings = replace(settings, preparation=preparation)
        changed += check_trained_heart(locator, segmenter, preparation)
    with clock.step("heart"):
        heart, doubts = _find_heart(scan, locator, settings)
        notices += doubts + changed
    with clock.step("prepare"):
        prepared = prepare(scan, heart, settings.preparation)
    with clock.step("arteries"):
        regions = segmenter.probabilities(prepared.hu, prepared.heart, prepared.grid)
    with clock.step("labels"):
        model = segmenter.lesion_model
        labelled = label_scan(scan, heart, prepared, regions, settings, model)
        omitted = find_omitted(scan, heart, labelled, settings)
        notices += unseen_notices(labelled.unseen, settings.courses)
    with clock.step("quantify"):
        # A place among people is that of the whole score.
        person = None if labelled.unseen else person
        numbers = measure(scan, labelled.labels, settings.scoring, person)
    models = {"heart": locator, "arteries": segmenter}
    made = make_provenance(settings, models, clock.seconds)
    report = _report(numbers, notices, made, labelled.certainty)
    report = replace(report, omitted=omitted, unseen=labelled.unseen)
    box = heart_box(heart, scan.grid)
    return Reading(scan, labelled.labels, box, report, labelled.courses, heart)


def _find_heart(
    scan: Scan, locator: HeartLocator, settings: Settings
) -> tuple[LocatedHeart, tuple[Notice, ...]]:
    """Return the heart, and the doubts that it and its place raise."""
    try:
        heart = locate_heart(scan, locator)
    except HeartNotFound:
        # Where a chest is mirrored or on its head, that is the reason to give.
        check_axes(scan, None, settings.axes)
        raise
    doubts = check_axes(scan, heart, settings.axes)
    return heart, doubts + check_heart(scan, heart, settings.admission)


def quantify_labels(
    scan: Scan,
    labels: ArteryLabels,
    *,
    settings: Settings | None = None,
    person: Person | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Measure the calcium of a given label map; no model is needed.

    Args:
        scan: as `corcal.read_scan` returns it.
        labels: on its grid.
        settings: every number of the method; the defaults when None.
        person: asks for the MESA percentile and arterial age.
        progress: called with the name of the one step, "quantify", as it begins.

    Raises:
        GridMismatch: the labels are not on the scan's grid.
        ScanNotAdmitted: voxel size, values or the order of slices are wrong, so that every number
            would be.
    """
    settings, clock = settings_or_default(settings), StepClock(progress)
    with clock.step("quantify"):
        scan = state_gating(scan, settings.admission)
        notices = scan.notices + admit_drawn(scan, settings.admission)
        numbers = measure(scan, labels, settings.scoring, person)
    made = make_provenance(settings, {}, clock.seconds)
    return Reading(scan, labels, None, _report(numbers, notices, made, ()))


def _report(
    numbers: Measurement,
    notices: tuple[Notice, ...],
    provenance: Provenance,
    certainty: tuple[Certainty, ...],
) -> Report:
    return Report(
        numbers.score,
        numbers.cac_drs,
        numbers.percentile,
        numbers.arterial_age_years,
        notices,
        provenance,
        certainty,
    )
