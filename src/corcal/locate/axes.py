"""The check that left, front and head lie where a scan's axes say.

Arrays are flipped between programs while headers stay, and whole public sets were released so. A
mirrored chest is scored without a fault, and its arteries change places. The heart network sees
the chest as it lies and mirrored along each axis: it is surest of the heart's outline where the
chest lies as in the patient. What lies around the heart (spine, aorta, liver, diaphragm) is
asked as well, and decides where the network does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from math import inf, log

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.errors import AxesRefused
from corcal.core.scan import Notice, Scan
from corcal.core.steps import LocatedHeart
from corcal.locate.anatomy import Evidence, evidence_of
from corcal.locate.embedded import SPACING_MM, EmbeddedLocator
from corcal.settings import Axes
from corcal.space import block_mean, nearest

#: Along (slice, row, column): 1 as it lies, -1 mirrored.
Way = tuple[int, int, int]
AS_IT_LIES: Way = (1, 1, 1)
_WAYS: tuple[Way, ...] = tuple((a, b, c) for a, b, c in product((1, -1), repeat=3))
_MIRRORED_ONCE: tuple[Way, ...] = ((-1, 1, 1), (1, -1, 1), (1, 1, -1))
#: Voxels of 4 mm along each side of the look at the heart's surroundings: 256 mm.
_SIDE = 64
_WRONG = (
    "it stands on its head: the end called head is the foot's",
    "front and back are the wrong way round",
    "it is mirrored, left for right, or the patient has situs inversus",
)
_TURNED = (
    "rows and columns have changed places: the chest lies on its side, turned by a quarter about "
    "its long axis"
)
_SWAPPED = "its axes are swapped: what is called one of them is another"
_ADVICE = (
    "Somebody flipped the array or its header on the way: convert the scan again from the "
    "original. --accept-axes (the setting axes.accept) scores it as it is, if you are sure"
)
_NAMES = ("head and foot", "front and back", "left and right")


@dataclass(frozen=True, eq=False)
class _View:
    """A chest as the network sees it: how blurred the heart is, and where it lies."""

    blur: float
    heart: NDArray[np.bool_]


def check_axes(scan: Scan, heart: LocatedHeart | None, settings: Axes) -> tuple[Notice, ...]:
    """Return the doubts about where left, front and head are.

    Args:
        scan: as acquired, in its stated axes.
        heart: as located in it; None if none was.
        settings: when a way is clear, and what is accepted.

    Raises:
        AxesRefused: the anatomy contradicts the axes, and they were not accepted.
    """
    coarse = scan.grid.with_spacing((SPACING_MM,) * 3)
    if heart is not None and heart.mask.any():
        mask = nearest(heart.mask.view(np.uint8), heart.grid, coarse).view(np.bool_)
        if mask.any() and _is_plainly_right(scan, mask, settings):
            return ()
    chest = block_mean(scan.hu, scan.grid, coarse)
    views = {way: _look(chest, way, settings) for way in _WAYS}
    best = min(views, key=lambda way: views[way].blur)
    clear, seen = (views[best].blur <= b for b in (settings.clear_blur, settings.unseen_blur))
    swapped = "" if clear else _swap(chest, settings)
    if swapped:
        return (_contradiction([swapped], settings),)
    states = _states(chest, views, best, settings)
    wrong = [axis for axis, state in enumerate(states) if state < 0]
    if wrong and clear:
        return (_contradiction([_WRONG[axis] for axis in wrong], settings),)
    doubtful = [axis for axis, state in enumerate(states) if state <= 0]
    # Without a heart the scan is refused for that.
    if not doubtful or heart is None:
        return ()
    disagree = "what is seen of the heart and around it does not agree"
    return (_doubt(disagree if seen else "no heart is seen clearly", doubtful),)


def _is_plainly_right(scan: Scan, mask: NDArray[np.bool_], settings: Axes) -> bool:
    """Tell whether the heart's surroundings leave no doubt; a fraction of the work.

    Args:
        scan: as acquired.
        mask: the heart at 4 mm, not empty.
        settings: when a view is clear.
    """
    coarse = scan.grid.with_spacing((SPACING_MM,) * 3)
    box = _around(mask)
    chest = np.full((_SIDE,) * 3, -1024.0, np.float32)
    chest[tuple(slice(n) for n in box.shape)] = block_mean(scan.hu, scan.grid, coarse.cut(box))
    view = _look(chest, AS_IT_LIES, settings)
    if view.blur > settings.clear_blur:
        return False
    evidence = evidence_of(chest, view.heart, settings, foot_first=True)
    if evidence.left <= 0 or evidence.base_below <= 0:
        return False
    # Anatomy alone does not do: it spoke for a chest that lay wrong, which the network saw at once.
    if min(evidence.left, evidence.base_below, evidence.spine_behind) >= settings.anatomy_clear:
        return True
    least = view.blur * settings.clear_ratio
    return all(_look(chest, way, settings).blur >= least for way in _MIRRORED_ONCE)


def _around(mask: NDArray[np.bool_]) -> Box:
    """Return a box of at most 64 voxels a side around the middle of a mask."""
    box = Box.around(mask)
    start, stop = [], []
    for low, high, n in zip(box.start, box.stop, mask.shape, strict=True):
        first = min(max(0, (low + high - _SIDE) // 2), max(0, n - _SIDE))
        start.append(first)
        stop.append(min(n, first + _SIDE))
    return Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))


def _look(chest: NDArray[np.float32], way: Way, settings: Axes) -> _View:
    """Return what the network sees of a chest mirrored along some axes, turned back.

    Args:
        chest: float32 HU (slice, row, column) at 4 mm.
        way: along which axes it is mirrored first.
        settings: when the network is not sure.
    """
    turn = tuple(slice(None, None, step) for step in way)
    probability = _network().probability(np.ascontiguousarray(chest[turn]))[turn]
    parts, count = ndimage.label(probability >= 0.5)
    if not count:
        return _View(inf, np.zeros(chest.shape, np.bool_))
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    unsure = np.abs(probability - 0.5) < 0.5 - settings.unsure_probability
    blur = float(np.count_nonzero(unsure) / sizes.max() ** (2 / 3))
    return _View(blur, parts == sizes.argmax())


@cache
def _network() -> EmbeddedLocator:
    """Return the heart network; whichever model locates the heart, this one sees the axes."""
    return EmbeddedLocator()


def _states(
    chest: NDArray[np.float32], views: dict[Way, _View], best: Way, settings: Axes
) -> list[int]:
    """Return for each axis 1 where it is right, -1 where it is wrong, 0 where that is open."""
    if views[best].blur > settings.unseen_blur:
        return [0, 0, 0]
    evidence = evidence_of(chest, views[best].heart, settings, foot_first=best[0] > 0)
    return [_state(axis, views, evidence, settings) for axis in range(3)]


def _state(axis: int, views: dict[Way, _View], evidence: Evidence, settings: Axes) -> int:
    """Return 1 where an axis is right, -1 where it is wrong, 0 where that is open."""
    stated = min(view.blur for way, view in views.items() if way[axis] > 0)
    mirrored = min(view.blur for way, view in views.items() if way[axis] < 0)
    seen = log(mirrored / stated) if stated < inf else -inf
    around = (evidence.base_below, evidence.spine_behind, evidence.left)[axis]
    agrees = int(np.sign(around)) if abs(around) >= settings.anatomy_agrees else 0
    decided = int(np.sign(seen)) if abs(seen) >= log(settings.decided_ratio) else 0
    if decided == 0:
        return agrees
    # The sternum of a small field may hold more bone than what is left of the spine.
    contradicted = agrees == -decided and not (decided > 0 and axis == 1)
    return 0 if contradicted else decided


def _swap(chest: NDArray[np.float32], settings: Axes) -> str:
    """Say which axes must change places for the heart to be clear; "" where none does it."""
    for order in permutations(range(3)):
        if order == (0, 1, 2):
            continue
        turned = chest.transpose(order)
        if any(_look(turned, way, settings).blur <= settings.clear_blur for way in _WAYS):
            return _TURNED if order == (0, 2, 1) else _SWAPPED
    return ""


def _contradiction(wrong: list[str], settings: Axes) -> Notice:
    """Return the notice of accepted axes.

    Raises:
        AxesRefused: they were not accepted.
    """
    text = "the anatomy contradicts the axes of this scan: " + "; ".join(wrong)
    if not settings.accept:
        raise AxesRefused(f"{text}. {_ADVICE}")
    return Notice(
        "axes-accepted",
        f"{text[0].upper()}{text[1:]}. The axes were accepted as stated: arteries are named by "
        "them.",
    )


def _doubt(why: str, axes: list[int]) -> Notice:
    names = ", ".join(_NAMES[a] for a in axes)
    text = (
        f"Whether {names} lie as the file says could not be made sure: {why}. If the scan was "
        "converted, look whether the heart's apex points to the patient's left."
    )
    return Notice("axes-doubtful", text)
