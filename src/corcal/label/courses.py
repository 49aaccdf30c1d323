"""Courses of the arteries: connected lines through the probabilities of the network.

A network of a few centimetres' sight marks an artery in pieces: motion and noise hide stretches of
it. Its probabilities still lead from piece to piece. From the densest point of the largest piece,
the line follows the cheapest way through the probabilities (Dijkstra 1959; a millimetre costs 1 /
probability) to the point where the sum of what is seen on the way, less what is not, is largest: a
gap is crossed where enough artery lies behind it. The other direction follows, then branches, as
long as they are worth it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse, Branch
from corcal.core.grid import Grid
from corcal.settings import Courses

#: The lines are searched for on blocks of this many voxels along each axis: an artery is 3 to 4 mm
#: wide, the working voxels are 0.8 mm.
_BLOCK = 2
_STEPS = tuple(
    (a, b, c) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1) if (a, b, c) > (0, 0, 0)
)


def find_courses(
    regions: NDArray[np.float32], within: NDArray[np.bool_], grid: Grid, rules: Courses
) -> tuple[ArteryCourse, ...]:
    """Return the course of each artery that is seen, in the order of `Artery`.

    Args:
        regions: float32 (6, slice, row, column), the probabilities of the regions.
        within: bool (slice, row, column), where a course may go.
        grid: of the regions.
        rules: what counts as seen, and how far a gap may be crossed.
    """
    courses = []
    for number, artery in enumerate(Artery):
        whole = np.maximum(regions[number], regions[len(Artery) + number])
        whole *= within
        graph = _Graph.of(_block_max(whole), _blocks(grid), rules)
        tree = _grow_tree(graph, rules)
        if len(tree) > 1:
            courses.append(_course(artery, graph, tree, rules))
    return tuple(courses)


def _block_max(probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the highest probability of each block: axis by axis, ten times faster."""
    for axis in range(3):
        end = probability.shape[axis] // _BLOCK * _BLOCK
        shares = [
            probability[(slice(None),) * axis + (slice(first, end, _BLOCK),)]
            for first in range(_BLOCK)
        ]
        probability = reduce(np.maximum, shares)
    return probability


