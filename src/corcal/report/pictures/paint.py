"""Views painted: CT in grey, and the same with arteries and calcium marked on it."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from corcal.core.artery import Artery
from corcal.report.pictures.colours import ARTERY_COLOURS, CALCIUM_COLOUR, UNASSIGNED_COLOUR, Colour
from corcal.report.pictures.frame import UNASSIGNED, View

_FILL = 0.22
_CALCIUM_FILL = 0.38
_OUTLINE = 5
#: A little below half, so that a lesion of one voxel keeps its mark.
_EDGE = 112


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the typeface that comes with Pillow, so that no system font is needed."""
    return ImageFont.load_default(size)


def paint_plain(view: View, side: int) -> Image.Image:
    """Return the CT of a view in grey, RGB, fitted into a square of this many pixels."""
    return _letter(_grey(view, side).convert("RGB"), view, side)


def paint_marked(view: View, side: int, *, by_artery: bool = False) -> Image.Image:
    """Return the CT with each artery outlined and tinted in its colour, its calcium in vermilion.

    With `by_artery` calcium is tinted vermilion and outlined in the colour of its artery.
    Calcium that belongs to no artery is outlined in green.
    The tints are thin: calcium stays visible as such under its mark.
    """
    grey = _grey(view, side)
    rgb = np.repeat(np.asarray(grey, dtype=np.float32)[:, :, None], 3, axis=2)
    calcium = _smooth(view.codes > len(Artery), grey.size)
    for artery in Artery:
        mask = (view.codes == artery.vessel_code) | (view.codes == artery.calcium_code)
        if not mask.any():
            continue
        whole = _smooth(mask, grey.size)
        _tint(rgb, whole & ~calcium, ARTERY_COLOURS[artery], _FILL)
        rgb[_outline(whole)] = ARTERY_COLOURS[artery]
    _tint(rgb, calcium, CALCIUM_COLOUR, _CALCIUM_FILL)
    rgb[_outline(calcium)] = CALCIUM_COLOUR
    for artery in Artery if by_artery else ():
        own = _smooth(view.codes == artery.calcium_code, grey.size)
        rgb[_outline(own)] = ARTERY_COLOURS[artery]
    stray = view.codes == UNASSIGNED
    if stray.any():
        rgb[_outline(_smooth(stray, grey.size))] = UNASSIGNED_COLOUR
    return _letter(Image.fromarray(np.round(rgb).astype(np.uint8)), view, side)


def _grey(view: View, side: int) -> Image.Image:
    low, high = view.window_hu
    grey = np.clip((view.hu.astype(np.float32) - low) * (255 / (high - low)), 0, 255)
    image = Image.fromarray(np.round(grey).astype(np.uint8))
    return image.resize(_fit(view, side), Image.Resampling.BICUBIC)


def _fit(view: View, side: int) -> tuple[int, int]:
    """Return (width, height) in pixels with the view's true proportions in mm."""
    high_mm = view.hu.shape[0] * view.pixel_mm[0]
    wide_mm = view.hu.shape[1] * view.pixel_mm[1]
    scale = side / max(high_mm, wide_mm)
    return max(1, round(wide_mm * scale)), max(1, round(high_mm * scale))


def _smooth(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return a mask enlarged to (width, height) pixels with a smooth edge."""
    image = Image.fromarray(mask.astype(np.uint8) * np.uint8(255))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC)) >= _EDGE


def _tint(rgb: NDArray[np.float32], mask: NDArray[np.bool_], colour: Colour, part: float) -> None:
    rgb[mask] += part * (np.array(colour, dtype=np.float32) - rgb[mask])


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels around a mask, outside it, so that nothing inside is covered."""
    grown = Image.fromarray(mask.astype(np.uint8)).filter(ImageFilter.MaxFilter(_OUTLINE))
    return (np.asarray(grown) > 0) & ~mask


def _letter(image: Image.Image, view: View, side: int) -> Image.Image:
    """Return the image centred on a black square, with the letters of its sides."""
    square = Image.new("RGB", (side, side))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    draw = ImageDraw.Draw(square)
    edge, middle = 8, side // 2
    places = (
        ((edge, middle), "lm"),
        ((side - edge, middle), "rm"),
        ((middle, edge), "ma"),
        ((middle, side - edge), "md"),
    )
    for letter, (at, anchor) in zip(view.edges, places, strict=True):
        draw.text(
            at,
            letter,
            fill=(235, 235, 235),
            font=font(side // 20),
            anchor=anchor,
            stroke_width=2,
            stroke_fill=(0, 0, 0),
        )
    return square
