"""Plaques hold exactly the volume they say."""

from dataclasses import replace

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.phantom.body.shapes import Tube
from corcal.phantom.calcium.plaque import Plaque, number_of_plaques


def straight(length_mm: float = 40.0) -> Tube:
    z = np.linspace(0.0, length_mm, 21)
    return Tube(np.stack([0 * z, 0 * z, z], axis=1), np.full(21, 2.0))


def plaque(length_mm: float, thickness_mm: float, span_deg: float) -> Plaque:
    return Plaque(
        host=straight(),
        arc_mm=20.0,
        length_mm=length_mm,
        thickness_mm=thickness_mm,
        ring_mm=2.2,
        angle_rad=0.7,
        span_rad=float(np.deg2rad(span_deg)),
        hu=600.0,
        vessel="LAD",
        artery=Artery.LAD,
    )


@pytest.mark.parametrize(
    ("length_mm", "thickness_mm", "span_deg"), [(4.0, 1.4, 90.0), (8.0, 2.0, 180.0), (3, 1, 60)]
)
def test_sampled_volume_is_the_analytic_volume(
    length_mm: float, thickness_mm: float, span_deg: float
) -> None:
    solid = plaque(length_mm, thickness_mm, span_deg)
    step = 0.1
    side = np.arange(-4.0, 4.0, step)
    z = np.arange(20.0 - length_mm / 2 - 0.5, 20.0 + length_mm / 2 + 0.5, step)
    points = np.stack(np.meshgrid(side, side, z, indexing="ij"), axis=-1).reshape(-1, 3)
    sampled = float(solid.inside(points).sum()) * step**3
    assert sampled == pytest.approx(solid.volume_mm3, rel=0.03)


def test_the_centre_is_inside_and_the_lumen_is_not() -> None:
    solid = plaque(5.0, 1.2, 100.0)
    assert solid.inside(solid.centre_mm()[None])[0]
    assert not solid.inside(np.array([[0.0, 0.0, 20.0]]))[0]


def test_mass_follows_volume_and_attenuation() -> None:
    one, two = plaque(4.0, 1.4, 90.0), plaque(8.0, 1.4, 90.0)
    assert two.mass_mg == pytest.approx(2 * one.mass_mg)


@pytest.mark.parametrize(
    ("burden", "low", "high"), [("zero", 0, 0), ("few", 1, 3), ("many", 10, 30)]
)
def test_burden(burden: str, low: int, high: int) -> None:
    rng = np.random.default_rng(3)
    assert all(low <= number_of_plaques(rng, burden) <= high for _ in range(30))


def test_a_quarter_of_the_mix_has_no_calcium() -> None:
    rng = np.random.default_rng(5)
    none = np.mean([number_of_plaques(rng, "mix") == 0 for _ in range(2000)])
    assert 0.2 < none < 0.3


@pytest.mark.parametrize("volume_mm3", [0.5, 3.0, 40.0, 300.0])
def test_a_plaque_takes_any_volume(volume_mm3: float) -> None:
    sized = plaque(4.0, 1.4, 90.0).resize(volume_mm3)
    assert sized.volume_mm3 == pytest.approx(volume_mm3)
    assert sized.thickness_mm <= 1.9 * sized.ring_mm
    assert sized.span_rad < 2 * np.pi
    assert sized.length_mm < 30.0


@pytest.mark.parametrize("angle_rad", [0.0, 1.5, 3.0, 4.5])
def test_volume_in_a_bend_is_what_sampling_finds(angle_rad: float) -> None:
    turn = np.linspace(0.0, 2.0, 60)
    bend = np.stack([9 * np.cos(turn), 9 * np.sin(turn), 0 * turn], axis=1)
    host = Tube(bend, np.full(60, 2.0))
    solid = replace(plaque(6.0, 1.6, 120.0), host=host, arc_mm=9.0, angle_rad=angle_rad)
    step, low = 0.12, solid.sheet().min(axis=0) - 1.5
    sides = [
        np.arange(a, b, step) for a, b in zip(low, solid.sheet().max(axis=0) + 1.5, strict=True)
    ]
    points = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, 3)
    sampled = float(solid.inside(points).sum()) * step**3
    assert solid.bent_mm3() == pytest.approx(sampled, rel=0.02)


def test_in_a_straight_host_both_volumes_agree() -> None:
    solid = plaque(6.0, 1.6, 120.0)
    assert solid.bent_mm3() == pytest.approx(solid.volume_mm3, rel=1e-6)


def test_a_plaque_faces_where_it_is_meant_to() -> None:
    solid = plaque(4.0, 1.4, 60.0).turn_towards(np.array([0.0, 1.0, 0.3]))
    np.testing.assert_allclose(solid.centre_mm(), [0.0, 2.2, 20.0], atol=1e-6)
