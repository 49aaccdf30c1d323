"""Read a scan, whatever it comes in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corcal.core.arguments import require_path, require_text
from corcal.core.errors import NoUsableSeries
from corcal.core.scan import Scan
from corcal.read.dicom.choice import choose_series
from corcal.read.dicom.read_series import read_series
from corcal.read.dicom.series import series_in
from corcal.read.files import Content, open_input
from corcal.settings import Settings, settings_or_default


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
            is not clear which is meant; or a series is named for a volume file.
        GeometryRefused: a volume file does not say how its axes lie.
        InputRefused: the path is empty.
        TypeError: an argument is of another kind.
    """
    path, settings = require_path("path", path), settings_or_default(settings)
    if series_uid is not None:
        require_text("series_uid", series_uid, "1.2.3")
    with open_input(path) as content:
        return _scan_of(path, content, settings, series_uid)


def _scan_of(path: Path, content: Content, settings: Settings, series_uid: str | None) -> Scan:
    if content.volume is not None:
        if series_uid is not None:
            raise NoUsableSeries(
                f"{content.name}: is a volume file, which holds no DICOM series to choose from: "
                "leave out --series (series_uid from Python)"
            )
        # Not above: a DICOM series does without ITK, its 0.1 seconds and its 90 MB.
        from corcal.read.volume.volume import read_volume_scan  # noqa: PLC0415

        return read_volume_scan(content.volume, settings.values)
    candidates = series_in(content, settings)
    series = choose_series(candidates, content.name, series_uid)
    unpacked = path if path.is_file() and content.only is None else None
    scan = read_series(series, settings, from_zip=unpacked)
    others = sum(c.accepted and c is not series for c in candidates)
    return replace(scan, source=replace(scan.source, other_series=others))
