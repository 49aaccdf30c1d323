"""The result as one self-contained page: no scripts, nothing fetched, prints on A4."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined, Template
from PIL import Image

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.reading import Reading, Report
from corcal.core.scan import Scan
from corcal.core.score import ArteryScore, Lesion
from corcal.report.pictures.colours import ARTERY_COLOURS, CALCIUM_COLOUR, css
from corcal.report.pictures.overview import Picture
from corcal.report.words import limits
from corcal.report.words.finding import (
    agatston_text,
    category_text,
    finding,
    is_estimated,
    notices,
    score_name,
    total_text,
    volume_text,
)

#: Lesions listed on the page; report.json has them all.
LISTED_LESIONS = 16

#: CAC-DRS as it is printed; between whole numbers a score belongs to the lower grade.
_GRADES = (("none", "0"), ("mild", "1–99"), ("moderate", "100–299"), ("severe", "≥ 300"))


def report_html(reading: Reading, pictures: tuple[Picture, ...]) -> bytes:
    """Return the page as UTF-8 HTML.

    Args:
        reading: what is reported.
        pictures: as `paint_pictures` returns them.
    """
    report = reading.report
    shown = [_figure(p) for p in pictures]
    page = _template().render(
        finding=finding(report),
        total_text=total_text(report),
        category=category_text(report),
        report=report,
        estimated=is_estimated(report),
        score_name=score_name(report),
        threshold=_threshold(report),
        grades=_GRADES,
        rows=[_row(a, report) for a in report.score.arteries],
        total=_total(report),
        lesions=_lesions(report, reading.scan.grid),
        key_figures=shown[: len(Artery)],
        projection_figures=shown[len(Artery) :],
        notices=notices(reading),
        facts=_facts(reading.scan),
        settings=_settings(report),
        calcium_colour=css(CALCIUM_COLOUR),
        series=_identity(reading.scan),
        voxel_sha256=reading.scan.source.sha256,
        text=limits,
    )
    return page.encode("utf-8", errors="replace")


@dataclass(frozen=True)
class _Figure:
    title: str
    caption: str
    colour: str | None
    plain: str
    marked: str


@cache
def _template() -> Template:
    source = files("corcal.report.page").joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(agatston=agatston_text, volume=volume_text)
    return environment.from_string(source)


def _figure(picture: Picture) -> _Figure:
    view = picture.view
    colours = {a.value.lower(): css(c) for a, c in ARTERY_COLOURS.items()}
    return _Figure(
        view.title,
        view.caption,
        colours.get(view.name),
        _data_uri(picture.plain),
        _data_uri(picture.marked),
    )


def _data_uri(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, format="JPEG", quality=88, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _row(a: ArteryScore, report: Report) -> dict[str, Any]:
    total = report.score.agatston
    return {
        "score": a,
        "sure": report.certainty_of(a.artery),
        "graded": report.grade_of(a.artery),
        "colour": css(ARTERY_COLOURS[a.artery]),
        "share": 100 * a.agatston / total if total > 0 else 0.0,
    }


def _total(report: Report) -> dict[str, Any]:
    peaks = [a.peak_hu for a in report.score.arteries if a.peak_hu is not None]
    return {
        "lesions": sum(len(a.lesions) for a in report.score.arteries),
        "peak_hu": max(peaks, default=None),
    }


def _lesions(report: Report, grid: Grid) -> list[dict[str, Any]]:
    """Return the largest lesions, each with its slice, largest first."""
    every = [x for a in report.score.arteries for x in a.lesions]
    every.sort(key=lambda x: -x.volume_mm3)
    return [
        {
            "lesion": x,
            "colour": css(ARTERY_COLOURS[x.artery]),
            "slice": _slice_number(x, grid),
        }
        for x in every[:LISTED_LESIONS]
    ]


def _slice_number(lesion: Lesion, grid: Grid) -> int:
    return round(float(grid.to_index(np.array([lesion.centre_lps_mm]))[0, 0])) + 1


def _facts(scan: Scan) -> list[tuple[str, str]]:
    """Return what is known of the scan, as (name, value) pairs."""
    a, s = scan.acquisition, scan.grid.spacing_mm
    yes_no = {True: "yes", False: "no", None: "not stated"}
    thick = f"{a.thickness_mm:g} mm" if a.thickness_mm is not None else "thickness not stated"
    return [
        ("Slices", f"{scan.grid.shape[0]}, {thick}, every {s[0]:.4g} mm"),
        ("Pixels", f"{s[1]:.3g} × {s[2]:.3g} mm"),
        ("Tube voltage", f"{a.kvp_kv:g} kV" if a.kvp_kv is not None else "not stated"),
        ("Kernel", a.kernel or "not stated"),
        ("ECG gating", yes_no[a.gated]),
        ("Contrast agent", yes_no[a.contrast]),
        ("Scanner", f"{a.manufacturer} {a.model}".strip() or "not stated"),
    ]


def _identity(scan: Scan) -> str:
    """Return what ties the page to its scan without naming anyone."""
    if scan.source.series_uid:
        return f"Series {scan.source.series_uid}"
    if scan.source.sha256:
        return f"Voxels {scan.source.sha256[:16]}"
    return ""


def _threshold(report: Report) -> str:
    scoring = report.provenance.settings.get("scoring")
    value = scoring.get("threshold_hu") if isinstance(scoring, dict) else None
    return f"{value:g} HU" if isinstance(value, int | float) else "the HU threshold"


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
