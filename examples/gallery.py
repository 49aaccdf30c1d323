"""Make the pictures of docs/gallery.md and docs/read-a-report.md.

    python examples/gallery.py docs/images --data DATA

DATA holds the annotated scans of MODEL_CARD.md as ct/NAME.nii.gz. The example scan is scored, and
one of DATA; each picture is a slice of the heart, the CT alone and what corcal marked. Parts of
the report are photographed by `--browser`, a Chromium.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

import corcal
from corcal.report import SIDE, key_slice, paint_plain, view_at

EXAMPLE = Path(__file__).parent / "data/LCTSC-Test-S1-201.zip"
#: A scan that was read as free of calcium.
FREE = "LIDC-IDRI-0314"
#: Parts of the report by the headings of their sections; "" is all above the first heading.
PARTS = {
    "verdict": ("", "Per artery"),
    "slices": ("Slices",),
    "omitted": ("Seen and not counted",),
    "straightened": ("Arteries straightened",),
}
#: Pixels of the browser's window; what is empty below is cut off.
WINDOW = (1000, 1500)
EDGE = 20
GAP = 8


def main() -> None:
    """Score both scans, and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--browser", default="chromium")
    args = parser.parse_args()
    example = corcal.score(EXAMPLE)
    free = corcal.score(args.data / "ct" / f"{FREE}.nii.gz")
    pairs = {
        "gallery-good.png": pair(example, corcal.Artery.LAD),
        "gallery-wrong-rca.png": pair(example, corcal.Artery.RCA),
        "gallery-wrong-lad.png": pair(free, corcal.Artery.LAD),
    }
    for name, picture in pairs.items():
        picture.save(args.folder / name, optimize=True)
    with tempfile.TemporaryDirectory() as scratch:
        corcal.write_reports(example, Path(scratch) / "report")
        page = (Path(scratch) / "report" / "report.html").read_text(encoding="utf-8")
        for part, headings in PARTS.items():
            html = Path(scratch) / f"{part}.html"
            html.write_text(only(page, headings), encoding="utf-8")
            picture = photograph(html, args.browser)
            picture.save(args.folder / f"report-{part}.png", optimize=True)


def pair(reading: corcal.Reading, artery: corcal.Artery) -> Image.Image:
    """Return the slice with most calcium of an artery: the CT alone, and marked."""
    plain = paint_plain(view_at(reading, artery, key_slice(reading, artery)), SIDE)
    sheet = Image.new("RGB", (2 * SIDE + GAP, SIDE), "white")
    sheet.paste(plain, (0, 0))
    sheet.paste(reading.plot(artery), (SIDE + GAP, 0))
    return sheet


def only(page: str, headings: tuple[str, ...]) -> str:
    """Return the report with these sections alone."""

    def kept(section: re.Match[str]) -> str:
        heading = re.search(r"<h2[^>]*>([^<]*)", section.group(0))
        return section.group(0) if (heading.group(1) if heading else "") in headings else ""

    page = re.sub(r"<section.*?</section>", kept, page, flags=re.DOTALL)
    page = re.sub(r"<(details|footer).*?</\1>", "", page, flags=re.DOTALL)
    return page if "" in headings else re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)


def photograph(html: Path, browser: str) -> Image.Image:
    """Return a page as a picture, without what is empty around it."""
    png = html.with_suffix(".png")
    size = f"--window-size={WINDOW[0]},{WINDOW[1]}"
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", size]
    shot = [browser, *switches, f"--screenshot={png}", html.as_uri()]
    subprocess.run(shot, check=True, capture_output=True, timeout=300)
    picture = Image.open(png).convert("RGB")
    below = picture.getpixel((picture.width // 2, picture.height - 1))
    empty = Image.new("RGB", picture.size, below)
    box = ImageChops.difference(picture, empty).getbbox() or (0, 0, *picture.size)
    return picture.crop((EDGE, EDGE, picture.width - EDGE, box[3] - EDGE))


if __name__ == "__main__":
    main()
