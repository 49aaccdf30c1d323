"""One lesion on a grid of its own: how much of every voxel it fills, at rest and in motion."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.phantom.body.shapes import Field, Floats, Tube
from corcal.phantom.calcium.plaque import Plaque
from corcal.phantom.paint.canvas import Canvas
from corcal.phantom.scanner.motion import (
    PHASES,
    Beat,
    motion_artefact,
    move_to_middle_phase,
    phases_of,
    sweep_codes,
)


@dataclass(frozen=True, eq=False)
class Motion:
    """Motion of a lesion.

    Attributes:
        beat: heartbeat and gantry.
        by_mm: displacement along (slice, row, column) at full contraction.
    """

    beat: Beat
    by_mm: Floats


def room(plaque: Plaque, grid: Grid, margin_mm: float | Floats) -> Box | None:
    """Return the voxels round a plaque, with a margin in mm; None outside the grid."""
    around = _around(plaque, grid, margin_mm)
    if min(around.stop) <= 0 or (np.array(around.start) >= grid.shape).any():
        return None
    return around.intersect(Box.whole(grid.shape))


def _around(plaque: Plaque, grid: Grid, margin_mm: float | Floats) -> Box:
    """Return the voxels round a plaque, whether or not the grid has them."""
    index = grid.to_index(plaque.sheet())
    margin = np.ceil((plaque.reach_mm + margin_mm) / np.array(grid.spacing_mm))
    low, high = np.floor(index.min(0) - margin), np.ceil(index.max(0) + margin) + 1
    (a, b, c), (d, e, f) = low.astype(int).tolist(), high.astype(int).tolist()
    return Box((a, b, c), (d, e, f))


def paint_share(plaque: Plaque, grid: Grid) -> tuple[Plaque, Field]:
    """Return how much of every voxel a plaque fills, and the plaque made to fill its volume.

    In a bend the solid is larger or smaller than in a straight artery. A plaque that leaves the
    grid keeps its size.
    """
    target_mm3 = plaque.volume_mm3
    whole = room(plaque, grid, 0.0) == _around(plaque, grid, 0.0)
    for _ in range(3):
        canvas = Canvas(grid, 6.0)
        canvas.hu[:] = 0.0
        hit = canvas.paint_inside(plaque.sheet(), plaque.reach_mm, plaque.inside, 1.0)
        filled = 0.0 if hit is None else float(hit[1].sum()) * grid.voxel_mm3
        if not whole or filled <= 0.0 or abs(filled / target_mm3 - 1.0) < 0.02:
            break
        plaque = plaque.resize(plaque.volume_mm3 * target_mm3 / filled)
    return plaque, canvas.hu


def at_rest(plaque: Plaque, motion: Motion, grid: Grid) -> Plaque:
    """Return a plaque at rest that the heartbeat carries to where the plaque is given."""
    z = grid.to_lps(np.stack([np.arange(grid.shape[0]), *np.zeros((2, grid.shape[0]))], 1))[:, 2]
    level, _ = phases_of(motion.beat, z)
    now = level[int(np.abs(z - plaque.centre_mm()[2]).argmin()), PHASES // 2]
    points = plaque.host.points_mm + now * motion.by_mm[::-1]
    return replace(plaque, host=Tube(points, plaque.host.radii_mm))


def in_motion(
    share: Field, codes: NDArray[np.uint8], grid: Grid, motion: Motion
) -> tuple[Field, NDArray[np.uint8]]:
    """Return a share as it is reconstructed in motion, and where the lesion was meanwhile."""
    canvas = Canvas(grid, 6.0)
    by = motion.by_mm.astype(np.float32)[:, None, None, None]
    field = np.ascontiguousarray(np.broadcast_to(by, (3, *canvas.lattice.shape[:3])))
    middle, middle_codes = move_to_middle_phase((share, codes), canvas, field, motion.beat)
    smeared = middle + motion_artefact(share, middle, canvas, field, motion.beat)
    return smeared, sweep_codes(codes, middle_codes, canvas, field, motion.beat)
