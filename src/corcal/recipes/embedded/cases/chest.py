"""A whole chest at low resolution, with its heart: a case of the heart locator."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.storage import replace_file


@dataclass(frozen=True, eq=False)
class Chest:
    """A whole scan at the locator's spacing.

    Attributes:
        name: unique.
        kind: "real" or "phantom".
        hu: float32 (slice, row, column).
        heart: bool, same shape.
    """

    name: str
    kind: str
    hu: NDArray[np.float32]
    heart: NDArray[np.bool_]


def save_chest(chest: Chest, folder: Path) -> None:
    """Write a chest into a folder, as one file of its name; HU become whole numbers."""
    content = io.BytesIO()
    hu = np.clip(np.round(chest.hu), -1024, 3071).astype(np.int16)
    np.savez_compressed(content, kind=np.array(chest.kind), hu=hu, heart=chest.heart)
    replace_file(folder / f"{chest.name}.npz", content.getvalue())


def load_chest(path: Path) -> Chest:
    """Read a chest that `save_chest` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return Chest(
            path.stem, str(stored["kind"]), stored["hu"].astype(np.float32), stored["heart"]
        )
