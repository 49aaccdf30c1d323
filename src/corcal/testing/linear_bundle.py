"""A bundle whose networks see each voxel alone, so that its answers are known; no torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.runtime import load_openvino
from corcal.segment import Bundle, BundleFacts, write_manifest
from corcal.storage import json_bytes
from corcal.testing.small_bundles import plans, write_small_bundle
from corcal.testing.small_networks import operations

#: Small, so that few voxels make many windows.
PATCH = (8, 10, 12)


def write_linear_bundle(
    folder: Path,
    facts: BundleFacts,
    weights: NDArray[np.float64],
    biases: NDArray[np.float64],
    patch: tuple[int, int, int] = PATCH,
) -> Bundle:
    """Write a bundle of which each channel is a linear function of the normalised voxel.

    Args:
        folder: for the bundle.
        facts: what it says of itself.
        weights: (fold, 6).
        biases: (fold, 6).
        patch: of its plan.
    """
    write_small_bundle(folder, facts)
    (folder / "plans.json").write_bytes(json_bytes(plans(patch)))
    openvino, ops = load_openvino(), operations()
    for fold in facts.folds:
        given = ops.parameter([1, 1, -1, -1, -1], np.float32, name="x")
        shape = (1, 6, 1, 1, 1)
        weight, bias = (v[fold].reshape(shape).astype(np.float32) for v in (weights, biases))
        answer = ops.add(ops.multiply(given, weight), bias)
        model = openvino.Model([answer], [given], "linear")
        path = folder / f"fold_{fold}" / "network.xml"
        openvino.save_model(model, path, compress_to_fp16=False)
    write_manifest(folder, facts)
    return Bundle.open(folder)
