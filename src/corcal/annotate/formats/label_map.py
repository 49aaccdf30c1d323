"""A label map from NIfTI, NRRD or MetaImage, drawn on its scan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.checks.align import alignment
from corcal.annotate.classes import ClassMap, DrawnClass, class_in, class_named, map_advice
from corcal.annotate.drawing import Decision, Drawing
from corcal.annotate.formats.part_names import Meaning, Part, part_meaning
from corcal.core.artery import Artery
from corcal.core.errors import LabelsRefused
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan
from corcal.read import VOLUME_KINDS

#: corcal's own codes.
OWN_CODES: ClassMap = {
    **{str(a.vessel_code): DrawnClass.vessel(a) for a in Artery},
    **{str(a.calcium_code): DrawnClass.calcium_of(a) for a in Artery},
}


def read_label_map(
    values: NDArray[Any],
    grid: Grid,
    scan: Scan,
    *,
    classes: ClassMap | None,
    name: str,
    names: dict[int, str] | None = None,
) -> Drawing:
    """Return a label map as a drawing on its scan.

    Args:
        values: (slice, row, column), whole numbers in any type; 0 is background.
        grid: where they lie; must be the scan's, or whole voxels of it in any order.
        scan: the scan that was labelled.
        classes: what the codes mean; when None, what their names say, or corcal's own codes.
        name: of the file, for messages.
        names: of the codes; None where no file says them.

    Raises:
        GridMismatch: only resampling would bring it onto the scan.
        LabelsRefused: it holds fractions, or codes that mean nothing here.
        AnnotationRefused: the name of a code means nothing here.
    """
    laid = alignment(grid, scan.grid, name)
    index = np.argwhere(values != 0)
    marked = values[tuple(index.T)]
    meaning = _meaning(whole_codes(marked, name), classes, names, name)
    bits = np.zeros(scan.grid.shape, dtype=np.uint8)
    bits[laid.place(index)] = _bits(marked.astype(np.int64), meaning.of)
    return Drawing(
        bits=bits,
        grid=scan.grid,
        kind="volume",
        declared=meaning.declared,
        decisions=(meaning.decision,),
        notices=meaning.notices,
    )


def whole_codes(marked: NDArray[Any], name: str) -> list[int]:
    """Return the codes that marked voxels hold, ascending.

    Raises:
        LabelsRefused: there are fractions among them, or none at all.
    """
    if not np.isfinite(marked).all() or (marked != np.rint(marked)).any():
        raise LabelsRefused(f"{name}: holds fractions, so it is no label map")
    if not marked.size:
        raise LabelsRefused(f"{name}: is empty: every voxel is background")
    return [int(c) for c in np.unique(marked)]


def _meaning(
    present: list[int], classes: ClassMap | None, names: dict[int, str] | None, name: str
) -> Meaning:
    if names is not None:
        meaning = part_meaning([Part(c, names.get(c, "")) for c in present], classes, name)
        named = frozenset(c for c in map(class_named, names.values()) if c is not None)
        return replace(meaning, declared=meaning.declared | named)
    known = {c: class_in([str(c)], classes or OWN_CODES) for c in present}
    unknown = [str(c) for c, meant in known.items() if meant is None]
    if unknown:
        listed = ", ".join(unknown[:8]) + (", ..." if len(unknown) > 8 else "")
        meant = f"the map names {', '.join(classes)}" if classes else "corcal's codes are 1 to 6"
        raise LabelsRefused(
            f"{name}: holds code {listed}; {meant}. Say what its codes mean, such as "
            f"{map_advice('1=RCA,2=LAD,3=LCX,4=calcium')}, or =ignore"
        )
    codes = {code: meant for code, meant in known.items() if meant is not None}
    shown = ", ".join(f"{code}={c.value}" for code, c in codes.items())
    if classes is None:
        _require_no_other_name(codes, name)
        return Meaning(codes, frozenset(), Decision("map", shown, "corcal's own codes"))
    declared = frozenset(classes.values())
    return Meaning(codes, declared, Decision("map", shown, "as given"), _absent(classes, codes))


def _require_no_other_name(codes: dict[int, DrawnClass], name: str) -> None:
    """Refuse a map of one code whose file is named after something else: lad.nii.gz with code 1."""
    named = class_named(file_stem(name))
    if len(codes) != 1 or named is None:
        return
    ((code, own),) = codes.items()
    if named is not own:
        raise LabelsRefused(
            f"{name}: holds code {code} alone: {own.value} by corcal's codes, {named.value} by "
            f"its name; say which, such as {map_advice(f'{code}={named.value}')}"
        )


def file_stem(name: str) -> str:
    """Return the name of a volume file without its ending."""
    ending = next((e for e in VOLUME_KINDS if name.lower().endswith(e)), "")
    stem = name[: len(name) - len(ending)]
    return stem.removesuffix(".seg") if ending == ".nrrd" else stem


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
