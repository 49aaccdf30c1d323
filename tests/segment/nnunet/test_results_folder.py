"""A bundle that nnU-Net itself runs, and weights that are not the plan's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")
pytest.importorskip("safetensors", reason="training needs safetensors")

import torch
from safetensors.torch import save_file

from corcal.cli.main import main
from corcal.core.errors import ModelRefused, OutputRefused
from corcal.core.grid import Grid
from corcal.label.paint import paint
from corcal.segment.bundle.bundle import Bundle, write_manifest
from corcal.segment.nnunet.network import load_network
from corcal.segment.nnunet.results_folder import write_results_folder
from corcal.segment.nnunet.segmenter import NnunetSegmenter
from corcal.testing.small_bundles import FACTS, plans
from tests.bundles import renew, write_json
from tests.segment.nnunet.trained import crop_hu, facts_of, network, unique, write_trained

pytestmark = pytest.mark.training

MODEL = "Dataset501_Small/nnUNetTrainer__nnUNetPlans_small__3d_fullres"
#: nnU-Net looks through all its trainers; one of them needs torchvision, which need not be there.
PREDICT = """
import sys, types
sys.modules["nnunetv2.training.nnUNetTrainer.primus.primus_trainers"] = types.ModuleType("x")
from nnunetv2.inference.predict_from_raw_data import predict_entry_point
if __name__ == "__main__":
    predict_entry_point()
"""


@pytest.mark.slow
def test_plain_nnunet_predicts_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import SimpleITK as sitk

    bundle = Bundle.open(write_trained(tmp_path / "b", facts_of((0, 1), (2,)), openvino=False))
    results, scans, out = (tmp_path / name for name in ("results", "in", "out"))
    assert main(["models", "to-nnunet", str(bundle.path), "-o", str(results)]) == 0
    command = capsys.readouterr().out.strip().splitlines()[-1].split()
    assert command[0] == "nnUNetv2_predict"
    scans.mkdir()
    hu = crop_hu((34, 30, 40))
    image = sitk.GetImageFromArray(hu)
    image.SetSpacing(FACTS.spacing_mm[::-1])
    sitk.WriteImage(image, str(scans / "a_0000.nii.gz"))
    given = [{"IN": str(scans), "OUT": str(out)}.get(word, word) for word in command[1:]]
    (tmp_path / "predict.py").write_text(PREDICT, encoding="utf-8")
    names = ("nnUNet_results", "nnUNet_raw", "nnUNet_preprocessed")
    few = ["-device", "cpu", "-npp", "1", "-nps", "1"]
    subprocess.run(
        [sys.executable, str(tmp_path / "predict.py"), *given, *few],
        env={**os.environ, **dict.fromkeys(names, str(results)), "nnUNet_def_n_proc": "1"},
        check=True,
        capture_output=True,
    )
    labels = sitk.GetArrayFromImage(sitk.ReadImage(str(out / "a.nii.gz")))
    grid = Grid.axial(hu.shape, FACTS.spacing_mm)
    ours = paint(NnunetSegmenter(bundle).probabilities(hu, np.ones(hu.shape, bool), grid), 0.5)
    assert len(np.unique(labels)) >= 4
    np.testing.assert_array_equal(ours, labels)


def test_the_folder_is_nnunets_own(tmp_path: Path) -> None:
    bundle = Bundle.open(write_trained(tmp_path / "b", facts_of((0, 3), ()), openvino=False))
    out = write_results_folder(bundle, tmp_path / "results", force=False)
    assert out == tmp_path / "results" / MODEL
    for name in ("dataset.json", "plans.json"):
        assert (out / name).read_bytes() == (bundle.path / name).read_bytes()
    said = torch.load(out / "fold_3" / "checkpoint_final.pth", weights_only=True)
    expected = network(3).state_dict()
    assert list(said["network_weights"]) == list(expected)
    assert all(torch.equal(said["network_weights"][k], expected[k]) for k in expected)
    assert said["inference_allowed_mirroring_axes"] is None
    with pytest.raises(OutputRefused, match="is there already"):
        write_results_folder(bundle, tmp_path / "results", force=False)
    write_results_folder(bundle, tmp_path / "results", force=True)


def test_a_name_that_nnunet_would_not_find_is_refused(tmp_path: Path) -> None:
    folder = write_trained(tmp_path / "b", openvino=False)
    write_json(folder / "plans.json", plans() | {"dataset_name": "../mine"})
    renew(folder)
    with pytest.raises(ModelRefused, match=r"dataset_name '../mine', which nnU-Net would not find"):
        write_results_folder(Bundle.open(folder), tmp_path / "results", force=False)
    assert not (tmp_path / "results").exists()


def _rename(weights: dict[str, Any]) -> None:
    weights["stranger"] = weights.popitem()[1]


def _drop(weights: dict[str, Any]) -> None:
    weights.popitem()


def _cut(weights: dict[str, Any]) -> None:
    name, tensor = weights.popitem()
    weights[name] = tensor[:1].clone()


@pytest.mark.parametrize(
    ("spoil", "said"), [(_rename, "lacks"), (_drop, "lacks"), (_cut, "has another size for")]
)
def test_weights_of_another_network_are_refused(tmp_path: Path, spoil: Any, said: str) -> None:
    folder = write_trained(tmp_path / "b", openvino=False)
    weights = unique(network(0))
    spoil(weights)
    save_file(weights, folder / "fold_0" / "weights.safetensors")
    renew(folder)
    with pytest.raises(ModelRefused, match=f"weights.safetensors {said} .* are not the weights"):
        load_network(Bundle.open(folder), 0, what="this test")


def test_a_file_that_holds_no_weights_is_refused(tmp_path: Path) -> None:
    folder = write_trained(tmp_path / "b", openvino=False)
    (folder / "fold_0" / "weights.safetensors").write_bytes(b"\x80\x04 a pickle")
    renew(folder)
    with pytest.raises(ModelRefused, match="is no safetensors file"):
        load_network(Bundle.open(folder), 0, what="this test")


def test_every_name_of_a_tensor_will_do(tmp_path: Path) -> None:
    folder = write_trained(tmp_path / "b", openvino=False)
    last = {t.data_ptr(): n for n, t in network(0).state_dict().items()}
    assert set(last.values()) != set(unique(network(0)))
    built = network(0).state_dict()
    chosen = {n: t.contiguous() for n, t in built.items() if n in _last_names(built)}
    save_file(chosen, folder / "fold_0" / "weights.safetensors")
    write_manifest(folder, FACTS)
    loaded = load_network(Bundle.open(folder), 0, what="this test").state_dict()
    assert all(torch.equal(loaded[k], built[k]) for k in built)
    assert json.loads((folder / "plans.json").read_text(encoding="utf-8")) == plans()


def _last_names(state: dict[str, Any]) -> set[str]:
    return set({tensor.data_ptr(): name for name, tensor in state.items()}.values())
