"""The whole method on one page: a scan in, a reading out.

Alnasser et al., Diagnostics 2026, 16, 646, section 2.4: resample, find the heart, crop, find
six regions, put the labels back on the scan as acquired; then count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from corcal import __version__
from corcal.core.box import Box
from corcal.core.labels import ArteryLabels
from corcal.core.lesion_model import PLAIN_JUDGE, Certainty, LesionJudge
from corcal.core.reading import ModelStamp, Provenance, Reading, Report
from corcal.core.scan import Notice, Scan
from corcal.core.steps import ArterySegmenter, HeartLocator
from corcal.label.label_scan import Completed, completed
from corcal.label.lesions import certainties, without_doubtful
from corcal.locate.embedded import EmbeddedLocator
from corcal.prepare import (
    LocatedHeart,
    as_trained,
    heart_box,
    locate_heart,
    prepare,
)
from corcal.quantify import arterial_age_years, make_cac_drs, mesa_bracket, quantify
from corcal.read import admit, check_heart
from corcal.segment.embedded import EmbeddedSegmenter
from corcal.settings import Settings
from corcal.space.crop import uncrop
from corcal.space.resample import nearest


@dataclass(frozen=True)
class Person:
    """Who was scanned, as far as a percentile needs it; always given, never inferred.

    Attributes:
        age_years: age at the scan.
        sex: "female" or "male".
        group: a MESA group: "white", "chinese", "black" or "hispanic".
    """

    age_years: float
    sex: str
    group: str


@dataclass
class _Clock:
    """Seconds by step."""

    told: Callable[[str], None] | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        if self.told:
            self.told(name)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 3)


#: The steps of `score_scan`, in order, as `progress` is told of them.
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
        segmenter: finds arteries and calcium; the embedded model when None.
        person: asks for the MESA percentile and arterial age.
        progress: called with the name of each step as it begins.

    Raises:
        ScanNotAdmitted: the scan is outside what the method accepts.
        HeartNotFound: no heart in the field of view.
        HeartCutOff: the scan ends inside the heart.
        GeometryRefused: slices are missing inside the heart.
        ModelRefused: an embedded model file was changed.
    """
    settings = settings or Settings()
    clock = _Clock(progress)
    with clock.step("admit"):
        notices = scan.notices + admit(scan, settings.admission)
        locator = locator or EmbeddedLocator()
        segmenter = segmenter or EmbeddedSegmenter()
        preparation, told = as_trained(settings.preparation, segmenter)
        settings = replace(settings, preparation=preparation)
    with clock.step("heart"):
        heart = locate_heart(scan, locator)
        notices += check_heart(scan, _on_scan(heart, scan), settings.admission)
    with clock.step("prepare"):
        prepared = prepare(scan, heart, settings.preparation)
    with clock.step("arteries"):
        regions = segmenter.probabilities(prepared.hu, prepared.heart, prepared.grid)
    with clock.step("labels"):
        judge = segmenter.judge if isinstance(segmenter, EmbeddedSegmenter) else PLAIN_JUDGE
        labels, sure = _judged(completed(scan, heart, prepared, regions, settings), judge, settings)
    models = tuple(
        ModelStamp(step, model.name, model.sha256)
        for step, model in (("heart", locator), ("arteries", segmenter))
    )
    device = _device(locator, segmenter)
    found = _Found(labels, heart_box(heart, scan.grid), models, device, notices + told, sure)
    return _reading(scan, found, settings, person, clock)


def _device(locator: HeartLocator, segmenter: ArterySegmenter) -> str:
    """Return where the networks ran: "cpu", "cuda", or both in the order of the steps."""
    devices = [getattr(model, "device", "cpu") for model in (locator, segmenter)]
    return ", ".join(dict.fromkeys(devices))


def _judged(
    found: Completed, judge: LesionJudge, settings: Settings
) -> tuple[ArteryLabels, tuple[Certainty, ...]]:
    """Drop the doubtful lesions; return the labels of the scan and how sure they are."""
    rules = settings.segmentation
    least = rules.min_lesion_probability
    probability = judge.probability(found.candidates.features)
    labels = without_doubtful(found.labels, found.candidates, probability, least=least)
    sure = certainties(
        found.candidates, probability, judge, least=least, uncertain_below=rules.uncertain_below
    )
    return ArteryLabels(uncrop(labels.codes, found.box, found.whole.shape), found.whole), sure


def quantify_labels(
    scan: Scan,
    labels: ArteryLabels,
    *,
    settings: Settings | None = None,
    person: Person | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Measure the calcium of a given label map; no model is needed.

    Raises:
        GridMismatch: the labels are not on the scan's grid.
    """
    found = _Found(labels, None, (), "none", scan.notices)
    return _reading(scan, found, settings or Settings(), person, _Clock(progress))


@dataclass(frozen=True, eq=False)
class _Found:
    """What there is to count, and where it came from."""

    labels: ArteryLabels
    heart: Box | None
    models: tuple[ModelStamp, ...]
    device: str
    notices: tuple[Notice, ...]
    sure: tuple[Certainty, ...] = ()


def _reading(
    scan: Scan, found: _Found, settings: Settings, person: Person | None, clock: _Clock
) -> Reading:
    with clock.step("quantify"):
        score = quantify(scan, found.labels, settings.scoring)
    used = {group: values for group, values in settings.as_dict().items() if group != "training"}
    provenance = Provenance(__version__, found.models, used, clock.seconds, found.device)
    percentile = age = None
    if person:
        percentile = mesa_bracket(
            score.agatston, age_years=person.age_years, sex=person.sex, group=person.group
        )
        age = arterial_age_years(score.agatston)
    category = make_cac_drs(score, gated=bool(scan.acquisition.gated))
    report = Report(score, category, percentile, age, found.notices, provenance, found.sure)
    return Reading(scan, found.labels, found.heart, report)


def _on_scan(heart: LocatedHeart, scan: Scan) -> NDArray[np.bool_]:
    """Return the heart on the voxels as acquired."""
    # Only its box: the rest of the scan stays memory that was never touched.
    box = Box.around(heart.mask)
    mask = heart.mask[box.slices].view(np.uint8)
    return nearest(mask, heart.grid.cut(box), scan.grid).view(np.bool_)
