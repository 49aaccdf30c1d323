from __future__ import annotations

from dataclasses import replace

import numpy as np

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.reading import Reading
from corcal.core.steps import LocatedHeart
from corcal.report.pictures.views import spread_views, take_views


def test_each_artery_is_shown_where_its_calcium_is_largest(reading: Reading) -> None:
    rca, lad, lcx, front, below = take_views(reading)
    assert [v.name for v in (rca, lad, lcx, front, below)] == [
        "rca", "lad", "lcx", "coronal", "axial",
    ]  # fmt: skip
    assert rca.caption == "slice 6 of 12 (z 15 mm): its largest calcium"
    assert lad.caption == "slice 9 of 12 (z 24 mm): its largest calcium"
    assert lcx.caption == "slice 6 of 12 (z 15 mm): no calcium, mid course"
    assert np.count_nonzero(rca.codes == 4) == 16
    assert np.count_nonzero(lad.codes == 5) == 12


def test_without_labels_the_middle_of_the_heart_is_shown(reading: Reading) -> None:
    blank = np.zeros_like(reading.labels.codes)
    bare = replace(reading, labels=ArteryLabels(blank, reading.labels.grid))
    for one in (bare, replace(bare, heart=None)):
        views = take_views(one)
        assert all("artery not outlined, mid heart" in v.caption for v in views[:3])
        assert not any(v.codes.any() for v in views)


def test_the_shown_part_is_square_in_mm(reading: Reading) -> None:
    grid = Grid.axial(reading.scan.grid.shape, (3.0, 0.5, 0.5))
    scan = replace(reading.scan, grid=grid)
    labels = ArteryLabels(reading.labels.codes, grid)
    view = take_views(replace(reading, scan=scan, labels=labels, heart=None))[0]
    # The scan is smaller than the smallest square worth showing: all of it is shown.
    assert view.hu.shape == (48, 64)
    assert view.pixel_mm == (0.5, 0.5)


def test_a_heart_box_that_reaches_the_edges_is_cut_to_the_scan(reading: Reading) -> None:
    whole = replace(reading, heart=Box.whole(reading.scan.grid.shape))
    assert take_views(whole)[0].hu.shape == (48, 64)


def test_projections_show_every_marked_column(reading: Reading) -> None:
    _, _, _, front, below = take_views(reading)
    codes = reading.labels.codes
    assert np.unique(front.codes).tolist() == [0, 1, 2, 3, 4, 5]
    assert np.unique(below.codes).tolist() == [0, 2, 3, 4, 5], "calcium in front of the RCA"
    assert np.count_nonzero(below.codes == 4) == np.count_nonzero((codes == 4).any(axis=0))
    # Head first: the LAD, which lies higher than the RCA, comes in an upper row.
    assert np.argwhere(front.codes == 5)[:, 0].max() < np.argwhere(front.codes == 4)[:, 0].min()
    assert front.edges == ("R", "L", "H", "F")
    assert front.pixel_mm == (3.0, 1.0)


def slices_of(reading: Reading, artery: Artery, count: int) -> list[int]:
    return [int(v.caption.split()[1]) for v in spread_views(reading, artery, count)]


def test_slices_follow_an_artery_from_head_to_feet_and_a_little_beyond(reading: Reading) -> None:
    # The RCA is labelled in slices 3 to 8 of 12, every 3 mm; 8 mm are three slices more.
    assert slices_of(reading, Artery.RCA, 11) == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    few = slices_of(reading, Artery.RCA, 4)
    assert (few[0], few[-1], len(set(few))) == (11, 1, 4)
    assert 6 in few, "the slice with its largest calcium"


def test_there_are_as_many_slices_as_asked_for_if_the_scan_has_them(reading: Reading) -> None:
    codes = np.zeros_like(reading.labels.codes)
    codes[11, 20:24, 10:14] = 1
    for z, expected in ((11, [12, 11, 10, 9, 8, 7, 6, 5]), (0, [8, 7, 6, 5, 4, 3, 2, 1])):
        moved = ArteryLabels(np.roll(codes, z - 11, axis=0), reading.labels.grid)
        one = replace(reading, labels=moved)
        assert slices_of(one, Artery.RCA, 8) == expected
        assert len(slices_of(one, Artery.RCA, 20)) == 12


def test_an_artery_that_is_not_outlined_is_looked_for_in_the_middle(reading: Reading) -> None:
    blank = np.zeros_like(reading.labels.codes)
    bare = replace(reading, labels=ArteryLabels(blank, reading.labels.grid))
    assert slices_of(bare, Artery.RCA, 3) == [9, 7, 4]


def test_a_projection_shows_nothing_outside_the_heart_but_labels(reading: Reading) -> None:
    hu = np.array(reading.scan.hu)
    hu[:, 44, 50] = 1200  # a spine
    hu[:, 26, 24] = 800  # a valve
    scan = replace(reading.scan, hu=hu)
    mask = np.zeros((12, 24, 32), bool)
    mask[:, 8:18, 8:20] = True  # rows 16 to 36, columns 16 to 40 of the scan
    heart = LocatedHeart(mask, Grid.axial(mask.shape, (3.0, 2.0, 2.0)))
    bony, bare = (take_views(replace(reading, scan=scan), m)[3:] for m in (None, heart))
    front, below = bare
    assert [int((v.hu == 1200).sum() > 0) for v in (*bony, *bare)] == [0, 1, 0, 0]
    assert (below.hu == 800).any()
    assert np.unique(below.codes).tolist() == [0, 2, 3, 4, 5], "labels outside it stay"
    assert (below.hu[below.codes == 4] == 450).all()
    assert front.hu.shape == bony[0].hu.shape
