"""The page as PDF/A-2b, set by typst; the same content makes the same bytes."""

from __future__ import annotations

import io
import tempfile
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from corcal.storage import json_text

#: Date of a document without one of its own, which PDF/A asks for.
_NO_DATE = date(1970, 1, 1)


def report_pdf(
    content: dict[str, Any], pictures: tuple[Image.Image, ...], made_on: date | None
) -> bytes:
    """Return the page as PDF/A-2b.

    Texts go in as JSON and are printed as they are: a name cannot be markup, and the page reads
    no file but its pictures.

    Args:
        content: as `page_content` returns it.
        pictures: the overview, then the arteries straightened.
        made_on: the document's date.
    """
    day = made_on or _NO_DATE
    data = {**content, "date": [day.year, day.month, day.day], "strips": len(pictures) - 1}
    with tempfile.TemporaryDirectory(prefix="corcal-") as folder:
        root = Path(folder)
        source = files("corcal.report.page").joinpath("report.typ")
        with as_file(source) as path:
            (root / "report.typ").write_bytes(path.read_bytes())
        for number, picture in enumerate(pictures):
            (root / f"{number}.png").write_bytes(_png(picture))
        pdf = typst.compile(
            str(root / "report.typ"),
            root=str(root),
            format="pdf",
            sys_inputs={"data": json_text(data)},
            ignore_system_fonts=True,
            pdf_standards=["a-2b"],
            timestamp=0,
        )
    assert isinstance(pdf, bytes)
    return pdf


def _png(sheet: Image.Image) -> bytes:
    file = io.BytesIO()
    sheet.convert("RGB").save(file, format="PNG", compress_level=6)
    return file.getvalue()
