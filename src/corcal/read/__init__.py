"""Step 1: a scan in. DICOM in any form it comes in, NIfTI, NRRD and MetaImage."""

from corcal.read.admit import Check, admit, check_heart, check_scan
from corcal.read.dicom.series import SeriesCandidate, choose_series, find_series
from corcal.read.scan import read_scan
from corcal.read.volume.labels import parse_mapping, read_label_map, read_labels

__all__ = [
    "Check",
    "SeriesCandidate",
    "admit",
    "check_heart",
    "check_scan",
    "choose_series",
    "find_series",
    "parse_mapping",
    "read_label_map",
    "read_labels",
    "read_scan",
]
