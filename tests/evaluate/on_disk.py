"""Small scans with their results on disk, as `corcal score` leaves them; no model takes part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.reading import Reading
from corcal.read import read_scan
from corcal.report import write_reports
from tests.grids import as_itk
from tests.report.conftest import make_codes, make_report

GRID = Grid.axial((12, 48, 64), (3.0, 1.0, 1.0))


def write_volume(path: Path, voxels: NDArray[np.generic], grid: Grid = GRID) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(as_itk(voxels, grid), str(path))
    return path


def make_hu(codes: NDArray[np.uint8], seed: int) -> NDArray[np.int16]:
    """Fat and soft tissue with noise of its own, bright where there is calcium."""
    hu = np.random.default_rng(seed).normal(40, 25, codes.shape)
    hu[:, :4] = -900
    hu[codes > 3] += 400
    return hu.astype(np.int16)


def write_phantom(root: Path, name: str, seed: int) -> Reading:
    """Write root/scans/NAME.nii.gz and its result root/results/NAME."""
    codes = np.roll(make_codes(), seed, axis=2)
    path = write_volume(root / "scans" / f"{name}.nii.gz", make_hu(codes, seed))
    scan = read_scan(path)
    reading = Reading(
        scan, ArteryLabels(codes, scan.grid), Box((1, 8, 4), (12, 40, 60)), make_report()
    )
    write_reports(reading, root / "results" / name)
    return reading
