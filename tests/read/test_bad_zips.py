"""Zips that are damaged, or mean harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from corcal.core.errors import UnreadableScan
from tests.read.conftest import Read
from tests.read.dicom.dicom_files import Series


def test_a_damaged_zip(tmp_path: Path, read: Read) -> None:
    paths = Series().write(tmp_path / "in")
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in paths:
            archive.write(path, path.name)
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableScan, match=r"x\.zip: the zip is damaged"):
        read(packed)
    # The library's own text would quote what follows the name.
    packed.write_bytes(whole.replace(b"PK\x03\x04", b"PK\x03\x05", 1))
    with pytest.raises(UnreadableScan, match=r"x\.zip: the zip is damaged \(BadZipFile\)"):
        read(packed)
    packed.write_bytes(whole[:3000] + bytes(500) + whole[3500:])
    with pytest.raises(UnreadableScan, match=r"x\.zip: the zip is damaged"):
        read(packed)


@pytest.mark.parametrize("name", ["../evil.dcm", "/etc/evil.dcm", "a/../../evil", "..\\evil"])
def test_a_zip_that_leads_out_of_itself(tmp_path: Path, read: Read, name: str) -> None:
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(UnreadableScan, match="leads out of the zip; refused"):
        read(packed)
    assert [p.name for p in tmp_path.iterdir()] == ["x.zip"]


def test_a_zip_bomb(tmp_path: Path, read: Read) -> None:
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.dcm", bytes(200_000_000))
    with pytest.raises(UnreadableScan, match="more than any scan; refused"):
        read(packed)


def test_an_empty_zip(tmp_path: Path, read: Read) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w"):
        pass
    with pytest.raises(UnreadableScan, match=r"x\.zip: holds no files"):
        read(tmp_path / "x.zip")
