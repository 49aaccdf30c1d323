"""From the network's calcium, as large as its own voxels allow, to the calcium of the scan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from corcal.core.artery import Artery
from corcal.core.box import Box, Index
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.settings import Segmentation
from corcal.space.components import components

Voxels = NDArray[np.intp]
Distances = NDArray[np.float64]

_CONNECTIVITY = 26
#: Distances on a grid tie often: they are rounded, so that no last digit picks the artery.
_DECIMALS = 6
_SLACK = 10.0**-_DECIMALS


def tidy(
    scan: Scan, labels: ArteryLabels, *, settings: Segmentation, threshold_hu: float
) -> ArteryLabels:
    """Return the labels with each calcium completed on the scan's own voxels, and without noise.

    With `fill_calcium`:

    1. Voxels at or above the threshold, within `reach_mm` of an artery's calcium label and
       connected to it (26 neighbours) inside that reach, become its calcium. Between two
       arteries the nearer calcium label wins, at equal distance the first in the order of
       `Artery`; a voxel that carries another artery's label never changes sides. The reach
       keeps a plaque that touches the aortic wall or bone from flooding it.
    2. Label voxels below the threshold become vessel.

    With or without it, components with fewer than `min_lesion_voxels` voxels or less than
    `min_lesion_mm3` are not calcium: their label voxels become vessel.

    Args:
        scan: as acquired.
        labels: on the scan's grid, as they came from the network.
        settings: for the names above.
        threshold_hu: from where a voxel may be calcium: the scoring threshold, or above the
            blood of a contrast-enhanced scan.

    Raises:
        GridMismatch: the labels lie on another grid.
    """
    scan.grid.require_same(labels.grid, "labels to tidy")
    found = np.flatnonzero(labels.codes > max(a.vessel_code for a in Artery))
    if not found.size:
        return labels
    box = _box_within_reach(found, scan.grid, settings.reach_mm)
    grid, bright = scan.grid.cut(box), scan.hu[box.slices] >= threshold_hu
    codes = labels.codes.copy()
    inside = codes[box.slices]
    if settings.fill_calcium:
        calcium = _filled(inside, bright, grid, settings.reach_mm)
    else:
        calcium = [_where(inside == artery.calcium_code) for artery in Artery]
    for artery, voxels in zip(Artery, calcium, strict=True):
        inside[inside == artery.calcium_code] = artery.vessel_code
        inside[tuple(_large(voxels, grid, settings).T)] = artery.calcium_code
    return ArteryLabels(codes, labels.grid)


def _where(mask: NDArray[np.bool_]) -> Voxels:
    """Return the true voxels, (n, 3); several times faster than `np.argwhere`."""
    return np.stack(np.unravel_index(np.flatnonzero(mask), mask.shape), axis=1)


def _box_within_reach(found: Voxels, grid: Grid, reach_mm: float) -> Box:
    """Return the box of these voxels (flat indices) and of all that lie within reach of them."""
    index = np.unravel_index(found, grid.shape)
    lo, hi = ([int(f(i)) for i in index] for f in (np.min, np.max))
    box = Box((lo[0], lo[1], lo[2]), (hi[0] + 1, hi[1] + 1, hi[2] + 1))
    return box.padded(_margin(grid, reach_mm)).intersect(Box.whole(grid.shape))


def _margin(grid: Grid, reach_mm: float) -> Index:
    """Return how many voxels a reach spans at most along each axis, on sheared grids too."""
    per_mm = np.linalg.norm(np.linalg.inv(grid.affine[:3, :3]), axis=1)
    a, b, c = (int(n) for n in np.ceil(per_mm * reach_mm))
    return (a, b, c)


def _distances_mm(voxels: Voxels, others: Voxels, grid: Grid, reach_mm: float) -> Distances:
    """Return each voxel's distance to the nearest of the others, infinite beyond the reach."""
    if not len(others) or not len(voxels):
        return np.full(len(voxels), np.inf)
    tree = KDTree(grid.to_lps(others.astype(np.float64)))
    points = grid.to_lps(voxels.astype(np.float64))
    distances, _ = tree.query(points, distance_upper_bound=reach_mm + _SLACK)
    return np.round(distances, _DECIMALS).astype(np.float64)


def _filled(
    codes: NDArray[np.uint8], bright: NDArray[np.bool_], grid: Grid, reach_mm: float
) -> list[Voxels]:
    """Return the bright voxels that are each artery's calcium, one list per artery."""
    seeds = [_where(codes == artery.calcium_code) for artery in Artery]
    sides = tuple(2 * m + 1 for m in _margin(grid, reach_mm))
    nearby = ndimage.maximum_filter(codes > max(a.vessel_code for a in Artery), size=sides)
    candidates = _where(bright & nearby)
    own = codes[tuple(candidates.T)]
    distances = np.stack([_distances_mm(candidates, s, grid, reach_mm) for s in seeds])
    for row, artery in enumerate(Artery):
        others = (own > 0) & (own != artery.vessel_code) & (own != artery.calcium_code)
        distances[row, others] = np.inf
    nearest = np.where(np.isfinite(distances.min(axis=0)), distances.argmin(axis=0), -1)
    filled = []
    for row, artery in enumerate(Artery):
        dark = seeds[row][~bright[tuple(seeds[row].T)]]
        voxels = np.concatenate([candidates[nearest == row], dark])
        seeded = codes[tuple(voxels.T)] == artery.calcium_code
        joined = voxels[_in_component_with(voxels, seeded)]
        filled.append(joined[bright[tuple(joined.T)]])
    return filled


def _in_component_with(voxels: Voxels, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell of each voxel whether its component holds a wanted voxel."""
    component = components(voxels, _CONNECTIVITY)
    holds = np.zeros(len(voxels), dtype=np.bool_)
    holds[component[wanted]] = True
    return holds[component]


def _large(voxels: Voxels, grid: Grid, settings: Segmentation) -> Voxels:
    """Return the voxels whose component is large enough to be a lesion."""
    component = components(voxels, _CONNECTIVITY)
    sizes = np.bincount(component, minlength=1)
    large = (sizes >= settings.min_lesion_voxels) & (
        sizes * grid.voxel_mm3 >= settings.min_lesion_mm3 - _SLACK
    )
    return voxels[large[component]]
