"""corcal's run of a bundle beside nnU-Net's own predictor, voxel for voxel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")
pytest.importorskip("safetensors", reason="training needs safetensors")

from corcal.core.errors import ModelRefused
from corcal.core.grid import Grid
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.nnunet import segmenter as module
from corcal.segment.nnunet.segmenter import NnunetSegmenter
from corcal.segment.nnunet.windows import gaussian
from corcal.testing.small_bundles import FACTS
from tests.segment.nnunet.agreement import assert_near, assert_same
from tests.segment.nnunet.trained import (
    crop_hu,
    facts_of,
    nnunet_predictor,
    without_networks,
    write_trained,
)
from tests.tracing import IGNORE_TRACING

pytestmark = [
    pytest.mark.training,
    IGNORE_TRACING,
]

SPACING = FACTS.spacing_mm
FIVE, ALL = (0, 1, 2, 3, 4), (0, 1, 2)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small gain nothing from threads, and lose much on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("bundles")
    return {
        "one": write_trained(home / "one", facts_of((0,), ())),
        "mirrored": write_trained(home / "mirrored", facts_of((0,), ALL)),
        "two axes": write_trained(home / "two", facts_of((1, 3), (1, 2))),
        "five": write_trained(home / "five", facts_of(FIVE, ())),
        "torch": write_trained(home / "torch", facts_of((0, 1), (0,)), openvino=False),
    }


@pytest.mark.parametrize(
    ("which", "shape"),
    [
        ("one", (32, 32, 32)),
        ("one", (20, 31, 17)),
        ("one", (45, 33, 61)),
        ("one", (29, 48, 32)),
        ("mirrored", (37, 40, 30)),
        ("two axes", (33, 50, 47)),
        ("five", (40, 36, 41)),
        ("two axes", (37, 30, 49)),
    ],
)
def test_labels_are_those_of_nnunets_own_predictor(
    bundles: dict[str, Path], which: str, shape: tuple[int, int, int], tmp_path: Path
) -> None:
    bundle = Bundle.open(bundles[which])
    bundle.verify()
    assert bundle.has_networks
    hu = crop_hu(shape)
    found = _by_corcal(bundle, hu)
    labels, expected = _by_nnunet(bundle, hu)
    assert found.shape == (6, *shape)
    assert found.dtype == np.float32
    assert len(np.unique(labels)) >= 4
    assert_near(found, labels, expected, bundle.plan.patch)
    bare = without_networks(bundle, tmp_path / "bare")
    assert_same(_by_corcal(bare, hu), labels, expected)


def _by_corcal(bundle: Bundle, hu: np.ndarray) -> np.ndarray:
    grid = Grid.axial(hu.shape, SPACING)
    return NnunetSegmenter(bundle).probabilities(hu, np.ones(hu.shape, bool), grid)


def _by_nnunet(bundle: Bundle, hu: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    predictor = nnunet_predictor(bundle.facts.folds, bundle.facts.mirroring_axes)
    found: tuple[np.ndarray, np.ndarray] = predictor.predict_single_npy_array(
        hu[None].copy(), {"spacing": list(SPACING)}, None, None, True
    )
    return found


@pytest.mark.parametrize("patch", [(32, 32, 32), (64, 160, 128), (7, 9, 5)])
def test_the_weights_of_a_window_are_nnunets_own(patch: tuple[int, int, int]) -> None:
    import torch
    from nnunetv2.inference.sliding_window_prediction import compute_gaussian

    theirs = compute_gaussian(patch, 1 / 8, 10, device=torch.device("cpu")).numpy()
    np.testing.assert_array_equal(gaussian(patch), theirs)


def test_progress_is_reported_for_every_window(bundles: dict[str, Path]) -> None:
    calls: list[tuple[int, int]] = []
    shape = (33, 20, 32)
    segmenter = NnunetSegmenter(
        Bundle.open(bundles["five"]), on_progress=lambda done, of: calls.append((done, of))
    )
    segmenter.probabilities(crop_hu(shape), np.ones(shape, bool), Grid.axial(shape, SPACING))
    assert calls == [(k + 1, 10) for k in range(10)]


def test_a_crop_at_another_spacing_is_refused(bundles: dict[str, Path]) -> None:
    shape = (8, 8, 8)
    segmenter = NnunetSegmenter(Bundle.open(bundles["one"]))
    with pytest.raises(ModelRefused, match=r"was trained at \(0.8, 0.73, 0.73\) mm, the crop has"):
        segmenter.probabilities(
            np.zeros(shape, np.float32), np.ones(shape, bool), Grid.axial(shape, (1.0, 1.0, 1.0))
        )


def test_cuda_where_there_is_none_is_refused(bundles: dict[str, Path]) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("a CUDA device is here")
    with pytest.raises(ModelRefused, match="torch finds no CUDA device here; use device cpu"):
        NnunetSegmenter(Bundle.open(bundles["one"]), device="cuda")


def test_without_torch_and_without_networks_it_is_said_what_to_install(
    bundles: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str, what: str) -> None:
        raise ModelRefused(f"{what} needs {name}")

    monkeypatch.setattr(module, "need", absent)
    NnunetSegmenter(Bundle.open(bundles["one"]))
    with pytest.raises(ModelRefused, match="holds no OpenVINO networks; running it without"):
        NnunetSegmenter(Bundle.open(bundles["torch"]))