def _blocks(grid: Grid) -> Grid:
    affine = grid.affine.copy()
    affine[:3, :3] *= _BLOCK
    affine[:3, 3] = grid.to_lps(np.full((1, 3), (_BLOCK - 1) / 2))[0]
    a, b, c = (max(n // _BLOCK, 1) for n in grid.shape)
    return Grid((a, b, c), affine)


@dataclass(frozen=True, eq=False)
class _Graph:
    """Blocks that may be artery, as nodes; neighbours (26) are joined.

    Attributes:
        points_mm: (node, 3), LPS.
        probability: (node,).
        first, second: (edge,), the nodes of each edge.
        length_mm: (edge,).
        cost: symmetric (node, node), what a step costs.
    """

    points_mm: NDArray[np.float64]
    probability: NDArray[np.float64]
    first: NDArray[np.intp]
    second: NDArray[np.intp]
    length_mm: NDArray[np.float64]
    cost: csr_array

    @classmethod
    def of(cls, probability: NDArray[np.float32], grid: Grid, rules: Courses) -> _Graph:
        may_be = probability > rules.min_probability
        index = np.stack(np.unravel_index(np.flatnonzero(may_be), may_be.shape), axis=1)
        value = probability[may_be].astype(np.float64)
        # A border of nothing, so that no neighbour wraps around.
        number = np.full([n + 2 for n in may_be.shape], -1, dtype=np.intp)
        number[1:-1, 1:-1, 1:-1][may_be] = np.arange(len(index))
        first, second, length = [], [], []
        for step in _STEPS:
            neighbour = number[tuple((index + 1 + step).T)]
            here = np.flatnonzero(neighbour >= 0)
            first.append(here)
            second.append(neighbour[here])
            length.append(np.full(len(here), np.linalg.norm(grid.affine[:3, :3] @ step)))
        one, other, mm = map(np.concatenate, (first, second, length))
        price = 1.0 / (value + rules.floor)
        cost = _symmetric(one, other, mm * 0.5 * (price[one] + price[other]), len(index))
        return cls(grid.to_lps(index.astype(np.float64)), value, one, other, mm, cost)


def _symmetric(
    first: NDArray[np.intp], second: NDArray[np.intp], value: NDArray[np.float64], count: int
) -> csr_array:
    pairs = (np.concatenate([first, second]), np.concatenate([second, first]))
    return coo_array((np.concatenate([value, value]), pairs), (count, count)).tocsr()


def _grow_tree(graph: _Graph, rules: Courses) -> list[NDArray[np.intp]]:
    """Return lines of nodes: the root alone, then each line from the tree to a new end."""
    if not len(graph.probability):
        return []
    lines = [np.array([_root(graph, rules)])]
    # Two directions from the root, then branches, which must be worth more.
    plan = [(rules.min_gain_mm, rules.unseen_below)] * 2
    plan += [(rules.min_branch_gain_mm, rules.branch_unseen_below)] * rules.max_branches
    for least, level in plan:
        line, gain = _best_line(graph, np.unique(np.concatenate(lines)), level)
        if gain >= least:
            lines.append(line)
    return lines


def _root(graph: _Graph, rules: Courses) -> int:
    """Return the node with most probability around it, in the heaviest part that is seen."""
    count = len(graph.probability)
    seen = graph.probability >= rules.seen_from
    joined = seen[graph.first] & seen[graph.second]
    one, other = graph.first[joined], graph.second[joined]
    parts = coo_array((np.ones(len(one)), (one, other)), (count, count))
    _, part = connected_components(parts, directed=False)
    heaviest = np.bincount(part, np.where(seen, graph.probability, 0.0)).argmax()
    around = np.bincount(graph.first, graph.probability[graph.second], count)
    around += np.bincount(graph.second, graph.probability[graph.first], count)
    return int(np.where(part == heaviest, around + graph.probability, -1.0).argmax())


def _best_line(
    graph: _Graph, tree: NDArray[np.intp], level: float
) -> tuple[NDArray[np.intp], float]:
    """Return the line from the tree that gains most, tree end first, and its gain.

    A millimetre gains its probability less `level`.
    """
    _, before, _ = dijkstra(
        graph.cost, directed=True, indices=tree, min_only=True, return_predecessors=True
    )
    reached = np.flatnonzero(before >= 0)
    if not len(reached):
        return tree[:1], 0.0
    parent = np.arange(len(before))
    parent[reached] = before[reached]
    step_mm = np.linalg.norm(graph.points_mm - graph.points_mm[parent], axis=1)
    gain = step_mm * (0.5 * (graph.probability + graph.probability[parent]) - level)
    # Each pass doubles how many steps back towards the tree are summed up.
    while (parent[parent] != parent).any():
        gain, parent = gain + gain[parent], parent[parent]
    end = int(gain.argmax())
    return _way_back(before, end)[::-1], float(gain[end])


def _way_back(before: NDArray[np.signedinteger], end: int) -> NDArray[np.intp]:
    line = [end]
    while before[line[-1]] >= 0:
        line.append(int(before[line[-1]]))
    return np.array(line, dtype=np.intp)


def _course(
    artery: Artery, graph: _Graph, lines: list[NDArray[np.intp]], rules: Courses
) -> ArteryCourse:
    """Return the tree as its longest line and the branches of it."""
    one = np.concatenate([line[:-1] for line in lines])
    other = np.concatenate([line[1:] for line in lines])
    step_mm = np.linalg.norm(graph.points_mm[one] - graph.points_mm[other], axis=1)
    tree = _symmetric(one, other, step_mm, len(graph.probability))
    far = _farthest(tree, one[:1])[-1]
    main = _farthest(tree, np.array([far]))
    if graph.points_mm[main[0], 2] < graph.points_mm[main[-1], 2]:
        main = main[::-1]
    branches, covered = [], main
    while len(line := _farthest(tree, covered)) > 1:
        branches.append(line)
        covered = np.concatenate([covered, line])
    points_mm = graph.points_mm.copy()
    for line in (main, *branches):
        # Where a branch begins, it holds to the line that was smoothed before it.
        points_mm[line[1:]] = _smooth(points_mm[line], rules.smooth_mm)[1:]
    seen = graph.probability >= rules.seen_from
    first, *others = (Branch(points_mm[line], seen[line]) for line in (main, *branches))
    return ArteryCourse(artery, first, tuple(others))


def _smooth(points_mm: NDArray[np.float64], scale_mm: float) -> NDArray[np.float64]:
    """Return a line without the zigzag of the blocks it was searched on; its ends stay.

    Beyond its ends the line is continued as it came, turned around them.

    Args:
        points_mm: (n, 3), along the line.
        scale_mm: standard deviation of the Gaussian along the line; 0 smooths nothing.
    """
    if scale_mm == 0:
        return points_mm
    steps_mm = np.linalg.norm(np.diff(points_mm, axis=0), axis=1)
    scale = scale_mm / float(steps_mm.mean())
    many = len(points_mm) - 1
    before, after = 2 * points_mm[0] - points_mm[:0:-1], 2 * points_mm[-1] - points_mm[-2::-1]
    long = np.concatenate([before, points_mm, after])
    smooth: NDArray[np.float64] = ndimage.gaussian_filter1d(long, scale, axis=0)
    return smooth[many : many + len(points_mm)]


def _farthest(tree: csr_array, start: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the longest line of a tree that leaves some of its nodes, those first."""
    away, before, _ = dijkstra(
        tree, directed=True, indices=start, min_only=True, return_predecessors=True
    )
    end = int(np.where(np.isfinite(away), away, -1.0).argmax())
    return _way_back(before, end)[::-1]
