"""Centrelines of arteries in a real scan, as courses to put lesions on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter1d, label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.errors import LabelsRefused, UnreadableScan
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.phantom.body.coronaries import Vessel
from corcal.phantom.body.shapes import Floats, Tube, resample_line
from corcal.storage import lps_of_ras, read_json

#: Stretches shorter than this are left out.
SHORTEST_MM = 6.0


def read_centrelines(path: Path, *, least_confidence: int = 2) -> tuple[Vessel, ...]:
    """Return the courses of a centreline file, cut to what was seen well enough.

    The file is JSON: under "arteries", by name, "group_label" (1 RCA, 2 left main with LAD,
    3 LCX), "points_ras_mm" (n, 3) from the ostium on, "radius_mm" (n) and, where the reader
    gave it, "confidence" (n) from 1, interpolated, to 3, clearly seen.

    Raises:
        UnreadableScan: the file is absent or of another form.
        LabelsRefused: it holds no stretch of that confidence.
    """
    try:
        arteries = read_json(path)["arteries"]
        vessels = [
            v for name, line in arteries.items() for v in _stretches(name, line, least_confidence)
        ]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise UnreadableScan(
            f"{path.name}: is no centreline file ({type(error).__name__}: {error}); it needs "
            '"arteries" with "group_label" 1 to 3, "points_ras_mm" and "radius_mm" for each'
        ) from error
    if not vessels:
        raise LabelsRefused(
            f"{path.name}: no stretch of {SHORTEST_MM:.0f} mm was traced with confidence "
            f"{least_confidence} or more; trace more, or lower the least confidence"
        )
    return tuple(vessels)


def _stretches(name: str, traced: dict[str, Any], least: int) -> list[Vessel]:
    artery = {a.vessel_code: a for a in Artery}[int(traced["group_label"])]
    points = lps_of_ras(np.array(traced["points_ras_mm"], dtype=np.float64))
    radii = np.broadcast_to(np.array(traced["radius_mm"], dtype=np.float64), len(points))
    sure = np.array(traced.get("confidence", [3] * len(points))) >= least
    if points.ndim != 2 or points.shape[1] != 3 or sure.shape != radii.shape:
        raise ValueError(f"{name} has {points.shape} points and {sure.shape} confidences")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], sure.astype(int), [0]])))
    runs = zip(edges[::2], edges[1::2], strict=True)
    tubes = [Tube(points[a:b], radii[a:b]) for a, b in runs if b - a > 1]
    return [Vessel(name, artery, t) for t in tubes if t.length_mm >= SHORTEST_MM]


def label_centrelines(labels: ArteryLabels) -> tuple[Vessel, ...]:
    """Return the courses of arteries in a label map: the middle line of every branch.

    Raises:
        LabelsRefused: no artery is as long as a course must be.
    """
    vessels = []
    for artery in Artery:
        whole = labels.whole(artery)
        if not whole.any():
            continue
        box = Box.around(whole).pad((1, 1, 1)).intersect(Box.whole(whole.shape))
        grid = labels.grid.cut(box)
        parts, count = label(whole[box.slices], np.ones((3, 3, 3)))
        for i in range(count):
            vessels += [Vessel(artery.value, artery, t) for t in _tubes(parts == i + 1, grid)]
    if not vessels:
        raise LabelsRefused(
            f"the label map holds no artery of {SHORTEST_MM:.0f} mm or more; arteries are "
            "the codes 1 to 3"
        )
    return tuple(vessels)


def _tubes(mask: NDArray[np.bool_], grid: Grid) -> list[Tube]:
    """Return the longest course through a connected mask, then that of what is left, and so on."""
    left = mask
    depth = distance_transform_edt(np.pad(left, 1), sampling=grid.spacing_mm)[1:-1, 1:-1, 1:-1]
    out: list[Tube] = []
    while np.count_nonzero(left) > 3:
        index = _longest(left, depth, grid)
        line = grid.to_lps(index.astype(np.float64))
        length = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
        if length < SHORTEST_MM:
            break
        smooth = gaussian_filter1d(resample_line(line, 1.0), 2.0, axis=0, mode="nearest")
        radius = float(np.median(depth[tuple(index.T)]))
        out.append(Tube(smooth, np.full(len(smooth), max(radius, 0.8))))
        left = left & ~_near(line, 2.0 * radius + 1.0, grid)
        parts, count = label(left, np.ones((3, 3, 3)))
        if count:
            left = parts == 1 + int(np.bincount(parts.ravel())[1:].argmax())
    return out


def _longest(mask: NDArray[np.bool_], depth: NDArray[np.floating], grid: Grid) -> NDArray[np.intp]:
    """Return the voxels (n, 3) of the way between the two ends of a mask, along its middle."""
    voxels = np.argwhere(mask)
    number = np.full(mask.shape, -1)
    number[mask] = np.arange(len(voxels))
    rows, columns, steps = [], [], []
    offsets = np.argwhere(np.ones((3, 3, 3))) - 1
    for offset in offsets[14:]:  # one of every pair of opposite neighbours
        there = voxels + offset
        inside = ((there >= 0) & (there < mask.shape)).all(axis=1)
        other = number[tuple(there[inside].T)]
        here = np.flatnonzero(inside)[other >= 0]
        rows.append(here)
        columns.append(other[other >= 0])
        far = float(np.linalg.norm(offset * np.array(grid.spacing_mm)))
        steps.append(np.full(len(here), far))
    i, j, step = (np.concatenate(x) for x in (rows, columns, steps))
    shape = (len(voxels), len(voxels))
    plain = coo_array((step, (i, j)), shape=shape).tocsr()
    # The way through the middle costs least.
    deep = depth[mask]
    dear = coo_array((step / (0.5 * (deep[i] + deep[j])) ** 2, (i, j)), shape=shape).tocsr()
    start = _farthest(plain, 0)
    end = _farthest(plain, start)
    _, before = dijkstra(dear, False, [start], True)
    way = [end]
    while way[-1] != start:
        way.append(int(before[0, way[-1]]))
    return voxels[way]


def _farthest(graph: Any, start: int) -> int:
    far = dijkstra(graph, False, [start])
    return int(np.where(np.isfinite(far), far, -1.0).argmax())


def _near(line_mm: Floats, reach_mm: float, grid: Grid) -> NDArray[np.bool_]:
    marked = np.ones(grid.shape, dtype=np.bool_)
    index = np.rint(grid.to_index(line_mm)).astype(int)
    marked[tuple(np.clip(index, 0, np.array(grid.shape) - 1).T)] = False
    near: NDArray[np.bool_] = distance_transform_edt(marked, sampling=grid.spacing_mm) <= reach_mm
    return near
