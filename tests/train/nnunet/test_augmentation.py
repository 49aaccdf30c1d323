"""The effects of the paper's augmentation on a patch: voxels moved, degrees, HU, flips."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")

import torch

from corcal.settings import Settings, Training
from tests.train.nnunet.test_plan import SOME
from tests.train.nnunet.trainers import augmentation, make_trainer

pytestmark = [pytest.mark.training, pytest.mark.usefixtures("same_draws")]

#: As wide as the paper's patch, in fewer voxels: displacements and angles do not depend on it.
SIDE = 48
PAPER = replace(Settings.paper().training, features=4, max_features=4)


@pytest.fixture
def transforms(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The transforms of the paper's settings for a cube."""
    training: Training = replace(PAPER, patch_voxels=(SIDE, SIDE, SIDE), stages=4)
    return augmentation(make_trainer(tmp_path, monkeypatch, training), [SIDE] * 3)


def applied(transform: Any, image: Any) -> Any:
    """Return one image after a transform that is sure to happen."""
    return transform(image=image.clone())["image"]


def test_elastic_deformation_moves_voxels(transforms: dict[str, Any]) -> None:
    spatial = transforms["SpatialTransform"]
    spatial.p_elastic_deform, spatial.p_rotation, spatial.p_scaling = 1.0, 0.0, 0.0
    image = torch.zeros((1, SIDE, SIDE, SIDE))
    drawn = [spatial.get_parameters(image=image)["elastic_offsets"] for _ in range(30)]
    largest = np.array([float(offsets.abs().max()) for offsets in drawn])
    assert (largest <= 6.0 + 1e-4).all()
    assert np.mean(largest) > 3.0
    assert largest.max() > 5.0
    # Neighbouring voxels move together: an artery bends and is not torn.
    steps = [float((o[1:] - o[:-1]).abs().max()) for o in drawn]
    assert max(steps) < 1.5


def test_an_artery_is_bent_by_more_than_its_width(transforms: dict[str, Any]) -> None:
    spatial = transforms["SpatialTransform"]
    spatial.p_elastic_deform, spatial.p_rotation, spatial.p_scaling = 1.0, 0.0, 0.0
    image = torch.zeros((1, SIDE, SIDE, SIDE))
    image[0, :, SIDE // 2 - 2 : SIDE // 2 + 2, SIDE // 2 - 2 : SIDE // 2 + 2] = 1.0
    rows = torch.arange(SIDE, dtype=torch.float32)
    bends = []
    for _ in range(10):
        # Away from the ends, where a bent tube may leave the patch.
        tube = applied(spatial, image)[0, 10:-10].sum(-1)
        middle = (tube * rows).sum(-1) / tube.sum(-1)
        bends.append(float(middle.max() - middle.min()))
    assert max(bends) > 3.0
    assert np.mean(bends) > 1.0


def test_rotation_reaches_thirty_degrees_and_scaling_its_range(transforms: dict[str, Any]) -> None:
    spatial = transforms["SpatialTransform"]
    spatial.p_elastic_deform, spatial.p_rotation, spatial.p_scaling = 0.0, 1.0, 0.0
    image = torch.zeros((1, SIDE, SIDE, SIDE))
    turned = [spatial.get_parameters(image=image)["affine"] for _ in range(60)]
    # The angle of a rotation follows from its trace; about one axis it is at most 30 degrees.
    angles = np.degrees([np.arccos(np.clip((np.trace(a) - 1) / 2, -1, 1)) for a in turned])
    assert 20 < np.mean(angles) < 45
    assert angles.max() <= 55
    spatial.p_rotation, spatial.p_scaling = 0.0, 1.0
    scales = [abs(np.linalg.det(spatial.get_parameters(image=image)["affine"])) ** (1 / 3)
              for _ in range(60)]  # fmt: skip
    assert min(scales) == pytest.approx(0.7, abs=0.1)
    assert max(scales) == pytest.approx(1.4, abs=0.1)


def test_noise_in_hu(transforms: dict[str, Any]) -> None:
    noise = transforms["GaussianNoiseTransform"]
    flat = torch.zeros((1, 16, 16, 16))
    vessels_hu = SOME.intensities["std"]
    deviation_hu = [float(applied(noise, flat).std()) * vessels_hu for _ in range(60)]
    # Up to a tenth of the vessels' own deviation; the library calls it a variance.
    assert max(deviation_hu) < 0.105 * vessels_hu
    assert max(deviation_hu) > 0.085 * vessels_hu


def test_brightness_contrast_and_gamma(transforms: dict[str, Any]) -> None:
    ramp = torch.linspace(-1.0, 1.0, 512).reshape(1, 8, 8, 8)
    bright = transforms["MultiplicativeBrightnessTransform"]
    factors = [float((applied(bright, ramp + 2) / (ramp + 2)).mean()) for _ in range(40)]
    assert 0.75 - 1e-3 <= min(factors) < 0.85
    assert 1.15 < max(factors) <= 1.25 + 1e-3
    contrast = transforms["ContrastTransform"]
    spread = [float(applied(contrast, ramp).std() / ramp.std()) for _ in range(40)]
    assert min(spread) < 0.85
    assert max(spread) <= 1.25 + 1e-3
    gamma = transforms["GammaTransform"]
    moved = [float((applied(gamma, ramp) - ramp).abs().max()) for _ in range(20)]
    assert max(moved) > 0.05


def test_all_eight_flips_occur_and_none_without_mirroring(
    transforms: dict[str, Any], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = transforms["MirrorTransform"]
    corner = torch.zeros((1, 4, 4, 4))
    corner[0, 0, 0, 0] = 1.0
    seen = {tuple(applied(mirror, corner)[0].nonzero()[0].tolist()) for _ in range(100)}
    assert seen == {(a, b, c) for a in (0, 3) for b in (0, 3) for c in (0, 3)}
    without = make_trainer(tmp_path, monkeypatch, replace(PAPER, mirror=False))
    assert "MirrorTransform" not in augmentation(without, [SIDE] * 3)
