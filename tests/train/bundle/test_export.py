"""Trained folds as a bundle: verified, run by corcal and by nnU-Net's own predictor alike."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")

from corcal.core.errors import OutputRefused, TrainingStopped
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.nnunet.results_folder import write_results_folder
from corcal.segment.nnunet.segmenter import NnunetSegmenter
from corcal.storage import replace_file
from corcal.train.bundle.export import ModelName, export_bundle
from corcal.train.dataset.crop_geometry import read_crop_geometry
from corcal.train.training_folder import TrainingFolder
from tests.segment.nnunet.agreement import assert_near, assert_same
from tests.segment.nnunet.trained import without_networks
from tests.tracing import IGNORE_TRACING
from tests.train.heard import Heard

pytestmark = [
    pytest.mark.training,
    IGNORE_TRACING,
]


@pytest.fixture(scope="module")
def bundle(trained: tuple[TrainingFolder, Heard], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "mine.corcal"
    return export_bundle(trained[0], out, ModelName("mine", "3"))


def test_a_bundle_is_whole(bundle: Path) -> None:
    opened = Bundle.open(bundle)
    opened.verify()
    assert opened.name == "mine 3"
    assert opened.facts.folds == (0, 1)
    assert opened.facts.mirroring_axes == (0, 1, 2)
    assert opened.preparation.spacing_mm == (2.0, 2.0, 2.0)
    assert opened.preparation.padding_voxels == (2, 2, 2)
    assert opened.facts.settings["training"]["epochs"] == 2
    assert opened.has_networks
    origin = opened.facts.origin
    assert origin["scans"] == "5 trained on, 1 kept for tests"
    assert origin["heart locator"].startswith("corcal heart locator")
    assert len(origin["dataset sha256"]) == 64
    assert origin["nnU-Net"].startswith("2.8")
    assert "| scans trained on | 5 |" in opened.card()
    assert not [p for p in bundle.rglob("*") if p.suffix in (".pth", ".pt", ".pkl")]


def test_as_a_zip(trained: tuple[TrainingFolder, Heard], bundle: Path, tmp_path: Path) -> None:
    packed = export_bundle(trained[0], tmp_path / "mine.zip", ModelName("mine", "3"), folds=[1])
    opened = Bundle.open(packed)
    opened.verify()
    assert opened.facts.folds == (1,)
    weights = "fold_1/weights.safetensors"
    assert opened.read(weights) == Bundle.open(bundle).read(weights)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.zip"]


def test_a_crop_is_labelled_as_by_nnunets_own_predictor(
    bundle: Path, trained: tuple[TrainingFolder, Heard], tmp_path: Path
) -> None:
    from nnunetv2.imageio.simpleitk_reader_writer import SimpleITKIO
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

    work, _ = trained
    (image,) = (work.raw / "imagesTs").glob("*.nii.gz")
    case = image.name.removesuffix("_0000.nii.gz")
    place = read_crop_geometry(work.geometry_file(case))
    hu = sitk.GetArrayFromImage(sitk.ReadImage(str(image)))
    grid = place.resampled.cut(place.box)
    opened = Bundle.open(bundle)
    bare = without_networks(opened, tmp_path / "bare")
    by_openvino, by_torch = (
        NnunetSegmenter(model).probabilities(hu, np.ones(hu.shape, bool), grid)
        for model in (opened, bare)
    )
    model = write_results_folder(opened, tmp_path, force=False)
    with contextlib.redirect_stdout(io.StringIO()):
        predictor = nnUNetPredictor(
            device=__import__("torch").device("cpu"), allow_tqdm=False, verbose=False
        )
        predictor.initialize_from_trained_model_folder(str(model), (0, 1), "checkpoint_final.pth")
        data, properties = SimpleITKIO().read_images([str(image)])
        labels, expected = predictor.predict_single_npy_array(data, properties, None, None, True)
    # The draws of a training are not seeded: whatever it learnt, the same is to be found.
    assert np.ptp(expected) > 0.01
    assert_same(by_torch, labels, expected)
    assert_near(by_openvino, labels, expected, opened.plan.patch)


def test_an_unfinished_fold_is_refused(
    trained: tuple[TrainingFolder, Heard], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, _ = trained
    settings = work.settings()
    longer = replace(settings, training=replace(settings.training, epochs=9))
    monkeypatch.setattr(TrainingFolder, "settings", lambda _: longer)
    with pytest.raises(TrainingStopped, match="fold 0: 2 of 9 epochs are done"):
        export_bundle(work, tmp_path / "x.corcal", ModelName("x"))
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_is_there_is_kept(
    bundle: Path, trained: tuple[TrainingFolder, Heard], tmp_path: Path
) -> None:
    before = Bundle.open(bundle).sha256
    with pytest.raises(OutputRefused, match="is there already"):
        export_bundle(trained[0], bundle, ModelName("other"))
    replace_file(tmp_path / "file.zip", b"mine")
    with pytest.raises(OutputRefused, match="is there already"):
        export_bundle(trained[0], tmp_path / "file.zip", ModelName("other"))
    assert Bundle.open(bundle).sha256 == before
    assert json.loads((bundle / "bundle.json").read_text())["name"] == "mine"
