"""Networks of a few operations in the files of the real ones, so that tests need no training."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path
from typing import Any

import numpy as np

from corcal.runtime import load_openvino
from corcal.segment import member_name
from corcal.storage import json_bytes

_SIDES = [-1, -1, -1]
#: Exact in float32; bfloat16 would round it to 1.
FINE = 1.0 + 2.0**-10


def write_model(folder: Path, name: str, inputs: list[Any], output: Any) -> None:
    """Write NAME.xml, NAME.bin and the manifest NAME.json into a folder."""
    _save(folder, name, inputs, output)
    write_manifest(folder, name)


def write_manifest(folder: Path, name: str, *others: str) -> None:
    """Write the manifest NAME.json of a network's files, and of other networks', in the folder."""
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for stem in (name, *others)
        for path in (folder / f"{stem}.xml", folder / f"{stem}.bin")
    }
    manifest = {"name": f"small {name}", "version": "1", "files": files}
    (folder / f"{name}.json").write_bytes(json_bytes(manifest))


def write_small_locator(folder: Path) -> None:
    """Write a locator to which the heart is whatever reaches 50 HU, and half of it at 0 HU."""
    ops, hu = operations(), make_input("hu", 1)
    scaled = ops.multiply(hu, np.float32(0.01))
    write_model(folder, "heart", [hu], ops.clamp(scaled, 0.0, 1.0))


def write_small_segmenter(folder: Path, *, members: int = 1) -> None:
    """Write a segmenter that returns the frame, voxel by voxel, and the HU in three channels.

    Args:
        folder: where to write.
        members: networks that it has; the HU of the second are twice, of the third thrice as high.
    """
    names = [member_name(number) for number in range(1, members + 1)]
    for number, name in enumerate(names, start=1):
        _write_member(folder, name, number)
    write_manifest(folder, *names)


def _write_member(folder: Path, name: str, factor: int) -> None:
    ops, hu, frame = operations(), make_input("hu", 1), make_input("frame", 3)
    # Each voxel of the half as fine frame becomes a block of 2 x 2 x 2.
    flat = ops.interpolate(
        frame,
        np.full(3, 2.0, np.float32),
        "nearest",
        "scales",
        axes=[2, 3, 4],
        nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )
    times = hu if factor == 1 else ops.multiply(hu, np.float32(factor))
    _save(folder, name, [hu, frame], ops.concat([flat, times, times, times], 1))


def write_sum(folder: Path) -> None:
    """Write a network of one convolution that sums 16 channels, each times `FINE`."""
    ops, hu, nowhere = operations(), make_input("hu", 16), [0, 0, 0]
    kernel = ops.constant(np.full((1, 16, 1, 1, 1), FINE, np.float32))
    summed = ops.convolution(hu, kernel, [1, 1, 1], nowhere, nowhere, [1, 1, 1])
    write_model(folder, "sum", [hu], summed)


def _save(folder: Path, name: str, inputs: list[Any], output: Any) -> None:
    openvino = load_openvino()
    model = openvino.Model([output], inputs, name)
    openvino.save_model(model, folder / f"{name}.xml", compress_to_fp16=False)


def operations() -> Any:
    """Return OpenVINO's module of operations."""
    load_openvino()
    return importlib.import_module("openvino.opset13")


def make_input(name: str, channels: int) -> Any:
    """Return a network's input of any size."""
    parameter = operations().parameter([1, channels, *_SIDES], np.float32, name=name)
    parameter.output(0).get_tensor().set_names({name})
    return parameter
