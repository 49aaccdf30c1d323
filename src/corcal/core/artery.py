"""The three arteries of the paper, their label codes and their regions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Artery(Enum):
    """A coronary artery as the paper groups them; the value is what files and tables print."""

    RCA = "RCA"
    LAD = "LAD"
    LCX = "LCX"

    @property
    def title(self) -> str:
        """Name for people. The left main stem is counted with the LAD, as in the paper."""
        return {"RCA": "RCA", "LAD": "Left main + LAD", "LCX": "LCX"}[self.value]

    @property
    def vessel_code(self) -> int:
        """Label code of the vessel without its calcium: 1, 2 or 3."""
        return list(Artery).index(self) + 1

    @property
    def calcium_code(self) -> int:
        """Label code of the vessel's calcium: 4, 5 or 6."""
        return self.vessel_code + 3


@dataclass(frozen=True)
class Region:
    """One of the paper's six regions.

    Attributes:
        name: as in nnU-Net's dataset.json.
        codes: label codes that it unites.
        code: label code that it paints.
    """

    name: str
    codes: tuple[int, ...]
    code: int


@dataclass(frozen=True)
class ExclusiveLabel:
    """A label of a network that was trained without merged regions.

    Attributes:
        name: as in nnU-Net's dataset.json.
        code: its label code.
    """

    name: str
    code: int


#: The paper's six regions in the order in which they are painted; later ones paint over earlier
#: ones. The order is also that of the network's output channels.
REGIONS: tuple[Region, ...] = tuple(
    [Region(f"whole_{a.value}", (a.vessel_code, a.calcium_code), a.vessel_code) for a in Artery]
    + [Region(f"{a.value}_calcification", (a.calcium_code,), a.calcium_code) for a in Artery]
)

#: The six label codes as labels that exclude each other. The output channels of such a network
#: are the background and these, in this order.
EXCLUSIVE: tuple[ExclusiveLabel, ...] = tuple(
    [ExclusiveLabel(a.value, a.vessel_code) for a in Artery]
    + [ExclusiveLabel(f"{a.value}_calcification", a.calcium_code) for a in Artery]
)
