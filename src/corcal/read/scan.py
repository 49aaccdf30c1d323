"""Read a scan, whatever it comes in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corcal.core.scan import Scan
from corcal.read.dicom.choice import choose_series
from corcal.read.dicom.read_series import read_series
from corcal.read.dicom.series import series_in
from corcal.read.files import Content, open_input
from corcal.settings import Settings


def read_scan(
    path: Path | str, *, settings: Settings | None = None, series_uid: str | None = None
) -> Scan:
    """Return the scan at a path.

    Args:
        path: a DICOM folder, zip or file, or a .nii, .nii.gz, .nrrd, .mha or .mhd file. A single
            DICOM slice stands for its series in the same folder.
        settings: what makes one series better than another, its slices a stack, and its values
            Hounsfield units; the defaults when None. Whether the scan is admitted is not
            looked at: `corcal.read.admission.admit` does that.
        series_uid: the DICOM series to read, instead of the one that ranks first.

    Raises:
        UnreadableScan: files are absent, empty, damaged or of another kind.
        NoUsableSeries: no series is a CT in Hounsfield units whose slices make a volume, or it
            is not clear which is meant.
        GeometryRefused: a volume file does not say how its axes lie.
    """
    path = Path(path)
    with open_input(path) as content:
        return _scan_of(path, content, settings or Settings(), series_uid)


def _scan_of(path: Path, content: Content, settings: Settings, series_uid: str | None) -> Scan:
    if content.volume is not None:
        # Not above: a DICOM series does without ITK, its 0.1 seconds and its 90 MB.
        from corcal.read.volume.volume import read_volume_scan  # noqa: PLC0415

        return read_volume_scan(content.volume, settings.values)
    candidates = series_in(content, settings)
    series = choose_series(candidates, series_uid)
    unpacked = path if path.is_file() and content.only is None else None
    scan = read_series(series, settings, from_zip=unpacked)
    others = sum(c.accepted and c is not series for c in candidates)
    return replace(scan, source=replace(scan.source, other_series=others))
