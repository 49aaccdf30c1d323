"""Which series is read, why, and what the reasons say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corcal.core.errors import NoUsableSeries
from corcal.read import choose_series, find_series
from corcal.read.kernel import Sharpness, sharpness
from corcal.settings import Settings
from tests.read.conftest import Read
from tests.read.dicom.dicom_files import Series, body

LONG = body(60)


def test_the_soft_kernel_is_preferred_and_the_reasons_say_so(tmp_path: Path) -> None:
    sharp = Series(LONG, step_mm=1.5, tags={"ConvolutionKernel": "B70f"})
    soft = Series(LONG, step_mm=1.5, tags={"ConvolutionKernel": "B30f"})
    sharp.write(tmp_path / "a")
    soft.write(tmp_path / "b")

    first, second = find_series(tmp_path)

    assert (first.series_uid, second.series_uid) == (soft.uid, sharp.uid)
    assert first.points - second.points == 8
    assert "+3 soft kernel (B30f)" in first.reasons
    assert "-5 sharp kernel (B70f)" in second.reasons
    assert (first.slices, first.spacing_mm, first.kernel) == (60, 1.5, "B30f")
    assert choose_series((second, first), "ct") is second
    other = Settings().with_(soft_kernel=0, sharp_kernel=1)
    assert find_series(tmp_path, settings=other)[0].series_uid == sharp.uid


def test_contrast_loses_unless_it_is_all_there_is(tmp_path: Path, read: Read) -> None:
    thin = Series(body(100), step_mm=1.0, tags={"ContrastBolusAgent": "Iomeron 350"})
    thick = Series(body(30), step_mm=5.0)
    thin.write(tmp_path / "a")
    assert read(tmp_path).source.series_uid == thin.uid
    thick.write(tmp_path / "b")
    assert read(tmp_path).source.series_uid == thick.uid


@pytest.mark.parametrize(
    ("description", "contrast"),
    [
        ("CTPA 1.0", True),
        ("Chest C+", True),
        ("Thorax venous 3.0", True),
        ("Chest without contrast", False),
        ("Non-contrast chest", False),
        ("Thorax nativ/native", False),
        ("Lung 3.0", False),
    ],
)
def test_a_described_contrast_phase_loses_points(
    tmp_path: Path, description: str, contrast: bool
) -> None:
    Series(LONG, tags={"SeriesDescription": description}).write(tmp_path)
    assert ("-10 contrast agent" in find_series(tmp_path)[0].reasons) is contrast


def test_descriptions_count_but_are_never_shown(tmp_path: Path) -> None:
    Series(LONG, tags={"SeriesDescription": "CaScore DOE JANE"}).write(tmp_path)
    (one,) = find_series(tmp_path)
    assert "DOE" not in repr(one)
    assert "SECRET" not in repr(one)


def test_short_series_come_last(tmp_path: Path) -> None:
    short, long = Series(body(10)), Series(LONG, tags={"ConvolutionKernel": "B70f"})
    short.write(tmp_path / "a")
    long.write(tmp_path / "b")
    first, second = find_series(tmp_path)
    assert first.series_uid == long.uid
    assert "-10 only 10 slices over 30 mm" in second.reasons


def test_more_slices_break_a_tie_then_the_later_acquisition(tmp_path: Path) -> None:
    few, many = Series(body(50)), Series(body(55))
    few.write(tmp_path / "a")
    many.write(tmp_path / "b")
    assert find_series(tmp_path)[0].series_uid == many.uid
    later = Series(body(55), tags={"AcquisitionDate": "20250101", "AcquisitionTime": "120000"})
    later.write(tmp_path / "c")
    assert find_series(tmp_path)[0].series_uid == later.uid


def test_a_scan_knows_how_many_other_series_it_was_chosen_from(tmp_path: Path, read: Read) -> None:
    for folder, series in (("a", Series(body(50))), ("b", Series(body(55)))):
        series.write(tmp_path / folder)
    assert read(tmp_path).source.other_series == 1
    assert read(tmp_path / "a").source.other_series == 0
    not_ct = Series(body(50), tags={"Modality": "MR"})
    not_ct.write(tmp_path / "a")
    assert read(tmp_path / "a").source.other_series == 0


def test_reformatted_series_are_read_only_when_named(tmp_path: Path, read: Read) -> None:
    series = Series(tags={"ImageType": ["DERIVED", "SECONDARY", "AXIAL", "CT_SOM5 MPR"]})
    series.write(tmp_path)
    with pytest.raises(NoUsableSeries, match=r"reformatted images \(MPR in ImageType\)"):
        read(tmp_path)
    np.testing.assert_array_equal(read(tmp_path, series.uid).hu, series.hu)


def test_original_secondary_images_are_read(tmp_path: Path, read: Read) -> None:
    # Archives mark recompressed originals so; the voxels are the scanner's own.
    series = Series(tags={"ImageType": ["ORIGINAL", "SECONDARY", "AXIAL"]})
    series.write(tmp_path)
    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)


def test_a_refused_series_cannot_be_named_into_being(tmp_path: Path, read: Read) -> None:
    scout = Series(tags={"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]})
    scout.write(tmp_path)
    with pytest.raises(NoUsableSeries, match=f"series {scout.uid} cannot be read: no cross-sec"):
        read(tmp_path, scout.uid)


def test_the_chest_is_read_among_other_things(tmp_path: Path, read: Read) -> None:
    chest = Series(LONG, tags={"BodyPartExamined": "CHEST"})
    chest.write(tmp_path / "chest")
    Series(LONG, tags={"BodyPartExamined": "ABDOMEN"}).write(tmp_path / "abdomen")
    Series(LONG, tags={"Modality": "PT"}).write(tmp_path / "pet")
    Series(LONG[:3], tags={"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}).write(tmp_path)
    (tmp_path / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM" + b"\0" * 100)
    assert read(tmp_path).source.series_uid == chest.uid
    found = find_series(tmp_path)
    assert [c.accepted for c in found] == [True, True, False, False]
    assert {c.refusals for c in found[2:]} == {
        ("modality PT, not CT",),
        ("no cross-sections: ImageType says LOCALIZER",),
    }


def test_patients_are_numbered_not_named(tmp_path: Path) -> None:
    for patient in ("B", "A", "B"):
        Series(patient=patient).write(tmp_path)
    assert sorted(c.patient for c in find_series(tmp_path)) in ([1, 1, 2], [1, 2, 2])


@pytest.mark.parametrize(
    ("kernel", "expected"),
    [
        ("B30f", "soft"), ("B70f", "sharp"), ("Br40d\\3", "soft"), ("Bl57d\\3", "sharp"),
        ("Qr36", "soft"), ("Sa36f", "soft"), ("I26f\\3", "soft"), ("B46f", "unknown"),
        ("STANDARD", "soft"), ("LUNG", "sharp"), ("BONEPLUS", "sharp"), ("EDGE", "sharp"),
        ("B", "soft"), ("YC", "sharp"), ("XCA", "soft"),
        ("FC08", "soft"), ("FC30", "sharp"), ("FC51", "sharp"), ("FC86", "sharp"),
        ("FC25", "unknown"), ("", "unknown"), ("whatever", "unknown"),
    ],
)  # fmt: skip
def test_kernel_names(kernel: str, expected: str) -> None:
    assert sharpness(kernel) is Sharpness(expected)
