"""The networks that score each scan: ones that were not trained on it, where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import SettingsRefused
from corcal.core.grid import Grid
from corcal.core.steps import HeartLocator
from corcal.locate import EmbeddedLocator
from corcal.segment import EmbeddedSegmenter


class Watched(EmbeddedSegmenter):
    """The embedded segmenter, whose last answer can be looked at to say why a lesion was missed.

    Attributes:
        regions: float32 (6, slice, row, column), its last answer.
        crop: the grid of it.
    """

    regions: NDArray[np.float32] | None = None
    crop: Grid | None = None

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        self.regions, self.crop = super().probabilities(hu, heart, grid), grid
        return self.regions

    def saw(self, scan: str) -> bool:
        """Tell whether the network was trained on a real scan, as its manifest says."""
        return scan in self.manifest["trained_on"]["real"]


@dataclass(frozen=True, eq=False)
class Pair:
    """The networks for one scan.

    Attributes:
        locator: finds the heart.
        segmenter: finds arteries and calcium.
        unseen: True if the artery network was not trained on this scan.
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
    """The places of the networks.

    Attributes:
        folder: networks to use instead of those that ship with corcal; a network that is not
            there is the shipped one.
        without: folders by the name of the scan that the networks in them never saw.
    """

    folder: Path | None = None
    without: Path | None = None

    def of(self, scan: str | None = None) -> Pair:
        """Return the networks for a scan, None for a scan that nobody can have been trained on."""
        near = [*self._blind([scan] if scan else []), *([self.folder] if self.folder else [])]
        heart, arteries = _first(near, "heart"), _first(near, "arteries")
        locator = EmbeddedLocator(heart) if heart else EmbeddedLocator()
        segmenter = Watched(arteries) if arteries else Watched()
        return Pair(locator, segmenter, scan is None or not segmenter.saw(scan))

    def check(self, scans: list[str]) -> None:
        """Refuse folders without a network: the shipped ones would be measured in their place.

        Args:
            scans: names of the annotated scans.

        Raises:
            SettingsRefused: a folder is given in which no network lies.
        """
        near_folder = [self.folder] if self.folder else []
        for given, near in ((self.folder, near_folder), (self.without, self._blind(scans))):
            if given and not (_first(near, "heart") or _first(near, "arteries")):
                raise SettingsRefused(
                    f"{given}: no networks of corcal there (heart.json, arteries.json; with "
                    "--without in a folder for each scan)"
                )

    def _blind(self, scans: list[str]) -> list[Path]:
        """Return where networks that never saw these scans may lie."""
        own = [self.without / scan for scan in scans] if self.without else []
        # The training recipe puts a network's files one folder deeper.
        return [near for folder in own for near in (folder, folder / "models")]


def _first(folders: list[Path], name: str) -> Path | None:
    """Return the first folder in which a network of this name lies."""
    return next((f for f in folders if (f / f"{name}.json").exists()), None)
