"""Make the pictures of docs/arteries.md: ten hearts, artery by artery.

    python examples/arteries_shown.py docs/images/arteries --data DATA

DATA holds the annotated scans of MODEL_CARD.md as ct/NAME.nii.gz or ct/NAME_dicom; the tenth heart
is a phantom. Each artery is seen on the plane in which its course is longest, through a slab of
8 mm that follows the course. White dots: seen; black dots: inferred; red: its calcium.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import KDTree

import corcal
from corcal.phantom import PhantomOptions, make_case
from corcal.report import CALCIUM_COLOUR

#: All of them CC BY 3.0.
SCANS = (
    "LCTSC-Test-S1-101",
    "LCTSC-Test-S1-104",
    "LCTSC-Test-S1-201",
    "LCTSC-Test-S1-202",
    "LIDC-IDRI-0001",
    "LIDC-IDRI-0002",
    "LIDC-IDRI-0063",
    "LIDC-IDRI-0314",
    "CPTAC-PDA-C3N-00249",
)
PHANTOM_SEED = 900_001
#: Pixels of a panel's side, and mm of margin round the course.
SIDE, MARGIN_MM = 300, 12.0
#: The slab: so far to either side of the course, in so many steps.
HALF_MM, STEPS = 4.0, 9
DARK_HU, LIGHT_HU = -160.0, 240.0


def main() -> None:
    """Score every heart and write its picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    for name in SCANS:
        path = args.data / "ct" / f"{name}.nii.gz"
        if not path.exists():
            path = args.data / "ct" / f"{name}_dicom"
        save(corcal.score(corcal.read_scan(path)), args.folder / f"{name}.jpg")
    options = PhantomOptions.as_acquired(thickness_mm=2.0)
    save(corcal.score(make_case(PHANTOM_SEED, options=options).scan), args.folder / "phantom.jpg")


def save(reading: corcal.Reading, path: Path) -> None:
    """Write the panels of RCA, LAD and LCX side by side."""
    panels = [panel(reading, artery) for artery in corcal.Artery]
    Image.fromarray(np.concatenate(panels, axis=1)).save(path, quality=80, optimize=True)


def panel(reading: corcal.Reading, artery: corcal.Artery) -> NDArray[np.uint8]:
    """Return one artery on the plane of its course, RGB."""
    course = reading.course_of(artery)
    if course is None:
        return captioned(Image.new("RGB", (SIDE, SIDE)), f"{artery.value}: not seen")
    points = np.concatenate([line.points_mm for line in course.lines])
    seen = np.concatenate([line.seen for line in course.lines])
    centre = points.mean(axis=0)
    axes = plane(points - centre)
    flat = (points - centre) @ axes.T
    middle = 0.5 * (flat.min(axis=0) + flat.max(axis=0))[:2]
    step = (np.ptp(flat[:, :2], axis=0).max() + 2 * MARGIN_MM) / SIDE
    at = (np.arange(SIDE) - SIDE / 2) * step
    rows, columns = np.meshgrid(-at, at, indexing="ij")
    plain = np.stack([columns + middle[0], rows + middle[1]], axis=-1)
    _, nearest = KDTree(flat[:, :2]).query(plain.reshape(-1, 2))
    depth = flat[nearest, 2].reshape(SIDE, SIDE)
    picture, calcium = project(reading, artery, centre, axes, plain, depth)
    rgb = np.repeat(picture[..., None], 3, axis=2)
    rgb[calcium] = CALCIUM_COLOUR
    image = Image.fromarray(rgb)
    draw = ImageDraw.Draw(image)
    for (right, up), clear in zip((flat[:, :2] - middle) / step, seen, strict=True):
        x, y = right + SIDE / 2, SIDE / 2 - up
        draw.ellipse((x - 1, y - 1, x + 1, y + 1), fill="white" if clear else "black")
    return captioned(image, f"{artery.value}: {course.length_mm:.0f} mm, {course.seen_mm:.0f} seen")


def plane(offsets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows right, up and through of the plane in which points lie most widely (LPS)."""
    through = np.linalg.svd(offsets, full_matrices=False)[2][2]
    up = np.array([0.0, 0.0, 1.0]) - through[2] * through
    if np.linalg.norm(up) < 0.2:
        up = np.array([0.0, -1.0, 0.0]) + through[1] * through
    up /= np.linalg.norm(up)
    right = np.cross(through, up)
    if right[0] < 0:
        right = -right
    return np.stack([right, up, through])


def project(
    reading: corcal.Reading,
    artery: corcal.Artery,
    centre: NDArray[np.float64],
    axes: NDArray[np.float64],
    plain: NDArray[np.float64],
    depth: NDArray[np.float64],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the slab's mean as grey values, and where it holds the artery's calcium."""
    total, calcium = np.zeros(depth.shape), np.zeros(depth.shape, bool)
    mask = reading.labels.calcium(artery).view(np.uint8)
    for offset in np.linspace(-HALF_MM, HALF_MM, STEPS):
        place = np.concatenate([plain, (depth + offset)[..., None]], axis=-1)
        index = reading.scan.grid.to_index((place @ axes + centre).reshape(-1, 3)).T
        hu = ndimage.map_coordinates(reading.scan.hu, index, np.float64, order=1, cval=-1000.0)
        total += hu.reshape(depth.shape)
        hit = ndimage.map_coordinates(mask, index, order=0, cval=0)
        calcium |= hit.reshape(depth.shape) > 0
    share = (total / STEPS - DARK_HU) / (LIGHT_HU - DARK_HU)
    return np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8), calcium


def captioned(image: Image.Image, text: str) -> NDArray[np.uint8]:
    """Return a picture with a caption in its corner."""
    ImageDraw.Draw(image).text((6, 4), text, fill="white", stroke_width=2, stroke_fill="black")
    return np.asarray(image)


if __name__ == "__main__":
    main()
