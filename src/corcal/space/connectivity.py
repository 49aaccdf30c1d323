"""Connected components of a list of voxels.

Calcium is a few thousand voxels among tens of millions. Working on their indices alone costs a
few milliseconds however far apart they lie, where labelling the volume costs seconds.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

#: Connectivity by its usual name: (largest step between slices, largest number of axes along
#: which two neighbours may differ). 4 and 8 stay in the slice.
_REACH: dict[int, tuple[int, int]] = {4: (0, 1), 8: (0, 2), 6: (1, 1), 18: (1, 2), 26: (1, 3)}


def components(index: NDArray[np.intp], connectivity: int) -> NDArray[np.intp]:
    """Return the number of the component that each voxel belongs to, (n,), from 0 without gaps.

    Components are numbered by their first voxel in the list.

    Args:
        index: (n, 3), distinct voxels as (slice, row, column), in any order.
        connectivity: 4 or 8 for two-dimensional components in each slice; 6, 18 or 26 for
            three-dimensional ones.

    Raises:
        ValueError: another connectivity.
    """
    if connectivity not in _REACH:
        raise ValueError(f"connectivity is one of {sorted(_REACH)}, not {connectivity}")
    if len(index) == 0:
        return np.zeros(0, dtype=np.intp)
    across, axes = _REACH[connectivity]
    local = index - index.min(axis=0)
    # One empty voxel beyond the end of each row and slice, so that no step wraps around.
    _, rows, columns = (int(n) for n in local.max(axis=0) + 3)
    strides = np.array([rows * columns, columns, 1])
    keys = local @ strides
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    pairs = [np.zeros((2, 0), dtype=np.intp)]
    for step in product((-1, 0, 1), repeat=3):
        # Half of the neighbours: the other half is the same pairs seen from the other voxel.
        if step > (0, 0, 0) and step[0] <= across and np.count_nonzero(step) <= axes:
            wanted = keys + int(np.dot(step, strides))
            found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            hit = np.flatnonzero(keys[found] == wanted)
            pairs.append(np.stack([order[hit], order[found[hit]]]))
    first, second = np.concatenate(pairs, axis=1)
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), (len(keys),) * 2)
    _, label = connected_components(graph, directed=False)
    return np.asarray(label, dtype=np.intp)


def true_voxels(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the true voxels as (slice, row, column), (n, 3), in index order.

    Several times faster than `np.argwhere`.
    """
    return np.stack(np.unravel_index(np.flatnonzero(mask), mask.shape), axis=1)
