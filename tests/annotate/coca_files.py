"""Made-up files in the form of the COCA set: DICOM beside outlines as OsiriX exports them."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

import contourpy
import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from tests.annotate.drawings import chest
from tests.read.dicom.dicom_files import SPACING_MM, Series

#: Names of the outlines of corcal's calcium codes.
NAMES = {
    4: "Right Coronary Artery",
    5: "Left Anterior Descending Artery",
    6: "Left Circumflex Artery",
}


def write_scan(folder: Path, codes: NDArray[np.uint8]) -> None:
    """Write a CT of these labels whose Instance Numbers rise from head to feet."""
    grid = Grid.axial((codes.shape[0], codes.shape[1], codes.shape[2]), (3.0, *SPACING_MM))
    Series(hu=chest(codes, grid).hu).write(folder)


def outline(name: str, points: NDArray[np.float64]) -> dict[str, Any]:
    """Return one outline; its points count from the corner of the first pixel."""
    x, y = points.T
    enclosed = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    stated = enclosed * SPACING_MM[0] * SPACING_MM[1]
    return {
        "Area": float(stated) / 100,
        "Name": name,
        "NumberOfPoints": len(points),
        "Point_mm": [f"({a * SPACING_MM[1]:.4f}, {b * SPACING_MM[0]:.4f}, 0.0)" for a, b in points],
        "Point_px": [f"({a:.6f}, {b:.6f})" for a, b in points],
        "Type": 15,
    }


def images_of(codes: NDArray[np.uint8], names: dict[int, str] = NAMES) -> list[dict[str, Any]]:
    """Return the images of a plist, counted from the lowest slice, each with its outlines."""
    found = []
    for number, plane in enumerate(codes):
        rois = []
        for code, name in names.items():
            lines = contourpy.contour_generator(z=(plane == code).astype(float)).lines(0.5)
            rois += [outline(name, np.asarray(line)[:-1] + 0.5) for line in lines]
        if rois:
            found.append({"ImageIndex": number, "NumberOfROIs": len(rois), "ROIs": rois})
    return found


def write_outlines(path: Path, images: list[dict[str, Any]]) -> Path:
    """Write a plist of images."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plistlib.dumps({"Images": images}))
    return path
