"""Calcium that a model found in a scan beside the drawn calcium, by artery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from corcal.core.artery import Artery
from corcal.core.labels import ArteryLabels
from corcal.evaluate.overlap import dice
from corcal.evaluate.publish import DASH, Table, number


@dataclass(frozen=True)
class Compared:
    """One artery of one scan.

    Attributes:
        case: the scan.
        artery: "RCA", "LAD" or "LCX".
        drawn_ml: volume of the calcium drawn.
        found_ml: volume of the calcium found.
        calcium_dice: of both; None where there is neither.
        artery_dice: of the artery with its calcium, in the same way.
        course_mm: length of the artery's course that is seen; None where that was not kept.
        artery_found: False where too little of it is seen to say that it holds no calcium; None
            where that was not kept.
    """

    case: str
    artery: str
    drawn_ml: float
    found_ml: float
    calcium_dice: float | None
    artery_dice: float | None
    course_mm: float | None = None
    artery_found: bool | None = None


@dataclass(frozen=True)
class Summary:
    """One artery over all scans.

    Attributes:
        artery: "RCA", "LAD" or "LCX".
        scans: how many.
        present: in how many calcium is drawn.
        sensitivity: share of those in which some is found; None where there are none.
        specificity: share of the others in which none is found; None where there are none.
        artery_found: share of the scans in which the artery itself is found; None where it was
            not kept.
        course_mm: mean length of its course that is seen; None where it was not kept.
        drawn_ml: mean volume drawn.
        found_ml: mean volume found.
        calcium_dice: mean over the scans that have one.
        artery_dice: mean over the scans that have one.
    """

    artery: str
    scans: int
    present: int
    sensitivity: float | None
    specificity: float | None
    artery_found: float | None
    course_mm: float | None
    drawn_ml: float
    found_ml: float
    calcium_dice: float | None
    artery_dice: float | None


def compare(
    case: str,
    drawn: ArteryLabels,
    found: ArteryLabels,
    courses: Mapping[Artery, tuple[float, bool]] | None = None,
) -> list[Compared]:
    """Return the three arteries of a scan.

    Args:
        case: the scan's name.
        drawn: the reference.
        found: on the same grid.
        courses: of each artery the length that is seen in mm, and whether that is enough; None
            where it was not kept.

    Raises:
        GridMismatch: the grids differ.
    """
    drawn.grid.require_same(found.grid, case)
    voxel_ml = drawn.grid.voxel_mm3 / 1000.0
    return [
        Compared(
            case=case,
            artery=artery.value,
            drawn_ml=float(drawn.calcium(artery).sum()) * voxel_ml,
            found_ml=float(found.calcium(artery).sum()) * voxel_ml,
            calcium_dice=dice(drawn.calcium(artery), found.calcium(artery)),
            artery_dice=dice(drawn.whole(artery), found.whole(artery)),
            course_mm=None if courses is None else courses[artery][0],
            artery_found=None if courses is None else courses[artery][1],
        )
        for artery in Artery
    ]


def summarise(rows: Sequence[Compared]) -> list[Summary]:
    """Return each artery over all scans."""
    return [_summary(a.value, [r for r in rows if r.artery == a.value]) for a in Artery]


def summary_table(name: str, title: str, models: Mapping[str, Sequence[Compared]]) -> Table:
    """Return each artery over all scans, a row for each model and artery.

    Args:
        name: file name of the table without suffix.
        title: its caption.
        models: the scans by model.
    """
    rows = [_cells(model, one) for model, cases in models.items() for one in summarise(cases)]
    return Table(
        name,
        title,
        ("Model", "Artery", "Scans", "With calcium", "Sensitivity", "Specificity", "Artery found",
         "Course, mm", "Drawn, mL", "Found, mL", "Dice of calcium", "Dice of artery"),
        tuple(rows),
        (
            "Volumes are means over all scans, Dice over those in which it is defined. Course: mean"
            " length of the artery that is seen; from courses.min_course_mm on it counts as found.",
        ),
    )  # fmt: skip


#: Figures of a summary that differ between folds: heading, attribute, decimals.
_FIGURES = (
    ("Sensitivity", "sensitivity", 2),
    ("Specificity", "specificity", 2),
    ("Artery found", "artery_found", 2),
    ("Course, mm", "course_mm", 0),
    ("Dice of calcium", "calcium_dice", 2),
    ("Dice of artery", "artery_dice", 2),
)


def spread_table(name: str, title: str, folds: Sequence[Sequence[Compared]]) -> Table:
    """Return how much the folds differ: of each artery mean, deviation and range of their figures.

    Args:
        name: file name of the table without suffix.
        title: its caption.
        folds: the scans of each fold.
    """
    by_fold = [summarise(rows) for rows in folds]
    rows = []
    for i, artery in enumerate(Artery):
        figures = ([getattr(s[i], key) for s in by_fold] for _, key, _ in _FIGURES)
        cells = (_spread(f, n) for f, (_, _, n) in zip(figures, _FIGURES, strict=True))
        rows.append((artery.value, *cells))
    return Table(
        name,
        title,
        ("Artery", *(heading for heading, _, _ in _FIGURES)),
        tuple(rows),
        (
            f"Of {len(folds)} folds: mean ± standard deviation (least to most); a fold in which a"
            " figure is not defined is left out.",
        ),
    )


def _spread(values: Sequence[float | None], digits: int) -> str:
    known = [float(v) for v in values if v is not None]
    if not known:
        return DASH
    apart = number(stdev(known), digits) if len(known) > 1 else DASH
    least, most = number(min(known), digits), number(max(known), digits)
    return f"{number(mean(known), digits)} ± {apart} ({least} to {most})"


def _cells(model: str, one: Summary) -> tuple[str, ...]:
    return (
        model,
        one.artery,
        str(one.scans),
        str(one.present),
        number(one.sensitivity),
        number(one.specificity),
        number(one.artery_found),
        number(one.course_mm, 0),
        number(one.drawn_ml, 3),
        number(one.found_ml, 3),
        number(one.calcium_dice),
        number(one.artery_dice),
    )


def _summary(artery: str, rows: Sequence[Compared]) -> Summary:
    with_calcium = [r.found_ml > 0 for r in rows if r.drawn_ml > 0]
    without = [r.found_ml == 0 for r in rows if r.drawn_ml == 0]
    return Summary(
        artery=artery,
        scans=len(rows),
        present=len(with_calcium),
        sensitivity=_mean(with_calcium),
        specificity=_mean(without),
        artery_found=_mean([r.artery_found for r in rows]),
        course_mm=_mean([r.course_mm for r in rows]),
        drawn_ml=_mean([r.drawn_ml for r in rows]) or 0.0,
        found_ml=_mean([r.found_ml for r in rows]) or 0.0,
        calcium_dice=_mean([r.calcium_dice for r in rows]),
        artery_dice=_mean([r.artery_dice for r in rows]),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [float(v) for v in values if v is not None]
    return sum(known) / len(known) if known else None
