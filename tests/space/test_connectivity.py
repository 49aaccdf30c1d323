"""Components of a voxel list, against SciPy's labelling of the whole volume."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from corcal.space.connectivity import components, true_voxels

STRUCTURES = {
    6: ndimage.generate_binary_structure(3, 1),
    18: ndimage.generate_binary_structure(3, 2),
    26: ndimage.generate_binary_structure(3, 3),
}
for flat, order in ((4, 1), (8, 2)):
    STRUCTURES[flat] = np.zeros((3, 3, 3), dtype=bool)
    STRUCTURES[flat][1] = ndimage.generate_binary_structure(2, order)


@pytest.mark.parametrize("connectivity", sorted(STRUCTURES))
@given(mask=arrays(np.bool_, st.tuples(*[st.integers(1, 6)] * 3)), shift=st.integers(-9, 9))
def test_components_are_those_of_scipy(mask: np.ndarray, shift: int, connectivity: int) -> None:
    index = np.argwhere(mask)
    expected, count = ndimage.label(mask, STRUCTURES[connectivity])

    found = components(index + shift, connectivity)

    # Both number components by their first voxel in index order.
    assert found.tolist() == (expected[mask] - 1).tolist()
    assert len(set(found.tolist())) == count


@given(mask=arrays(np.bool_, (4, 4, 4)), seed=st.integers(0, 99))
def test_order_of_the_list_does_not_matter(mask: np.ndarray, seed: int) -> None:
    index = np.argwhere(mask)
    order = np.random.default_rng(seed).permutation(len(index))

    straight, shuffled = components(index, 26)[order], components(index[order], 26)

    together = straight[:, None] == straight[None]
    np.testing.assert_array_equal(shuffled[:, None] == shuffled[None], together)


def test_no_voxels_have_no_components() -> None:
    assert components(np.zeros((0, 3), dtype=np.intp), 26).shape == (0,)


def test_another_connectivity_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one of \[4, 6, 8, 18, 26\], not 5"):
        components(np.zeros((1, 3), dtype=np.intp), 5)


def test_true_voxels_are_those_of_argwhere() -> None:
    mask = np.random.default_rng(5).random((4, 5, 6)) < 0.3
    np.testing.assert_array_equal(true_voxels(mask), np.argwhere(mask))
