"""The geometry check: what is irregular is repaired and said, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import ArrayLike, NDArray

from corcal.core.errors import NoUsableSeries
from tests.read.conftest import Read
from tests.read.dicom.dicom_files import SPACING_MM, Series, body, save


def along_z(z_mm: ArrayLike) -> NDArray[np.float64]:
    z = np.asarray(z_mm, dtype=float)
    return np.stack([np.full(len(z), -20.0), np.full(len(z), -30.0), z], axis=1)


def test_jitter_within_the_tolerance_is_accepted_and_said(tmp_path: Path, read: Read) -> None:
    jitter = np.tile([0.0, 0.03], 15)
    series = Series(positions=along_z(np.arange(30) * 3.0 + jitter))
    series.write(tmp_path)

    scan = read(tmp_path)

    np.testing.assert_array_equal(scan.hu, series.hu)
    assert [n.code for n in scan.notices] == ["slice-jitter"]
    assert "up to 0.03 mm" in scan.notices[0].text
    assert scan.source.resampled is False


def test_a_missing_slice_is_filled_between_its_neighbours(tmp_path: Path, read: Read) -> None:
    series = Series()
    series.write(tmp_path)[12].unlink()

    scan = read(tmp_path)

    assert scan.hu.shape == series.hu.shape
    assert scan.source.filled_slices == (12,)
    assert scan.source.instance_uids[12] == ""
    between = np.rint((series.hu[11].astype(float) + series.hu[13]) / 2)
    np.testing.assert_array_equal(scan.hu[12], between)
    kept = np.arange(30) != 12
    np.testing.assert_array_equal(scan.hu[kept], series.hu[kept])
    np.testing.assert_allclose(scan.grid.spacing_mm[0], 3.0)
    assert [(n.code, n.text[:7]) for n in scan.notices] == [("missing-slices", "1 of 30")]


def test_what_is_even_missing_and_fine_enough_is_said_by_the_settings(
    tmp_path: Path, read: Read
) -> None:
    jitter = np.tile([0.0, 0.03], 15)
    paths = Series(positions=along_z(np.arange(30) * 3.0 + jitter)).write(tmp_path)
    scan = read(tmp_path, even_mm=0.0, even_share=0.0)
    assert [n.code for n in scan.notices] == ["varying-spacing"]
    with pytest.raises(NoUsableSeries, match=r"slice distances vary from 2\.97 to 3\.03 mm"):
        read(tmp_path, even_mm=0.0, even_share=0.0, finest_step_mm=3.0)
    paths[12].unlink()
    assert read(tmp_path).source.filled_slices == (12,)
    with pytest.raises(NoUsableSeries, match="1 of 30 slices are missing"):
        read(tmp_path, most_missing=0.03)


def test_a_gap_of_several_slices_with_jitter(tmp_path: Path, read: Read) -> None:
    z = np.arange(60) * 1.25 + np.random.default_rng(2).uniform(-0.01, 0.01, 60)
    series = Series(hu=body(60), positions=along_z(z))
    paths = series.write(tmp_path)
    for k in (20, 21, 22, 40):
        paths[k].unlink()

    scan = read(tmp_path)

    assert scan.source.filled_slices == (20, 21, 22, 40)
    kept = np.setdiff1d(np.arange(60), (20, 21, 22, 40))
    np.testing.assert_array_equal(scan.hu[kept], series.hu[kept])


def test_too_many_missing_slices_are_refused(tmp_path: Path, read: Read) -> None:
    paths = Series().write(tmp_path)
    for path in paths[10:20]:
        path.unlink()
    with pytest.raises(NoUsableSeries, match="10 of 30 slices are missing"):
        read(tmp_path)


def test_two_blocks_of_spacing_become_one_by_true_position(tmp_path: Path, read: Read) -> None:
    z = np.concatenate([np.arange(20) * 1.5, 28.5 + np.arange(1, 21) * 4.0])
    # A ramp along z is interpolated without error, whatever the spacing.
    hu = np.broadcast_to(np.rint(z * 10)[:, None, None], (40, 32, 40)).astype(np.int16).copy()
    hu[:, :2] = -1000
    Series(hu, positions=along_z(z)).write(tmp_path)

    scan = read(tmp_path)

    np.testing.assert_allclose(scan.grid.spacing_mm[0], 1.5)
    assert scan.hu.shape[0] == 1 + int(z[-1] / 1.5)
    np.testing.assert_allclose(scan.hu[:, 10, 10], np.arange(len(scan.hu)) * 15.0, atol=1)
    assert [n.code for n in scan.notices] == ["varying-spacing"]
    assert "from 1.50 to 4.00 mm" in scan.notices[0].text
    assert scan.source.resampled is True
    assert scan.source.instance_uids == ()
    assert scan.source.filled_slices == ()


def test_gantry_tilt_is_straightened(tmp_path: Path, read: Read) -> None:
    tilt = np.deg2rad(15)
    orientation = (1, 0, 0, 0, float(np.cos(tilt)), float(-np.sin(tilt)))
    z = np.arange(40) * 2.0
    # A bar along z (the patient's axis): sheared across the tilted slices, straight afterwards.
    hu = np.full((40, 64, 40), -1000, dtype=np.int16)
    rows = np.arange(64) * SPACING_MM[0]
    positions = along_z(z)
    for k in range(40):
        y = positions[k, 1] + rows * np.cos(tilt)
        hu[k][np.abs(y + 10) < 6] = 200
    Series(hu, orientation=orientation, positions=positions).write(tmp_path)

    scan = read(tmp_path)

    directions = scan.grid.directions
    np.testing.assert_allclose(directions.T @ directions, np.eye(3), atol=1e-6)
    assert [n.code for n in scan.notices] == ["gantry-tilt"]
    assert "15.0 degrees" in scan.notices[0].text
    assert scan.source.resampled is True
    inside = scan.grid.to_lps(np.argwhere(scan.hu > 150).astype(float))
    assert np.abs(inside[:, 1] + 10).max() < 6.5
    volume_mm3 = np.count_nonzero(scan.hu > -400) * scan.grid.voxel_mm3
    written_mm3 = np.count_nonzero(hu > -400) * SPACING_MM[0] * SPACING_MM[1] * 2 * np.cos(tilt)
    assert volume_mm3 == pytest.approx(written_mm3, rel=0.05)


@pytest.mark.parametrize("across", [(1.0, 0.05, 0.0), (2.0, 0.0, 0.0)])
def test_rows_and_columns_not_at_right_angles(
    tmp_path: Path, read: Read, across: tuple[float, ...]
) -> None:
    down = (0.0, 1 / across[0], 0.0)
    Series(orientation=(*across, *down)).write(tmp_path)
    with pytest.raises(NoUsableSeries, match="orientation or pixel spacing is not a valid one"):
        read(tmp_path)


def test_a_slice_far_beside_the_others_is_no_tilt(tmp_path: Path, read: Read) -> None:
    for far in (50.0, 1e30):
        places = Series().places().copy()
        places[12, 1] += far
        Series(positions=places, uid=f"1.2.{far:.0f}"[:60]).write(tmp_path / f"{far:.0f}")
        with pytest.raises(NoUsableSeries, match=r"slice 13 lies .* mm beside slice 12"):
            read(tmp_path / f"{far:.0f}")


def test_a_tilted_stack_that_is_not_sheared_is_left_alone(tmp_path: Path, read: Read) -> None:
    tilt = np.deg2rad(15)
    series = Series(orientation=(1, 0, 0, 0, float(np.cos(tilt)), float(-np.sin(tilt))))
    series.write(tmp_path)
    scan = read(tmp_path)
    np.testing.assert_array_equal(scan.hu, series.hu)
    assert scan.notices == ()


def test_a_stated_tilt_without_sheared_positions_is_noticed(tmp_path: Path, read: Read) -> None:
    Series(tags={"GantryDetectorTilt": 12}).write(tmp_path)
    scan = read(tmp_path)
    assert [n.code for n in scan.notices] == ["gantry-tilt"]
    assert "12.0 degrees, its positions none" in scan.notices[0].text


@pytest.mark.parametrize(
    ("orientation", "plane"),
    [((0, 1, 0, 0, 0, -1), "sagittal"), ((1, 0, 0, 0, 0, -1), "coronal")],
)
def test_other_planes_are_refused(
    tmp_path: Path, read: Read, orientation: tuple[float, ...], plane: str
) -> None:
    Series(orientation=orientation).write(tmp_path)
    with pytest.raises(NoUsableSeries, match=plane):
        read(tmp_path)


@pytest.mark.parametrize(
    "orientation",
    [
        (-1, 0, 0, 0, -1, 0),  # prone
        (-1, 0, 0, 0, 1, 0),  # mirrored, slices from head to foot
        (0, 1, 0, -1, 0, 0),  # lying on a side
        (0, -1, 0, -1, 0, 0),
    ],
)
def test_however_the_patient_lay_every_voxel_keeps_its_place(
    tmp_path: Path, read: Read, orientation: tuple[float, ...]
) -> None:
    series = Series(orientation=orientation)
    series.write(tmp_path)

    scan = read(tmp_path)

    assert np.diag(scan.grid.affine[[2, 1, 0], :3]).min() > 0
    across, down = np.array(orientation[:3]), np.array(orientation[3:])
    for k, row, column in ((0, 0, 0), (3, 30, 5), (29, 17, 39)):
        place = series.places()[k] + across * column * SPACING_MM[1] + down * row * SPACING_MM[0]
        index = np.rint(scan.grid.to_index(place[None])[0]).astype(int)
        assert scan.hu[tuple(index)] == series.hu[k, row, column]


def test_repeated_acquisitions_are_kept_apart(tmp_path: Path, read: Read) -> None:
    whole = Series(uid="1.2.5", tags={"AcquisitionNumber": 2})
    part = Series(body()[:20] + np.int16(5), uid="1.2.5", tags={"AcquisitionNumber": 1})
    whole.write(tmp_path / "a")
    part.write(tmp_path / "b")

    scan = read(tmp_path)

    np.testing.assert_array_equal(scan.hu, whole.hu)
    assert [n.code for n in scan.notices] == ["repeated-acquisition"]
    assert "acquisition number 2 with 30 slices" in scan.notices[0].text


def test_interleaved_acquisitions_are_not_mixed(tmp_path: Path, read: Read) -> None:
    first = Series(uid="1.2.5", tags={"AcquisitionNumber": 1})
    second = Series(body()[:25], uid="1.2.5", tags={"AcquisitionNumber": 2})
    second.positions = second.places() + np.array([0, 0, 0.3])
    first.write(tmp_path / "a")
    second.write(tmp_path / "b")
    np.testing.assert_array_equal(read(tmp_path).hu, first.hu)


def test_identical_slices_with_new_uids_are_left_out(tmp_path: Path, read: Read) -> None:
    series = Series(uid="1.2.5")
    series.write(tmp_path / "a")
    Series(series.hu[5:9], uid="1.2.5", positions=series.places()[5:9]).write(tmp_path / "b")

    scan = read(tmp_path)

    np.testing.assert_array_equal(scan.hu, series.hu)
    assert [n.text[:8] for n in scan.notices] == ["4 slices"]


def test_repeats_that_nothing_tells_apart_are_refused(tmp_path: Path, read: Read) -> None:
    Series(uid="1.2.5").write(tmp_path / "a")
    Series(body() + np.int16(9), uid="1.2.5").write(tmp_path / "b")
    with pytest.raises(NoUsableSeries, match="60 slices lie at only 30 positions"):
        read(tmp_path)


def test_a_localizer_in_the_same_series_is_left_out(tmp_path: Path, read: Read) -> None:
    series = Series()
    series.write(tmp_path)
    scout = series.slice(0, np.zeros(3))
    scout.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    scout.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    save(scout, tmp_path / "scout.dcm")
    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)


def test_a_slice_of_another_size_is_left_out_and_said(tmp_path: Path, read: Read) -> None:
    series = Series()
    series.write(tmp_path)
    odd = Series(body(rows=16)[:1], uid=series.uid, positions=along_z([55.0]))
    odd.write(tmp_path / "odd")
    scan = read(tmp_path)
    np.testing.assert_array_equal(scan.hu, series.hu)
    assert [n.code for n in scan.notices] == ["other-planes"]


def test_a_header_without_positions_is_refused(tmp_path: Path, read: Read) -> None:
    for path in Series().write(tmp_path):
        ds = pydicom.dcmread(path)
        del ds.ImagePositionPatient
        save(ds, path)
    with pytest.raises(
        NoUsableSeries,
        match=r"30 of 30 slices .*_0000.dcm: its ImagePositionPatient \(0020,0032\) is absent",
    ):
        read(tmp_path)
