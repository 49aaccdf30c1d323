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
from corcal.label.paint import paint
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.nnunet import segmenter as module
from corcal.segment.nnunet.segmenter import NnunetSegmenter
from corcal.testing.small_bundles import FACTS
from tests.segment.nnunet.trained import (
    crop_hu,
    facts_of,
    nnunet_predictor,
    write_trained,
)
from tests.tracing import IGNORE_TRACING

pytestmark = [
    pytest.mark.training,
    IGNORE_TRACING,
]

SPACING = FACTS.spacing_mm
#: Two engines add the same numbers in another order: where a probability is this close to one
#: half, either label is right.
TIE = 2e-3

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
        ("torch", (37, 30, 49)),
    ],
)
def test_labels_are_those_of_nnunets_own_predictor(
    bundles: dict[str, Path], which: str, shape: tuple[int, int, int]
) -> None:
    bundle = Bundle.open(bundles[which])
    bundle.verify()
    hu = crop_hu(shape)
    segmenter = NnunetSegmenter(bundle)
    found = segmenter.probabilities(hu, np.ones(shape, bool), Grid.axial(shape, SPACING))
    labels, expected = _by_nnunet(bundle, hu)
    assert found.shape == (6, *shape)
    assert found.dtype == np.float32
    # At the corners of a crop nnU-Net's weights are so small that half precision has few steps.
    assert (np.abs(found - expected) > TIE).mean() < 1e-4
    assert len(np.unique(labels)) >= 4
    differ = paint(found, 0.5) != labels
    assert differ.sum() <= 5
    tied = np.minimum(np.abs(expected - 0.5), np.abs(found - 0.5)).min(0) <= TIE
    assert tied[differ].all()


def _by_nnunet(bundle: Bundle, hu: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    predictor = nnunet_predictor(bundle.facts.folds, bundle.facts.mirroring_axes)
    found: tuple[np.ndarray, np.ndarray] = predictor.predict_single_npy_array(
        hu[None].copy(), {"spacing": list(SPACING)}, None, None, True
    )
    return found


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
