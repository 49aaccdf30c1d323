"""The three arteries of the paper, their label codes and their regions."""

from __future__ import annotations

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


#: The paper's six regions in the order in which they are painted: (name, codes the region
#: unites, code it paints). Later regions paint over earlier ones. The order is also that of
#: the network's output channels.
REGIONS: tuple[tuple[str, tuple[int, ...], int], ...] = tuple(
    [(f"whole_{a.value}", (a.vessel_code, a.calcium_code), a.vessel_code) for a in Artery]
    + [(f"{a.value}_calcification", (a.calcium_code,), a.calcium_code) for a in Artery]
)

#: The six label codes as labels that exclude each other, for a network that was trained without
#: merged regions: (name, code). Its output channels are the background and these, in this order.
EXCLUSIVE: tuple[tuple[str, int], ...] = tuple(
    [(a.value, a.vessel_code) for a in Artery]
    + [(f"{a.value}_calcification", a.calcium_code) for a in Artery]
)
