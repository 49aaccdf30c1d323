from __future__ import annotations

import csv
from pathlib import Path

import nrrd
import numpy as np
import SimpleITK as sitk

from corcal.core.reading import Reading
from corcal.report import write_reports


def test_slicers_file_holds_the_same_voxels_in_the_same_place(
    reading: Reading, tmp_path: Path
) -> None:
    write_reports(reading, tmp_path)
    image = sitk.ReadImage(str(tmp_path / "labels.seg.nrrd"))
    other = sitk.ReadImage(str(tmp_path / "labels.nii.gz"))
    assert (sitk.GetArrayFromImage(image) == reading.labels.codes).all()
    assert (sitk.GetArrayFromImage(other) == reading.labels.codes).all()
    for at in ((0, 0, 0), (63, 47, 11)):
        places = [i.TransformIndexToPhysicalPoint(at) for i in (image, other)]
        assert np.allclose(places[0], places[1], atol=1e-4)


def test_its_segments_are_named(reading: Reading, tmp_path: Path) -> None:
    write_reports(reading, tmp_path)
    header = nrrd.read_header(str(tmp_path / "labels.seg.nrrd"))
    names = {header[f"Segment{i}_LabelValue"]: header[f"Segment{i}_Name"] for i in range(6)}
    assert names["2"] == "Left main + LAD"
    assert names["4"] == "RCA calcium"


def test_every_lesion_has_a_row(reading: Reading, tmp_path: Path) -> None:
    write_reports(reading, tmp_path)
    rows = list(csv.DictReader((tmp_path / "lesions.csv").read_text().splitlines()))
    assert [(r["artery"], r["lesion"], r["slice"], r["volume_mm3"]) for r in rows] == [
        ("RCA", "1", "6", "98.250"),
        ("LAD", "1", "9", "30.000"),
        ("LAD", "2", "10", "6.500"),
    ]
    assert {r["case"] for r in rows} == {"scan-cccccccccc"}
