"""Stock nnU-Net and corcal's segmenter on the same heart, one after the other, same cores.

    python -m benchmarks.stock_nnunet SERIES

Called by `python -m benchmarks.speed --nnunet`. nnU-Net gets the plan of the published method
(patches of 112 x 128 x 160, six stages, six regions) with random weights: its speed does not
depend on them. It predicts the heart crop that corcal has prepared, so that its own resampling
and export, which come on top in practice, are left out in its favour.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import REGIONS
from corcal.locate import EmbeddedLocator, locate_heart
from corcal.prepare import Prepared, prepare
from corcal.read import read_scan
from corcal.segment import EmbeddedSegmenter
from corcal.settings import Settings
from corcal.testing import DATASET

INSTALL = """\
The comparison needs nnU-Net, which is not installed here. Its plain installation replaces torch by
a CUDA build of several GB; in an environment of its own this does not:
    pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
    pip install torchvision==0.28.0 nnunetv2==2.8.1
    pip install -e .
Skipped."""

PATCH = (112, 128, 160)
#: Of the published method: five networks, each on the eight mirrorings of every patch.
FOLDS, MIRRORS = 5, 8

_STRIDES = [[1, 1, 1], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2], [1, 2, 2]]
_ARCHITECTURE: dict[str, Any] = {
    "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
    "arch_kwargs": {
        "n_stages": 6,
        "features_per_stage": [32, 64, 128, 256, 320, 320],
        "conv_op": "torch.nn.modules.conv.Conv3d",
        "kernel_sizes": [[3, 3, 3]] * 6,
        "strides": _STRIDES,
        "n_conv_per_stage": [2] * 6,
        "n_conv_per_stage_decoder": [2] * 5,
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


def main(series: Path) -> None:
    """Measure both and print the ratio."""
    if importlib.util.find_spec("nnunetv2") is None:
        print(INSTALL)
        return
    crop = _heart_crop(series)
    shape = " x ".join(str(n) for n in crop.hu.shape)
    print(f"\nFinding the regions in the heart crop, {shape} voxels at the working spacing:\n")
    segmenter = EmbeddedSegmenter()
    ours = min(
        _timed(lambda: segmenter.probabilities(crop.hu, crop.heart, crop.grid)) for _ in range(3)
    )
    print(f"corcal, one pass, best of 3: {ours[0]:.2f} s CPU, {ours[1]:.2f} s wall", flush=True)
    predictor, tiles = _predictor(crop.hu.shape)
    scaled = ((crop.hu - crop.hu.mean()) / crop.hu.std())[None]
    stock = _timed(lambda: _predict(predictor, scaled))
    print(
        f"stock nnU-Net, one fold, no mirroring, {tiles} patches: "
        f"{stock[0]:.1f} s CPU, {stock[1]:.1f} s wall (measured)"
    )
    ratio = stock[0] / ours[0], stock[1] / ours[1]
    print(f"ratio measured: {ratio[0]:.0f} by CPU seconds, {ratio[1]:.0f} by wall time")
    many = FOLDS * MIRRORS
    print(
        f"the published method ({FOLDS} folds x {MIRRORS} mirrorings) computed from it, not run: "
        f"{many * stock[0] / 60:.0f} minutes CPU, ratio {many * ratio[0]:.0f}"
    )


def _heart_crop(series: Path) -> Prepared:
    settings = Settings()
    scan = read_scan(series, settings=settings)
    return prepare(scan, locate_heart(scan, EmbeddedLocator()), settings.preparation)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return CPU seconds and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _plans() -> dict[str, Any]:
    settings = Settings()
    configuration = {
        "data_identifier": "timing",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": list(PATCH),
        "spacing": list(settings.preparation.spacing_mm),
        "normalization_schemes": ["CTNormalization"],
        "use_mask_for_norm": [False],
        "architecture": _ARCHITECTURE,
        "batch_dice": False,
    }
    return {
        "dataset_name": "timing",
        "plans_name": "paper",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "configurations": {"3d_fullres": configuration},
    }


def _predictor(shape: tuple[int, ...]) -> tuple[Any, int]:
    """Return nnU-Net's predictor with an untrained network, and its patches for a crop."""
    import torch
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
    from nnunetv2.inference.sliding_window_prediction import compute_steps_for_sliding_window
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans
    from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(0)
    network = get_network_from_plans(
        _ARCHITECTURE["network_class_name"],
        _ARCHITECTURE["arch_kwargs"],
        _ARCHITECTURE["_kw_requires_import"],
        1,
        len(REGIONS),
        deep_supervision=False,
    )
    plans = PlansManager(_plans())
    predictor = nnUNetPredictor(
        tile_step_size=0.5,
        use_mirroring=False,
        perform_everything_on_device=False,
        device=torch.device("cpu"),
        allow_tqdm=False,
    )
    predictor.manual_initialization(
        network,
        plans,
        plans.get_configuration("3d_fullres"),
        [network.state_dict()],
        DATASET,
        "nnUNetTrainer",
        None,
    )
    padded = [max(n, p) for n, p in zip(shape, PATCH, strict=True)]
    steps = compute_steps_for_sliding_window(tuple(padded), PATCH, 0.5)
    return predictor, int(np.prod([len(s) for s in steps]))


def _predict(predictor: Any, scaled: NDArray[np.float32]) -> None:
    import torch

    logits = predictor.predict_logits_from_preprocessed_data(torch.from_numpy(scaled))
    assert logits.shape == (len(REGIONS), *scaled.shape[1:])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
