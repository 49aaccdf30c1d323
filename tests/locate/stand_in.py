"""A release of TotalSegmentator's sub-task 293 in all but size: files, names, labels, old plans."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from corcal.locate.weights import DATASET

TRAINER = "nnUNetTrainerNoMirroring"
MODEL = f"{TRAINER}__nnUNetPlans__3d_fullres"
PATCH = (24, 32, 28)

DATASET_JSON: dict[str, Any] = {
    "channel_names": {"0": "CT"},
    "labels": {
        "background": 0, "heart": 1, "aorta": 2, "pulmonary_vein": 3, "brachiocephalic_trunk": 4,
        "subclavian_artery_right": 5, "subclavian_artery_left": 6, "common_carotid_artery_right": 7,
        "common_carotid_artery_left": 8, "brachiocephalic_vein_left": 9,
        "brachiocephalic_vein_right": 10, "atrial_appendage_left": 11, "superior_vena_cava": 12,
    },
    "numTraining": 1559,
    "file_ending": ".nii.gz",
    "overwrite_image_reader_writer": "NibabelIOWithReorient",
}  # fmt: skip


_RESAMPLING = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
_INTENSITIES = {
    "max": 3000.0, "mean": 50.0, "median": 40.0, "min": -1000.0,
    "percentile_00_5": -900.0, "percentile_99_5": 800.0, "std": 250.0,
}  # fmt: skip


def plans() -> dict[str, Any]:
    """Return plans in the form of nnU-Net 2.0, which that release was trained with."""
    configuration = {
        "data_identifier": "nnUNetPlans_3d_fullres",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": list(PATCH),
        "median_image_size_in_voxels": [40.0, 40.0, 40.0],
        "spacing": [1.5, 1.5, 1.5],
        "normalization_schemes": ["CTNormalization"],
        "use_mask_for_norm": [False],
        "UNet_class_name": "PlainConvUNet",
        "UNet_base_num_features": 4,
        "n_conv_per_stage_encoder": [1, 1, 1],
        "n_conv_per_stage_decoder": [1, 1],
        "num_pool_per_axis": [2, 2, 2],
        "pool_op_kernel_sizes": [[1, 1, 1], [2, 2, 2], [2, 2, 2]],
        "conv_kernel_sizes": [[3, 3, 3], [3, 3, 3], [3, 3, 3]],
        "unet_max_num_features": 8,
        "resampling_fn_data": "resample_data_or_seg_to_shape",
        "resampling_fn_seg": "resample_data_or_seg_to_shape",
        "resampling_fn_data_kwargs": _RESAMPLING,
        "resampling_fn_seg_kwargs": {**_RESAMPLING, "is_seg": True, "order": 1},
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities_kwargs": {**_RESAMPLING, "order": 1},
        "batch_dice": False,
    }
    return {
        "dataset_name": DATASET,
        "plans_name": "nnUNetPlans",
        "original_median_spacing_after_transp": [1.5, 1.5, 1.5],
        "original_median_shape_after_transp": [40, 40, 40],
        "image_reader_writer": "NibabelIOWithReorient",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "configurations": {"3d_fullres": configuration},
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {"0": _INTENSITIES},
    }


def write_release(home: Path, checkpoint: bytes = b"weights") -> Path:
    """Write DATASET/Trainer__Plans__Configuration/... into a folder; return the dataset's."""
    fold = home / DATASET / MODEL / "fold_0"
    fold.mkdir(parents=True)
    for name, content in (("dataset.json", DATASET_JSON), ("plans.json", plans())):
        (fold.parent / name).write_text(json.dumps(content), encoding="utf-8")
    (fold / "checkpoint_final.pth").write_bytes(checkpoint)
    (fold / "debug.json").write_text("{}", encoding="utf-8")
    return home / DATASET


def zipped(release: Path) -> Path:
    """Return the zip of a release, as it is published."""
    home = release.parent
    return Path(shutil.make_archive(str(home / "release"), "zip", home, release.name))
