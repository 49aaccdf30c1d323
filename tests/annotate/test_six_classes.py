"""Whose calcium it is, and what becomes of nobody's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from corcal.annotate.classes import DrawnClass
from corcal.annotate.drawing import Drawing
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.six_classes import SixClasses, six_classes
from corcal.core.artery import Artery
from corcal.core.errors import AnnotationRefused
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from tests.annotate.drawings import chest, drawn_classes, heart, labellings

GRID = Grid.axial((6, 12, 16), (3.0, 0.8, 0.8), (10.0, 20.0, 30.0))
CALCIUM = DrawnClass.CALCIUM.bit
BITS = {a: DrawnClass.vessel(a).bit for a in Artery}


def scan() -> Scan:
    hu = np.arange(int(np.prod(GRID.shape)), dtype=np.int16).reshape(GRID.shape)
    return Scan(hu, GRID)


def classed(bits: NDArray[np.uint8], **given: Any) -> SixClasses:
    return six_classes(Drawing(bits, GRID, "con"), scan(), options=AnnotateOptions(**given))


def empty() -> NDArray[np.uint8]:
    return np.zeros(GRID.shape, dtype=np.uint8)


def rca_with(calcium: tuple[slice | int, ...]) -> NDArray[np.uint8]:
    bits = empty()
    bits[1:4, 3:6, 3:6] |= BITS[Artery.RCA]
    bits[calcium] |= CALCIUM
    return bits


def test_vessels_with_calcium_give_back_the_six_classes_they_were_drawn_from() -> None:
    codes = heart()
    six = six_classes(
        Drawing(drawn_classes(codes), chest(codes).grid, "con"),
        chest(codes),
        options=AnnotateOptions(),
    )
    np.testing.assert_array_equal(six.labels.codes, codes)
    assert (six.orphans, six.overlaps, six.shared, six.notices) == ((), (), 0, ())


def test_calcium_beside_a_vessel_goes_to_it_whole() -> None:
    bits = rca_with(np.s_[2, 4, 4:10])
    codes = classed(bits).labels.codes
    assert np.argwhere(codes == 4).tolist() == [[2, 4, x] for x in range(4, 10)]
    assert np.count_nonzero(codes == 1) == 27 - 2


@pytest.mark.parametrize("at", [(4, 6, 6), (0, 2, 2), (2, 6, 4)])
def test_touching_is_to_be_a_neighbour_also_over_a_corner(at: tuple[int, int, int]) -> None:
    six = classed(rca_with(at))
    assert six.labels.codes[at] == 4
    assert six.orphans == ()


def test_a_lesion_between_two_arteries_is_divided_by_distance() -> None:
    bits = rca_with(np.s_[2, 4, 5:10])
    bits[2, 3:6, 10:13] |= BITS[Artery.LCX]
    six = classed(bits)
    assert six.labels.codes[2, 4, 5:10].tolist() == [4, 4, 4, 6, 6]
    assert six.shared == 1
    assert [n.code for n in six.notices] == ["calcium-shared"]


def test_an_orphan_is_listed_with_its_size_and_place() -> None:
    bits = rca_with(np.s_[2, 4, 8:10])
    six = classed(bits)
    (orphan,) = six.orphans
    assert orphan.voxels == 2
    assert orphan.volume_mm3 == pytest.approx(2 * 3.0 * 0.8 * 0.8)
    assert orphan.peak_hu == scan().hu[2, 4, 9]
    assert orphan.centre_lps_mm == pytest.approx((10 + 8.5 * 0.8, 20 + 4 * 0.8, 30 + 2 * 3.0))
    assert (orphan.slice, orphan.nearest, orphan.given_to) == (2, Artery.RCA, None)
    assert orphan.distance_mm == pytest.approx(3 * 0.8)
    assert six.left_out.tolist() == [[2, 4, 8], [2, 4, 9]]
    assert not (six.labels.codes > 3).any()
    (notice,) = six.notices
    assert notice.code == "orphan-calcium"
    assert "3.8 mm\u00b3 (peak 457 HU) on slice 3 at (17, 23, 36) mm LPS" in notice.text
    assert "2.4 mm from the RCA" in notice.text


@pytest.mark.parametrize(("reach", "given"), [(2.5, True), (2.3, False)])
def test_an_orphan_may_go_to_the_nearest_artery_within_reach(reach: float, given: bool) -> None:
    six = classed(rca_with(np.s_[2, 4, 8:10]), orphans="nearest", reach_mm=reach)
    assert [o.given_to for o in six.orphans] == [Artery.RCA if given else None]
    assert np.count_nonzero(six.labels.codes == 4) == (2 if given else 0)
    assert len(six.left_out) == (0 if given else 2)
    assert [n.code for n in six.notices] == ["orphan-calcium"]


def test_orphans_may_be_refused() -> None:
    with pytest.raises(
        AnnotationRefused, match=r"pieces of calcium that touch no artery: 1: 3\.8 mm"
    ):
        classed(rca_with(np.s_[2, 4, 8:10]), orphans="refuse")
    classed(rca_with(np.s_[2, 4, 4:6]), orphans="refuse")


def test_calcium_without_any_artery_is_all_orphans() -> None:
    bits = empty()
    bits[1, 1, 1] = bits[4, 9, 9] = CALCIUM
    six = classed(bits, orphans="nearest")
    assert [(o.nearest, o.distance_mm, o.given_to) for o in six.orphans] == [(None, None, None)] * 2
    assert "no artery was drawn" in six.notices[0].text


def test_voxels_drawn_as_two_arteries_are_noted_and_painted_in_the_papers_order() -> None:
    bits = rca_with(np.s_[1, 3, 3])
    bits[1:3, 3:6, 5:9] |= BITS[Artery.LAD]
    six = classed(bits)
    (overlap,) = six.overlaps
    assert overlap.arteries == (Artery.RCA, Artery.LAD)
    assert (overlap.calcium, overlap.given_to) == (False, Artery.LAD)
    assert overlap.volume_mm3 == pytest.approx(6 * 3.0 * 0.64)
    assert (six.labels.codes[1:3, 3:6, 5] == 2).all()
    assert "11.5 mm\u00b3 were drawn as RCA and LAD" in six.notices[0].text


def test_calcium_of_a_named_artery_stays_its_own() -> None:
    bits = rca_with(np.s_[2, 4, 4])
    bits[2, 3:6, 3:6] |= DrawnClass.LCX_CALCIUM.bit
    bits[5, 10, 10] |= DrawnClass.LAD_CALCIUM.bit
    six = classed(bits)
    assert (six.labels.codes[2, 3:6, 3:6] == 6).all()
    assert six.labels.codes[5, 10, 10] == 5
    assert six.orphans == ()


def test_nothing_drawn_is_refused() -> None:
    with pytest.raises(AnnotationRefused, match="nothing was drawn"):
        classed(empty())


@settings(max_examples=40)
@given(labellings(GRID.shape), st.sampled_from(["list", "nearest"]))
def test_no_voxel_of_calcium_is_lost(codes: NDArray[np.uint8], policy: str) -> None:
    bits = drawn_classes(codes)
    if not bits.any():
        return
    six = classed(bits, orphans=policy)
    calcium, arteries = (bits & CALCIUM) > 0, (bits & 7) > 0
    labelled = six.labels.codes > 3
    left = np.zeros(GRID.shape, dtype=np.bool_)
    left[tuple(six.left_out.T)] = True
    np.testing.assert_array_equal(labelled | left, calcium)
    assert not (labelled & left).any()
    around = np.ones((3, 3, 3), dtype=np.bool_)
    # An independent count of what touches nothing.
    pieces, count = ndimage.label(calcium, around)
    beside = ndimage.binary_dilation(arteries, around)
    orphans = [n for n in range(1, count + 1) if not beside[pieces == n].any()]
    assert len(six.orphans) == len(orphans)
    assert sum(o.voxels for o in six.orphans) == sum(int((pieces == n).sum()) for n in orphans)
    # Calcium inside an artery is that artery's, and vessels lose only what is calcium.
    inside = calcium & arteries
    painted = np.select([(bits & b) > 0 for b in (4, 2, 1)], [3, 2, 1])
    np.testing.assert_array_equal(six.labels.codes[inside], painted[inside] + 3)
    np.testing.assert_array_equal(
        six.labels.codes[arteries & ~calcium], painted[arteries & ~calcium]
    )
