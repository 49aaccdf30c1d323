"""A canvas of Hounsfield units on one grid, and the strokes that paint solids on it.

Large organs are evaluated on a coarse lattice and interpolated (their distances are smooth);
tubes are evaluated voxel by voxel, each in the box it occupies. Edges get their partial
volume from the distance, so no voxel is sampled more than once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.phantom.body.shapes import Field, Floats, Tube, cone_distance
from corcal.phantom.paint.lattice import cubic

Slices = tuple[slice, slice, slice]

#: Voxels in a slab that is painted at once, and the fewest steps of the lattice it takes.
SLAB_VOXELS, SLAB_STEPS = 1_000_000, 4

#: Voxels that are supersampled at once.
PIECE = 10_000


def axes_mm(grid: Grid) -> tuple[Floats, Floats, Floats]:
    """Return the LPS coordinates of the voxel centres: z of slices, y of rows, x of columns.

    Raises:
        ValueError: the grid is not axial.
    """
    if not np.allclose(grid.directions, np.eye(3)[::-1], atol=1e-6):
        raise ValueError("the phantom renders on axial grids: slices up, rows back, columns left")
    origin, step = grid.affine[:3, 3], grid.spacing_mm
    z, y, x = (origin[2 - i] + step[i] * np.arange(grid.shape[i]) for i in range(3))
    return z, y, x


def points_of(axes: tuple[Floats, Floats, Floats]) -> Field:
    """Return LPS points float32 (slice, row, column, 3) of three axes (z, y, x)."""
    z, y, x = (a.astype(np.float32) for a in axes)
    # Stored coordinate by coordinate: every distance works on whole x, y and z.
    out = np.empty((3, z.size, y.size, x.size), dtype=np.float32)
    out[0], out[1], out[2] = x, y[:, None], z[:, None, None]
    return np.moveaxis(out, 0, -1)


class Canvas:
    """HU under way on a grid, with the coarse lattice that large organs are drawn on.

    Attributes:
        grid: the grid.
        hu: float32 (slice, row, column).
        coarse_mm: spacing of the lattice.
    """

    def __init__(self, grid: Grid, coarse_mm: float = 2.4) -> None:
        self.grid = grid
        self.axes = axes_mm(grid)
        self.hu: Field = np.full(grid.shape, -1000.0, dtype=np.float32)
        self.edge_mm = float(np.cbrt(grid.voxel_mm3))
        self.coarse_mm = coarse = max(coarse_mm, 1.3 * self.edge_mm)
        z, y, x = (np.arange(a[0] - 2 * coarse, a[-1] + 3 * coarse, coarse) for a in self.axes)
        self._knots = (z, y, x)
        self._to_fine = tuple(cubic(k, a) for k, a in zip(self._knots, self.axes, strict=True))

    @cached_property
    def lattice(self) -> Field:
        """LPS points float32 (a, b, c, 3) of the coarse lattice."""
        return points_of(self._knots)

    def paint(self, coarse: Field, value: float | Field, softness_mm: float = 0.0) -> None:
        """Paint the inside of a distance given on the lattice.

        Args:
            coarse: signed distance in mm on the lattice.
            value: HU, or HU on the lattice.
            softness_mm: extra width of the edge.
        """
        reach = self.edge_mm + softness_mm
        for where in self.slabs(coarse < 2.5 * reach):
            ink = self.fine(value, where) if isinstance(value, np.ndarray) else value
            self._blend(where, self.fine(coarse, where), reach, ink)

    def slabs(self, near: NDArray[np.bool_]) -> Iterator[Slices]:
        """Yield boxes that hold the voxels round the true points of the lattice, slab by slab.

        Slabs stay in the processor's cache, and each is no wider than it must be.
        """
        z, knots = self.axes[0], self._knots[0]
        _, rows, columns = self.grid.shape
        a_step = rows * columns * self.coarse_mm / self.grid.spacing_mm[0]
        steps = max(int(SLAB_VOXELS / a_step), SLAB_STEPS)
        for k in range(0, knots.size, steps):
            top = knots[min(k + steps, knots.size - 1)]
            i, j = (int(n) for n in np.searchsorted(z, (knots[k], top)))
            low = max(k - 1, 0)
            box = self.box_of(near[low : k + steps + 2], low) if j > i else None
            if box is not None:
                i, j = max(i, box[0].start), min(j, box[0].stop)
            if box is not None and j > i:
                yield slice(i, j), box[1], box[2]

    def fine(self, coarse: NDArray[np.float32], where: Slices | None = None) -> Field:
        """Return a lattice field interpolated to the grid, or to a box of it."""
        box = where or tuple(slice(0, n) for n in self.grid.shape)
        taps = [t.cut(s) for t, s in zip(self._to_fine, box, strict=True)]
        out: Field = coarse[taps[0].used, taps[1].used, taps[2].used]
        # Columns first and slices last: the long axis of memory is only ever copied in rows.
        for axis in (2, 1, 0):
            rest = np.moveaxis(out, axis, 0)
            rows = taps[axis].matrix @ rest.reshape(rest.shape[0], -1)
            out = np.moveaxis(rows.reshape(-1, *rest.shape[1:]), 0, axis)
        return np.ascontiguousarray(out, dtype=np.float32)

    def paint_tubes(self, tubes: Iterable[Tube], value: float, grow_mm: float = 0.0) -> None:
        """Paint tubes voxel by voxel, their radii grown by `grow_mm`."""
        for tube in tubes:
            near = self.tube_distance(tube, grow_mm)
            if near is not None:
                self._blend(near[0], near[1], self.edge_mm, value)

    def tube_distance(self, tube: Tube, grow_mm: float = 0.0) -> tuple[Slices, Field] | None:
        """Return a tube's box and the distance to it there (10 mm where far), or None."""
        reach = 2.0 * self.edge_mm
        whole = self.box_around(tube.points_mm, float(tube.radii_mm.max()) + grow_mm + reach)
        if whole is None:
            return None
        cut = tuple(a[s] for a, s in zip(self.axes, whole, strict=True))
        return whole, _tube_on((cut[0], cut[1], cut[2]), tube.thin(self.edge_mm), grow_mm, reach)

    def coarse_tubes(self, tubes: Iterable[Tube], reach_mm: float = 14.0) -> Field:
        """Return the distance to tubes on the lattice; `reach_mm` where farther."""
        out = np.full(self.lattice.shape[:3], reach_mm, dtype=np.float32)
        for tube in tubes:
            np.minimum(out, _tube_on(self._knots, tube, 0.0, reach_mm), out=out)
        return out

    def paint_inside(
        self,
        around_mm: Floats,
        reach_mm: float,
        inside: Callable[[Floats], NDArray[np.bool_]],
        value: float,
    ) -> tuple[Slices, Field] | None:
        """Paint a small solid by supersampling; return its box and the filled fraction.

        Args:
            around_mm: LPS points (n, 3) of the solid's middle, at most 3 mm apart.
            reach_mm: how far it extends from them.
            inside: tells for points (n, 3) whether they are inside.
            value: HU of the solid.
        """
        box = self.box_around(around_mm, reach_mm)
        if box is None:
            return None
        near = self._near(box, around_mm, reach_mm + 1.5 + self.edge_mm)
        fraction = self._fraction(box, near, inside)
        part = self.hu[box]
        part += fraction * (value - part)
        return box, fraction

    def box_around(self, points_mm: Floats, reach_mm: float) -> Slices | None:
        """Return the voxels within `reach_mm` of the box of points, or None outside."""
        return _box_on(self.axes, points_mm, reach_mm)

    def _fraction(
        self,
        box: Slices,
        near: NDArray[np.bool_],
        inside: Callable[[Floats], NDArray[np.bool_]],
    ) -> Field:
        """Return how much of every voxel of a box is inside; only those `near` are looked at."""
        per_voxel = int(np.clip(np.ceil(self.edge_mm / 0.27), 2, 6))
        steps = (np.arange(per_voxel) + 0.5) / per_voxel - 0.5
        z, y, x = np.meshgrid(*(steps * s for s in self.grid.spacing_mm), indexing="ij")
        offsets = np.stack([x.ravel(), y.ravel(), z.ravel()], axis=-1)
        voxels = np.argwhere(near)
        centres = np.stack([self.axes[i][box[i].start + voxels[:, i]] for i in (2, 1, 0)], axis=-1)
        out = np.zeros(near.shape, dtype=np.float32)
        for i in range(0, len(voxels), PIECE):
            points = centres[i : i + PIECE, None] + offsets
            hit = inside(points.reshape(-1, 3)).reshape(-1, len(offsets))
            out[tuple(voxels[i : i + PIECE].T)] = hit.mean(axis=1)
        return out

    def _near(self, box: Slices, around_mm: Floats, reach_mm: float) -> NDArray[np.bool_]:
        """Return which voxels of a box lie near any of the points."""
        z, y, x = self.axes
        cut = (z[box[0]], y[box[1]], x[box[2]])
        out = np.zeros([a.size for a in cut], dtype=np.bool_)
        for point in around_mm:
            here = _box_on(cut, point[None], reach_mm)
            if here is not None:
                out[here] = True
        return out

    def _blend(self, where: Slices, sdf: Field, width: float, value: float | Field) -> None:
        fraction = sdf * np.float32(-1.0 / width)
        fraction += np.float32(0.5)
        np.clip(fraction, 0.0, 1.0, out=fraction)
        part = self.hu[where]
        fraction *= (value if isinstance(value, np.ndarray) else np.float32(value)) - part
        part += fraction

    def box_of(self, mask: NDArray[np.bool_], lowest: int = 0) -> Slices | None:
        """Return the voxels round the true points of the lattice, or None if there are none.

        `mask` may begin at any slice of the lattice, the `lowest`.
        """
        out = []
        for axis in range(3):
            hit = np.flatnonzero(mask.any(axis=tuple(i for i in range(3) if i != axis)))
            if hit.size == 0:
                return None
            knots = self._knots[axis][lowest if axis == 0 else 0 :]
            lo, hi = knots[max(hit[0] - 1, 0)], knots[min(hit[-1] + 1, knots.size - 1)]
            i, j = np.searchsorted(self.axes[axis], [lo, hi])
            if j <= i:
                return None
            out.append(slice(int(i), int(j)))
        return (out[0], out[1], out[2])


