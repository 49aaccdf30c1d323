"""Bundles of small random networks that answer something everywhere, in nnU-Net's own classes."""

from __future__ import annotations

import contextlib
import io
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from corcal.runtime.openvino import load_openvino
from corcal.segment.bundle.bundle import Bundle, BundleFacts, write_manifest
from corcal.testing.small_bundles import DATASET, FACTS, plans
from tests.bundles import write_json


def network(seed: int) -> Any:
    """Return a network of the small plan whose logits are of both signs, as nnU-Net builds it."""
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

    torch.manual_seed(seed)
    made = plans()["configurations"]["3d_fullres"]["architecture"]
    built = get_network_from_plans(
        made["network_class_name"],
        made["arch_kwargs"],
        made["_kw_requires_import"],
        1,
        6,
        deep_supervision=False,
    )
    with torch.no_grad():
        head = built.decoder.seg_layers[-1]
        head.weight.normal_(0.0, 2.0)
        head.bias.normal_(-1.0, 0.5)
    return built.eval()


def write_trained(
    folder: Path, facts: BundleFacts = FACTS, *, openvino: bool = True, dataset: Any = None
) -> Path:
    """Write a bundle of random networks, one for each fold, and return its folder."""
    folder.mkdir(parents=True)
    write_json(folder / "dataset.json", dataset or DATASET)
    write_json(folder / "plans.json", plans())
    (folder / "CARD.md").write_text("# Random\n", encoding="utf-8")
    for fold in facts.folds:
        place = folder / f"fold_{fold}"
        place.mkdir()
        built = network(fold)
        save_file(unique(built), place / "weights.safetensors")
        if openvino:
            for ending, content in exported(fold).items():
                (place / f"network.{ending}").write_bytes(content)
    write_manifest(folder, facts)
    return folder


def without_networks(bundle: Bundle, folder: Path) -> Bundle:
    """Return a copy of a bundle that is run by torch, because it holds no OpenVINO networks."""
    shutil.copytree(bundle.path, folder)
    for file in folder.rglob("network.*"):
        file.unlink()
    write_manifest(folder, bundle.facts)
    return Bundle.open(folder)


def unique(built: Any) -> dict[str, Any]:
    """Return each tensor once, by the first of its names."""
    found: dict[int, tuple[str, Any]] = {}
    for name, tensor in built.state_dict().items():
        found.setdefault(tensor.data_ptr(), (name, tensor.contiguous()))
    return dict(found.values())


@cache
def exported(seed: int) -> dict[str, bytes]:
    """Return the content of network.xml and network.bin by their endings."""
    openvino = load_openvino()
    with contextlib.redirect_stdout(io.StringIO()), TemporaryDirectory() as place:
        model = openvino.convert_model(network(seed), example_input=torch.zeros(1, 1, 32, 32, 32))
        openvino.save_model(model, Path(place) / "network.xml", compress_to_fp16=False)
        return {e: (Path(place) / f"network.{e}").read_bytes() for e in ("xml", "bin")}


def nnunet_predictor(folds: tuple[int, ...], axes: tuple[int, ...]) -> Any:
    """Return nnU-Net's own predictor with the networks of `write_trained`."""
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
    from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

    with contextlib.redirect_stdout(io.StringIO()):
        predictor = nnUNetPredictor(
            use_mirroring=bool(axes), device=torch.device("cpu"), allow_tqdm=False
        )
    manager = PlansManager(plans())
    predictor.manual_initialization(
        network(folds[0]),
        manager,
        manager.get_configuration("3d_fullres"),
        [network(k).state_dict() for k in folds],
        DATASET,
        "nnUNetTrainer",
        axes or None,
    )
    return predictor


def crop_hu(shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """Return HU that vary over a few voxels, like tissue, with bright grains."""
    from scipy import ndimage

    rng = np.random.default_rng(sum(shape))
    smooth = ndimage.gaussian_filter(rng.normal(0, 1, shape), 2)
    hu = 40 + 150 * smooth / smooth.std() + rng.normal(0, 20, shape)
    hu[rng.random(shape) > 0.998] = 800
    return np.asarray(hu, np.float32)


def facts_of(folds: tuple[int, ...], axes: tuple[int, ...]) -> BundleFacts:
    return replace(FACTS, folds=folds, mirroring_axes=axes)
