"""MASS/QMass contour files (.con) as text: what they say, before any scan is looked at.

No specification of the format is public. What is accepted here is what independent public
readers of it have met: header lines `key=value`, then one section per contour,

    [XYCONTOUR]
    <slice> <phase> <type>  <scale>
    <number of points>
    <x> <y>

in pixels of the image grid that the header's Image_resolution names. Of the header only the
grid is read: names and dates of the patient are neither kept nor repeated in a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import AnnotationRefused

_SECTION = "[XYCONTOUR]"
_PAIR = re.compile(r"\s*([0-9.,]+)\s*[xX*]\s*([0-9.,]+)")


@dataclass(frozen=True, eq=False)
class FileContour:
    """One closed contour.

    Attributes:
        number: of its slice, from 0.
        phase: of the heart's cycle, from 0.
        kind: type id: what was drawn.
        points: float64 (n, 2) as (x, y), pixels of the file's image grid, scale removed.
    """

    number: int
    phase: int
    kind: int
    points: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ContourFile:
    """A contour file.

    Attributes:
        contours: those that hold an area, in the order of the file.
        resolution: the two numbers of Image_resolution, or None.
        field_mm: the two numbers of Field_of_view, or None.
        slices: how many slices the header lists, or None.
        scales: scale fields other than 1 that were met.
        open: contours of fewer than three points, left out.
        ended: False where no section follows the last contour: the file may have been cut there.
    """

    contours: tuple[FileContour, ...]
    resolution: tuple[int, int] | None
    field_mm: tuple[float, float] | None
    slices: int | None
    scales: tuple[float, ...]
    open: int
    ended: bool = True


def parse_contour_text(raw: bytes, name: str) -> ContourFile:
    """Return what the bytes of a contour file say.

    Args:
        raw: UTF-8 or Latin-1 text with any line ends.
        name: of the file, for messages.

    Raises:
        AnnotationRefused: it is no contour file, damaged, truncated, or holds no contour.
    """
    lines = _text_of(raw, name).splitlines()
    starts = [i for i, line in enumerate(lines) if line.strip().upper() == _SECTION]
    if not starts:
        raise AnnotationRefused(
            f"{name}: holds no {_SECTION} section, so it is no contour file of MASS or QMass, or "
            "nothing was drawn"
        )
    header = _header(lines[: starts[0]])
    parsed = [_contour(lines, start, name) for start in starts]
    contours = tuple(c for c, _ in parsed if len(c.points) >= 3)
    if not contours:
        raise AnnotationRefused(f"{name}: none of its {len(starts)} contours holds an area")
    resolution = _pair(header.get("image_resolution", ""))
    return ContourFile(
        contours=contours,
        resolution=None if resolution is None else (int(resolution[0]), int(resolution[1])),
        field_mm=_pair(header.get("field_of_view", "")),
        slices=sum(key.startswith("selection.slice_") for key in header) or None,
        scales=tuple(sorted({s for _, s in parsed} - {1.0})),
        open=len(parsed) - len(contours),
        ended=any(line.strip().startswith("[") for line in lines[starts[-1] + 1 :]),
    )


def _text_of(raw: bytes, name: str) -> str:
    if b"\0" in raw[:4096]:
        raise AnnotationRefused(f"{name}: is not text, so it is no contour file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _header(lines: list[str]) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {key.strip().lower(): value.strip() for key, value in pairs}


def _pair(text: str) -> tuple[float, float] | None:
    found = _PAIR.match(text)
    if not found:
        return None
    try:
        first, second = (float(number.replace(",", ".")) for number in found.groups())
    except ValueError:
        return None
    return (first, second) if min(first, second) > 0 else None


def _contour(lines: list[str], start: int, name: str) -> tuple[FileContour, float]:
    """Return the contour whose section begins at a line, and its scale."""
    body = _numbers(lines, start + 1, name)
    number, phase, kind, scale = _exactly(next(body, None), 4, name)
    (count,) = _exactly(next(body, None), 1, name)
    if not all(v == int(v) >= 0 for v in (number, phase, kind, count)) or scale <= 0:
        raise AnnotationRefused(
            f"{name}: line {start + 2}: slice, phase, type and the number of points are whole "
            "numbers from 0, the scale is above 0; the file is damaged"
        )
    points = np.empty((min(int(count), len(lines)), 2))
    for i in range(int(count)):
        points[i] = _exactly(next(body, None), 2, name)
    surplus = next(body, None)
    if surplus is not None:
        raise AnnotationRefused(
            f"{name}: line {surplus[0]}: the contour has more points than the {int(count)} it "
            "announces; the file is damaged"
        )
    return FileContour(int(number), int(phase), int(kind), points / scale), scale


def _numbers(lines: list[str], start: int, name: str) -> Iterator[tuple[int, list[float]]]:
    """Yield the numbers of each line of a section that is not blank, with the line's number."""
    for at in range(start, len(lines)):
        words = lines[at].split()
        if words and (words[0].startswith("[") or "=" in lines[at]):
            return
        if words:
            try:
                # Some languages write 12,5 for 12.5.
                values = [float(word.replace(",", ".")) for word in words]
            except ValueError:
                values = []
            if not values or not np.isfinite(values).all():
                raise AnnotationRefused(
                    f"{name}: line {at + 1}: holds no numbers where a contour is; it is damaged"
                )
            yield at + 1, values


def _exactly(found: tuple[int, list[float]] | None, wanted: int, name: str) -> list[float]:
    if found is None:
        raise AnnotationRefused(
            f"{name}: truncated: a contour ends before its last point; export it again"
        )
    line, values = found
    if len(values) != wanted:
        raise AnnotationRefused(
            f"{name}: line {line}: {len(values)} numbers where {wanted} belong; it is damaged, or "
            "its contour has another number of points than it says"
        )
    return values
