"""Colours that colour-blind people tell apart (Okabe and Ito, jfly.uni-koeln.de/color).

RCA sky blue, left main + LAD yellow, LCX reddish purple, calcium vermilion.
"""

from __future__ import annotations

from corcal.core.artery import Artery

Colour = tuple[int, int, int]

ARTERY_COLOURS: dict[Artery, Colour] = {
    Artery.RCA: (86, 180, 233),
    Artery.LAD: (240, 228, 66),
    Artery.LCX: (204, 121, 167),
}
CALCIUM_COLOUR: Colour = (213, 94, 0)
#: Calcium that belongs to no artery.
UNASSIGNED_COLOUR: Colour = (0, 158, 115)
#: Rings around what was not counted.
OMITTED_COLOUR: Colour = (230, 159, 0)


def css(colour: Colour) -> str:
    """Return a colour as CSS writes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
