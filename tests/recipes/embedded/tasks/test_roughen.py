"""Rough images: each change does what its number says, and no other image of the batch changes."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

import torch

from corcal.recipes.embedded.tasks.roughen import (
    Ranges,
    Roughness,
    cut_field,
    draw_roughness,
    roughen,
)

STILL = Roughness()
SHAPE = (24, 40, 40)


def changed(plan: Roughness, image: torch.Tensor | None = None, seed: int = 0) -> torch.Tensor:
    """Return an image changed as planned; its neighbours in the batch must stay as they are."""
    x = torch.zeros(SHAPE) if image is None else image
    batch = torch.stack([x, x, x])[:, None]
    generator = torch.Generator().manual_seed(seed)
    out = roughen(batch.clone(), [STILL, plan, STILL], generator)
    assert torch.equal(out[0], batch[0])
    assert torch.equal(out[2], batch[2])
    return out[1, 0]


def point() -> torch.Tensor:
    x = torch.zeros(SHAPE)
    x[12, 20, 20] = 1000.0
    return x


def second_moment(x: torch.Tensor, axis: int) -> float:
    """Return the mean squared distance from the point along an axis."""
    weights = x.double().numpy().sum(axis=tuple(a for a in range(3) if a != axis))
    places = np.arange(SHAPE[axis]) - (12, 20, 20)[axis]
    return float((weights * places**2).sum() / weights.sum())


def test_a_blur_spreads_a_point_in_the_plane_and_keeps_its_sum() -> None:
    out = changed(replace(STILL, blur_voxels=0.9), point())
    assert float(out.sum()) == pytest.approx(1000.0, rel=1e-5)
    assert second_moment(out, 0) == 0.0
    # A Gaussian of 0.9 voxels, cut at three voxels.
    assert second_moment(out, 1) == pytest.approx(0.81, rel=0.02)
    assert second_moment(out, 2) == pytest.approx(0.81, rel=0.02)


def test_sharpening_adds_what_a_blur_takes_away() -> None:
    x = point()
    soft = changed(replace(STILL, blur_voxels=1.1), x)
    sharp = changed(replace(STILL, sharpen=0.5), x)
    torch.testing.assert_close(sharp, x + 0.5 * (x - soft))


@pytest.mark.parametrize("slices", [3, 5, 7])
def test_a_thick_slice_is_the_mean_of_thin_ones(slices: int) -> None:
    out = changed(replace(STILL, slices=slices), point())
    along = out[:, 20, 20]
    assert int((along > 0).sum()) == slices
    torch.testing.assert_close(along[along > 0], torch.full((slices,), 1000.0 / slices))


@pytest.mark.parametrize("noise_hu", [3.0, 45.0])
def test_noise_has_the_deviation_that_is_asked_for(noise_hu: float) -> None:
    out = changed(replace(STILL, noise_hu=noise_hu, noise_voxels=0.8))
    assert float(out.std()) == pytest.approx(noise_hu, rel=1e-4)


def test_noise_is_correlated_along_slices_alone_or_in_the_plane_too() -> None:
    def neighbours(x: torch.Tensor, axis: int) -> float:
        a, b = x.narrow(axis, 0, x.shape[axis] - 1), x.narrow(axis, 1, x.shape[axis] - 1)
        return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1])

    rough = replace(STILL, noise_hu=20.0, noise_voxels=1.0)
    both, along = changed(rough), changed(replace(rough, noise_in_plane=False))
    # Of white noise under a Gaussian of s voxels, neighbours correlate by exp(-1 / (4 s^2)).
    for x, axis in ((both, 0), (both, 2), (along, 0)):
        assert neighbours(x, axis) == pytest.approx(np.exp(-0.25), abs=0.03)
    assert abs(neighbours(along, 2)) < 0.02


def test_grey_values_of_soft_tissue_bend_and_others_stay() -> None:
    x = torch.full(SHAPE, 0.0)
    x[0], x[1] = 300.0, -500.0
    out = changed(replace(STILL, gamma=2.0), x)
    assert float(out[0, 0, 0]) == 300.0
    assert float(out[1, 0, 0]) == -500.0
    assert float(out[2, 0, 0]) == pytest.approx(-100.0)


def test_gain_and_offset_change_all_values() -> None:
    out = changed(replace(STILL, gain=1.05, offset_hu=-10.0), torch.full(SHAPE, 200.0))
    torch.testing.assert_close(out, torch.full(SHAPE, 200.0))


def test_larger_pixels_lose_a_fine_pattern() -> None:
    x = torch.zeros(SHAPE)
    x[:, :, ::2] = 100.0
    assert float(changed(replace(STILL, pixels=0.5), x).std()) < 0.6 * float(x.std())


def test_the_same_seed_gives_the_same_changes() -> None:
    plan = draw_roughness(np.random.default_rng(3), Ranges())
    assert plan == draw_roughness(np.random.default_rng(3), Ranges())
    assert torch.equal(changed(plan, seed=5), changed(plan, seed=5))


def test_changes_are_drawn_as_often_as_documented() -> None:
    rng = np.random.default_rng(0)
    plans = [draw_roughness(rng, Ranges()) for _ in range(4000)]
    shares = {
        "blur": np.mean([p.blur_voxels > 0 for p in plans]),
        "sharpen": np.mean([p.sharpen > 0 for p in plans]),
        "slices": np.mean([p.slices > 1 for p in plans]),
        "pixels": np.mean([p.pixels < 1 for p in plans]),
        "noise": np.mean([p.noise_hu > 0 for p in plans]),
        "gamma": np.mean([p.gamma != 1 for p in plans]),
    }
    expected = {
        "blur": 0.3,
        "sharpen": 0.7 * 0.25,
        "slices": 0.3,
        "pixels": 0.15,
        "noise": 0.7,
        "gamma": 0.15,
    }
    assert shares == pytest.approx(expected, abs=0.025)


def test_wide_ranges_reach_what_scanners_do() -> None:
    rng = np.random.default_rng(0)
    plans = [draw_roughness(rng, Ranges.wide()) for _ in range(4000)]
    usual = [draw_roughness(rng, Ranges()) for _ in range(1000)]
    assert max(p.noise_hu for p in usual) < 45.0
    assert 57.0 < max(p.noise_hu for p in plans) < 60.0
    thick = [0.8 * p.thick_voxels for p in plans if p.thick_voxels > 1]
    assert 1.6 <= min(thick) < 1.7
    assert 5.9 < max(thick) <= 6.0
    stretch = [p.stretch for p in plans if p.stretch != 1]
    assert 0.9 <= min(stretch) < 0.92
    assert 1.47 < max(stretch) <= 1.5
    shares = [
        np.mean([p.thick_voxels > 1 for p in plans]),
        np.mean([p.stretch != 1 for p in plans]),
        np.mean([p.lean > 0 for p in plans]),
        np.mean([np.isfinite(p.field_voxels) for p in plans]),
    ]
    assert shares == pytest.approx([0.2, 0.25, 0.15, 0.1], abs=0.025)
    assert all(p == replace(p, thick_voxels=1.0, stretch=1.0, lean=0.0) for p in usual)


def test_thick_slices_hold_the_mean_of_what_they_cover() -> None:
    x = torch.zeros(SHAPE)
    x[6:12] = 600.0
    out = changed(replace(STILL, thick_voxels=6.0), x)
    # Four slices of six: the second is full; between the middles it is interpolated.
    assert float(out[8:9, 0, 0]) == pytest.approx(550.0)
    assert float(out[11, 0, 0]) == pytest.approx(350.0)
    assert float(out.sum()) == pytest.approx(float(x.sum()), rel=1e-5)
    along = torch.zeros(SHAPE)
    along[10] = 600.0
    assert float(changed(replace(STILL, thick_voxels=6.0), along).max()) < 100.0


def test_another_voltage_changes_calcium_and_spares_soft_tissue() -> None:
    x = torch.full(SHAPE, 50.0)
    x[0], x[1], x[2] = 480.0, 80.0, -900.0
    out = changed(replace(STILL, stretch=1.5), x)
    assert [float(out[i, 0, 0]) for i in range(4)] == [680.0, 80.0, -900.0, 50.0]


def test_lean_hearts_have_fat_nearer_to_muscle_and_lungs_as_before() -> None:
    x = torch.full(SHAPE, -100.0)
    x[0], x[1] = -850.0, 40.0
    out = changed(replace(STILL, lean=0.6), x)
    assert [float(out[i, 0, 0]) for i in range(3)] == pytest.approx([-850.0, 40.0, -40.0])


def test_a_small_field_ends_in_air_and_holds_no_targets_there() -> None:
    images, packed = torch.full((2, 1, *SHAPE), 40.0), torch.full((2, *SHAPE), 9.0)
    cut_field(images, packed, [replace(STILL, field_voxels=10.0, field_turn=0.0), STILL])
    row = images[0, 0, 0, 20]
    # The field ends ten voxels to the right of the middle, which lies at column 19.5.
    assert (row[:29] == 40.0).all()
    assert (row[31:] == -1024.0).all()
    outside = images[0, 0] == -1024.0
    assert (packed[0][outside] == 0).all()
    assert (packed[0][~outside] == 9).all()
    assert (images[1] == 40.0).all()
    assert (packed[1] == 9).all()