def _box_on(
    axes: tuple[Floats, Floats, Floats], points_mm: Floats, reach_mm: float
) -> Slices | None:
    low, high = points_mm.min(axis=0)[::-1] - reach_mm, points_mm.max(axis=0)[::-1] + reach_mm
    out = []
    for a, lo, hi in zip(axes, low, high, strict=True):
        i, j = int(a.searchsorted(lo)), int(a.searchsorted(hi))
        if j <= i:
            return None
        out.append(slice(i, j))
    return (out[0], out[1], out[2])


def _tube_on(
    axes: tuple[Floats, Floats, Floats], tube: Tube, grow_mm: float, reach_mm: float
) -> Field:
    """Return the distance to a tube on axes (z, y, x), computed only near each segment."""
    radii = tube.radii_mm + grow_mm
    far = max(reach_mm, 10.0)
    out = np.full([a.size for a in axes], far, dtype=np.float32)
    p = tube.points_mm
    wide = np.maximum(radii[:-1], radii[1:])[:, None] + reach_mm
    low, high = np.minimum(p[:-1], p[1:]) - wide, np.maximum(p[:-1], p[1:]) + wide
    # Voxels of every segment's box, (segments, 3) in the order z, y, x.
    first, last = (
        np.stack([a.searchsorted(side[:, 2 - i]) for i, a in enumerate(axes)], axis=1)
        for side in (low, high)
    )
    for i in np.flatnonzero((last > first).all(axis=1)):
        box = tuple(slice(*ends) for ends in zip(first[i], last[i], strict=True))
        z, y, x = (a[s] for a, s in zip(axes, box, strict=True))
        here = (x, y[:, None], z[:, None, None])
        cone = cone_distance(here, (p[i], p[i + 1]), (radii[i], radii[i + 1]))
        np.minimum(out[box], cone, out=out[box])
    return out
