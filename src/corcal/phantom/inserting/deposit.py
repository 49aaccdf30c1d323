"""Random deposits for training scans: quick, and of the same physics as whole phantoms.

A deposit is a plaque in the wall of a stretch of artery (or of any line), painted, moved and
blurred by the code that phantoms are made with. What it adds to the tissue that it displaces
is added to the scan, whose noise stays its own. For lesions with a table of truth, see
`corcal.phantom.inserting.insert_lesions`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.phantom.body.shapes import Field, Floats, Tube
from corcal.phantom.calcium.plaque import Plaque, plaque_on
from corcal.phantom.scanner.lesion_on_grid import Motion, at_rest, in_motion, paint_share, room
from corcal.phantom.scanner.motion import sample_beat
from corcal.phantom.scanner.physics import Scanner, blur_image

#: Attenuation of a wall without calcium.
WALL_HU = 40.0

#: A slice's profile is a Gaussian of so many thicknesses.
_PROFILE = 0.4

#: Deposits are larger than the plaques of phantoms: what cannot be seen teaches nothing.
_LARGER = 2.0


@dataclass(frozen=True, eq=False)
class Deposit:
    """A calcium deposit to insert.

    Attributes:
        plaque: the solid; its host is in LPS mm.
        scanner: kernel and slices of the scan that it is put into.
        motion: how it moves during its exposure, or None.
    """

    plaque: Plaque
    scanner: Scanner
    motion: Motion | None


def insert_deposit(
    hu: NDArray[np.float32], grid: Grid, deposit: Deposit, *, visible_hu: float = 130.0
) -> NDArray[np.bool_]:
    """Add a deposit to a scan in place and return what of it can be seen.

    Args:
        hu: float32 (slice, row, column), changed in place.
        grid: where `hu` lies; it may be tilted.
        deposit: what to insert.
        visible_hu: a voxel is visible calcium if the deposit alone, in a wall without
            calcium and without noise, brings it to this value.

    Returns:
        bool (slice, row, column): the visible deposit, empty if it lies outside or is too faint.
    """
    seen = np.zeros(hu.shape, bool)
    upright = Grid.axial(grid.shape, grid.spacing_mm)
    plaque = _carry(deposit.plaque, grid, upright)
    reach = np.zeros(3) if deposit.motion is None else np.abs(deposit.motion.by_mm)
    blur = np.array([_PROFILE * deposit.scanner.thickness_mm, *[deposit.scanner.sigma_mm] * 2])
    where = room(plaque, upright, reach + 3.0 * blur + 1.0)
    if where is None:
        return seen
    part = hu[where.slices]
    share = _share(plaque, deposit, upright.cut(where))
    core = share >= 0.5 * float(share.max())
    if not float(share.max()) > 0.0:
        return seen
    tissue = min(float(np.median(part[core])), plaque.hu - 50.0)
    part += share * np.float32(plaque.hu - tissue)
    seen[where.slices] = WALL_HU + share * (plaque.hu - WALL_HU) >= visible_hu
    return seen


def _carry(plaque: Plaque, grid: Grid, upright: Grid) -> Plaque:
    """Return a plaque in the coordinates of an axial grid of the same voxels."""
    points = upright.to_lps(grid.to_index(plaque.host.points_mm))
    return replace(plaque, host=Tube(points, plaque.host.radii_mm))


def _share(plaque: Plaque, deposit: Deposit, grid: Grid) -> Field:
    """Return how much of every voxel the image shows as filled."""
    if deposit.motion is None:
        _, share = paint_share(plaque, grid)
    else:
        _, share = paint_share(at_rest(plaque, deposit.motion, grid), grid)
        share, _ = in_motion(share, (share > 0).astype(np.uint8), grid, deposit.motion)
    return blur_image(share, grid, deposit.scanner)


def sample_deposit(
    rng: np.random.Generator, path_mm: Floats, blur_mm: tuple[float, float, float]
) -> Deposit:
    """Return a deposit at a random place along a path.

    Shape and HU are those of phantoms' plaques, twice as large; position is uniform, so that
    every stretch is trained; one in three moves.

    Args:
        rng: random numbers.
        path_mm: (n, 3) LPS points, about 1 mm apart; one point is a path of half a millimetre.
        blur_mm: standard deviation of the scan's blur along (slice, row, column).
    """
    path = path_mm if len(path_mm) > 1 else path_mm + np.array([[0.0, 0, -0.25], [0, 0, 0.25]])
    host = Tube(path, np.full(len(path), float(rng.uniform(0.8, 2.2))))
    arc = float(rng.uniform(0.0, host.length_mm))
    plaque = plaque_on(rng, host, arc, "", None)
    plaque = plaque.resize(_LARGER * plaque.volume_mm3)
    motion = None
    if rng.random() < 0.35:
        direction = rng.normal(size=3) * (0.4, 1.0, 1.0)
        by_mm = direction * rng.uniform(2.0, 14.0) / np.linalg.norm(direction)
        motion = Motion(sample_beat(rng), by_mm)
    in_plane = float(np.hypot(blur_mm[1], blur_mm[2]) / np.sqrt(2.0))
    scanner = Scanner(blur_mm[0] / _PROFILE, in_plane, 0.0, 0.0, 0.0, 0.0)
    return Deposit(plaque, scanner, motion)
