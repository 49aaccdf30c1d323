"""The size of the body in a scan: by it, a voxel size that was lost or is wrong shows.

A volume saved from a bare array has voxels of 1 x 1 x 1 mm, axes along those of the patient and
its origin at 0. Nothing in the file says that this is no measurement, but the body is then not as
large as people are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read.check import Check
from corcal.settings import Admission

#: Headers round what is 1 or 0 by less.
_EXACT = 1e-6


@dataclass(frozen=True)
class BodySize:
    """The size of a body; None where it is not whole in the field or is not seen.

    Attributes:
        width_mm: from right to left.
        lungs_mm: from the lowest slice with lung to the highest.
    """

    width_mm: float | None
    lungs_mm: float | None


def check_body_size(scan: Scan, settings: Admission) -> Check:
    """Return whether a body can be of the size that the voxel size makes it."""
    size = body_size(scan, settings)
    said, wrong = _sentence(size, settings)
    bare = is_bare(scan.grid)
    if bare:
        said = (
            "Voxels of exactly 1 x 1 x 1 mm, with the origin at 0, are those of an array saved "
            f"without its geometry. {said}"
        )
    width_mm = size.width_mm
    least, most = settings.impossible_width_mm
    impossible = width_mm is not None and not least <= width_mm <= most
    if (bare and wrong) or impossible:
        said += " The voxel size is wrong: convert the scan again from the original."
        return Check("body-size", False, True, said)
    if bare:
        said += " If the voxel size was lost, every area, volume and score is wrong."
    elif wrong:
        said += " Is the voxel size right?"
    return Check("body-size", not (bare or wrong), False, said)


def _sentence(size: BodySize, settings: Admission) -> tuple[str, bool]:
    """Return the sizes in words, and whether one of them is not a person's."""
    parts, wrong = [], False
    for value, limits, measured, whose in (
        (size.width_mm, settings.body_width_mm, "the body is {:.0f} cm wide", "a chest is"),
        (size.lungs_mm, settings.lung_height_mm, "the lungs are {:.0f} cm high", "they are"),
    ):
        if value is None:
            continue
        text = measured.format(value / 10)
        if not limits[0] <= value <= limits[1]:
            wrong = True
            text += f" ({whose} {limits[0] / 10:.0f} to {limits[1] / 10:.0f} cm)"
        parts.append(text)
    text = ", ".join(parts) or "the body is not whole in the field, and cannot be measured"
    return f"{text[0].upper()}{text[1:]}.", wrong


def is_bare(grid: Grid) -> bool:
    """Tell whether a grid is that of an array whose geometry was lost."""
    sides = np.abs(grid.affine[:3, :3])
    ends = grid.to_lps(np.array([[0.0, 0.0, 0.0], [n - 1.0 for n in grid.shape]]))
    along = np.abs(sides - np.eye(3)[::-1]).max() <= _EXACT
    return bool(along and (np.abs(ends).min(axis=0) <= _EXACT).all())


def body_size(scan: Scan, settings: Admission) -> BodySize:
    """Return the size of the body in a scan."""
    steps = [
        max(1, int(wanted / s))
        for wanted, s in zip(settings.body_step_mm, scan.grid.spacing_mm, strict=True)
    ]
    hu = scan.hu[:: steps[0], :: steps[1], :: steps[2]]
    step_mm = [n * s for n, s in zip(steps, scan.grid.spacing_mm, strict=True)]
    return BodySize(_width_mm(hu, step_mm, settings), _lungs_mm(hu, step_mm[0], settings))


def _width_mm(hu: NDArray[np.int16], step_mm: list[float], settings: Admission) -> float | None:
    """Return the median width of the body in the middle half of the slices."""
    middle = hu[len(hu) // 4 : max(len(hu) // 4 + 1, 3 * len(hu) // 4)]
    # Columns with more tissue than a table is thick.
    deep = (middle > settings.body_hu).sum(1) * step_mm[1] > settings.table_mm
    if not deep.any(1).all():
        return None
    columns = np.arange(deep.shape[1])
    first, last = deep.argmax(1)[:, None], columns[-1] - deep[:, ::-1].argmax(1)[:, None]
    outside = ((columns < first) | (columns > last))[:, None, :]
    # What is left and right of a whole body is air. Lung there means a field inside the chest; a
    # body as wide as the field is cut by it, be the field round or square.
    lung = outside & _lung(middle, settings)
    share = np.median(last - first + 1) / len(columns)
    beside = outside.sum() * middle.shape[1]
    if share > settings.whole_body_share or lung.sum() > settings.cut_lung_share * beside:
        return None
    return float(np.median(last - first + 1)) * step_mm[2]


def _lungs_mm(hu: NDArray[np.int16], step_mm: float, settings: Admission) -> float | None:
    """Return how far lung reaches along the slices, if both ends are in the scan."""
    area = np.count_nonzero(_lung(hu, settings), axis=(1, 2))
    lung = np.append(area > settings.least_lung_share * area.max(), False)
    fullest = int(area.argmax())
    stop = fullest + int((~lung[fullest:]).argmax())
    below = lung[fullest::-1]
    start = -1 if below.all() else fullest - int((~below).argmax())
    if not area.max() or start < 0 or stop >= len(area):
        return None
    return (stop - start - 1) * step_mm


def _lung(hu: NDArray[np.int16], settings: Admission) -> NDArray[np.bool_]:
    darkest, densest = settings.lung_hu
    return (hu > darkest) & (hu < densest)
