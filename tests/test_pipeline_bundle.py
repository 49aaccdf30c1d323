"""A scan scored with a model of one's own, from the bundle's files to the report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.preparation import Preparation
from corcal.segment.nnunet.segmenter import NnunetSegmenter
from corcal.settings import Settings
from corcal.testing import write_linear_bundle
from corcal.testing.small_bundles import FACTS
from tests.truth import quiet_case, score

#: Whatever reaches 200 HU is calcium of the LAD; nothing else is anything.
WEIGHTS = np.array([[0.0, 0.0, 0.0, 0.0, 19.0, 0.0]])
BIASES = np.array([[-9.0, -9.0, -9.0, -9.0, -8.0, -9.0]])


def test_a_bundle_scores_a_scan(tmp_path: Path) -> None:
    case = quiet_case(3)
    bundle = write_linear_bundle(
        tmp_path / "b", replace(FACTS, mirroring_axes=()), WEIGHTS, BIASES, (128, 160, 160)
    )
    calls: list[tuple[int, int]] = []
    segmenter = NnunetSegmenter(bundle, on_progress=lambda done, of: calls.append((done, of)))
    asked = replace(
        Settings(),
        preparation=Preparation(padding_voxels=(4, 10, 10)),
        segmentation=replace(Settings().segmentation, min_mean_probability=0.0),
    )
    report = score(case, segmenter=segmenter, settings=asked).report
    everything_mm3 = sum(lesion.visible_mm3 for lesion in case.lesions)
    # The faintest plaque does not reach 200 HU at the network's spacing.
    assert report.score.of(Artery.LAD).volume_mm3 == pytest.approx(everything_mm3, rel=0.2)
    assert not report.score.of(Artery.RCA).present
    assert calls[-1][0] == calls[-1][1] == len(calls)
    made = report.provenance
    assert (made.models[1].name, made.models[1].sha256) == ("small 1", bundle.sha256)
    assert made.device == "cpu"
    assert made.settings["preparation"] == {
        "spacing_mm": [0.8, 0.73, 0.73],
        "padding_voxels": [0, 10, 10],
        "crop_to_heart": True,
    }
    (notice,) = [n for n in report.notices if n.code == "preparation-of-model"]
    assert "padding_voxels (4, 10, 10); small 1 was trained with" in notice.text
