"""Only the bits that the header stores belong to a pixel, compressed or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.uid import UID, ExplicitVRLittleEndian, RLELossless

from tests.read.conftest import Read
from tests.read.dicom.dicom_files import Series, body, save

SYNTAXES = [ExplicitVRLittleEndian, RLELossless]


def write(
    folder: Path, words: NDArray[np.integer[Any]], syntax: UID, **tags: float
) -> NDArray[np.int16]:
    """Write a series whose pixels are these words, and return the HU it was made from."""
    series = Series()
    for number, path in enumerate(series.write(folder)):
        ds = pydicom.dcmread(path)
        ds.PixelData = words[number].astype("<u2").tobytes()
        ds.BitsStored, ds.HighBit = 12, 11
        for keyword, value in tags.items():
            setattr(ds, keyword, value)
        save(ds, path, syntax)
    return series.hu


def stored(hu: NDArray[np.int16], intercept: int = -1024) -> NDArray[np.uint16]:
    return (hu.astype(np.int32) - intercept).astype(np.uint16)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("bit", [12, 15])
def test_an_overlay_in_the_upper_bits_is_left_aside(
    tmp_path: Path, read: Read, syntax: UID, bit: int
) -> None:
    words = stored(body())
    words[:, 10:20, 10:12] |= 1 << bit
    hu = write(tmp_path, words, syntax)
    scan = read(tmp_path)
    np.testing.assert_array_equal(scan.hu, hu)
    (notice,) = scan.notices
    assert notice.code == "bits-above"
    assert notice.text.startswith("600 voxels held more than the bits")


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_sign_that_was_not_extended(tmp_path: Path, read: Read, syntax: UID) -> None:
    words = body().astype(np.uint16) & 0x0FFF
    hu = write(tmp_path, words, syntax, PixelRepresentation=1, RescaleIntercept=0)
    scan = read(tmp_path)
    np.testing.assert_array_equal(scan.hu, hu)
    assert scan.notices == ()


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_bits_stored_at_the_top_of_the_word(tmp_path: Path, read: Read, syntax: UID) -> None:
    hu = write(tmp_path, stored(body()) << 4, syntax, HighBit=15)
    np.testing.assert_array_equal(read(tmp_path).hu, hu)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_unsigned_words_that_the_header_calls_signed(
    tmp_path: Path, read: Read, syntax: UID
) -> None:
    bright = body()
    bright[:, 14:21, 19:26] = np.arange(1100, 1149).reshape(7, 7)
    write(tmp_path, stored(bright), syntax, PixelRepresentation=1)
    np.testing.assert_array_equal(read(tmp_path).hu, bright)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_negative_padding_in_twelve_unsigned_bits(tmp_path: Path, read: Read, syntax: UID) -> None:
    words = stored(body())
    words[:, :3, :3] = 65536 - 2000
    hu = write(tmp_path, words, syntax)
    hu[:, :3, :3] = -1024
    np.testing.assert_array_equal(read(tmp_path).hu, hu)


@pytest.mark.parametrize("kind", ["", "HU", "US", "hu", "UNSPECIFIED"])
def test_a_rescale_type_that_says_nothing_is_no_contradiction(
    tmp_path: Path, read: Read, kind: str
) -> None:
    series = Series(tags={"RescaleType": kind})
    series.write(tmp_path)
    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)
