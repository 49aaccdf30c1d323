"""From the network's calcium, as large as its own voxels allow, to the calcium of the scan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from corcal.core.artery import Artery
from corcal.core.box import Box, Index, index3
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.settings import Segmentation
from corcal.space import components, true_voxels

Voxels = NDArray[np.intp]
Distances = NDArray[np.float64]

#: Distances on a grid tie often: they are rounded, so that no last digit picks the artery.
_DECIMALS = 6
_SLACK = 10.0**-_DECIMALS


def complete_calcium(
    scan: Scan, labels: ArteryLabels, *, settings: Segmentation, threshold_hu: float
) -> ArteryLabels:
    """Return the labels with each calcium completed on the scan's own voxels, and without noise.

    With `fill_calcium`:

    1. Voxels at or above the threshold, within `reach_mm` of an artery's calcium label and
       connected to it (`connectivity_3d`) inside that reach, become its calcium. Between two
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
    scan.grid.require_same(labels.grid, "labels to complete")
    marked = np.flatnonzero(labels.codes > max(a.vessel_code for a in Artery))
    if not marked.size:
        return labels
    box = _box_within_reach(marked, scan.grid, settings.reach_mm)
    grid, bright = scan.grid.cut(box), scan.hu[box.slices] >= threshold_hu
    codes = labels.codes.copy()
    inside = codes[box.slices]
    if settings.fill_calcium:
        calcium = _fill(inside, bright, grid, settings)
    else:
        calcium = [true_voxels(inside == artery.calcium_code) for artery in Artery]
    for artery, voxels in zip(Artery, calcium, strict=True):
        inside[inside == artery.calcium_code] = artery.vessel_code
        inside[tuple(_large(voxels, grid, settings).T)] = artery.calcium_code
    return ArteryLabels(codes, labels.grid)


def _box_within_reach(calcium: Voxels, grid: Grid, reach_mm: float) -> Box:
    """Return the box of these voxels (flat indices) and of all that lie within reach of them."""
    index = np.stack(np.unravel_index(calcium, grid.shape))
    box = Box.of(index.min(axis=1), index.max(axis=1) + 1)
    return box.pad(_margin(grid, reach_mm)).intersect(Box.whole(grid.shape))


def _margin(grid: Grid, reach_mm: float) -> Index:
    """Return how many voxels a reach spans at most along each axis, on sheared grids too."""
    per_mm = np.linalg.norm(np.linalg.inv(grid.affine[:3, :3]), axis=1)
    return index3(np.ceil(per_mm * reach_mm))


def _distances_mm(voxels: Voxels, others: Voxels, grid: Grid, reach_mm: float) -> Distances:
    """Return each voxel's distance to the nearest of the others, infinite beyond the reach."""
    if not len(others) or not len(voxels):
        return np.full(len(voxels), np.inf)
    tree = KDTree(grid.to_lps(others.astype(np.float64)))
    points = grid.to_lps(voxels.astype(np.float64))
    distances, _ = tree.query(points, distance_upper_bound=reach_mm + _SLACK)
    return np.round(distances, _DECIMALS).astype(np.float64)


def _fill(
    codes: NDArray[np.uint8], bright: NDArray[np.bool_], grid: Grid, settings: Segmentation
) -> list[Voxels]:
    """Return the bright voxels that are each artery's calcium, one list per artery."""
    seeds = [true_voxels(codes == artery.calcium_code) for artery in Artery]
    sides = tuple(2 * m + 1 for m in _margin(grid, settings.reach_mm))
    nearby = ndimage.maximum_filter(codes > max(a.vessel_code for a in Artery), size=sides)
    candidates = true_voxels(bright & nearby)
    own = codes[tuple(candidates.T)]
    distances = np.stack([_distances_mm(candidates, s, grid, settings.reach_mm) for s in seeds])
    for row, artery in enumerate(Artery):
        others = (own > 0) & (own != artery.vessel_code) & (own != artery.calcium_code)
        distances[row, others] = np.inf
    nearest = np.where(np.isfinite(distances.min(axis=0)), distances.argmin(axis=0), -1)
    filled = []
    for row, artery in enumerate(Artery):
        dark = seeds[row][~bright[tuple(seeds[row].T)]]
        voxels = np.concatenate([candidates[nearest == row], dark])
        seeded = codes[tuple(voxels.T)] == artery.calcium_code
        joined = voxels[_in_component_with(voxels, seeded, settings.connectivity_3d)]
        filled.append(joined[bright[tuple(joined.T)]])
    return filled


def _in_component_with(
    voxels: Voxels, seeds: NDArray[np.bool_], connectivity: int
) -> NDArray[np.bool_]:
    """Return for each voxel whether its component holds a seed."""
    component = components(voxels, connectivity)
    holds = np.zeros(len(voxels), dtype=np.bool_)
    holds[component[seeds]] = True
    return holds[component]


def _large(voxels: Voxels, grid: Grid, settings: Segmentation) -> Voxels:
    """Return the voxels whose component is large enough to be a lesion."""
    component = components(voxels, settings.connectivity_3d)
    sizes = np.bincount(component, minlength=1)
    large = (sizes >= settings.min_lesion_voxels) & (
        sizes * grid.voxel_mm3 >= settings.min_lesion_mm3 - _SLACK
    )
    return voxels[large[component]]
