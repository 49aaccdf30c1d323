"""The trainer: the paper's numbers reach nnU-Net's own machinery."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")

from corcal.settings import Settings
from tests.train.nnunet.trainers import augmentation, make_trainer

pytestmark = pytest.mark.training

#: The paper's numbers on a network small enough to be built at once.
PAPER = replace(Settings.paper().training, features=4, max_features=4)


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes a trainer, as its process would."""
    return lambda training=PAPER: make_trainer(tmp_path, monkeypatch, training)


def test_numbers_of_the_paper(trainer: Any) -> None:
    made = trainer()
    assert made.num_epochs == 250
    assert made.num_iterations_per_epoch == 250
    assert made.batch_size == 2
    assert made.configuration_manager.patch_size == [112, 128, 160]
    assert made.label_manager.foreground_regions == [(1, 4), (2, 5), (3, 6), 4, 5, 6]
    assert made.label_manager.num_segmentation_heads == 6
    assert made.oversample_foreground_percent == 0.33


def test_dice_and_cross_entropy_weigh_the_same(trainer: Any) -> None:
    loss = trainer().loss.loss
    assert type(loss).__name__ == "DC_and_BCE_loss"
    assert (loss.weight_dice, loss.weight_ce) == (1.0, 1.0)
    loss = trainer(replace(PAPER, dice_weight=2.0, cross_entropy_weight=0.5)).loss.loss
    assert (loss.weight_dice, loss.weight_ce) == (2.0, 0.5)


def test_without_merged_regions_labels_exclude_each_other(trainer: Any) -> None:
    made = trainer(replace(PAPER, merge_regions=False))
    assert type(made.loss.loss).__name__ == "DC_and_CE_loss"
    assert made.label_manager.num_segmentation_heads == 7


def test_the_optimiser_is_nnunets(trainer: Any) -> None:
    (group,) = trainer().optimizer.param_groups
    assert (group["lr"], group["momentum"], group["nesterov"]) == (0.01, 0.99, True)
    assert group["weight_decay"] == 3e-5


def test_the_papers_augmentation(trainer: Any) -> None:
    found = augmentation(trainer(), [112, 128, 160])
    assert found["SpatialTransform"].p_rotation == found["SpatialTransform"].p_scaling == 0.2
    assert found["SpatialTransform"].p_elastic_deform == 0.2
    assert "GaussianNoiseTransform" in found
    assert tuple(found["MirrorTransform"].allowed_axes) == (0, 1, 2)


def test_augmentation_follows_the_settings(trainer: Any) -> None:
    made = trainer(replace(PAPER, elastic_share=0.0, mirror=False))
    found = augmentation(made, [112, 128, 160])
    assert found["SpatialTransform"].p_elastic_deform == 0.0
    assert "MirrorTransform" not in found
    assert made.inference_allowed_mirroring_axes is None
