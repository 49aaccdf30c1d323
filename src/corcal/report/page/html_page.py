"""The result as one self-contained page: no scripts, nothing fetched, prints on A4."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Template
from markupsafe import Markup
from PIL import Image

from corcal.core.reading import Reading, Report
from corcal.core.scan import Scan
from corcal.report.case import Case
from corcal.report.options import ReportOptions
from corcal.report.page.content import page_content
from corcal.report.page.template import page_template
from corcal.report.pictures.colours import ARTERY_COLOURS, OMITTED_COLOUR, css
from corcal.report.pictures.overview import Picture
from corcal.report.pictures.strips import StripPicture
from corcal.report.pictures.tiles import Tile
from corcal.report.prior import Prior, prior_column, prior_note
from corcal.report.words import limits
from corcal.report.words.finding import (
    agatston_text,
    grade_text,
    is_estimated,
    volume_text,
)
from corcal.report.words.images import image_number, image_word, lesion_slice, piece_images

#: Lesions listed on the page; report.json has them all.
LISTED_LESIONS = 24
#: Tiles that are open; the others are folded.
OPEN_TILES = 10

#: CAC-DRS as it is printed; between whole numbers a score belongs to the lower grade.
_GRADES = (("none", "0"), ("mild", "1–99"), ("moderate", "100–299"), ("severe", "≥ 300"))


@dataclass(frozen=True, eq=False)
class PagePictures:
    """The pictures of one page.

    Attributes:
        projections: as `paint_pictures` returns them.
        tiles: the slices, as `make_tiles` returns them.
        strips: the straightened arteries, as `paint_strips` returns them.
    """

    projections: tuple[Picture, ...]
    tiles: tuple[Tile, ...]
    strips: tuple[StripPicture, ...]


def report_html(
    reading: Reading,
    case: Case,
    options: ReportOptions,
    pictures: PagePictures,
    prior: Prior | None = None,
) -> bytes:
    """Return the page as UTF-8 HTML.

    Args:
        reading: what is reported.
        case: whose it is.
        options: what is put into it.
        pictures: what is shown of the scan.
        prior: an earlier report to compare with.
    """
    report = reading.report
    shown = [_tile(tile, reading) for tile in pictures.tiles]
    tiled = {tile.at for tile in pictures.tiles}
    content = page_content(reading, case, options)
    page = _template().render(
        **content,
        report=report,
        estimated=is_estimated(report),
        grades=_GRADES,
        grade=grade_text(report.counted.severity, report.unseen),
        colour=_badge_colour(report),
        colours=[css(ARTERY_COLOURS[a.artery]) for a in report.score.arteries],
        titles=[a.artery.title for a in report.score.arteries],
        omitted_colour=css(OMITTED_COLOUR),
        lesions=_lesions(reading, tiled),
        lesion_count=sum(len(a.lesions) for a in report.score.arteries),
        image_word=image_word(reading.scan),
        slices=reading.scan.grid.shape[0],
        omitted=_omitted_rows(reading, tiled),
        open_tiles=shown[:OPEN_TILES],
        folded_tiles=shown[OPEN_TILES:],
        projections=[_projection(p) for p in pictures.projections],
        strips=[_strip(s) for s in pictures.strips],
        earlier=None if prior is None else prior_column(prior, report),
        earlier_note="" if prior is None else prior_note(prior, report),
        settings=_settings(report),
        series=_identity(reading.scan),
        voxel_sha256=reading.scan.source.sha256,
        print_line=_css_text(content["whose"]),
        print_warning=_css_text(limits.DISCLAIMER),
        mesa_note=limits.MESA_NOTE,
    )
    return page.encode("utf-8", errors="replace")


@cache
def _template() -> Template:
    return page_template(
        "corcal.report.page", "page.html", agatston=agatston_text, volume=volume_text
    )


def _css_text(text: str) -> Markup:
    """Return text as a CSS string in which nothing but letters and digits stands as itself."""
    clean = text.encode("utf-8", errors="replace").decode()
    escaped = "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in clean)
    return Markup(f'"{escaped}"')


def _data_uri(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, format="JPEG", quality=85, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _badge_colour(report: Report) -> str:
    """Return the number of the grade, or "unknown" where nothing can be said."""
    unknown = report.unseen and not report.score.vessels
    return "unknown" if unknown else str(report.counted.category)


def _tile(tile: Tile, reading: Reading) -> dict[str, Any]:
    names = ", ".join(a.value for a in tile.arteries) or "not counted"
    return {
        "at": tile.at,
        "number": image_number(reading.scan, tile.at),
        "names": names,
        "area": f"{tile.calcium_mm2:.0f} mm²" if tile.arteries else "",
        "slice": tile.at + 1,
        "plain": _data_uri(tile.plain),
        "marked": _data_uri(tile.marked),
    }


def _projection(picture: Picture) -> dict[str, str]:
    view = picture.view
    return {
        "title": view.title,
        "caption": view.caption,
        "plain": _data_uri(picture.plain),
        "marked": _data_uri(picture.marked),
    }


def _strip(strip: StripPicture) -> dict[str, str]:
    return {
        "title": f"{strip.artery.title}, straightened",
        "caption": strip.caption,
        "plain": _data_uri(strip.plain),
        "marked": _data_uri(strip.marked),
    }


def _lesions(reading: Reading, tiled: set[int]) -> list[dict[str, Any]]:
    """Return the largest lesions, each with its image, largest first."""
    rows = []
    for lesion in reading.report.score.lesions[:LISTED_LESIONS]:
        at = lesion_slice(lesion, reading.scan)
        colour = css(ARTERY_COLOURS[lesion.artery])
        number = image_number(reading.scan, at)
        link = at if at in tiled else None
        rows.append({"lesion": lesion, "colour": colour, "number": number, "link": link})
    return rows


def _omitted_rows(reading: Reading, tiled: set[int]) -> list[dict[str, Any]]:
    rows = []
    for number, piece in enumerate(reading.report.omitted, start=1):
        first, last = piece.slices
        middle = (first + last) // 2
        images = piece_images(piece, reading.scan)
        link = middle if middle in tiled else None
        rows.append({"number": number, "piece": piece, "images": images, "link": link})
    return rows


def _identity(scan: Scan) -> str:
    """Return what ties the page to its scan without naming anyone."""
    return f"Series {scan.source.series_uid}" if scan.source.series_uid else ""


def _settings(report: Report) -> list[tuple[str, str]]:
    """Return every setting as (dotted name, value)."""
    flat: list[tuple[str, str]] = []
    for group, table in report.provenance.settings.items():
        entries = table.items() if isinstance(table, dict) else [("", table)]
        flat += [(f"{group}.{k}".rstrip("."), _in_words(v)) for k, v in entries]
    return flat


def _in_words(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_in_words(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
