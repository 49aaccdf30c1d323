"""The network's stages: the paper's, and that no other patch makes an impossible one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corcal.core.errors import SettingsRefused
from corcal.settings import Settings, Training
from corcal.train.nnunet.topology import topology_of

PAPER = Settings.paper()
patches = st.tuples(*[st.integers(1, 12).map(lambda n: 16 * n)] * 3)
spacings = st.tuples(*[st.floats(0.3, 6.0)] * 3)


def test_the_papers_network() -> None:
    found = topology_of(PAPER.training, PAPER.preparation.spacing_mm)
    assert found.strides == (
        (1, 1, 1),
        (2, 2, 2),
        (2, 2, 2),
        (2, 2, 2),
        (2, 2, 2),
        (1, 2, 2),
    )
    assert found.kernels == ((3, 3, 3),) * 6
    assert found.features == (32, 64, 128, 256, 320, 320)


@given(patches, spacings, st.integers(1, 8))
def test_every_axis_keeps_four_voxels_and_divides_evenly(
    patch: tuple[int, int, int], spacing: tuple[float, float, float], stages: int
) -> None:
    training = replace(Training(), patch_voxels=patch, stages=stages)
    try:
        found = topology_of(training, spacing)
    except SettingsRefused:
        assume(False)
    total = np.prod(np.array(found.strides), axis=0)
    assert (np.array(patch) % total == 0).all()
    assert (np.array(patch) // total >= 4).all()
    assert len(found.strides) == len(found.kernels) == len(found.features) <= stages


def test_a_patch_that_does_not_divide_is_refused_with_one_that_does() -> None:
    odd = replace(Training(), patch_voxels=(112, 128, 150))
    with pytest.raises(SettingsRefused, match=r"150 columns .* multiple of 32, such as 160"):
        topology_of(odd, (0.8, 0.73, 0.73))


def test_a_small_patch_has_fewer_stages() -> None:
    small = replace(Training(), patch_voxels=(32, 32, 32))
    assert len(topology_of(small, (1.0, 1.0, 1.0)).strides) == 4
    assert len(topology_of(replace(small, stages=3), (1.0, 1.0, 1.0)).strides) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stages": 2}, r"training.stages: 2; .*set it to 3 or more"),
        ({"patch_voxels": (8, 8, 8)}, r"8 x 8 x 8 allow 2 stages; .*make each side 16 or more"),
    ],
)
def test_fewer_than_three_stages_are_refused(change: dict[str, Any], said: str) -> None:
    small = replace(replace(Training(), patch_voxels=(32, 32, 32)), **change)
    with pytest.raises(SettingsRefused, match=said):
        topology_of(small, (1.0, 1.0, 1.0))
