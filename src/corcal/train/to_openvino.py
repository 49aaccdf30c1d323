"""Export a trained network: OpenVINO files, a manifest with their hashes, no pickle."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from torch import nn

from corcal.engine import load_openvino
from corcal.train.network import Locator, Segmenter, region_probabilities


class _HeartProbability(nn.Module):
    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self.locator = locator

    def forward(self, hu: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.locator(hu))


class _RegionProbabilities(nn.Module):
    def __init__(self, segmenter: Segmenter) -> None:
        super().__init__()
        self.segmenter = segmenter

    def forward(self, hu: torch.Tensor, frame: torch.Tensor) -> torch.Tensor:
        return region_probabilities(self.segmenter(hu, frame))


def export_locator(locator: Locator, folder: Path, card: dict[str, object]) -> None:
    """Write heart.xml, heart.bin and heart.json into a folder.

    Args:
        locator: trained weights.
        folder: where to write; files of the same names are replaced.
        card: name, version and training facts for the manifest.
    """
    example = (torch.zeros(1, 1, 32, 32, 32),)
    _export(_HeartProbability(locator).eval(), example, folder / "heart", card)


def export_segmenter(segmenter: Segmenter, folder: Path, card: dict[str, object]) -> None:
    """Write arteries.xml, arteries.bin and arteries.json into a folder.

    Args:
        segmenter: trained weights.
        folder: where to write; files of the same names are replaced.
        card: name, version and training facts for the manifest.
    """
    example = (torch.zeros(1, 1, 64, 64, 64), torch.zeros(1, 3, 32, 32, 32))
    _export(_RegionProbabilities(segmenter).eval(), example, folder / "arteries", card)


def _export(
    network: nn.Module, example: tuple[torch.Tensor, ...], stem: Path, card: dict[str, object]
) -> None:
    openvino = load_openvino()
    model = openvino.convert_model(network, example_input=example)
    names = ("hu", "frame")[: len(example)]
    for port, name, tensor in zip(model.inputs, names, example, strict=True):
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(openvino.PartialShape([1, tensor.shape[1], -1, -1, -1]))
    model.validate_nodes_and_infer_types()
    stem.parent.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, stem.with_suffix(".xml"), compress_to_fp16=True)
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (stem.with_suffix(".xml"), stem.with_suffix(".bin"))
    }
    manifest = json.dumps({**card, "files": files}, indent=2) + "\n"
    stem.with_suffix(".json").write_text(manifest, encoding="utf-8")
