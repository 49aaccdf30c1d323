"""Make the picture of inserted lesions in docs/phantom.md, from the scan of examples/data.

    python examples/insertion_shown.py docs/images/insertion.png

Each row is a lesion that was put into the left main or LAD: the scan as it was, with the lesion,
and what of it is visible. All from -160 to 240 HU.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import corcal
from corcal.phantom import InsertedLesion, InsertionPlan, insert_lesions, read_centrelines
from corcal.report import CALCIUM_COLOUR

DATA = Path(__file__).parent / "data"
NAME = "LCTSC-Test-S1-201"
PLAN = InsertionPlan(per_artery=4, volume_mm3=(8.0, 60.0), hu=(450.0, 1000.0))
#: Side of a panel in mm, and pixels per mm.
PANEL_MM, ZOOM = 90.0, 3.6


def main() -> None:
    """Insert lesions, and show three of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("png", type=Path)
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    before = corcal.read_scan(DATA / f"{NAME}.zip")
    courses = read_centrelines(DATA / f"{NAME}_centrelines.json")
    rng = np.random.default_rng(args.seed)
    after, numbers, lesions = insert_lesions(before, courses, rng, PLAN)
    seen = [x for x in lesions if x.visible_mm3 > 0][:3]
    rows = [row(before, after, numbers, lesion) for lesion in seen]
    args.png.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows, axis=0)).save(args.png, optimize=True)


def row(
    before: corcal.Scan, after: corcal.Scan, numbers: NDArray[np.uint8], lesion: InsertedLesion
) -> NDArray[np.uint8]:
    """Return one lesion: before, after, and what is visible of it."""
    voxels = np.argwhere(numbers == lesion.number)
    k = int(np.bincount(voxels[:, 0]).argmax())
    middle = voxels[voxels[:, 0] == k][:, 1:].mean(axis=0)
    step = before.grid.spacing_mm[1:]
    size = f"{lesion.volume_mm3:.0f} mm3, {lesion.hu:.0f} HU"
    old, new = (panel(grey(s.hu[k]), middle, step) for s in (before, after))
    shape = panel(np.where(numbers[k] == lesion.number, 255, 0).astype(np.uint8), middle, step)
    panels = [rgb(old, "as it was"), rgb(new, size), marked(new, shape)]
    return np.concatenate(panels, axis=1)


def grey(hu: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Return HU in grey."""
    return np.clip((hu.astype(np.float32) + 160.0) * (255.0 / 400.0), 0, 255).astype(np.uint8)


def panel(
    plane: NDArray[np.uint8], middle: NDArray[np.float64], step_mm: tuple[float, ...]
) -> NDArray[np.uint8]:
    """Return the square round a voxel."""
    size = [round(n * s * ZOOM) for n, s in zip(plane.shape, step_mm, strict=True)]
    image = Image.fromarray(plane).resize(size[::-1], Image.Resampling.BICUBIC)
    top, left = (round((m * s - PANEL_MM / 2) * ZOOM) for m, s in zip(middle, step_mm, strict=True))
    side = round(PANEL_MM * ZOOM)
    return np.asarray(image.crop((left, top, left + side, top + side)))


def rgb(plane: NDArray[np.uint8], caption: str) -> NDArray[np.uint8]:
    """Return a grey panel with a caption, in colour."""
    image = Image.fromarray(plane).convert("RGB")
    ImageDraw.Draw(image).text((8, 5), caption, fill=(255, 255, 255), font_size=17)
    return np.asarray(image)


def marked(plane: NDArray[np.uint8], shape: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a panel with the visible lesion in the colour of calcium."""
    out = np.array(rgb(plane, "visible"))
    out[shape >= 128] = CALCIUM_COLOUR
    return out


if __name__ == "__main__":
    main()
