"""The files of one fold in a bundle: weights without pickle, and an OpenVINO network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from corcal.core.errors import ModelRefused
from corcal.runtime import compile_network, load_openvino, need
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.manifest import network_of
from corcal.segment.nnunet.network import load_network

EXPORTING = "exporting a model"
#: Largest difference of a logit between torch and OpenVINO on random input.
_TOLERANCE = 2e-3


def write_weights(state: dict[str, Any], path: Path) -> None:
    """Write tensors without pickle; each once, under the first of its names.

    Args:
        state: a network's tensors by name.
        path: the file; its folder is made.
    """
    save = need("safetensors.torch", EXPORTING).save
    first: dict[int, str] = {}
    for name, tensor in state.items():
        first.setdefault(tensor.data_ptr(), name)
    once = {name: state[name].detach().contiguous() for name in first.values()}
    path.parent.mkdir(parents=True)
    path.write_bytes(save(once))


def write_network(bundle: Bundle, fold: int, folder: Path) -> None:
    """Write a fold as an OpenVINO network and compare it with torch on random input.

    Args:
        bundle: holds the fold's weights.
        fold: its number.
        folder: of the bundle.

    Raises:
        ModelRefused: both do not compute the same.
    """
    torch, openvino = need("torch", EXPORTING), load_openvino()
    network = load_network(bundle, fold, what=EXPORTING)
    shape = (1, 1, *bundle.plan.patch)
    example = torch.zeros(shape)
    model = openvino.convert_model(network, example_input=example, input=[list(shape)])
    xml, weights = (folder / name for name in network_of(fold))
    openvino.save_model(model, xml, compress_to_fp16=False)
    given = np.random.default_rng(fold).standard_normal(shape).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(given)).numpy()
    where = f"{bundle.path}: fold_{fold}"
    found = compile_network(xml.read_bytes(), weights.read_bytes(), shape, where=where)(given)
    apart = float(np.abs(found - expected).max())
    # Not "apart > tolerance": what is not a number would pass.
    if not apart <= _TOLERANCE * max(1.0, float(np.abs(expected).max())):
        raise ModelRefused(
            f"fold {fold}: OpenVINO computes logits that differ by {apart:.3g} from torch's; try "
            "another version of openvino"
        )
