"""Which networks score which scan, so that a scan can be judged by ones that never saw it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.core.steps import ArterySegmenter, HeartLocator
from corcal.locate.embedded import EmbeddedLocator
from corcal.segment.embedded import EmbeddedSegmenter
from corcal.train.annotated import HELD_OUT


@dataclass
class Watched:
    """A segmenter whose last answer can be looked at, to say why a lesion was missed."""

    segmenter: ArterySegmenter
    regions: NDArray[np.float32] | None = None
    grid: Grid | None = None

    @property
    def name(self) -> str:
        return self.segmenter.name

    @property
    def sha256(self) -> str:
        return self.segmenter.sha256

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        self.regions = self.segmenter.probabilities(hu, heart, grid)
        self.grid = grid
        return self.regions


@dataclass(frozen=True, eq=False)
class Pair:
    """The networks for one scan.

    Attributes:
        locator: finds the heart.
        segmenter: finds arteries and calcium.
        unseen: True if neither was trained on this scan.
    """

    locator: HeartLocator
    segmenter: Watched
    unseen: bool

    def stamp(self) -> dict[str, str]:
        """Return what identifies the networks."""
        return {
            "heart": self.locator.sha256[:16],
            "arteries": self.segmenter.sha256[:16],
        }


@dataclass(frozen=True)
class Models:
    """Where the networks lie.

    Attributes:
        folder: networks to use instead of those that ship with corcal; a network that is not
            there is the shipped one.
        without: folders by the name of the scan that the networks in them never saw.
    """

    folder: Path | None = None
    without: Path | None = None

    def of(self, scan: str | None = None) -> Pair:
        """Return the networks for a scan, None for a scan that nobody can have been trained on."""
        own = self.without / scan if self.without and scan else None
        heart, arteries = _with(own, "heart"), _with(own, "arteries")
        unseen = scan is None or scan in HELD_OUT or arteries is not None
        heart = heart or _with(self.folder, "heart")
        arteries = arteries or _with(self.folder, "arteries")
        locator = EmbeddedLocator(heart) if heart else EmbeddedLocator()
        segmenter = EmbeddedSegmenter(arteries) if arteries else EmbeddedSegmenter()
        return Pair(locator, Watched(segmenter), unseen)


def _with(folder: Path | None, name: str) -> Path | None:
    """Return the folder if a network of this name lies in it."""
    return folder if folder is not None and (folder / f"{name}.json").exists() else None
