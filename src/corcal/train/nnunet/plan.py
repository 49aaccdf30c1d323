"""nnU-Net's plan for the paper's network, written from the settings and the dataset.

nnU-Net would choose patch, batch and stages by the memory of a GPU; the paper gives them, so
they are written down instead. What the paper does not give is nnU-Net's default.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from corcal.core.errors import DatasetRefused, SettingsRefused
from corcal.settings import Settings, Training
from corcal.storage import json_bytes, read_json, replace_file
from corcal.train.labels import load_dataset_json
from corcal.train.nnunet.fingerprint import Fingerprint, fingerprint_of
from corcal.train.nnunet.topology import Topology, topology_of
from corcal.train.training_folder import (
    CONFIGURATION,
    DATASET_NAME,
    PLANS_NAME,
    TrainingFolder,
)

#: What a dataset is made with, and cannot be changed after it.
_FIXED = (
    "preparation.spacing_mm",
    "preparation.padding_voxels",
    "preparation.crop_to_heart",
    "training.folds",
    "training.test_share",
    "training.seed",
    "training.merge_regions",
)


def write_plan(work: TrainingFolder) -> dict[str, Any]:
    """Write plans.json, split and fingerprint where nnU-Net looks for them; return the plan.

    Raises:
        DatasetRefused: the dataset is incomplete or was changed.
        SettingsRefused: no network fits the patch.
        OutputRefused: the folder cannot be written.
    """
    settings = work.settings()
    described = load_dataset_json(work.raw / "dataset.json", settings.training)
    topology_of(settings.training, settings.preparation.spacing_mm)
    splits = read_json(
        work.raw / "splits_final.json", refusal=DatasetRefused, remedy="make the dataset again"
    )
    cases = sorted({case for fold in splits for case in fold["train"] + fold["val"]})
    fingerprint = fingerprint_of(_read(work, case) for case in cases)
    plans = plans_json(settings, fingerprint)
    spacing_mm = settings.preparation.spacing_mm
    replace_file(work.preprocessed / "dataset.json", json_bytes(described))
    replace_file(work.preprocessed / "splits_final.json", json_bytes(splits))
    replace_file(
        work.preprocessed / "dataset_fingerprint.json",
        json_bytes(fingerprint.as_nnunet(spacing_mm)),
    )
    # Last: with it, the plan is whole.
    replace_file(work.plans_file, json_bytes(plans))
    return plans


def change_training(work: TrainingFolder, file: Path) -> None:
    """Give a dataset another [training]: patch, network, epochs and the like.

    Args:
        work: with a dataset.
        file: TOML; what it leaves out stays as it was.

    Raises:
        SettingsRefused: the file is wrong, asks for what the dataset was not made with, or for a
            patch that no network fits.
        DatasetRefused: the folder holds no training.
        OutputRefused: the folder cannot be written.
    """
    made = work.settings()
    wanted = Settings.from_toml(file, base=made)
    for name in _FIXED:
        group, key = name.split(".")
        have, want = (getattr(getattr(s, group), key) for s in (made, wanted))
        if have != want:
            raise SettingsRefused(
                f"{file}: {name} {want}: the dataset in {work.folder} was made with {have}; make "
                "another one with `corcal train dataset`, or leave that setting as it was"
            )
    # Before anything is written, so that a patch that fits no network changes nothing.
    topology_of(wanted.training, made.preparation.spacing_mm)
    changed = replace(made, training=wanted.training)
    replace_file(work.settings_file, changed.to_toml().encode())


def plans_json(settings: Settings, fingerprint: Fingerprint) -> dict[str, Any]:
    """Return the content of nnU-Net's plans.json.

    Args:
        settings: the training and the spacing.
        fingerprint: of the dataset.

    Raises:
        SettingsRefused: no network fits the patch.
    """
    median = np.median(np.array(fingerprint.shapes), axis=0)
    spacing_mm = list(settings.preparation.spacing_mm)
    return {
        "dataset_name": DATASET_NAME,
        "plans_name": PLANS_NAME,
        "original_median_spacing_after_transp": spacing_mm,
        "original_median_shape_after_transp": [round(float(n)) for n in median],
        "image_reader_writer": "SimpleITKIO",
        # Axes stay (slice, row, column) whatever the spacing: the settings are in that order.
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "configurations": {
            CONFIGURATION: _configuration(settings, [float(n) for n in median]),
        },
        "experiment_planner_used": "corcal",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {"0": fingerprint.intensities},
    }


def _configuration(settings: Settings, median: list[float]) -> dict[str, Any]:
    training, spacing_mm = settings.training, settings.preparation.spacing_mm
    name = "resample_data_or_seg_to_shape"
    # Scans arrive at the working spacing, so that nnU-Net has nothing left to resample.
    image = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
    smooth = {"is_seg": False, "order": 1, "order_z": 0, "force_separate_z": None}
    labels = {"is_seg": True, "order": 1, "order_z": 0, "force_separate_z": None}
    return {
        "data_identifier": f"{PLANS_NAME}_{CONFIGURATION}",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": training.batch,
        "patch_size": list(training.patch_voxels),
        "median_image_size_in_voxels": median,
        "spacing": list(spacing_mm),
        "normalization_schemes": ["CTNormalization"],
        "use_mask_for_norm": [False],
        "resampling_fn_data": name,
        "resampling_fn_seg": name,
        "resampling_fn_data_kwargs": image,
        "resampling_fn_seg_kwargs": labels,
        "resampling_fn_probabilities": name,
        "resampling_fn_probabilities_kwargs": smooth,
        "architecture": _architecture(training, topology_of(training, spacing_mm)),
        "batch_dice": False,
    }


def _architecture(training: Training, topology: Topology) -> dict[str, Any]:
    stages = len(topology.strides)
    return {
        "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
        "arch_kwargs": {
            "n_stages": stages,
            "features_per_stage": list(topology.features),
            "conv_op": "torch.nn.modules.conv.Conv3d",
            "kernel_sizes": [list(k) for k in topology.kernels],
            "strides": [list(s) for s in topology.strides],
            "n_conv_per_stage": [training.convolutions] * stages,
            "n_conv_per_stage_decoder": [training.convolutions] * (stages - 1),
            "conv_bias": True,
            "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
            "norm_op_kwargs": {"eps": 1e-5, "affine": True},
            "dropout_op": None,
            "dropout_op_kwargs": None,
            "nonlin": "torch.nn.LeakyReLU",
            "nonlin_kwargs": {"inplace": True},
        },
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
    }


def _read(work: TrainingFolder, case: str) -> tuple[Any, Any]:
    """Return HU and codes of a prepared scan."""
    image = sitk.ReadImage(str(work.raw / "imagesTr" / f"{case}_0000.nii.gz"))
    labels = sitk.ReadImage(str(work.raw / "labelsTr" / f"{case}.nii.gz"))
    return sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(labels)
