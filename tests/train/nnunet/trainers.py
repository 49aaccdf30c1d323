"""Trainers made as their process would make them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corcal.settings import Settings, Training
from corcal.train.labels import dataset_json
from corcal.train.nnunet.child import Machine, environment
from corcal.train.nnunet.plan import plans_json
from corcal.train.training_folder import TrainingFolder
from tests.train.nnunet.test_plan import SOME


def make_trainer(folder: Path, monkeypatch: pytest.MonkeyPatch, training: Training) -> Any:
    """Return an initialised trainer on the CPU, with the paper's other settings."""
    from corcal.train.nnunet.trainer import CorcalTrainer

    for name, value in environment(TrainingFolder(folder), Machine()).items():
        if name.startswith("nnUNet"):
            monkeypatch.setenv(name, value)
    settings = replace(Settings.paper(), training=training)
    made = CorcalTrainer.of(
        plans_json(settings, SOME),
        dataset_json(training, 3),
        0,
        training=training,
        device="cpu",
        send=lambda _: None,
    )
    monkeypatch.setattr(
        "nnunetv2.training.nnUNetTrainer.nnUNetTrainer.infer_dataset_class", lambda _: None
    )
    made.initialize()
    return made


def augmentation(made: Any, patch: list[int]) -> dict[str, Any]:
    """Return the transforms of a trainer by their names, each as one that always happens."""
    rotation, flat, _, axes = made.configure_rotation_dummyDA_mirroring_and_inital_patch_size()
    composed = made.get_training_transforms(
        patch, rotation, [[1, 1, 1]], axes, flat, regions=[(1, 4), 4]
    )
    plain = [getattr(one, "transform", one) for one in composed.transforms]
    return {type(one).__name__: one for one in plain}
