"""The list of real scans: read from a file that no installation holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corcal.core.errors import SettingsRefused
from corcal.core.grid import Grid
from corcal.recipes.embedded.cases.scans import Trust, read_scans
from corcal.storage import write_nifti

OWN_LIST = Path(__file__).parents[4] / "recipes" / "embedded" / "scans.toml"


def data_with(folder: Path, *names: str) -> Path:
    """Return a data folder in which these scans have a heart."""
    (folder / "annotations").mkdir()
    for name in names:
        (folder / "annotations" / f"{name}_heart.nii.gz").touch()
    return folder


def listed(folder: Path, text: str) -> Path:
    path = folder / "scans.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_read_in_its_order(tmp_path: Path) -> None:
    text = """
[b]
complete = ["RCA", "LAD"]
partial = ["LCX"]
unsettled_mm = [[1, 2.5, -3]]
[a-1]
calcium_free = true
"""
    scans = read_scans(listed(tmp_path, text), data_with(tmp_path, "a-1", "b"))
    assert list(scans.trust) == ["b", "a-1"]
    assert scans.trust["b"] == Trust(("RCA", "LAD"), ("LCX",), False, ((1.0, 2.5, -3.0),))
    assert scans.trust["a-1"] == Trust(calcium_free=True)
    assert list(scans.without(["b"]).trust) == ["a-1"]
    assert scans.path("b") == tmp_path / "ct" / "b_dicom"
    codes = np.zeros((4, 4, 4), np.uint8)
    codes[1, 2, 3] = 2
    write_nifti(scans.annotation_file("b", "calcium.nii.gz"), codes, np.diag([3.0, 2, 1, 1]))
    read, grid = scans.annotation("b", "calcium")
    assert isinstance(grid, Grid)
    assert read.sum() == 2


def test_the_list_of_the_embedded_models_has_nine_scans(tmp_path: Path) -> None:
    text = OWN_LIST.read_text(encoding="utf-8")
    names = [line[1:-1] for line in text.splitlines() if line.startswith("[")]
    scans = read_scans(OWN_LIST, data_with(tmp_path, *names))
    assert len(scans.trust) == 9
    assert sum(len(trust.unsettled_mm) for trust in scans.trust.values()) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a", "cannot be read as a list of scans"),
        ("# nothing", "lists no scan"),
        ("[a]\nfree = true", r"\[a\] says free; a scan can have calcium_free, complete, partial"),
        ("a = 1", r"\[a\] says 1"),
        ('[a]\ncomplete = ["LM"]', "arteries are RCA, LAD and LCX"),
        ("[a]\nunsettled_mm = [[1, 2]]", "points three numbers in mm"),
        ("[other]", r"no annotations/other_heart\.nii\.gz there, but scans\.toml lists that scan"),
    ],
)
def test_a_faulty_list_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=words):
        read_scans(listed(tmp_path, text), data_with(tmp_path, "a"))


def test_no_list_is_refused_with_where_there_is_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=r"--scans TOML.*recipes/embedded/scans\.toml"):
        read_scans(None, tmp_path)
