"""Export a trained network: OpenVINO files, a manifest with their hashes, no pickle."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from corcal.recipes.embedded.networks.network import (
    BLOCK,
    REGION_LOGITS,
    Locator,
    Segmenter,
    depth_to_space,
    joint_probabilities,
)
from corcal.runtime import load_openvino
from corcal.segment import member_name
from corcal.storage import json_bytes, replace_file

#: The permutations of `network.space_to_depth` and `network.depth_to_space`.
_TO_DEPTH = (0, 1, 3, 5, 7, 2, 4, 6)
_TO_SPACE = (0, 1, 5, 2, 6, 3, 7, 4)


class _HeartProbability(nn.Module):
    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self.locator = locator

    def forward(self, hu: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.locator(hu))


class _RegionProbabilities(nn.Module):
    """The segmenter's six regions, made at half resolution, voxel group by voxel group.

    The numbers are those of `region_probabilities(segmenter(hu, frame))`. But on the full grid
    each of its steps would need an array eight times as large, and what the regions do not
    depend on (heart, aorta, other calcification) would be computed for nothing.
    """

    def __init__(self, segmenter: Segmenter) -> None:
        super().__init__()
        self.segmenter = segmenter
        self.heads = nn.ModuleList([_part(segmenter.head, k) for k in REGION_LOGITS])

    def forward(self, hu: torch.Tensor, frame: torch.Tensor) -> torch.Tensor:
        features = self.segmenter.features(hu, frame)
        return depth_to_space(joint_probabilities([head(features) for head in self.heads]))


def _part(head: nn.Conv3d, channel: int) -> nn.Conv3d:
    """Return the part of a sub-pixel head that gives one channel of the full grid."""
    group = slice(channel * BLOCK**3, (channel + 1) * BLOCK**3)
    part = nn.Conv3d(head.in_channels, BLOCK**3, 1)
    assert head.bias is not None
    part.load_state_dict({"weight": head.weight[group], "bias": head.bias[group]})
    return part


def export_locator(locator: Locator, folder: Path, card: dict[str, object]) -> None:
    """Write heart.xml, heart.bin and heart.json into a folder.

    Args:
        locator: trained weights.
        folder: where to write; files of the same names are replaced.
        card: name, version and training facts for the manifest.
    """
    example = (torch.zeros(1, 1, 32, 32, 32),)
    files = _write(_HeartProbability(locator).eval(), example, folder / "heart")
    replace_file(folder / "heart.json", json_bytes({**card, "files": files}))


def export_segmenter(members: Sequence[Segmenter], folder: Path, card: dict[str, object]) -> None:
    """Write arteries.xml and arteries.bin, those of further members, and arteries.json.

    Args:
        members: networks with trained weights, of which the segmenter is the mean.
        folder: where to write; files of the same names are replaced.
        card: name, version and training facts for the manifest.
    """
    example = (torch.zeros(1, 1, 64, 64, 64), torch.zeros(1, 3, 32, 32, 32))
    files: dict[str, str] = {}
    for number, segmenter in enumerate(members, start=1):
        stem = folder / member_name(number)
        files |= _write(_RegionProbabilities(segmenter).eval(), example, stem)
    replace_file(folder / f"{member_name(1)}.json", json_bytes({**card, "files": files}))


def _write(network: nn.Module, example: tuple[torch.Tensor, ...], stem: Path) -> dict[str, str]:
    """Write a network; return the SHA-256 of its files by name."""
    openvino = load_openvino()
    model = openvino.convert_model(network, example_input=example)
    names = ("hu", "frame")[: len(example)]
    for port, name, tensor in zip(model.inputs, names, example, strict=True):
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(openvino.PartialShape([1, tensor.shape[1], -1, -1, -1]))
    _use_block_operations(model)
    model.validate_nodes_and_infer_types()
    stem.parent.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, stem.with_suffix(".xml"), compress_to_fp16=True)
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (stem.with_suffix(".xml"), stem.with_suffix(".bin"))
    }


def _use_block_operations(model: Any) -> None:
    """Put OpenVINO's own space-to-depth and depth-to-space where torch reshapes and permutes.

    They compute the same numbers. But a permutation of eight axes first brings the whole array
    into another memory layout, which took a third of the segmenter's time.
    """
    opset = load_openvino().opset13
    operations = {_TO_DEPTH: opset.space_to_depth, _TO_SPACE: opset.depth_to_space}
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Transpose":
            continue
        order = tuple(int(axis) for axis in node.input_value(1).get_node().data)
        if order in operations:
            source = node.input_value(0).get_node().input_value(0)
            (end,) = node.output(0).get_target_inputs()
            block = operations[order](source, "depth_first", BLOCK)
            for reader in end.get_node().output(0).get_target_inputs():
                reader.replace_source_output(block.output(0))
