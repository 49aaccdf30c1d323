"""Take the weights of an exported segmenter back into torch, so that its training can go on.

The exported files hold all weights in half precision, except those that only training needs:
what tells heart, aorta and other calcification apart. These begin again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from corcal.recipes.embedded.networks.network import (
    ARTERY_OFFSET,
    BLOCK,
    REGION_LOGITS,
    Segmenter,
)
from corcal.runtime import Engine, openvino_core
from corcal.segment import member_name

_NETWORK, _HEADS = "self.segmenter.", "self.heads."


def read_segmenter(folder: Path, member: int = 1) -> Segmenter:
    """Return a network that `export_segmenter` wrote into a folder.

    Args:
        folder: holds arteries.json and the files of each member.
        member: its number, from 1 on.

    Raises:
        ModelRefused: a file is absent or changed, or there is no such member.
    """
    first = Engine(folder, member_name(1))
    engine = first if member == 1 else first.sibling(member_name(member))
    parts = _parts(openvino_core().read_model(engine.path))
    segmenter = Segmenter()
    state = segmenter.state_dict()
    for name in [n for n in state if not n.startswith("head.")]:
        values = parts[_NETWORK + name]
        state[name] = torch.from_numpy(values.reshape(state[name].shape))
    for number, channel in enumerate(REGION_LOGITS):
        group = slice(channel * BLOCK**3, (channel + 1) * BLOCK**3)
        # Conversion folds the offset of the artery logit into its bias.
        offset = np.float32(ARTERY_OFFSET if channel == 0 else 0.0)
        state["head.weight"][group] = torch.from_numpy(parts[f"{_HEADS}{number}.weight"])
        state["head.bias"][group] = (
            torch.from_numpy(parts[f"{_HEADS}{number}.bias"].ravel()) + offset
        )
    segmenter.load_state_dict(state)
    return segmenter


def _parts(model: Any) -> dict[str, NDArray[np.float32]]:
    """Return the weights and biases of a model's convolutions and normalisations by name.

    A convolution is followed by its bias, or by normalisation, scale and shift. Only the weights
    of convolutions keep torch's names.
    """
    parts = {}
    for node in model.get_ordered_ops():
        if node.get_type_name() not in ("Convolution", "ConvolutionBackpropData"):
            continue
        constant = _constant(node)
        name = constant.get_friendly_name().removesuffix("_compressed").removesuffix(".weight")
        parts[f"{name}.weight"] = constant.get_data().astype(np.float32)
        after = _reader(node)
        if after.get_type_name() == "MVN":
            scale = _reader(after)
            before, _, number = name.rpartition(".")
            norm = f"{before}.{int(number) + 1}"
            parts[f"{norm}.weight"] = _constant(scale).get_data().astype(np.float32)
            parts[f"{norm}.bias"] = _constant(_reader(scale)).get_data().astype(np.float32)
        else:
            parts[f"{name}.bias"] = _constant(after).get_data().astype(np.float32)
    return parts


def _reader(node: Any) -> Any:
    """Return the one node that reads a node's answer."""
    (reader,) = node.output(0).get_target_inputs()
    return reader.get_node()


def _constant(node: Any) -> Any:
    """Return the constant that a node works with, half precision or not."""
    source = node.input_value(1).get_node()
    while source.get_type_name() == "Convert":
        source = source.input_value(0).get_node()
    return source
