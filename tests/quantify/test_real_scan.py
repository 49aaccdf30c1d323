"""A real chest CT whose calcium was outlined by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.quantify import make_cac_drs, quantify
from corcal.settings import Scoring
from tests.quantify import referee

DATA = Path(__file__).parents[3] / "shared" / "data"
CASE = "LCTSC-Test-S1-104"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the annotated scans are not beside the project"),
]


def test_volumes_and_scores_are_those_of_the_outlines() -> None:
    image = sitk.ReadImage(str(DATA / "ct" / f"{CASE}.nii.gz"))
    hu = sitk.GetArrayFromImage(image)
    outlined = sitk.GetArrayFromImage(
        sitk.ReadImage(str(DATA / "annotations" / f"{CASE}_calcium.nii.gz"))
    )
    listed = json.loads((DATA / "annotations" / f"{CASE}_lesions.json").read_text())["lesions"]
    column_mm, row_mm, slice_mm = image.GetSpacing()
    grid = Grid.axial(hu.shape, (slice_mm, row_mm, column_mm))
    codes = np.where(np.isin(outlined, (1, 2, 3)), outlined + 3, 0).astype(np.uint8)

    score = quantify(Scan(hu, grid), ArteryLabels(codes, grid), Scoring())

    for artery in Artery:
        listed_mm3 = sum(x["mm3"] for x in listed if x["code"] == artery.vessel_code)
        mask = codes == artery.calcium_code
        expected = referee.agatston(hu, mask, row_mm * column_mm, slice_mm)
        assert score.of(artery).volume_mm3 == pytest.approx(listed_mm3, rel=0.01)
        assert score.of(artery).mask_volume_ml * 1000 == pytest.approx(listed_mm3, rel=0.01)
        assert score.of(artery).agatston == pytest.approx(expected, rel=1e-9)
    assert str(make_cac_drs(score, Scoring(), gated=False)) == "V3/N3"
