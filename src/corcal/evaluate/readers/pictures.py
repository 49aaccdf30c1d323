"""The pictures of a case that a reader rates: pixels alone, without a word of where they are from.

JPEG files made here hold the standard's own segments and nothing else: no text, no dates.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from corcal.core.artery import Artery
from corcal.core.errors import UnreadableScan
from corcal.evaluate.cases import read_marked
from corcal.report import (
    View,
    paint_marked,
    paint_pictures,
    paint_plain,
    split_overview,
    spread_views,
    take_views,
)

OVERVIEW = "overview.png"

#: Pixels along each side of one of several slices of an artery.
_SLICE_SIDE = 360
_QUALITY = 88


@dataclass(frozen=True)
class Shot:
    """One view, twice.

    Attributes:
        plain: data URI of the CT alone.
        marked: data URI of the CT with the marks.
    """

    plain: str
    marked: str


@dataclass(frozen=True)
class CasePictures:
    """The pictures of a case that a reader sees.

    Attributes:
        arteries: the views that show each artery.
        front: the heart from the front.
    """

    arteries: dict[Artery, tuple[Shot, ...]]
    front: Shot


def pictures_of_result(folder: Path) -> CasePictures:
    """Return the pictures in a result folder: one slice per artery and the view from the front.

    They are cut out of the overview, whose words, numbers and slice numbers stay behind.

    Raises:
        UnreadableScan: the overview is absent, damaged, or not one of this version.
    """
    path = folder / OVERVIEW
    try:
        with Image.open(path) as sheet:
            pairs = split_overview(sheet.convert("RGB"))
    except (OSError, ValueError) as error:
        raise UnreadableScan(
            f"{path}: is not the overview that this version of `corcal score` writes; score the "
            "scan again, or give the scans with --scans"
        ) from error
    shots = [Shot(_data_uri(before), _data_uri(after)) for before, after in pairs]
    return CasePictures({a: (s,) for a, s in zip(Artery, shots[:3], strict=True)}, shots[3])


def pictures_of_scan(scan_path: Path, folder: Path, *, slices: int) -> CasePictures:
    """Return pictures taken from a scan and the labels in its result folder.

    Args:
        scan_path: the scan that was scored.
        folder: its result folder.
        slices: how many slices to show along each artery.

    Raises:
        InputRefused: scan or labels cannot be read.
        GridMismatch: the result is not of this scan.
    """
    case = read_marked(scan_path, folder)
    arteries = {
        artery: tuple(_take_shot(view) for view in spread_views(case, artery, slices))
        for artery in Artery
    }
    front = next(view for view in take_views(case) if view.name == "coronal")
    (picture,) = paint_pictures((front,))
    return CasePictures(arteries, Shot(_data_uri(picture.plain), _data_uri(picture.marked)))


def _take_shot(view: View) -> Shot:
    return Shot(
        _data_uri(paint_plain(view, _SLICE_SIDE)), _data_uri(paint_marked(view, _SLICE_SIDE))
    )


def _data_uri(image: Image.Image) -> str:
    # A new image of the bare pixels: whatever else the file held is not carried over.
    bare = Image.frombytes("RGB", image.size, image.tobytes())
    file = io.BytesIO()
    bare.save(file, format="JPEG", quality=_QUALITY, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
