"""Calcium put into real scans for training: on traced arteries, and look-alikes away from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.phantom import insert_deposit, sample_deposit
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.cases.lookalikes import lookalikes

#: A heart is filled in parts of this size in voxels, each as a patch would be.
_PART = (64, 64, 96)

#: A line for deposits, LPS (n, 3), and the target that they get.
Line = tuple[NDArray[np.float64], int]


def insert_calcium(
    case: Case,
    box: Box,
    hu: NDArray[np.float32],
    packed: NDArray[np.uint16],
    rng: np.random.Generator,
    alike: bool = True,
) -> NDArray[np.uint16]:
    """Put deposits on arteries, and look-alikes away from them, into part of a real scan.

    Args:
        case: the scan.
        box: the part of its grid.
        hu: float32 (slice, row, column), the part's image, changed in place.
        packed: uint16 (slice, row, column), the part's targets.
        rng: random numbers.
        alike: put look-alikes into it, too.

    Returns:
        The new targets, uint16 (slice, row, column).
    """
    out = packed.copy()
    grid = case.grid.cut(box)
    for path, target in _lines(case, box, rng):
        if target == targets.OTHER and not alike:
            continue
        _deposit(hu, out, grid, (path, case.blur_mm, target), rng)
    return out


def insert_everywhere(case: Case, share: float, rng: np.random.Generator) -> Case:
    """Return a real scan with deposits and look-alikes in all of it.

    Args:
        case: the scan.
        share: of its parts of a patch's size that get some: each as `insert_calcium` fills it.
        rng: random numbers.
    """
    hu = np.asarray(case.hu, np.float32)
    packed = np.array(case.packed)
    for part in _parts(case.grid.shape):
        if rng.random() < share:
            near = case.grid.cut(part)
            for path, target in _lines(case, part, rng):
                # Plates lie at the root of the aorta, whichever part is filled.
                if ((near.to_index(path.mean(0)[None])[0] + 0.5) // near.shape == 0).all():
                    _deposit(hu, packed, case.grid, (path, case.blur_mm, target), rng)
    stored = np.clip(np.round(hu), -1024, 3071).astype(np.int16)
    return replace(case, hu=stored, packed=packed)


def _lines(case: Case, box: Box, rng: np.random.Generator) -> Iterator[Line]:
    for path in lookalikes(case, box, rng):
        yield path, targets.OTHER
    grid = case.grid.cut(box)
    for code, courses in case.courses.items():
        calcium = list(Artery)[code - 1].calcium_code
        for course in courses:
            index = grid.to_index(course)
            inside = course[((index > 2) & (index < np.array(grid.shape) - 3)).all(1)]
            for _ in range(rng.poisson(min(2.0, len(inside) / 25.0))):
                yield inside, calcium


def _parts(shape: tuple[int, int, int]) -> Iterator[Box]:
    starts = [range(0, n, p) for n, p in zip(shape, _PART, strict=True)]
    for a, b, c in product(*starts):
        part = Box((a, b, c), (a + _PART[0], b + _PART[1], c + _PART[2]))
        yield part.intersect(Box.whole(shape))


def _deposit(
    hu: NDArray[np.float32],
    packed: NDArray[np.uint16],
    grid: Grid,
    what: tuple[NDArray[np.float64], tuple[float, float, float], int],
    rng: np.random.Generator,
) -> None:
    """Put one deposit (path, blur, target) into an image and its targets, in place."""
    path, blur_mm, target = what
    visible = insert_deposit(hu, grid, sample_deposit(rng, path, blur_mm))
    packed[visible] = (packed[visible] & ~np.uint16(targets.CODE_MASK | targets.OTHER)) | (
        np.uint16(target)
    )
