"""Model bundles of a few kilobytes: all files are there, and the weights mean nothing."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from corcal.segment import BundleFacts, write_manifest
from corcal.storage import json_bytes

#: Facts of the bundle that `write_small_bundle` writes.
FACTS = BundleFacts(
    name="small",
    version="1",
    configuration="3d_fullres",
    trainer="nnUNetTrainer_250epochs",
    folds=(0,),
    mirroring_axes=(0, 1, 2),
    spacing_mm=(0.8, 0.73, 0.73),
    padding_voxels=(0, 10, 10),
    settings={"preparation": {"spacing_mm": [0.8, 0.73, 0.73], "padding_voxels": [0, 10, 10]}},
)

#: A dataset as nnU-Net describes it.
DATASET: dict[str, Any] = {
    "channel_names": {"0": "CT"},
    "labels": {
        "background": 0,
        "whole_RCA": [1, 4],
        "whole_LAD": [2, 5],
        "whole_LCX": [3, 6],
        "RCA_calcification": 4,
        "LAD_calcification": 5,
        "LCX_calcification": 6,
    },
    "regions_class_order": [1, 2, 3, 4, 5, 6],
    "numTraining": 2,
    "file_ending": ".nii.gz",
    "overwrite_image_reader_writer": "SimpleITKIO",
}


#: A network of three stages.
ARCHITECTURE: dict[str, Any] = {
    "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
    "arch_kwargs": {
        "n_stages": 3,
        "features_per_stage": [4, 8, 8],
        "conv_op": "torch.nn.modules.conv.Conv3d",
        "kernel_sizes": [[3, 3, 3]] * 3,
        "strides": [[1, 1, 1], [2, 2, 2], [2, 2, 2]],
        "n_conv_per_stage": [1, 1, 1],
        "n_conv_per_stage_decoder": [1, 1],
        "conv_bias": True,
        "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
        "norm_op_kwargs": {"eps": 1e-05, "affine": True},
        "dropout_op": None,
        "dropout_op_kwargs": None,
        "nonlin": "torch.nn.LeakyReLU",
        "nonlin_kwargs": {"inplace": True},
    },
    "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
}


RESAMPLING = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
#: nnU-Net's fingerprint of the training scans.
INTENSITIES = {
    "max": 1500.0, "mean": 120.0, "median": 60.0, "min": -200.0,
    "percentile_00_5": -90.0, "percentile_99_5": 900.0, "std": 190.0,
}  # fmt: skip


def plans(patch: tuple[int, int, int] = (32, 32, 32)) -> dict[str, Any]:
    """Return plans of a network of three stages and a few hundred weights, as nnU-Net writes."""
    configuration = {
        "data_identifier": "small_3d_fullres",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": list(patch),
        "median_image_size_in_voxels": [40.0, 40.0, 40.0],
        "spacing": [0.8, 0.73, 0.73],
        "normalization_schemes": ["CTNormalization"],
        "use_mask_for_norm": [False],
        "resampling_fn_data": "resample_data_or_seg_to_shape",
        "resampling_fn_seg": "resample_data_or_seg_to_shape",
        "resampling_fn_data_kwargs": RESAMPLING,
        "resampling_fn_seg_kwargs": {**RESAMPLING, "is_seg": True, "order": 1},
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities_kwargs": {**RESAMPLING, "order": 1},
        "architecture": deepcopy(ARCHITECTURE),
        "batch_dice": False,
    }
    return {
        "dataset_name": "Dataset501_Small",
        "plans_name": "nnUNetPlans_small",
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "original_median_spacing_after_transp": [0.8, 0.73, 0.73],
        "original_median_shape_after_transp": [40, 40, 40],
        "foreground_intensity_properties_per_channel": {"0": dict(INTENSITIES)},
        "configurations": {"3d_fullres": configuration},
    }


def write_small_bundle(folder: Path, facts: BundleFacts = FACTS) -> Path:
    """Write a bundle whose weights are arbitrary bytes, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.json").write_bytes(json_bytes(DATASET))
    (folder / "plans.json").write_bytes(json_bytes(plans()))
    (folder / "CARD.md").write_text("# Small\n\nFinds nothing.\n", encoding="utf-8")
    for fold in facts.folds:
        (folder / f"fold_{fold}").mkdir(exist_ok=True)
        (folder / f"fold_{fold}" / "weights.safetensors").write_bytes(b"weights" * (fold + 1))
    write_manifest(folder, facts)
    return folder
