"""The layout of a contour file's contours on their scan, decided by the scan's own values.

Nothing in the format says in which direction slices are counted, nor whether coordinates begin
at the corner or the centre of the first pixel. Every way is tried, and compared with the scan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from corcal.annotate.checks.evidence import (
    CALCIUM_HU,
    VESSEL_HU,
    Agreement,
    agreement,
    contour_coverage,
)
from corcal.annotate.classes import ClassMap, DrawnClass, class_in, map_advice
from corcal.annotate.drawing import Decision
from corcal.annotate.formats.contour_fill import Points
from corcal.annotate.formats.contour_grid import LAYOUTS, ContourGrid, Layout
from corcal.annotate.formats.contour_text import ContourFile
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.paint import Groups
from corcal.core.errors import AnnotationRefused
from corcal.core.scan import Notice


@dataclass(frozen=True)
class _Evidence:
    """A kind of contour that can show the layout, and the agreement it must reach.

    Attributes:
        drawn: in words.
        fewest: pixels below which it tells nothing.
        agrees: correlation that the right direction of slices reaches at least.
        leads: by how much it then leads the other direction.
        origin_leads: by how much one origin leads the other if it is the right one.
        offset_leads: by how much slices counted otherwise lead if they are the right ones.
    """

    drawn: str
    fewest: float
    agrees: float
    leads: float
    origin_leads: float
    offset_leads: float


#: Slice numbers may be off by one where a program counts from 1.
OFFSETS = (-1, 0, 1)

#: Measured on annotated scans: the right direction reaches 0.74 to 0.88 for calcium and 0.21 to
#: 0.59 for arteries, the wrong one at most 0.04; on 38 phantoms, most of them in motion, arteries
#: reach 0.10 to 0.60 and at most 0.07. The right origin leads by 0.04 and more for calcium;
#: arteries drawn by hand may favour the wrong one by 0.01.
_CALCIUM = _Evidence("calcium contours", 6.0, 0.3, 0.2, 0.03, 0.1)
_ARTERIES = _Evidence("artery contours", 150.0, 0.09, 0.07, 0.03, 0.05)


def group_contours(
    con: ContourFile, grid: ContourGrid, classes: ClassMap, layout: Layout
) -> Groups:
    """Return the contours of each class and slice as they lie in one way."""
    found: Groups = {}
    for contour in con.contours:
        drawn = class_in([str(contour.kind)], classes)
        if drawn is not None and drawn is not DrawnClass.IGNORE:
            number, points = grid.place(contour, layout)
            found.setdefault((number, drawn), []).append(points)
    return found


def choose_layout(
    con: ContourFile,
    grid: ContourGrid,
    classes: ClassMap,
    *,
    options: AnnotateOptions,
    name: str,
) -> tuple[Layout, tuple[Decision, ...], tuple[Notice, ...]]:
    """Return the way the contours lie, how it was decided, and what stays doubtful.

    Raises:
        AnnotationRefused: the scan does not tell the direction of slices, and nobody said it.
    """
    asked, found = _evidence(con, grid, classes, options, name)
    numbers = {
        f"{w.slices}, {w.origin}": round(a.correlation, 3)
        for w, a in found.items()
        if w.offset == (options.offset or 0)
    }
    if options.slices != "auto":
        slices, why = options.slices, "as given"
    elif _same_either_way(con, grid):
        slices, why = "up", "either direction lays every contour on the same slice"
    else:
        slices, why = _direction(asked, found, name)
    offset, counted, doubts = _offset(asked, found, slices, options)
    ways = [Layout(slices, origin, offset) for origin in ("corner", "centre")]
    origin, reason, notices = _origin(asked, [found[w] for w in ways], options)
    decisions = (
        Decision("slices", slices, why, numbers),
        Decision("origin", origin, reason, numbers),
        *counted,
    )
    return Layout(slices, origin, offset), decisions, (*doubts, *notices)


def _evidence(
    con: ContourFile, grid: ContourGrid, classes: ClassMap, options: AnnotateOptions, name: str
) -> tuple[_Evidence, dict[Layout, Agreement]]:
    """Return how well each way agrees with the scan: its calcium, or its arteries without."""
    calcium, arteries = {}, {}
    offsets = OFFSETS if options.offset is None else (options.offset,)
    if not any(grid.holds(con.contours, Layout("up", "corner", offset)) for offset in offsets):
        raise AnnotationRefused(
            f"{name}: with {offsets[0]:+d} added to its slice numbers, contours lie on slices that "
            "the scan does not have; give another --slice-offset (offset from Python), or leave "
            "it out"
        )
    counted = (replace(way, offset=offset) for way in LAYOUTS for offset in offsets)
    for way in (w for w in counted if grid.holds(con.contours, w)):
        groups = group_contours(con, grid, classes, way)
        parts: dict[bool, list[tuple[int, list[Points]]]] = {True: [], False: []}
        for (number, drawn), contours in groups.items():
            parts[drawn.is_calcium].append((number, contours))
        calcium[way], arteries[way] = (
            agreement(
                contour_coverage((grid.scan.hu[n], c) for n, c in parts[which]),
                clip,
                options.threshold_hu,
            )
            for which, clip in ((True, CALCIUM_HU), (False, VESSEL_HU))
        )
    enough = max(a.pixels for a in calcium.values()) >= _CALCIUM.fewest
    return (_CALCIUM, calcium) if enough else (_ARTERIES, arteries)


def _offset(
    asked: _Evidence, found: dict[Layout, Agreement], slices: str, options: AnnotateOptions
) -> tuple[int, tuple[Decision, ...], tuple[Notice, ...]]:
    """Return by how much the file's slice numbers are off: what the scan's values clearly say."""
    if options.offset is not None:
        return options.offset, (Decision("offset", f"{options.offset:+d}", "as given"),), ()
    best = {
        n: max((a.correlation for w, a in found.items() if (w.slices, w.offset) == (slices, n)),
               default=-1.0)
        for n in OFFSETS
    }  # fmt: skip
    likeliest = max(OFFSETS, key=lambda n: (best[n], n == 0))
    lead = best[likeliest] - best[0]
    enough = max(a.pixels for a in found.values()) >= asked.fewest
    if likeliest == 0 or not enough:
        return 0, (), ()
    shown = ", ".join(f"{n:+d}: {v:.2f}" for n, v in best.items() if v > -1)
    if lead < asked.offset_leads:
        text = (
            f"The slice numbers may be off by one: the {asked.drawn} agree with the scan's values "
            f"slightly better so ({shown}). They are taken as they are; --slice-offset "
            "(offset from Python) decides it."
        )
        return 0, (), (Notice("con-offset", text),)
    why = f"the {asked.drawn} agree with the scan's values so ({shown})"
    text = f"The file's slice numbers are off by one ({likeliest:+d} was added): {why}."
    evidence = {f"{n:+d}": round(v, 3) for n, v in best.items()}
    decision = Decision("offset", f"{likeliest:+d}", why, evidence)
    return likeliest, (decision,), (Notice("con-offset", text),)


def _same_either_way(con: ContourFile, grid: ContourGrid) -> bool:
    return all(
        grid.place(c, LAYOUTS[0])[0] == grid.place(c, Layout("down", LAYOUTS[0].origin))[0]
        for c in con.contours
    )


def _direction(asked: _Evidence, found: dict[Layout, Agreement], name: str) -> tuple[str, str]:
    best = {
        s: max(a.correlation for w, a in found.items() if w.slices == s) for s in ("up", "down")
    }
    right, other = sorted(best, key=best.__getitem__, reverse=True)
    shown = f"up {best['up']:.2f}, down {best['down']:.2f}"
    pixels = max(a.pixels for a in found.values())
    lead = best[right] - best[other]
    if pixels < asked.fewest or best[right] < asked.agrees or lead < asked.leads:
        raise AnnotationRefused(
            f"{name}: cannot tell whether its slice numbers rise to the head or to the feet. How "
            f"well its {asked.drawn} ({pixels:.0f} pixels) agree with the scan: {shown}, where "
            f"{asked.agrees:.2f} and a lead of {asked.leads:.2f} would tell. Is it of this scan, "
            "and are the type ids right? If so, give --slices up or --slices down "
            "(slices='up' or 'down' from Python)"
        )
    return right, f"the {asked.drawn} agree with the scan's values ({shown})"


def _origin(
    asked: _Evidence, found: list[Agreement], options: AnnotateOptions
) -> tuple[str, str, tuple[Notice, ...]]:
    corner, centre = (a.correlation for a in found)
    if options.origin != "auto":
        return options.origin, "as given", ()
    shown = f"corner {corner:.3f}, centre {centre:.3f}"
    if found[0].pixels >= asked.fewest and abs(corner - centre) >= asked.origin_leads:
        better = "corner" if corner > centre else "centre"
        return better, f"the {asked.drawn} agree better with the scan's values ({shown})", ()
    text = (
        "Whether coordinates begin at the corner or the centre of the first pixel cannot be shown "
        f"from the {asked.drawn} ({shown}); the corner is taken. The difference is half a pixel of "
        "the images drawn on; --origin (origin from Python) decides it."
    )
    return "corner", f"the scan does not tell ({shown})", (Notice("con-origin", text),)


def require_classes(
    con: ContourFile, grid: ContourGrid, *, options: AnnotateOptions, name: str
) -> ClassMap:
    """Return the map of type ids.

    Raises:
        AnnotationRefused: no map was given, or the file holds ids that it leaves out.
    """
    classes = options.classes
    kinds = sorted({c.kind for c in con.contours})
    unknown = [k for k in kinds if classes is None or str(k) not in classes]
    if classes is not None and not unknown:
        return classes
    listed = "; ".join(_type_id_text(con, grid, kind, options.threshold_hu) for kind in unknown)
    raise AnnotationRefused(
        f"{name}: what its type ids mean must be said, such as "
        f"{map_advice('6=RCA,7=LAD,8=LCX,9=calcium')}, or =ignore. "
        + ("Its ids: " if classes is None else "Ids that the map leaves out: ")
        + listed
    )


def _type_id_text(con: ContourFile, grid: ContourGrid, kind: int, threshold_hu: float) -> str:
    """Return what may help to recognise a type id."""
    mine = [c for c in con.contours if c.kind == kind]
    slices = {c.number for c in mine}
    bright = 0.0
    for way in LAYOUTS:
        placed = ((grid.scan.hu[n], [p]) for n, p in (grid.place(c, way) for c in mine))
        laid = agreement(contour_coverage(placed), CALCIUM_HU, threshold_hu)
        bright = max(bright, laid.bright)
    many = np.mean([np.ptp(c.points, axis=0).max() for c in mine])
    return (
        f"{kind} ({len(mine)} contours on {len(slices)} slices, {many:.1f} pixels across on "
        f"average, {100 * bright:.0f} % of their area at {threshold_hu:.0f} HU or more)"
    )
