"""The heart by TotalSegmentator's sub-task 293, with an untrained network of the same format."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.core.errors import ModelRefused
from corcal.core.grid import Grid
from corcal.locate import totalsegmentator
from corcal.locate.totalsegmentator import (
    TotalSegmentatorLocator,
    at_spacing,
    download,
    private_environment,
    turn,
)
from corcal.locate.weights import DATASET, Weights
from tests.locate.stand_in import DATASET_JSON, TRAINER, plans, write_release

GRID = Grid.axial((26, 60, 52), (2.0, 0.9, 0.9), (-20.0, 30.0, 100.0))


def scan_hu() -> NDArray[np.int16]:
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(np.random.default_rng(5).normal(0, 1, GRID.shape), 2)
    return np.asarray(300 * smooth / smooth.std() - 100, np.int16)


def test_a_ramp_stays_where_it_is_at_another_spacing() -> None:
    places = GRID.to_lps(np.argwhere(np.ones(GRID.shape)).astype(float)).reshape(*GRID.shape, 3)
    for axis in range(3):
        image, grid = at_spacing((10 * places[..., axis]).astype(np.int16), GRID)
        assert image.shape == grid.shape
        np.testing.assert_allclose(grid.spacing_mm, 1.5, atol=0.06)
        found = grid.to_lps(np.argwhere(np.ones(grid.shape)).astype(float))
        np.testing.assert_allclose(image.ravel(), 10 * found[:, axis], atol=2.0)


def test_whole_hu_are_handed_over() -> None:
    image, _ = at_spacing(scan_hu(), GRID)
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, np.round(image))


def test_axes_are_turned_to_the_right_and_to_the_front_and_back() -> None:
    array = np.arange(24).reshape(2, 3, 4)
    assert turn(array)[1, 0, 0] == array[1, 2, 3]
    np.testing.assert_array_equal(turn(turn(array)), array)


def test_nothing_is_reported_to_anyone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = private_environment(home)
    assert environment["TOTALSEG_HOME_DIR"] == str(home)
    said = json.loads((home / "config.json").read_text(encoding="utf-8"))
    assert said["send_usage_stats"] is False
    assert said["totalseg_id"] == ""


def test_the_child_gets_the_image_and_its_answer_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def child(module: str, arguments: list[str], *, folder: Path, **more: object) -> None:
        asked.append((module, arguments[0], arguments[2], sorted(more)))
        image = np.load(folder / "image.npy")
        assert (folder / "model" / "fold_0" / "checkpoint_final.pth").read_bytes() == b"weights"
        np.save(folder / "heart.npy", image > 0)

    monkeypatch.setattr(totalsegmentator, "run_module", child)
    weights = Weights.open(write_release(tmp_path))
    locator = TotalSegmentatorLocator(weights, device="cuda")
    mask, grid = locator.locate(scan_hu(), GRID)
    image, expected = at_spacing(scan_hu(), GRID)
    assert grid.matches(expected)
    assert mask.dtype == np.bool_
    np.testing.assert_array_equal(mask, image > 0)
    assert asked == [("corcal.locate.totalsegmentator", "locate", "cuda", ["environment"])]
    assert locator.name == f"TotalSegmentator {DATASET}"
    assert (locator.sha256, locator.device) == (weights.sha256, "cuda")


LIBS = """
import json, os
from pathlib import Path
from tests.locate.stand_in import write_release
home = Path(os.environ["TOTALSEG_HOME_DIR"])
def download_pretrained_weights(task):
    said = json.loads((home / "config.json").read_text())
    assert task == 293 and said["send_usage_stats"] is False
    if {offline}:
        raise ConnectionError("a proxy's own words")
    write_release(home / "nnunet" / "results")
