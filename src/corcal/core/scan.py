"""A CT scan as acquired."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corcal.core.arguments import require_kind
from corcal.core.grid import Grid


@dataclass(frozen=True)
class Acquisition:
    """The way in which the scan was made; None or "" where the file does not say.

    Attributes:
        kvp_kv: tube voltage.
        thickness_mm: nominal slice thickness (not the distance between slices).
        kernel: reconstruction kernel.
        contrast: True if the header names a contrast agent, False if it says none was given.
        gated: True if ECG-gated.
        gating_source: what says so: an attribute of the header, "phase" for the name of a series
            and a small field, "user", or "".
        phase_percent: phase of the heart's cycle that the name of the series states.
        manufacturer: scanner maker.
        model: scanner model.
        mass_factors: the scanner's calcium mass calibration (small, medium, large patient),
            mg HA / (HU mm3), DICOM (0018,9352); or the patient's own single factor (0018,9351).
    """

    kvp_kv: float | None = None
    thickness_mm: float | None = None
    kernel: str = ""
    contrast: bool | None = None
    gated: bool | None = None
    gating_source: str = ""
    phase_percent: int | None = None
    manufacturer: str = ""
    model: str = ""
    mass_factors: tuple[float, ...] = ()


@dataclass(frozen=True)
class Source:
    """The origin of a scan. Identifies the pixels, never the patient.

    Attributes:
        kind: "dicom", "nifti", "nrrd", "mha" or "array".
        series_uid: DICOM Series Instance UID, or "".
        instance_uids: SOP Instance UIDs in slice order; "" for a filled slice; none at all where
            the slices are not those of the files (other kinds, `resampled`).
        instance_numbers: Instance Number of each, as a PACS shows it; 0 where it is not stated.
        frames: frame number in its file, from 1, in slice order; only for multi-frame DICOM.
        files: the files of the scan, in slice order where there is one per slice.
        sha256: hash of the voxel values in index order, for provenance.
        stored_axes: for each axis of the file's own array (as ITK orders it: slice, row,
            column), the axis of `Scan.hu` it became; the sign of `stored_flips` tells
            whether it runs the other way.
        stored_flips: +1 or -1 for each axis of the file's own array. For DICOM the file's own
            array is the stack of instances in the order of `instance_uids`.
        filled_slices: slices of `Scan.hu` that the files lack and that were interpolated.
        resampled: True if tilt or varying distances had to be resampled, so that voxels are not
            those of the files.
        other_series: how many other DICOM series lay there that could have been read instead.
    """

    kind: str = "array"
    series_uid: str = ""
    instance_uids: tuple[str, ...] = ()
    instance_numbers: tuple[int, ...] = ()
    frames: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    sha256: str = ""
    stored_axes: tuple[int, int, int] = (0, 1, 2)
    stored_flips: tuple[int, int, int] = (1, 1, 1)
    filled_slices: tuple[int, ...] = ()
    resampled: bool = False
    other_series: int = 0


@dataclass(frozen=True)
class Notice:
    """A doubt that does not stop a reading.

    Attributes:
        code: short, stable, for machines: "thick-slices".
        text: one sentence for people.
    """

    code: str
    text: str


@dataclass(frozen=True, eq=False, repr=False)
class Scan:
    """A CT scan as acquired, turned to the nearest axial orientation without interpolation.

    Attributes:
        hu: int16 (slice, row, column), Hounsfield units; slices ascend to the head, rows run
            to the back, columns to the patient's left (nearest such order of the file's axes).
        grid: where the voxels lie.
        acquisition: how it was made.
        source: where it came from.
        notices: doubts met while reading (filled padding, jittered slices and the like).

    Raises:
        ValueError: the shape is not the grid's, or the values are not int16.
        TypeError: the grid is no `Grid`.
    """

    hu: NDArray[np.int16]
    grid: Grid
    acquisition: Acquisition = field(default_factory=Acquisition)
    source: Source = field(default_factory=Source)
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        require_kind("grid", self.grid, Grid, "Grid.axial(shape, spacing_mm)")
        hu = np.asarray(self.hu)
        if hu.shape != self.grid.shape:
            raise ValueError(f"voxels of shape {hu.shape} on a grid of {self.grid.shape}")
        if hu.dtype != np.int16:
            raise ValueError(f"HU must be int16, not {hu.dtype}")
        hu = hu.view()
        hu.flags.writeable = False
        object.__setattr__(self, "hu", hu)

    def __repr__(self) -> str:
        return f"<Scan: {self.source.kind}, {self.grid!r}>"
