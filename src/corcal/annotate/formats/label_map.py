"""A label map from NIfTI, NRRD or MetaImage, drawn on its scan."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.checks.align import alignment
from corcal.annotate.classes import ClassMap, DrawnClass, class_in
from corcal.annotate.drawing import Decision, Drawing
from corcal.core.artery import Artery
from corcal.core.errors import LabelsRefused
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan

#: corcal's own codes.
OWN_CODES: ClassMap = {
    **{str(a.vessel_code): DrawnClass.vessel(a) for a in Artery},
    **{str(a.calcium_code): DrawnClass.calcium_of(a) for a in Artery},
}


def read_label_map(
    values: NDArray[Any], grid: Grid, scan: Scan, *, classes: ClassMap | None, name: str
) -> Drawing:
    """Return a label map as a drawing on its scan.

    Args:
        values: (slice, row, column), whole numbers in any type; 0 is background.
        grid: where they lie; must be the scan's, or whole voxels of it in any order.
        scan: the scan that was labelled.
        classes: what the codes mean; corcal's own codes 1 to 6 when None.
        name: of the file, for messages.

    Raises:
        GridMismatch: only resampling would bring it onto the scan.
        LabelsRefused: it holds fractions, or codes that mean nothing here.
    """
    laid = alignment(grid, scan.grid, name)
    index = np.argwhere(values != 0)
    marked = values[tuple(index.T)]
    codes = _codes(marked, classes or OWN_CODES, name, own=classes is None)
    bits = np.zeros(scan.grid.shape, dtype=np.uint8)
    bits[laid.place(index)] = _bits(marked.astype(np.int64), codes)
    shown = ", ".join(f"{code}={c.value}" for code, c in codes.items())
    why = "corcal's own codes" if classes is None else "as given"
    return Drawing(
        bits=bits,
        grid=scan.grid,
        kind="volume",
        decisions=(Decision("map", shown, why),),
        notices=_absent(classes or {}, codes),
    )


def _codes(
    marked: NDArray[Any], classes: ClassMap, name: str, *, own: bool
) -> dict[int, DrawnClass]:
    """Return what each code of the map means."""
    if not np.isfinite(marked).all() or (marked != np.rint(marked)).any():
        raise LabelsRefused(f"{name}: holds fractions, so it is no label map")
    present = [int(c) for c in np.unique(marked)]
    if not present:
        raise LabelsRefused(f"{name}: is empty: every voxel is background")
    known = {c: class_in([str(c)], classes) for c in present}
    unknown = [str(c) for c, meant in known.items() if meant is None]
    if unknown:
        listed = ", ".join(unknown[:8]) + (", ..." if len(unknown) > 8 else "")
        meant = "corcal's codes are 1 to 6" if own else f"the map names {', '.join(classes)}"
        raise LabelsRefused(
            f"{name}: holds code {listed}; {meant}. Say what its codes mean, such as "
            "--map 1=RCA,2=LAD,3=LCX,4=calcium (or =ignore)"
        )
    return {code: meant for code, meant in known.items() if meant is not None}


def _bits(marked: NDArray[np.int64], codes: dict[int, DrawnClass]) -> NDArray[np.uint8]:
    known = np.array(sorted(codes))
    bits = np.array([codes[int(c)].bit for c in known], dtype=np.uint8)
    found: NDArray[np.uint8] = bits[np.searchsorted(known, marked)]
    return found


def _absent(classes: ClassMap, codes: dict[int, DrawnClass]) -> tuple[Notice, ...]:
    absent = [f"{key} ({c.value})" for key, c in classes.items() if key not in map(str, codes)]
    if not absent:
        return ()
    return (Notice("class-absent", f"The map holds no voxel of code {', '.join(absent)}."),)
