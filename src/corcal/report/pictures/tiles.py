"""Every slice with calcium as a picture of its own, numbered as in the PACS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.report.pictures.colours import ARTERY_COLOURS, OMITTED_COLOUR
from corcal.report.pictures.frame import View
from corcal.report.pictures.outlines import outlines
from corcal.report.pictures.paint import font, paint_plain
from corcal.report.pictures.views import views_at

#: Pixels along each side of a tile, drawn twice as large for smooth lines.
TILE = 420
_FINE = 2
_BAR_MM = 50.0
_RING_MM = 5.0
#: Slices beyond this many have no tile; labels that fill a chest would fill a disk.
_MOST_TILES = 80


@dataclass(frozen=True, eq=False)
class Tile:
    """A slice with calcium, or with a bright piece that was not counted.

    Attributes:
        at: index of the slice, from 0.
        arteries: those with calcium in it; none where only an omitted piece is shown.
        calcium_mm2: area of their calcium.
        plain: the CT alone.
        marked: with thin contours and the letters of the arteries.
    """

    at: int
    arteries: tuple[Artery, ...]
    calcium_mm2: float
    plain: Image.Image
    marked: Image.Image


def make_tiles(reading: Reading) -> tuple[Tile, ...]:
    """Return the tiles, most calcium first; then slices in which pieces were left out."""
    labels, grid = reading.labels, reading.scan.grid
    pixel_mm2 = grid.spacing_mm[1] * grid.spacing_mm[2]
    first = min(a.calcium_code for a in Artery)
    areas = np.count_nonzero(labels.codes >= first, axis=(1, 2))
    order = [int(z) for z in np.argsort(-areas, kind="stable") if areas[z]]
    others = {sum(p.slices) // 2 for p in reading.report.omitted} - set(order)
    chosen = (order + sorted(others))[:_MOST_TILES]
    return tuple(
        _tile(reading, view, z, float(areas[z] * pixel_mm2))
        for z, view in zip(chosen, views_at(reading, chosen), strict=True)
    )


def _tile(reading: Reading, view: View, at: int, mm2: float) -> Tile:
    here = tuple(a for a in Artery if (view.codes == a.calcium_code).any())
    plain = _with_bar(paint_plain(view, TILE), view)
    marked = _draw_contours(view)
    _ring_omitted(marked, view, reading, at)
    return Tile(at, here, mm2, plain, _with_bar(marked, view))


def _scale(view: View) -> tuple[float, float, float]:
    """Return pixels per mm of a tile, and its left and upper edge in pixels."""
    high, wide = (n * p for n, p in zip(view.hu.shape, view.pixel_mm, strict=True))
    scale = TILE / max(high, wide)
    return scale, (TILE - wide * scale) / 2, (TILE - high * scale) / 2


def _draw_contours(view: View) -> Image.Image:
    plain = paint_plain(view, TILE)
    fine = plain.resize((TILE * _FINE, TILE * _FINE), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(fine)
    letters = []
    for artery in Artery:
        calcium = view.codes == artery.calcium_code
        whole = calcium | (view.codes == artery.vessel_code)
        if not whole.any():
            continue
        _draw_outline(draw, whole, view, artery, width=2)
        if calcium.any():
            _draw_outline(draw, calcium, view, artery, width=5)
            letters.append((artery, np.argwhere(calcium).mean(axis=0)))
    image = fine.resize((TILE, TILE), Image.Resampling.LANCZOS)
    text = ImageDraw.Draw(image)
    for artery, (row, column) in letters:
        x, y = _to_pixels(view, row, column)
        text.text(
            (x + 16, y - 16),
            artery.value,
            fill=ARTERY_COLOURS[artery],
            font=font(17),
            anchor="lm",
            stroke_width=2,
            stroke_fill=(0, 0, 0),
        )
    return image


def _draw_outline(
    draw: ImageDraw.ImageDraw, mask: NDArray[np.bool_], view: View, artery: Artery, width: int
) -> None:
    for line in outlines(mask):
        points = [_to_pixels(view, row, column) for row, column in line.tolist()]
        fine = [(x * _FINE, y * _FINE) for x, y in points]
        draw.line(fine, fill=ARTERY_COLOURS[artery], width=width, joint="curve")


def _to_pixels(view: View, row: float, column: float) -> tuple[float, float]:
    scale, left, top = _scale(view)
    x = left + (column + 0.5) * view.pixel_mm[1] * scale
    return x, top + (row + 0.5) * view.pixel_mm[0] * scale


def _ring_omitted(image: Image.Image, view: View, reading: Reading, at: int) -> None:
    draw, grid = ImageDraw.Draw(image), reading.scan.grid
    scale = _scale(view)[0]
    for number, piece in enumerate(reading.report.omitted, start=1):
        if not piece.slices[0] <= at <= piece.slices[1]:
            continue
        index = grid.to_index(np.array([piece.centre_lps_mm]))[0]
        x, y = _to_pixels(view, index[1] - view.corner[0], index[2] - view.corner[1])
        ring = (_RING_MM + (piece.volume_mm3 ** (1 / 3)) / 2) * scale
        draw.ellipse((x - ring, y - ring, x + ring, y + ring), outline=OMITTED_COLOUR, width=2)
        draw.text((x + ring, y + ring), f"not counted {number}", fill=OMITTED_COLOUR, font=font(14))


def _with_bar(image: Image.Image, view: View) -> Image.Image:
    """Return the image with a bar of 5 cm."""
    draw = ImageDraw.Draw(image)
    length, y = _BAR_MM * _scale(view)[0], TILE - 12
    draw.line((14, y, 14 + length, y), fill=(255, 255, 255), width=3)
    draw.text((14, y - 6), "5 cm", fill=(255, 255, 255), font=font(14), anchor="lb")
    return image
