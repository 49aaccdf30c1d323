"""The paper's colours: RCA green, left main + LAD yellow, LCX red, calcium blue."""

from __future__ import annotations

from corcal.core.artery import Artery

Colour = tuple[int, int, int]

ARTERY_COLOURS: dict[Artery, Colour] = {
    Artery.RCA: (46, 204, 92),
    Artery.LAD: (255, 214, 10),
    Artery.LCX: (255, 69, 58),
}
CALCIUM_COLOUR: Colour = (64, 140, 255)
#: Calcium that belongs to no artery.
UNASSIGNED_COLOUR: Colour = (255, 64, 220)


def css(colour: Colour) -> str:
    """Return a colour as CSS writes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
