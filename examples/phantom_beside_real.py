"""Make the picture of docs/phantom.md: a phantom beside the real scan of examples/data.

    python examples/phantom_beside_real.py docs/images/phantom.png

Left the phantom, right the patient; above at the left main and LAD, below through the chambers.
Both have slices of 3 mm and are shown from -160 to 240 HU.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import corcal
from corcal.phantom import PhantomOptions, make_case

REAL = Path(__file__).parent / "data/LCTSC-Test-S1-201.zip"
#: Slices of the real scan: left main and LAD with calcium, and the chambers.
REAL_SLICES = (55, 44)
SEED = 19
#: Size of a panel in mm (down, across) and in pixels per mm.
PANEL_MM = (270, 370)
ZOOM = 1.6


def main() -> None:
    """Make the phantom, read the real scan, and put two slices of each side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("png", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    options = replace(PhantomOptions.as_acquired(thickness_mm=3.0), burden="many", contrast=0.0)
    case = make_case(args.seed, options=options)
    real = corcal.read_scan(REAL, settings=corcal.Settings())
    calcium = np.count_nonzero(case.labels == corcal.Artery.LAD.calcium_code, axis=(1, 2))
    left_main = int(calcium.argmax())
    lower = left_main - round(33.0 / case.grid.spacing_mm[0])
    panels = [
        [panel(case.scan, left_main, "phantom"), panel(real, REAL_SLICES[0], "patient")],
        [panel(case.scan, lower, "phantom"), panel(real, REAL_SLICES[1], "patient")],
    ]
    rows = [np.concatenate(row, axis=1) for row in panels]
    args.png.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows, axis=0)).save(args.png, optimize=True)


def panel(scan: corcal.Scan, k: int, caption: str) -> NDArray[np.uint8]:
    """Return one slice in grey, cut or padded to the size of a panel, the body in its middle."""
    plane = scan.hu[k]
    _, row_mm, column_mm = scan.grid.spacing_mm
    grey = np.clip((plane.astype(np.float32) + 160.0) * (255.0 / 400.0), 0, 255).astype(np.uint8)
    size = (round(plane.shape[1] * column_mm * ZOOM), round(plane.shape[0] * row_mm * ZOOM))
    image = Image.fromarray(grey).resize(size, Image.Resampling.LANCZOS)
    down, across = np.nonzero(plane > -300)
    middle = ((down.min() + down.max()) / 2 * row_mm, (across.min() + across.max()) / 2 * column_mm)
    top, left = (round((m - p / 2) * ZOOM) for m, p in zip(middle, PANEL_MM, strict=True))
    height, width = (round(p * ZOOM) for p in PANEL_MM)
    out = image.crop((left, top, left + width, top + height))
    ImageDraw.Draw(out).text((8, 6), caption, fill=255, font_size=18)
    return np.asarray(out)


if __name__ == "__main__":
    main()
