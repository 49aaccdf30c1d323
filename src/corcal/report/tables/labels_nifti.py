"""Labels as a NIfTI file that lies voxel for voxel on the scan's own file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.arguments import require_kind
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Source
from corcal.storage import nifti_bytes

#: What the header of a label map says.
LABELS_TEXT = "1 RCA 2 LM+LAD 3 LCX, 4 5 6 their calcium; corcal, research use only"
LARGEST_LABEL = 6


def labels_nifti(labels: ArteryLabels, source: Source) -> bytes:
    """Return the labels as gzipped NIfTI-1, uint8 codes 0 to 6, in the file's own axis order.

    Args:
        labels: on the scan's grid.
        source: of the scan, for the axis order of its file.

    Raises:
        TypeError: an argument is of another kind.
    """
    require_kind("labels", labels, ArteryLabels, "reading.labels")
    require_kind("source", source, Source, "reading.scan.source")
    codes, affine = reorder_as_stored(labels, source)
    return nifti_bytes(codes, affine, description=LABELS_TEXT, largest_label=LARGEST_LABEL)


def reorder_as_stored(
    labels: ArteryLabels, source: Source
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the label codes and their affine in the axis order of the scan's file.

    Returns:
        uint8 (slice, row, column) of the file, and float64 (4, 4) from such an index to LPS mm.
    """
    axes, flips = source.stored_axes, source.stored_flips
    codes = labels.codes.transpose(axes)
    turn = np.zeros((4, 4))
    turn[3, 3] = 1.0
    for stored, (axis, flip) in enumerate(zip(axes, flips, strict=True)):
        turn[axis, stored] = flip
        if flip < 0:
            turn[axis, 3] = codes.shape[stored] - 1
            codes = np.flip(codes, stored)
    return np.ascontiguousarray(codes), labels.grid.affine @ turn
