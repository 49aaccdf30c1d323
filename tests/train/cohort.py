"""Annotated scans of a few kilobytes: a bright ball of a heart with three calcified tubes."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.phantom.files.as_nifti import write_nifti
from corcal.settings import Settings, Training

SPACING_MM = (2.0, 2.0, 2.0)
SHAPE = (48, 48, 48)
_REACH = np.stack(np.meshgrid(*[np.arange(n) for n in SHAPE], indexing="ij"), -1) - 24.0

#: A training that a processor core finishes in seconds.
SMALL = Training(
    patch_voxels=(32, 32, 32),
    stages=3,
    features=4,
    max_features=8,
    convolutions=1,
    epochs=2,
    iterations=2,
    val_iterations=1,
    folds=2,
    test_share=0.17,
    save_every=1,
)


def small_settings(**changes: object) -> Settings:
    """Return settings that fit the scans of `write_cohort`; changes are of the training."""
    default = Settings()
    preparation = replace(default.preparation, spacing_mm=SPACING_MM, padding_voxels=(2, 2, 2))
    training = replace(SMALL, **changes)  # type: ignore[arg-type]
    # A ball begins as suddenly as another person's scan does.
    admission = replace(default.admission, joined_doubted_ratio=1e3, joined_refused_ratio=1e3)
    return replace(default, admission=admission, preparation=preparation, training=training)


def scan_of(seed: int) -> tuple[NDArray[np.int16], NDArray[np.uint8], NDArray[np.uint8], Grid]:
    """Return HU, label codes, heart and grid of one made-up patient."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(-3, 3, 3)
    away = np.linalg.norm(_REACH - middle, axis=-1)
    heart = away < 16
    around = np.where(away < 20, -80.0, -850.0)
    hu = np.where(heart, 40.0, around) + rng.normal(0, 10, SHAPE)
    codes = np.zeros(SHAPE, np.uint8)
    # The RCA to the right of the others, the LCX behind the LAD, each in fat.
    for artery, (row, column) in zip(Artery, ((0, -8), (-6, 6), (6, 6)), strict=True):
        across = _REACH[..., 1:] - middle[1:] - (row, column)
        tube = (np.linalg.norm(across, axis=-1) < 2) & (np.abs(_REACH[..., 0] - middle[0]) < 10)
        calcium = tube & (_REACH[..., 0] - middle[0] > 4)
        sheath = (np.linalg.norm(across, axis=-1) < 4) & (np.abs(_REACH[..., 0] - middle[0]) < 10)
        hu[sheath & ~tube] = -80.0 + rng.normal(0, 10, int((sheath & ~tube).sum()))
        codes[tube] = artery.vessel_code
        codes[calcium] = artery.calcium_code
        hu[calcium] = 420.0 + rng.normal(0, 20, int(calcium.sum()))
    grid = Grid.axial(SHAPE, SPACING_MM, (5.0 * seed, -40.0, 7.0))
    return np.rint(hu).astype(np.int16), codes, heart.astype(np.uint8), grid


def write_cohort(folder: Path, count: int = 6) -> Path:
    """Write scans, labels, hearts and their manifest, and return the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [["patient", "scan", "labels", "contrast", "heart"]]
    for seed in range(count):
        hu, codes, heart, grid = scan_of(seed)
        names = [f"{kind}-{seed}.nii.gz" for kind in ("ct", "labels", "heart")]
        write_nifti(folder / names[0], hu, grid)
        for name, mask in zip(names[1:], (codes, heart), strict=True):
            write_nifti(folder / name, mask, grid)
        lines.append([f"Smith {seed}", *names[:2], "yes" if seed % 2 else "no", names[2]])
    return write_manifest(folder / "manifest.csv", lines)


def write_manifest(path: Path, lines: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    return path
