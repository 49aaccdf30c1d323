"""Pictures of straightened arteries: plain, and with outlines, seen stretches and image numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.core.score import Lesion
from corcal.report.pictures.colours import ARTERY_COLOURS, Colour
from corcal.report.pictures.outlines import outlines
from corcal.report.pictures.paint import font
from corcal.report.pictures.straighten import STEP_MM, Strip, straighten
from corcal.report.words.images import image_number, image_word, lesion_slice

#: Pixels from side to side, and the most that a millimetre gets of them.
_WIDTH = 1000
_PIXELS_PER_MM = 8.0
#: Wider than soft tissue, so that bright calcium shows its shape.
_WINDOW_HU = (-135.0, 365.0)
_EDGE, _ABOVE, _BELOW = 12, 22, 34
_FINE = 2
_BLACK: Colour = (0, 0, 0)
_WHITE: Colour = (235, 235, 235)
#: What the pictures show, for people.
STRIP_NOTE = (
    "Each artery as if it were a straight line, upper end at the left; highest value over 6 mm in "
    "depth. The bar below is full where the artery is seen and hollow where its course is inferred."
)
#: Lesions farther from the line belong to no place on it.
_ON_LINE_MM = 6.0


@dataclass(frozen=True, eq=False)
class StripPicture:
    """An artery straightened, painted twice.

    Attributes:
        artery: which.
        caption: its length, and how much of it is seen.
        plain: the CT alone.
        marked: with thin lines around the artery and thick ones around its calcium.
    """

    artery: Artery
    caption: str
    plain: Image.Image
    marked: Image.Image


def paint_strips(reading: Reading) -> tuple[StripPicture, ...]:
    """Return a picture of each artery that has a course, all at one scale."""
    strips = {artery: straighten(reading, artery) for artery in Artery}
    longest = max((s.hu.shape[1] * STEP_MM for each in strips.values() for s in each), default=0.0)
    if not longest:
        return ()
    scale = min(_PIXELS_PER_MM, (_WIDTH - 2 * _EDGE) / longest)
    return tuple(_picture(reading, a, each, scale) for a, each in strips.items() if each)


def _picture(
    reading: Reading, artery: Artery, strips: tuple[Strip, ...], scale: float
) -> StripPicture:
    course = reading.course_of(artery)
    assert course is not None
    main, branches = course.main, len(strips) - 1
    caption = f"{main.length_mm:.0f} mm, of which {main.seen_mm:.0f} mm are seen"
    if branches:
        caption += "; below it a branch" if branches == 1 else f"; below it {branches} branches"
    plain, marked = (
        _stack([_paint(reading, artery, s, scale, marked=m) for s in strips]) for m in (False, True)
    )
    return StripPicture(artery, caption, plain, marked)


def _stack(images: list[Image.Image]) -> Image.Image:
    sheet = Image.new("RGB", (_WIDTH, sum(i.height for i in images)))
    top = 0
    for image in images:
        sheet.paste(image, (0, top))
        top += image.height
    return sheet


def _paint(
    reading: Reading, artery: Artery, strip: Strip, scale: float, *, marked: bool
) -> Image.Image:
    """Return one strip with its ruler; the numbers of images and outlines where `marked`."""
    image = _grey(strip.hu, scale)
    if marked:
        image = _outline(image, artery, strip, scale)
    sheet = Image.new("RGB", (_WIDTH, _ABOVE + image.height + _BELOW))
    sheet.paste(image, (_EDGE, _ABOVE))
    draw = ImageDraw.Draw(sheet)
    _draw_ruler(draw, strip, scale, _ABOVE + image.height)
    if marked:
        _draw_seen(draw, artery, strip, scale, _ABOVE + image.height + 5)
        _name_images(draw, reading, artery, strip, scale)
    return sheet


def _grey(hu: NDArray[np.float32], scale: float) -> Image.Image:
    low, high = _WINDOW_HU
    grey = np.clip((hu - low) * (255 / (high - low)), 0, 255)
    size = [max(1, round(n * STEP_MM * scale)) for n in hu.shape]
    image = Image.fromarray(np.round(grey).astype(np.uint8))
    return image.resize((size[1], size[0]), Image.Resampling.BICUBIC).convert("RGB")


def _outline(image: Image.Image, artery: Artery, strip: Strip, scale: float) -> Image.Image:
    fine = image.resize((image.width * _FINE, image.height * _FINE), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(fine)
    pixel = STEP_MM * scale * _FINE
    calcium = strip.codes == artery.calcium_code
    for mask, width in ((strip.codes > 0, 2), (calcium, 5)):
        for line in outlines(mask):
            points = [((c + 0.5) * pixel, (r + 0.5) * pixel) for r, c in line.tolist()]
            draw.line(points, fill=ARTERY_COLOURS[artery], width=width, joint="curve")
    return fine.resize(image.size, Image.Resampling.LANCZOS)


def _draw_ruler(draw: ImageDraw.ImageDraw, strip: Strip, scale: float, top: int) -> None:
    """Draw a tick each centimetre and a number every five."""
    length_mm = strip.hu.shape[1] * STEP_MM
    for mm in range(0, int(length_mm) + 1, 10):
        x = _EDGE + mm * scale
        draw.line((x, top + 13, x, top + (20 if mm % 50 == 0 else 16)), fill=_WHITE)
        if mm % 50 == 0:
            text = "0 mm" if mm == 0 else f"{mm}"
            anchor = "la" if mm == 0 else "ma"
            draw.text((x, top + 20), text, fill=_WHITE, font=font(12), anchor=anchor)


def _draw_seen(
    draw: ImageDraw.ImageDraw, artery: Artery, strip: Strip, scale: float, top: int
) -> None:
    """Draw a bar under the strip: full where the artery is seen, hollow where it is inferred."""
    changes = np.flatnonzero(np.diff(strip.seen)) + 1
    ends = [0, *changes.tolist(), len(strip.seen)]
    for first, last in pairwise(ends):
        box = (_EDGE + first * STEP_MM * scale, top, _EDGE + last * STEP_MM * scale, top + 6)
        fill = ARTERY_COLOURS[artery] if strip.seen[first] else _BLACK
        draw.rectangle(box, outline=ARTERY_COLOURS[artery], fill=fill)


def _name_images(
    draw: ImageDraw.ImageDraw, reading: Reading, artery: Artery, strip: Strip, scale: float
) -> None:
    """Write over each lesion the number of the image in which it lies, largest lesion first."""
    word, taken = image_word(reading.scan), [(-1.0, 0.0)]
    lesions = sorted(reading.report.score.of(artery).lesions, key=lambda x: -x.volume_mm3)
    for lesion in lesions:
        at = _place(lesion, strip)
        if at is None:
            continue
        text = f"{word} {image_number(reading.scan, lesion_slice(lesion, reading.scan))}"
        half = draw.textlength(text, font=font(14)) / 2
        x = min(max(_EDGE + at * STEP_MM * scale, half + 2), _WIDTH - half - 2)
        if any(x - half < right + 6 and left - 6 < x + half for left, right in taken):
            continue
        taken.append((x - half, x + half))
        draw.text((x, 4), text, fill=ARTERY_COLOURS[artery], font=font(14), anchor="ma")


def _place(lesion: Lesion, strip: Strip) -> int | None:
    """Return which point of the strip is nearest to a lesion, None where none is near."""
    away = np.linalg.norm(strip.points_mm - np.array(lesion.centre_lps_mm), axis=1)
    nearest = int(away.argmin())
    return nearest if away[nearest] <= _ON_LINE_MM else None
