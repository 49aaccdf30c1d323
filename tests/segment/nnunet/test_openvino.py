"""A bundle with OpenVINO networks runs without torch, on every part of the way: known answers."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corcal.core.errors import ModelRefused
from corcal.core.grid import Grid
from corcal.segment.bundle.bundle import Bundle, BundleFacts, write_manifest
from corcal.segment.bundle.plan import Intensities
from corcal.segment.nnunet.segmenter import NnunetSegmenter, normalise
from corcal.testing import write_linear_bundle
from corcal.testing.small_bundles import FACTS, plans, write_small_bundle
from tests.bundles import write_json

SPACING = FACTS.spacing_mm
#: Weight and bias of each fold's six channels; the folds' mean is what is expected.
WEIGHTS = np.array([[1.0, -1.0, 0.5, 2.0, 0.0, -0.5], [3.0, 1.0, 0.5, 0.0, 0.0, 0.5]])
BIASES = np.array([[0.0, 0.5, -1.0, 0.0, 0.25, 1.0], [1.0, 0.5, 0.0, 0.0, -0.25, 0.0]])


def linear_bundle(folder: Path, facts: BundleFacts) -> Bundle:
    return write_linear_bundle(folder, facts, WEIGHTS, BIASES)


def hu_of(shape: tuple[int, int, int]) -> np.ndarray:
    return np.random.default_rng(3).normal(100, 200, shape).astype(np.float32)


@pytest.mark.parametrize("axes", [(), (0, 1, 2)])
@pytest.mark.parametrize("folds", [(0,), (0, 1)])
def test_probabilities_are_those_of_the_mean_logits(
    tmp_path: Path, folds: tuple[int, ...], axes: tuple[int, ...]
) -> None:
    bundle = linear_bundle(tmp_path / "b", replace(FACTS, folds=folds, mirroring_axes=axes))
    shape = (13, 10, 25)
    hu = hu_of(shape)
    segmenter = NnunetSegmenter(bundle)
    found = segmenter.probabilities(hu, np.ones(shape, bool), Grid.axial(shape, SPACING))
    image = (np.clip(hu, -90, 900) - 120) / 190
    weight, bias = (v[list(folds)].mean(0)[:, None, None, None] for v in (WEIGHTS, BIASES))
    expected = 1 / (1 + np.exp(-(weight * image + bias)))
    assert found.dtype == np.float32
    inside = (slice(None), slice(3, -3), slice(3, -3), slice(3, -3))
    np.testing.assert_allclose(found[inside], expected[inside], atol=5e-3)
    assert (segmenter.name, segmenter.device) == ("small 1", "cpu")
    assert segmenter.sha256 == bundle.sha256
    assert segmenter.preparation.padding_voxels == (0, 10, 10)


def test_axes_that_nnunet_exchanged_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    linear_bundle(folder, FACTS)
    turned = plans((12, 8, 10))
    turned["transpose_forward"] = [2, 0, 1]
    turned["configurations"]["3d_fullres"]["spacing"] = [0.73, 0.8, 0.73]
    write_json(folder / "plans.json", turned)
    write_manifest(folder, FACTS)
    shape = (13, 10, 25)
    hu = hu_of(shape)
    grid = Grid.axial(shape, SPACING)
    found = NnunetSegmenter(Bundle.open(folder)).probabilities(hu, np.ones(shape, bool), grid)
    same = NnunetSegmenter(linear_bundle(tmp_path / "c", FACTS))
    expected = same.probabilities(hu, np.ones(shape, bool), grid)
    inside = (slice(None), slice(3, -3), slice(3, -3), slice(3, -3))
    np.testing.assert_allclose(found[inside], expected[inside], atol=5e-3)


def test_arrays_of_the_caller_are_left_alone(tmp_path: Path) -> None:
    segmenter = NnunetSegmenter(linear_bundle(tmp_path / "b", FACTS))
    hu = np.asfortranarray(hu_of((9, 12, 14)))
    before = hu.copy()
    hu.flags.writeable = False
    grid = Grid.axial(hu.shape, SPACING)
    first = segmenter.probabilities(hu, np.ones(hu.shape, bool), grid)
    np.testing.assert_array_equal(hu, before)
    np.testing.assert_array_equal(segmenter.probabilities(hu, np.ones(hu.shape, bool), grid), first)


def test_a_network_that_was_changed_is_refused_when_it_is_run(tmp_path: Path) -> None:
    segmenter = NnunetSegmenter(linear_bundle(tmp_path / "b", FACTS))
    path = tmp_path / "b" / "fold_0" / "network.xml"
    path.write_bytes(path.read_bytes() + b" ")
    shape = (8, 10, 12)
    with pytest.raises(ModelRefused, match=r"fold_0/network.xml has SHA-256"):
        segmenter.probabilities(hu_of(shape), np.ones(shape, bool), Grid.axial(shape, SPACING))


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    bundle = linear_bundle(tmp_path / "b", FACTS)
    (tmp_path / "b" / "fold_0" / "network.xml").write_text("<net/>", encoding="utf-8")
    write_manifest(bundle.path, FACTS)
    segmenter, shape = NnunetSegmenter(Bundle.open(bundle.path)), (8, 10, 12)
    with pytest.raises(ModelRefused, match="fold_0: OpenVINO cannot run this network"):
        segmenter.probabilities(hu_of(shape), np.ones(shape, bool), Grid.axial(shape, SPACING))


def test_devices_are_two(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="device 'tpu' is not one of cpu, cuda"):
        NnunetSegmenter(linear_bundle(tmp_path / "b", FACTS), device="tpu")


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_without_torch_it_is_said_what_to_install(
    tmp_path: Path, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(importlib, "import_module", absent)
    folder = write_small_bundle(tmp_path / "b")
    with pytest.raises(ModelRefused, match=r'needs torch.* pip install "\.\[train\]"'):
        NnunetSegmenter(Bundle.open(folder), device=device)


def test_neither_torch_nor_nnunet_is_loaded(tmp_path: Path) -> None:
    linear_bundle(tmp_path / "b", FACTS)
    program = f"""
import json, sys
from pathlib import Path
import numpy as np
from corcal.core.grid import Grid
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.nnunet.segmenter import NnunetSegmenter
hu = np.zeros((9, 9, 9), np.float32)
segmenter = NnunetSegmenter(Bundle.open(Path({str(tmp_path / "b")!r})))
segmenter.probabilities(hu, hu > -1, Grid.axial(hu.shape, {SPACING}))
print(json.dumps(sorted({{"torch", "nnunetv2", "safetensors"}} & set(sys.modules))))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(done.stdout) == []


def test_intensities_are_clipped_and_scaled() -> None:
    hu = np.array([[[-2000.0, -100.0, 0.0, 300.0, 3000.0]]], np.float32)
    found = normalise(hu, Intensities(lower_hu=-100, upper_hu=300, mean_hu=50, deviation_hu=100))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0, 0], [-1.5, -1.5, -0.5, 2.5, 2.5])
    np.testing.assert_array_equal(hu[0, 0], [-2000.0, -100.0, 0.0, 300.0, 3000.0])
