"""Step 1: a scan in. DICOM in any form it comes in, NIfTI, NRRD and MetaImage."""

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.read.admission import admit, admit_drawn, admit_for_drawing, check_scan
    from corcal.read.check import Check
    from corcal.read.dicom.bounds import require_bounded
    from corcal.read.dicom.choice import choose_series
    from corcal.read.dicom.header import quiet_pydicom
    from corcal.read.dicom.series import SeriesCandidate, find_series
    from corcal.read.files import VOLUME_KINDS, volume_kind
    from corcal.read.gating import state_gating
    from corcal.read.scan import read_scan
    from corcal.read.volume.image import scan_of_image
    from corcal.read.volume.labels import parse_mapping, read_label_map, read_labels
    from corcal.read.volume.segmentation import (
        Segment,
        Segmentation,
        is_segmentation,
        read_segmentation,
    )
    from corcal.read.volume.volume import Volume, read_volume

__all__ = [
    "VOLUME_KINDS",
    "Check",
    "Segment",
    "Segmentation",
    "SeriesCandidate",
    "Volume",
    "admit",
    "admit_drawn",
    "admit_for_drawing",
    "check_scan",
    "choose_series",
    "find_series",
    "is_segmentation",
    "parse_mapping",
    "quiet_pydicom",
    "read_label_map",
    "read_labels",
    "read_scan",
    "read_segmentation",
    "read_volume",
    "require_bounded",
    "scan_of_image",
    "state_gating",
    "volume_kind",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "admission": ("admit", "admit_drawn", "admit_for_drawing", "check_scan"),
        "check": ("Check",),
        "dicom.bounds": ("require_bounded",),
        "dicom.header": ("quiet_pydicom",),
        "dicom.choice": ("choose_series",),
        "dicom.series": ("SeriesCandidate", "find_series"),
        "gating": ("state_gating",),
        "files": ("VOLUME_KINDS", "volume_kind"),
        "scan": ("read_scan",),
        "volume.image": ("scan_of_image",),
        "volume.labels": ("parse_mapping", "read_label_map", "read_labels"),
        "volume.segmentation": (
            "Segment",
            "Segmentation",
            "is_segmentation",
            "read_segmentation",
        ),
        "volume.volume": ("Volume", "read_volume"),
    },
)
