"""The whole method on phantoms, with their truth in place of the models."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

import corcal
from corcal.core.artery import Artery
from corcal.core.box import Box, Index
from corcal.core.errors import GridMismatch, ScanNotAdmitted
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.reading import ModelStamp, Reading, Report
from corcal.core.scan import Notice, Scan
from corcal.phantom import PhantomCase, make_case
from corcal.pipeline import STEPS, quantify_labels
from corcal.quantify import Person
from corcal.read import read_scan
from corcal.settings import Settings
from corcal.testing import QUIET, TrueArteries
from tests.grids import as_itk
from tests.truth import quiet_case, score


@pytest.fixture(scope="module")
def case() -> PhantomCase:
    return quiet_case(3)


@pytest.fixture(scope="module")
def reading(case: PhantomCase) -> Reading:
    return score(case)


def every_voxel_counts() -> Settings:
    """Return the default without its smallest lesion."""
    default = Settings()
    free = replace(default.segmentation, min_lesion_voxels=1, min_lesion_mm3=0.0)
    return replace(default, segmentation=free)


def of_scoring(settings: Settings) -> dict[str, object]:
    """Return what a report says of the settings: training has no part in a score."""
    return {group: v for group, v in settings.as_dict().items() if group != "training"}


def visible_mm3(case: PhantomCase, artery: Artery) -> float:
    return sum(lesion.visible_mm3 for lesion in case.lesions if lesion.artery == artery.value)


def without_seconds(report: Report) -> Report:
    return replace(report, provenance=replace(report.provenance, seconds={}))


@pytest.mark.parametrize("seed", [4, 5, 9])
def test_calcium_is_found_in_the_arteries_that_have_it(seed: int) -> None:
    case = quiet_case(seed)
    found = score(case, settings=every_voxel_counts()).report.score
    truth = {a: visible_mm3(case, a) for a in Artery}
    assert sum(mm3 > 0 for mm3 in truth.values()) == 2
    assert {a for a in Artery if found.of(a).present} == {a for a in Artery if truth[a] > 0}
    for artery in Artery:
        assert found.of(artery).volume_mm3 == pytest.approx(truth[artery], rel=0.02)
        assert found.of(artery).mask_volume_ml * 1000 == pytest.approx(truth[artery], rel=0.02)
        assert (found.of(artery).agatston > 0) == (truth[artery] > 0)


@pytest.mark.parametrize("seed", [4, 5, 9])
def test_the_default_drops_single_voxels_alone(seed: int) -> None:
    case = quiet_case(seed)
    found = score(case).report.score
    for artery in Artery:
        # One voxel is 4.5 mm3, and at most one plaque of these phantoms is that small.
        assert -0.1 < visible_mm3(case, artery) - found.of(artery).volume_mm3 < 4.6


@pytest.mark.parametrize("seed", [4, 9])
def test_calcium_is_found_in_noise_among_look_alikes(seed: int) -> None:
    noisy = make_case(seed, options=replace(QUIET, noise=True, mimics=1.0))
    assert noisy.parameters["mimics"]
    found = score(noisy).report.score
    for artery in Artery:
        truth_mm3 = visible_mm3(noisy, artery)
        assert found.of(artery).present == (truth_mm3 > 0)
        # Noise may carry one voxel of 4.5 mm3 over the threshold, or under it.
        assert found.of(artery).volume_mm3 == pytest.approx(truth_mm3, rel=0.1, abs=4.6)


def test_no_calcium_scores_nothing() -> None:
    none = make_case(3, options=replace(QUIET, burden="zero"))
    found = score(none).report
    assert (found.score.vessels, found.score.agatston, found.score.volume_mm3) == (0, 0.0, 0.0)
    assert str(found.cac_drs) == "V0/N0"


def test_labels_come_back_onto_the_voxels_of_the_scan(case: PhantomCase) -> None:
    paper = Settings.paper()
    as_painted = replace(Settings(), segmentation=paper.segmentation, courses=paper.courses)
    reading = score(case, settings=as_painted)
    assert reading.labels.grid is reading.scan.grid
    codes, heart = reading.labels.codes, reading.heart
    # Nothing but the truth, and all of it in the heart and the padding around it.
    assert ((codes == case.labels) | (codes == 0)).all()
    assert heart is not None
    crop = heart.pad((3, 4, 4)).intersect(Box.whole(case.grid.shape)).slices
    np.testing.assert_array_equal(codes[crop], case.labels[crop])


def test_labels_far_from_the_heart_are_dropped(case: PhantomCase) -> None:
    heart = case.auxiliary["heart"].copy()
    top = Box.around(heart > 0).start[0] + 35
    heart[top:] = 0
    lower = replace(case, auxiliary={**case.auxiliary, "heart": heart})
    default = replace(Settings(), courses=Settings.paper().courses)
    # Wide enough that the crop itself drops nothing of these 20 mm.
    wide = replace(default, preparation=replace(default.preparation, padding_voxels=(25, 10, 10)))
    anywhere = replace(wide, segmentation=replace(wide.segmentation, heart_margin_mm=0.0))

    near, all_of_them = (score(lower, settings=s).labels.codes for s in (wide, anywhere))

    assert all_of_them[top + 4 : top + 10].any()
    # 8 mm are four slices of 2 mm; a lesion cut there is completed within its reach of 4 mm.
    assert near[top : top + 4].any()
    assert np.isin(near[top + 4 : top + 6], (0, 4, 5, 6)).all()
    assert not near[top + 6 :].any()


def test_calcium_that_is_hardly_believed_in_is_dropped(case: PhantomCase) -> None:
    class Doubting(TrueArteries):
        def probabilities(self, hu: Any, heart: Any, grid: Grid) -> NDArray[np.float32]:
            return np.float32(0.6) * super().probabilities(hu, heart, grid)

    default = Settings()
    rules = default.segmentation
    strict = replace(default, segmentation=replace(rules, min_mean_probability=0.7))
    other = replace(default, segmentation=replace(rules, min_lesion_probability=0.7))
    found = score(case, segmenter=Doubting(case)).report.score
    assert found.vessels == score(case).report.score.vessels
    assert score(case, segmenter=Doubting(case), settings=strict).report.score.vessels == 0
    # The threshold of lesion models is not that of segmenters without one.
    kept = score(case, segmenter=Doubting(case), settings=other).report.score
    assert kept.vessels == found.vessels


def test_the_heart_is_given_on_the_grid_of_the_scan(case: PhantomCase, reading: Reading) -> None:
    assert reading.heart == Box.around(case.auxiliary["heart"] > 0)


def test_the_same_scan_gives_the_same_report(case: PhantomCase, reading: Reading) -> None:
    before = case.hu.copy()
    again = score(case)
    assert without_seconds(again.report) == without_seconds(reading.report)
    np.testing.assert_array_equal(again.labels.codes, reading.labels.codes)
    np.testing.assert_array_equal(case.hu, before)


def turned(scan: Scan, axes: Index, flips: Index) -> sitk.Image:
    """Return the scan as a file stores it whose axes run in another order or the other way."""
    affine = scan.grid.affine.copy()
    for axis, flip in enumerate(flips):
        if flip < 0:
            affine[:3, 3] += (scan.grid.shape[axis] - 1) * affine[:3, axis]
            affine[:3, axis] *= -1
    hu = scan.hu[tuple(slice(None, None, f) for f in flips)].transpose(axes)
    affine[:3, :3] = affine[:3, list(axes)]
    return as_itk(hu, Grid((hu.shape[0], hu.shape[1], hu.shape[2]), affine))


@pytest.mark.parametrize(
    ("axes", "flips"),
    [
        ((0, 1, 2), (1, -1, -1)),  # as many programs write NIfTI
        ((0, 1, 2), (-1, 1, 1)),  # from the head down
        ((2, 0, 1), (-1, 1, -1)),  # sagittal
    ],
)
def test_a_scan_stored_in_another_orientation_scores_the_same(
    case: PhantomCase, axes: Index, flips: Index, tmp_path: Path
) -> None:
    plain = Scan(case.hu, case.grid)
    sitk.WriteImage(turned(plain, axes, flips), str(tmp_path / "scan.nii"))
    scan = read_scan(tmp_path / "scan.nii", settings=Settings())

    found, expected = score(case, scan), score(case, plain)

    np.testing.assert_array_equal(found.labels.codes, expected.labels.codes)
    for artery in Artery:
        mine, theirs = found.report.score.of(artery), expected.report.score.of(artery)
        assert mine.present == theirs.present
        assert mine.volume_mm3 == pytest.approx(theirs.volume_mm3, rel=1e-5)
        assert mine.agatston == pytest.approx(theirs.agatston, rel=1e-5)
        for one, other in zip(mine.lesions, theirs.lesions, strict=True):
            assert one.centre_lps_mm == pytest.approx(other.centre_lps_mm, abs=0.01)


def test_doubts_of_reading_and_of_admission_reach_the_report(case: PhantomCase) -> None:
    padded = Notice("padding", "7 voxels were filled.")
    scan = replace(case.scan, notices=(padded,))
    scan = replace(scan, acquisition=replace(scan.acquisition, kvp_kv=100.0))
    notices = score(case, scan).report.notices
    assert notices[0] == padded
    assert [n.code for n in notices] == ["padding", "tube-voltage", "zoomed-field"]


def test_doubts_of_the_heart_reach_the_report(case: PhantomCase) -> None:
    bright = np.where(case.auxiliary["heart"] > 0, case.hu + 200, case.hu).astype(np.int16)
    codes = [n.code for n in score(case, replace(case.scan, hu=bright)).report.notices]
    assert codes == ["zoomed-field", "contrast-suspected"]


def test_progress_is_called_with_every_step_in_order(case: PhantomCase) -> None:
    calls: list[str] = []
    score(case, progress=calls.append)
    assert tuple(calls) == STEPS == ("admit", "heart", "prepare", "arteries", "labels", "quantify")


def test_provenance_is_complete(reading: Reading) -> None:
    provenance = reading.report.provenance
    assert provenance.version == corcal.__version__
    assert provenance.models == (
        ModelStamp("heart", "true heart 1", "a1"),
        ModelStamp("arteries", "true arteries 2", "b2"),
    )
    assert provenance.settings == of_scoring(Settings())
    assert tuple(provenance.seconds) == STEPS
    assert min(provenance.seconds.values()) >= 0
    assert provenance.device == "cpu"


def test_the_settings_given_are_those_reported_and_used(case: PhantomCase) -> None:
    default = Settings()
    strict = replace(default, scoring=replace(default.scoring, threshold_hu=190.0))
    found = score(case, settings=strict).report
    assert found.provenance.settings == of_scoring(strict)
    assert found.score.volume_mm3 < score(case).report.score.volume_mm3


def test_a_percentile_and_an_age_only_for_who_is_given(case: PhantomCase, reading: Reading) -> None:
    assert (reading.report.percentile, reading.report.arterial_age_years) == (None, None)
    report = score(case, person=Person(60.0, "male", "white")).report
    assert report.percentile in ("<25", "25-50", "50-75", "75-90", ">90")
    assert report.arterial_age_years == pytest.approx(
        39.1 + 7.25 * np.log(report.score.agatston + 1), abs=0.1
    )


def test_a_gated_scan_has_the_gated_category(case: PhantomCase, reading: Reading) -> None:
    gated = replace(case.scan, acquisition=replace(case.scan.acquisition, gated=True))
    assert reading.report.counted.scale == "V"
    assert score(case, gated).report.counted.scale == "A"


def test_given_labels_are_measured_without_a_model(case: PhantomCase, reading: Reading) -> None:
    calls: list[str] = []
    doubt = Notice("padding", "7 voxels were filled.")
    scan = replace(case.scan, notices=(doubt,))

    found = quantify_labels(scan, reading.labels, progress=calls.append)

    assert calls == ["quantify"]
    assert found.report.score == reading.report.score
    assert found.report.notices == (doubt,)
    assert found.heart is None
    provenance = found.report.provenance
    assert (provenance.models, provenance.device) == ((), "none")
    assert list(provenance.seconds) == ["quantify"]


def test_given_labels_are_not_measured_on_values_that_were_cut_off(case: PhantomCase) -> None:
    cut = replace(case.scan, hu=np.minimum(case.scan.hu, np.int16(250)))
    with pytest.raises(ScanNotAdmitted, match="Values were cut off at 250 HU"):
        quantify_labels(cut, ArteryLabels(case.labels, case.grid))


def test_given_labels_come_with_the_doubts_about_the_scan(case: PhantomCase) -> None:
    scan = replace(case.scan, acquisition=replace(case.scan.acquisition, kvp_kv=100.0))
    report = quantify_labels(scan, ArteryLabels(case.labels, case.grid)).report
    assert [notice.code for notice in report.notices] == ["tube-voltage"]


def test_given_labels_of_another_grid_are_refused(case: PhantomCase) -> None:
    elsewhere = case.grid.extend_to(Box.whole(case.grid.shape).shift((1, 0, 0)))
    with pytest.raises(GridMismatch, match="save it on the scan's own voxels"):
        quantify_labels(case.scan, ArteryLabels(case.labels, elsewhere))
