"""A drawing without calcium: drawn of somebody who has none, or of arteries alone.

The two look alike, and only one of them means a score of 0. A map or a file whose names speak of
calcium says that it was looked for; codes alone do not.
"""

from __future__ import annotations

from corcal.annotate.classes import DrawnClass, map_advice
from corcal.annotate.drawing import Drawing
from corcal.core.errors import AnnotationRefused
from corcal.core.scan import Notice

CALCIUM_CLASSES = tuple(c for c in DrawnClass if c.is_calcium)
_WITH_CALCIUM = "1=RCA,2=LAD,3=LCX,4=calcium"
_ALL_CALCIUM = "1=RCA-calcium,2=LAD-calcium,3=LCX-calcium"


def require_calcium(drawn: Drawing, *, name: str) -> tuple[Notice, ...]:
    """Return the notice that nothing was marked as calcium, where map or file say that it could be.

    Args:
        drawn: the drawing.
        name: of its file, for messages.

    Raises:
        AnnotationRefused: nothing is marked as calcium, and neither map nor file speak of it.
    """
    if drawn.any_of(CALCIUM_CLASSES).any() or not drawn.bits.any():
        return ()
    if not speaks_of_calcium(drawn):
        raise AnnotationRefused(
            f"{name}: marks arteries and no calcium. If the person has none, name the code or "
            f"name that calcium would have had, such as {map_advice(_WITH_CALCIUM)}; if its "
            f"codes are the calcium of each artery, {map_advice(_ALL_CALCIUM)}"
        )
    return (Notice("no-calcium-marked", "The drawing marks no calcium, though it could have."),)


def speaks_of_calcium(drawn: Drawing) -> bool:
    """Tell whether the user's map or the file's own names have a class for calcium."""
    return any(c.is_calcium for c in drawn.declared)
