"""Anybody's label map, brought onto the scan's grid as arteries and calcium."""

from __future__ import annotations

from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.arguments import require_kind, require_path, wrong_kind
from corcal.core.artery import Artery
from corcal.core.errors import LabelsRefused, UnreadableScan
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.read.files import volume_kind

_CODES = "0 background, 1 RCA, 2 left main + LAD, 3 LCX, 4 to 6 the calcium of each"


def read_labels(
    path: Path | str, scan: Scan, *, mapping: dict[int, int] | None = None
) -> ArteryLabels:
    """Return a label map in the scan's axis order.

    Args:
        path: a .nii, .nii.gz, .nrrd, .mha or .mhd file on the scan's grid, in any axis order.
        scan: the scan that was labelled.
        mapping: the file's code to corcal's code, for maps with codes of their own (see
            `parse_mapping`); codes it leaves out are refused. None for corcal's codes 0 to 6.

    Raises:
        UnreadableScan: the file is absent, damaged or of another kind.
        GridMismatch: it does not lie on the scan's grid.
        LabelsRefused: it holds codes that mean nothing here, or the mapping does.
        InputRefused: the path is empty.
        TypeError: an argument is of another kind.
    """
    path = require_path("path", path)
    require_kind("scan", scan, Scan, "that of read_scan")
    labels = read_label_map(path, mapping=mapping)
    scan.grid.require_same(labels.grid, path.name)
    return ArteryLabels(labels.codes, scan.grid)


def read_label_map(path: Path, *, mapping: dict[int, int] | None = None) -> ArteryLabels:
    """Return a label map on its own grid, turned to the nearest axial order.

    Args:
        path: a .nii, .nii.gz, .nrrd, .mha or .mhd file, in any axis order.
        mapping: as in `read_labels`.

    Raises:
        UnreadableScan: the file is absent, damaged or of another kind.
        LabelsRefused: it holds codes that mean nothing here, or the mapping does.
        TypeError: the mapping is no dictionary.
    """
    _check_mapping(mapping)
    if not path.is_file():
        kind = "is a folder; name a file" if path.is_dir() else "there is no such file"
        raise UnreadableScan(f"{path}: {kind}")
    if not volume_kind(path):
        raise UnreadableScan(f"{path.name}: labels are read from .nii, .nii.gz, .nrrd, .mha, .mhd")
    # Not above: see `corcal.read.scan`.
    from corcal.read.volume.volume import read_volume  # noqa: PLC0415

    volume = read_volume(path)
    return ArteryLabels(_map_codes(_codes(volume.values, path), mapping, path), volume.grid)


def _check_mapping(mapping: dict[int, int] | None) -> None:
    if mapping is None:
        return
    if not isinstance(mapping, dict):
        raise wrong_kind("mapping", mapping, "a dict, such as {1: 4},")
    for code, meant in mapping.items():
        if not isinstance(code, Integral) or meant not in range(7):
            raise LabelsRefused(f"mapping: {code!r}: {meant!r} is not like 1: 4; {_CODES}")


def parse_mapping(text: str) -> dict[int, int]:
    """Return {file's code: corcal's calcium code} from text such as "1=RCA,2=LAD,3=LCX".

    Raises:
        LabelsRefused: the text is of another form, or names a code twice.
    """
    mapping: dict[int, int] = {}
    for part in text.split(","):
        code, _, name = (p.strip() for p in part.partition("="))
        known = next((a for a in Artery if a.value == name.upper()), None)
        if not code.isascii() or not code.isdigit() or known is None or int(code) == 0:
            raise LabelsRefused(
                f"{part.strip()!r} in the map is not like 1=RCA; arteries are RCA, LAD and LCX"
            )
        if int(code) in mapping:
            raise LabelsRefused(f"the map names code {int(code)} twice")
        mapping[int(code)] = known.calcium_code
    return mapping


def _codes(values: NDArray[Any], path: Path) -> NDArray[np.integer[Any]]:
    """Return whole numbers; programs that save labels as floats are forgiven."""
    if values.dtype.kind != "f":
        return values
    if not (np.isfinite(values) & (values == np.rint(values))).all():
        raise LabelsRefused(f"{path.name}: holds fractions, so it is no label map")
    return values.astype(np.int64)


def _map_codes(
    codes: NDArray[np.integer[Any]], mapping: dict[int, int] | None, path: Path
) -> NDArray[np.uint8]:
    # Slice by slice: to sort a whole scan takes seconds and a gigabyte.
    present = sorted({int(c) for plane in codes for c in np.unique(plane)})
    known = {c: c for c in range(7)} if mapping is None else {0: 0, **mapping}
    unknown = [c for c in present if c not in known]
    if unknown:
        listed = ", ".join(str(c) for c in unknown[:8]) + (", ..." if len(unknown) > 8 else "")
        meant = _CODES if mapping is None else f"the map names {sorted(mapping)}"
        raise LabelsRefused(
            f"{path.name}: holds code {listed}; {meant}. Say what its codes mean: --map "
            "1=RCA,2=LAD, or mapping={1: 4, 2: 5} from Python"
        )
    out = np.zeros(codes.shape, dtype=np.uint8)
    for code in present:
        if known[code]:
            out[codes == code] = known[code]
    return out
