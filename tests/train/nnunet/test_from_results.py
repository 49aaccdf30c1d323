"""A model folder as nnU-Net itself writes it becomes a bundle, and no pickle is trusted."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")
pytest.importorskip("safetensors", reason="training needs safetensors")

import numpy as np
import torch

from corcal.cli.main import main
from corcal.core.errors import ModelRefused
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.nnunet.from_results import Origin, bundle_from_results
from corcal.segment.nnunet.network import load_network
from corcal.settings import Settings
from corcal.storage import json_bytes
from corcal.train.labels import dataset_json
from corcal.train.nnunet.plan import plans_json
from tests.train.nnunet.test_plan import SOME
from tests.train.nnunet.trainers import make_trainer

pytestmark = pytest.mark.training

SMALL = replace(
    Settings.paper().training,
    patch_voxels=(32, 32, 32),
    stages=3,
    features=4,
    max_features=8,
    convolutions=1,
)
ORIGIN = Origin("theirs", "1", (0, 10, 10))


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Any]:
    """A model folder with a checkpoint that nnU-Net's own code saved, and its trainer."""
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

    made = make_trainer(tmp_path / "work", monkeypatch, SMALL)
    folder = tmp_path / "Dataset501_Theirs" / "nnUNetTrainer_250epochs__theirs__3d_fullres"
    (folder / "fold_0").mkdir(parents=True)
    settings = replace(Settings.paper(), training=SMALL)
    (folder / "dataset.json").write_bytes(json_bytes(dataset_json(SMALL, 3)))
    (folder / "plans.json").write_bytes(json_bytes(plans_json(settings, SOME)))
    # As after an epoch: nnU-Net notes numpy's numbers beside the weights.
    setattr(made, "_best_ema", np.float64(0.5))  # noqa: B010 - nnU-Net's own name
    made.configure_rotation_dummyDA_mirroring_and_inital_patch_size()
    nnUNetTrainer.save_checkpoint(made, str(folder / "fold_0" / "checkpoint_final.pth"))
    return folder, made


def test_the_weights_are_those_of_the_checkpoint(model: tuple[Path, Any], tmp_path: Path) -> None:
    folder, made = model
    given = ["--padding", "0", "10", "10", "--name", "theirs"]
    assert main(["models", "from-nnunet", str(folder), "-o", str(tmp_path / "b"), *given]) == 0
    bundle = Bundle.open(tmp_path / "b")
    bundle.verify()
    assert bundle.facts.trainer == "nnUNetTrainer_250epochs"
    assert bundle.facts.padding_voxels == (0, 10, 10)
    assert bundle.facts.mirroring_axes == (0, 1, 2)
    assert bundle.facts.spacing_mm == Settings.paper().preparation.spacing_mm
    network = load_network(bundle, 0, what="a test")
    image = torch.randn(1, 1, 32, 32, 32)
    made.network.eval()
    made.set_deep_supervision_enabled(False)
    with torch.no_grad():
        assert torch.equal(network(image), made.network(image))


class Harmful:
    """Would run a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("echo harm > harm.txt",)


def test_a_checkpoint_that_holds_more_is_refused_unopened(
    model: tuple[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made = model
    monkeypatch.chdir(tmp_path)
    content = {"network_weights": made.network.state_dict(), "extra": Harmful()}
    torch.save(content, folder / "fold_0" / "checkpoint_final.pth")
    with pytest.raises(ModelRefused, match=r"is not opened: it holds .*system"):
        bundle_from_results(folder, tmp_path / "b", ORIGIN)
    assert not (tmp_path / "harm.txt").exists()
    assert not (tmp_path / "b").exists()


def test_labels_in_another_order_are_refused(model: tuple[Path, Any], tmp_path: Path) -> None:
    folder, _ = model
    dataset = dataset_json(SMALL, 3)
    dataset["labels"] = dict(sorted(dataset["labels"].items()))
    (folder / "dataset.json").write_bytes(json_bytes(dataset))
    with pytest.raises(ModelRefused, match="are not the six regions in their order"):
        bundle_from_results(folder, tmp_path / "b", ORIGIN)


def test_folders_that_are_none(model: tuple[Path, Any], tmp_path: Path) -> None:
    folder, _ = model
    with pytest.raises(ModelRefused, match=r"holds no fold_1/checkpoint_final\.pth"):
        bundle_from_results(folder, tmp_path / "b", replace(ORIGIN, folds=(1,)))
    with pytest.raises(ModelRefused, match=r"name the folder Dataset"):
        bundle_from_results(folder.parent, tmp_path / "b", ORIGIN)
    odd = Path(shutil.copytree(folder, tmp_path / "mine"))
    with pytest.raises(ModelRefused, match="plans do not say what to run as 'mine'"):
        bundle_from_results(odd, tmp_path / "b", ORIGIN)
    (folder / "fold_0" / "checkpoint_final.pth").write_bytes(b"nothing")
    with pytest.raises(ModelRefused, match="is not opened"):
        bundle_from_results(folder, tmp_path / "b", ORIGIN)