"""


@pytest.mark.parametrize("offline", [False, True])
def test_the_download_is_totalsegmentators_own(
    tmp_path: Path, offline: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "totalsegmentator"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    libs = LIBS.replace("{offline}", str(offline))
    (package / "libs.py").write_text(libs, encoding="utf-8")
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'site'}{os.pathsep}{root}")
    target = tmp_path / "kept"
    if offline:
        with pytest.raises(ModelRefused, match=r"could not download .*\(ConnectionError\); is the"):
            download(target)
        assert not target.exists()
        return
    assert download(target) == target / DATASET
    assert [p.name for p in target.iterdir()] == [DATASET]
    (package / "libs.py").unlink()
    assert download(target) == target / DATASET


def checkpoint() -> bytes:
    """Return a checkpoint of a random network, in the form that nnU-Net's trainer saves."""
    import torch
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans
    from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

    torch.manual_seed(2)
    made = PlansManager(plans()).get_configuration("3d_fullres")
    network = get_network_from_plans(
        made.network_arch_class_name,
        made.network_arch_init_kwargs,
        made.network_arch_init_kwargs_req_import,
        1,
        len(DATASET_JSON["labels"]),
        # As trained: nnU-Net saves the heads of all resolutions.
        deep_supervision=True,
    )
    with torch.no_grad():
        network.decoder.seg_layers[-1].weight.normal_(0.0, 1.0)
        network.decoder.seg_layers[-1].bias[1] += 1.0
    content: dict[str, Any] = {
        "network_weights": network.state_dict(),
        "optimizer_state": {},
        "grad_scaler_state": None,
        "logging": {"ema_fg_dice": [np.float64(0.5)]},
        "_best_ema": np.float64(0.5),
        "current_epoch": 4000,
        "init_args": {"plans": plans(), "configuration": "3d_fullres", "fold": 0},
        "trainer_name": TRAINER,
        "inference_allowed_mirroring_axes": None,
    }
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def as_totalsegmentator_would(
    hu: NDArray[np.int16], release: Path, place: Path
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return the heart by nibabel and nnU-Net alone: mask (x, y, z) in RAS, and its affine."""
    import nibabel
    from nnunetv2.imageio.nibabel_reader_writer import NibabelIOWithReorient
    from scipy import ndimage

    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0]) @ GRID.affine
    # nibabel's arrays are (column, row, slice).
    image = nibabel.Nifti1Image(hu.transpose(2, 1, 0), to_ras[:, [2, 1, 0, 3]])
    image = nibabel.as_closest_canonical(image)
    zoom = np.array(image.header.get_zooms()) / 1.5
    data = ndimage.zoom(image.get_fdata(), zoom, order=1, mode="nearest").astype(np.int32)
    affine = image.affine.copy()
    affine[:3, :3] /= zoom
    nibabel.save(nibabel.Nifti1Image(data, affine), place / "s_0000.nii.gz")
    given, properties = NibabelIOWithReorient().read_images([str(place / "s_0000.nii.gz")])
    predictor = totalsegmentator.load_predictor(release, "cpu")
    labels = predictor.predict_single_npy_array(given, properties)
    return (labels == 1).transpose(2, 1, 0), affine


@pytest.mark.training
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Detected old nnU-Net plans format")
def test_the_child_finds_what_totalsegmentators_own_steps_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="needs torch")
    pytest.importorskip("nnunetv2", reason="needs nnunetv2")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    release = write_release(tmp_path / "weights", checkpoint())
    hu = scan_hu()
    locator = TotalSegmentatorLocator(Weights.open(release))
    mask, grid = locator.locate(hu, GRID)
    model = next(release.iterdir())
    expected, affine = as_totalsegmentator_would(hu, model, tmp_path)
    assert 0.02 < mask.mean() < 0.98
    # Theirs runs to the right and to the front, as (x, y, z).
    ours = mask[:, ::-1, ::-1].transpose(2, 1, 0)
    assert (ours != expected).sum() <= 5
    first = grid.to_lps(np.array([[0.0, grid.shape[1] - 1, grid.shape[2] - 1]]))[0]
    np.testing.assert_allclose(first * [-1, -1, 1], affine[:3, 3], atol=1e-6)


@pytest.mark.training
@pytest.mark.slow
def test_weights_that_do_not_load_are_refused_by_the_child(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs torch")
    pytest.importorskip("nnunetv2", reason="needs nnunetv2")
    locator = TotalSegmentatorLocator(Weights.open(write_release(tmp_path / "weights")))
    with pytest.raises(ModelRefused, match=r"do not load in the installed nnU-Net .* get them"):
        locator.locate(scan_hu(), GRID)


def test_where_nnunet_is_absent_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str, what: str) -> None:
        raise ModelRefused(f"{what} needs {name}")

    monkeypatch.setattr(totalsegmentator, "need", absent)
    np.save(tmp_path / "image.npy", np.zeros((2, 2, 2), np.float32))
    assert totalsegmentator.run_child("locate", str(tmp_path), "cpu") == 2
    said = (tmp_path / "refused.txt").read_text(encoding="utf-8")
    assert said == "heart totalsegmentator needs torch"
