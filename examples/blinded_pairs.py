"""Make the blinded pairs of docs/phantom.md: of each two, one is a patient, one a phantom.

    python examples/blinded_pairs.py docs/images/blinded.png --data DATA

DATA holds the annotated scans of MODEL_CARD.md as ct/NAME.nii.gz, or ct/NAME_dicom, and
annotations/NAME_heart.nii.gz. Which is which is drawn from `--seed` and printed. All slices are
shown from -160 to 240 HU; a phantom has the slice thickness of the patient beside it, and is cut
at the same share of the heart's height. Phantoms are not chosen: seeds follow on.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import corcal
from corcal.phantom import PhantomOptions, make_case
from corcal.read import read_volume


@dataclass(frozen=True)
class Row:
    """A patient, and at what share of the heart's height from its apex to look."""

    name: str
    height: float
    thickness_mm: float


ROWS = (
    Row("LCTSC-Test-S1-201", 0.80, 3.0),
    Row("LCTSC-Test-S1-101", 0.55, 3.0),
    Row("LIDC-IDRI-0002", 0.68, 1.25),
    Row("LCTSC-Test-S1-104", 0.40, 3.0),
)
FIRST_SEED = 101
#: Side of a panel in mm, and pixels per mm.
PANEL_MM, ZOOM = 120.0, 3.2


def main() -> None:
    """Read the patients, make the phantoms, shuffle and draw them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("png", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    lines = []
    for i, row in enumerate(ROWS):
        pair = [patient(args.data, row), phantom(FIRST_SEED + i, row)]
        first = int(rng.integers(2))
        panels = [
            lettered(pair[k], f"{i + 1}{letter}") for k, letter in ((first, "a"), (1 - first, "b"))
        ]
        lines.append(np.concatenate(panels, axis=1))
        print(f"{i + 1}{'ab'[first]} is the patient ({row.name})")
    args.png.parent.mkdir(parents=True, exist_ok=True)
    whole = np.concatenate([np.concatenate(lines[i : i + 2], axis=1) for i in (0, 2)], axis=0)
    Image.fromarray(whole).save(args.png, optimize=True)


def patient(data: Path, row: Row) -> NDArray[np.uint8]:
    """Return the heart of a patient."""
    path = data / "ct" / f"{row.name}.nii.gz"
    scan = corcal.read_scan(path if path.exists() else data / "ct" / f"{row.name}_dicom")
    heart = read_volume(data / "annotations" / f"{row.name}_heart.nii.gz").values > 0
    return panel(scan, heart, row)


def phantom(seed: int, row: Row) -> NDArray[np.uint8]:
    """Return the heart of a phantom."""
    options = PhantomOptions.as_acquired(thickness_mm=row.thickness_mm, field="heart")
    case = make_case(seed, options=replace(options, contrast=0.0, margin_mm=45.0))
    return panel(case.scan, case.auxiliary["heart"] > 0, row)


def panel(scan: corcal.Scan, heart: NDArray[np.bool_], row: Row) -> NDArray[np.uint8]:
    """Return the square round the heart in one slice, in grey."""
    slices = np.flatnonzero(heart.any(axis=(1, 2)))
    k = int(slices[0] + row.height * (slices[-1] - slices[0]))
    _, down, across = np.nonzero(heart)
    middle = [(down.min() + down.max()) / 2, (across.min() + across.max()) / 2]
    _, *step = scan.grid.spacing_mm
    grey = np.clip((scan.hu[k].astype(np.float32) + 160.0) * (255.0 / 400.0), 0, 255)
    size = [round(n * s * ZOOM) for n, s in zip(grey.shape, step, strict=True)]
    image = Image.fromarray(grey.astype(np.uint8)).resize(size[::-1], Image.Resampling.LANCZOS)
    top, left = (round((m * s - PANEL_MM / 2) * ZOOM) for m, s in zip(middle, step, strict=True))
    side = round(PANEL_MM * ZOOM)
    return np.asarray(image.crop((left, top, left + side, top + side)))


def lettered(grey: NDArray[np.uint8], text: str) -> NDArray[np.uint8]:
    """Return a panel with its name and a dark rim."""
    image = Image.fromarray(grey)
    draw = ImageDraw.Draw(image)
    draw.text((10, 6), text, fill=255, font_size=22)
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=90)
    return np.asarray(image)


if __name__ == "__main__":
    main()
