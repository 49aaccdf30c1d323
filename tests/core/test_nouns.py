"""What the nouns hold and what they refuse."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from corcal.core.artery import REGIONS, Artery
from corcal.core.errors import GridMismatch, LabelsRefused
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.reading import Provenance, Reading, Report
from corcal.core.scan import Scan
from corcal.core.score import ArteryScore, CalciumScore
from corcal.core.severity import CacDrs, Severity

GRID = Grid.axial((3, 4, 5), (2.0, 1.0, 1.0))
RCA, LAD, LCX = Artery


def codes(**where: int) -> np.ndarray:
    return np.full(GRID.shape, where.get("all", 0), dtype=np.uint8)


def scored(artery: Artery, agatston: float, mass_mg: float | None = None) -> ArteryScore:
    nothing = ArteryScore(artery, False, 0.0, 0.0, 0.0, mass_mg, None, None, None, 1.0, ())
    if not agatston:
        return nothing
    return replace(
        nothing, present=True, agatston=agatston, volume_mm3=2 * agatston, mask_volume_ml=0.1
    )


def test_codes_of_the_arteries() -> None:
    assert [(a.value, a.vessel_code, a.calcium_code) for a in Artery] == [
        ("RCA", 1, 4),
        ("LAD", 2, 5),
        ("LCX", 3, 6),
    ]
    assert [a.title for a in Artery] == ["RCA", "Left main + LAD", "LCX"]


def test_the_six_regions_of_the_paper_in_painting_order() -> None:
    assert tuple((r.name, r.codes, r.code) for r in REGIONS) == (
        ("whole_RCA", (1, 4), 1),
        ("whole_LAD", (2, 5), 2),
        ("whole_LCX", (3, 6), 3),
        ("RCA_calcification", (4,), 4),
        ("LAD_calcification", (5,), 5),
        ("LCX_calcification", (6,), 6),
    )


def test_voxels_of_a_scan_fit_its_grid() -> None:
    with pytest.raises(ValueError, match=r"voxels of shape \(3, 4, 4\) on a grid of \(3, 4, 5\)"):
        Scan(np.zeros((3, 4, 4), np.int16), GRID)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32])
def test_voxels_of_a_scan_are_int16(dtype: type) -> None:
    with pytest.raises(ValueError, match=f"HU must be int16, not {np.dtype(dtype)}"):
        Scan(np.zeros(GRID.shape, dtype), GRID)


def test_arrays_of_the_nouns_are_read_only() -> None:
    scan = Scan(np.zeros(GRID.shape, np.int16), GRID)
    labels = ArteryLabels(codes(), GRID)
    with pytest.raises(ValueError, match="read-only"):
        scan.hu[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        labels.codes[0, 0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        scan.grid = GRID  # type: ignore[misc]


def test_an_array_handed_in_stays_writable_for_its_owner() -> None:
    mine = np.zeros(GRID.shape, np.int16)
    Scan(mine, GRID)
    assert mine.flags.writeable


def test_labels_fit_their_grid() -> None:
    with pytest.raises(LabelsRefused, match=r"labels of shape \(5, 4, 3\) on a grid of \(3, 4, 5"):
        ArteryLabels(np.zeros((5, 4, 3), np.uint8), GRID)


def test_labels_are_uint8() -> None:
    with pytest.raises(LabelsRefused, match="labels must be uint8, not int64"):
        ArteryLabels(np.zeros(GRID.shape, np.int64), GRID)


def test_other_codes_are_refused() -> None:
    with pytest.raises(LabelsRefused, match="label codes are 0 to 6; found 7"):
        ArteryLabels(codes(all=7), GRID)


def test_calcium_and_whole_artery() -> None:
    painted = codes()
    painted[0, 0] = (0, 1, 4, 2, 5)
    painted[1, 0] = (3, 6, 3, 6, 6)
    labels = ArteryLabels(painted, GRID)
    assert [int(labels.calcium(a).sum()) for a in Artery] == [1, 1, 3]
    assert [int(labels.whole(a).sum()) for a in Artery] == [2, 2, 5]


def test_a_score_needs_every_artery_in_order() -> None:
    for some in ((RCA, LAD), (LAD, RCA, LCX), (RCA, RCA, LAD, LCX)):
        with pytest.raises(ValueError, match="every artery once, in order"):
            CalciumScore(tuple(scored(a, 1.0) for a in some), "")


def test_a_scan_is_the_sum_of_its_arteries() -> None:
    score = CalciumScore((scored(RCA, 10.0), scored(LAD, 0.0), scored(LCX, 2.5)), "")
    assert score.of(LCX).agatston == 2.5
    assert (score.agatston, score.volume_mm3, score.vessels) == (12.5, 25.0, 2)
    assert score.mask_volume_ml == pytest.approx(0.2)


def test_mass_is_known_only_when_every_artery_has_it() -> None:
    known = tuple(scored(a, 1.0, mass_mg=2.0) for a in Artery)
    assert CalciumScore(known, "").mass_mg == 6.0
    assert CalciumScore((*known[:2], scored(LCX, 1.0)), "").mass_mg is None


def test_severity_is_ordered() -> None:
    assert [s.word for s in sorted(Severity)] == ["none", "mild", "moderate", "severe"]


def test_a_category_says_itself() -> None:
    category = CacDrs("V", 2, 3)
    assert str(category) == "V2/N3"
    assert category.severity is Severity.MODERATE


@pytest.mark.parametrize(
    ("scale", "category", "vessels"),
    [("B", 0, 0), ("", 1, 1), ("A", 4, 1), ("A", -1, 1), ("V", 1, 4), ("V", 1, -1)],
)
def test_no_other_category_exists(scale: str, category: int, vessels: int) -> None:
    with pytest.raises(ValueError, match=f"no such CAC-DRS category: {scale}{category}/N{vessels}"):
        CacDrs(scale, category, vessels)


def reading_of(labels_grid: Grid, scan_grid: Grid = GRID) -> Reading:
    score = CalciumScore(tuple(scored(a, 0.0) for a in Artery), "")
    report = Report(score, CacDrs("V", 0, 0), None, None, (), Provenance("", (), {}, {}, "none"))
    scan = Scan(np.zeros(GRID.shape, np.int16), scan_grid)
    return Reading(scan, ArteryLabels(codes(), labels_grid), None, report)


def test_a_reading_has_its_labels_on_the_scan() -> None:
    assert reading_of(GRID).labels.grid is GRID
    with pytest.raises(GridMismatch, match="labels of a reading: grid"):
        reading_of(Grid.axial(GRID.shape, (2.0, 1.0, 1.0), (5.0, 0.0, 0.0)))


def test_a_reading_of_two_patients_is_refused() -> None:
    one, other = (Grid(GRID.shape, GRID.affine, frame) for frame in ("1.2.3", "1.2.4"))
    with pytest.raises(GridMismatch, match="another frame of reference"):
        reading_of(other, one)
