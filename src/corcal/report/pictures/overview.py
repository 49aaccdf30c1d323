"""The result in one picture: key slices and a projection, plain above and marked below."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from corcal.core.artery import Artery
from corcal.core.reading import Report
from corcal.report.pictures.colours import ARTERY_COLOURS, CALCIUM_COLOUR, Colour
from corcal.report.pictures.frame import View
from corcal.report.pictures.paint import font, paint_marked, paint_plain
from corcal.report.words.finding import (
    agatston_text,
    category_text,
    grade_text,
    total_text,
    volume_text,
)
from corcal.report.words.limits import DISCLAIMER

#: Pixels along each side of a painted view.
SIDE = 480

#: The space between pictures, and the colours of a sheet.
GAP = 16
_TOP = 122
_CAPTION = 58
_BOTTOM = 92
BACKGROUND: Colour = (17, 21, 28)
BRIGHT: Colour = (244, 246, 250)
DIM: Colour = (166, 176, 192)


@dataclass(frozen=True, eq=False)
class Picture:
    """A view painted twice, SIDE x SIDE pixels.

    Attributes:
        view: what is shown.
        plain: the CT alone.
        marked: the CT with arteries and calcium marked.
    """

    view: View
    plain: Image.Image
    marked: Image.Image


def paint_pictures(views: tuple[View, ...], *, by_artery: bool = False) -> tuple[Picture, ...]:
    """Return each view painted plain and marked; calcium outlined as `paint_marked` says."""
    return tuple(
        Picture(v, paint_plain(v, SIDE), paint_marked(v, SIDE, by_artery=by_artery)) for v in views
    )


def draw_overview(report: Report, pictures: tuple[Picture, ...]) -> Image.Image:
    """Return the overview: one column per key slice and one for the view from the front.

    Args:
        report: for the words and numbers.
        pictures: as `take_views` orders them.
    """
    columns = pictures[:4]
    width, height = _sheet_size(len(columns))
    sheet = Image.new("RGB", (width, height), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((GAP, 18), _headline(report), fill=BRIGHT, font=font(34))
    draw.text((GAP, 70), category_text(report), fill=DIM, font=font(24))
    for number, picture in enumerate(columns):
        x = GAP + number * (SIDE + GAP)
        _caption(draw, picture.view, report, x)
        sheet.paste(picture.plain, (x, _TOP + _CAPTION))
        sheet.paste(picture.marked, (x, _TOP + _CAPTION + SIDE + GAP // 2))
    draw_legend(draw, height - _BOTTOM + 18)
    draw.text((GAP, height - 34), DISCLAIMER, fill=DIM, font=font(20))
    return sheet


def split_overview(sheet: Image.Image) -> tuple[tuple[Image.Image, Image.Image], ...]:
    """Return the pairs of pictures (plain, marked) of an overview, without a word around them.

    Args:
        sheet: as `draw_overview` makes it: a pair per artery and one for the view from the front.

    Raises:
        ValueError: the sheet has another size than an overview.
    """
    columns = (sheet.width - GAP) // (SIDE + GAP)
    if columns < 1 or sheet.size != _sheet_size(columns):
        raise ValueError(f"{sheet.width} x {sheet.height} pixels are no overview of this version")
    high = _TOP + _CAPTION
    low = high + SIDE + GAP // 2
    return tuple(
        (_tile(sheet, x, high), _tile(sheet, x, low))
        for x in range(GAP, GAP + columns * (SIDE + GAP), SIDE + GAP)
    )


def png_bytes(image: Image.Image) -> bytes:
    """Return an image as a PNG file."""
    file = io.BytesIO()
    # Noise hardly compresses: the fastest level is 5 % larger and three times as quick.
    image.save(file, format="PNG", compress_level=1)
    return file.getvalue()


def _sheet_size(columns: int) -> tuple[int, int]:
    """Return (width, height) of an overview in pixels."""
    width = GAP + columns * (SIDE + GAP)
    return width, _TOP + _CAPTION + 2 * SIDE + GAP // 2 + _BOTTOM


def _tile(sheet: Image.Image, x: int, y: int) -> Image.Image:
    return sheet.crop((x, y, x + SIDE, y + SIDE))


def _headline(report: Report) -> str:
    # The typeface has no raised 3.
    total = total_text(report).replace("³", "3")
    return f"{grade_text(report.counted.severity, report.unseen).capitalize()}: {total}"


def _caption(draw: ImageDraw.ImageDraw, view: View, report: Report, x: int) -> None:
    draw.text((x, _TOP + 31), view.caption, fill=DIM, font=font(19))
    artery = next((a for a in Artery if a.value.lower() == view.name), None)
    if artery is None:
        draw.text((x, _TOP), view.title, fill=BRIGHT, font=font(26))
        return
    draw.text((x, _TOP), view.title, fill=ARTERY_COLOURS[artery], font=font(26))
    score = report.score.of(artery)
    amount = (
        "not found"
        if report.presence_of(artery) is None
        else f"score {agatston_text(score.agatston)}, {volume_text(score.volume_mm3)} mm3"
    )
    draw.text((x + SIDE, _TOP + 4), amount, fill=BRIGHT, font=font(22), anchor="ra")


def draw_legend(draw: ImageDraw.ImageDraw, y: int) -> None:
    """Write what the colours mean, at a height of the sheet."""
    entries = [(a.title, ARTERY_COLOURS[a]) for a in Artery] + [("calcium", CALCIUM_COLOUR)]
    x = GAP
    for text, colour in entries:
        draw.rounded_rectangle((x, y, x + 22, y + 22), radius=4, fill=colour)
        draw.text((x + 32, y + 11), text, fill=BRIGHT, font=font(22), anchor="lm")
        x += 32 + round(draw.textlength(text, font=font(22))) + 36
    note = "R, L: the patient's right and left. Above: CT alone. Below: marked."
    draw.text((x, y + 11), note, fill=DIM, font=font(20), anchor="lm")
