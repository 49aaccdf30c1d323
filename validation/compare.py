"""One reading against what is true: everything the tables need, as a record for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.reading import Reading
from corcal.quantify import counted_voxels, pixel_mm2
from corcal.settings import Scoring
from corcal.space import components, true_voxels
from validation.models import Watched
from validation.truth import Calcium, Truth

Record = dict[str, Any]
Voxels = NDArray[np.intp]

_NEIGHBOURS = np.array(list(product((-1, 0, 1), repeat=3)))
#: The smallest area in a slice that the Agatston score counts.
LEAST_MM2 = 1.0


class Reported:
    """The calcium that a report counts, voxel by voxel."""

    def __init__(self, reading: Reading, scoring: Scoring) -> None:
        grid, hu = reading.scan.grid, reading.scan.hu
        parts, scores = [], []
        for artery in Artery:
            index = true_voxels(reading.labels.calcium(artery))
            values = hu[tuple(index.T)].astype(np.float64)
            counted = counted_voxels(index, values, grid, scoring)
            parts.append(counted.index)
            scores.append(_agatston(reading, artery, counted.lesion))
        self.index: Voxels = np.concatenate(parts)
        self.artery = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
        #: Each voxel's part of its lesion's score.
        self.agatston = np.concatenate(scores)
        self.part = components(self.index, 26)
        self.hu = hu[tuple(self.index.T)].astype(np.float64)

    def near(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return what lies in each voxel's 3 x 3 x 3 neighbourhood, (n, 27)."""
        around = self.index[:, None] + _NEIGHBOURS
        around = np.clip(around, 0, np.array(values.shape) - 1)
        return np.asarray(values[tuple(np.moveaxis(around, -1, 0))])

    def at(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return what lies in each voxel, (n,)."""
        return np.asarray(values[tuple(self.index.T)])


@dataclass(frozen=True, eq=False)
class _Sides:
    """A reading beside the truth.

    Attributes:
        reading: the report and its scan.
        reported: the voxels that it counts.
        truth: on the same voxels.
        touched: (n, 27) numbers of the true lesions round each reported voxel.
        known: bool, for each piece of reported calcium whether it says something of an artery.
        watched: the segmenter; None where its probabilities are not asked for.
    """

    reading: Reading
    reported: Reported
    truth: Truth
    touched: NDArray[Any]
    known: NDArray[np.bool_]
    watched: Watched | None


def compare(
    reading: Reading, truth: Truth, scoring: Scoring, watched: Watched | None = None
) -> Record:
    """Return how a reading compares with the truth.

    A lesion is found if the reported calcium touches it (26 neighbours); it is on the right
    artery if more than half of the reported voxels that touch it are that artery's. A false
    lesion is a connected piece of reported calcium (26 neighbours) that touches neither a true
    lesion nor anything excused.

    Args:
        reading: what was reported.
        truth: on the voxels of the reading.
        scoring: how the reading was scored.
        watched: the segmenter, whose probabilities say why a lesion was missed.
    """
    reported = Reported(reading, scoring)
    touched = reported.near(truth.numbers)
    forgiven = (touched > 0).any(1)
    if truth.excused is not None:
        forgiven |= reported.near(truth.excused).any(1)
    pieces = int(reported.part.max()) + 1 if len(reported.part) else 0
    false = np.bincount(reported.part[forgiven], minlength=pieces) == 0
    # What touches only what is excused says nothing of an artery.
    known = (np.bincount(reported.part[(touched > 0).any(1)], minlength=pieces) > 0) | false
    seen = _seen(truth.numbers, reading.scan.grid)
    sides = _Sides(reading, reported, truth, touched, known, watched)
    lesions = [_lesion(c, sides, seen.get(c.number, 0.0)) for c in truth.lesions]
    score = reading.report.score
    return {
        "agatston": score.agatston,
        "category": reading.report.counted.category,
        "notices": [n.code for n in reading.report.notices],
        "spacing_mm": [round(s, 3) for s in reading.scan.grid.spacing_mm],
        "arteries": {a.value: _artery(a, sides, lesions) for a in Artery},
        "lesions": lesions,
        "false": [
            _false(reported, reported.part == i, reading.scan.grid, truth)
            for i in np.flatnonzero(false)
        ],
    }


def _agatston(reading: Reading, artery: Artery, lesion: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return for each voxel of an artery its share in the score of its lesion."""
    if not len(lesion):
        return np.zeros(0)
    sizes = np.bincount(lesion)
    by_lesion = np.zeros(len(sizes))
    # The report lists them in this order.
    order = np.argsort(-sizes, kind="stable")
    by_lesion[order] = [x.agatston for x in reading.report.score.of(artery).lesions]
    return (by_lesion / sizes)[lesion]


def _seen(numbers: NDArray[np.integer], grid: Grid) -> dict[int, float]:
    """Return the largest area of each lesion in a slice, mm2."""
    index = true_voxels(numbers > 0)
    owner = numbers[tuple(index.T)]
    out = {}
    for number in np.unique(owner):
        sizes = np.bincount(components(index[owner == number], 8))
        out[int(number)] = float(sizes.max()) * pixel_mm2(grid)
    return out


def _artery(artery: Artery, sides: _Sides, lesions: list[Record]) -> Record:
    reading, reported, truth = sides.reading, sides.reported, sides.truth
    own_lesions = [x for x in lesions if x["artery"] == artery.value]
    numbers = [x["number"] for x in own_lesions]
    hit = np.isin(reported.at(truth.numbers), numbers) if numbers else np.zeros(0, bool)
    own = reported.artery == list(Artery).index(artery)
    voxel = reading.scan.grid.voxel_mm3
    counted = own & sides.known[reported.part]
    solid = [x["volume_mm3"] for x in own_lesions]
    scores = [x["agatston"] for x in own_lesions]
    return {
        "truth_present": any(x["counts"] for x in own_lesions),
        "present": bool(counted.any()),
        "truth_mm3": sum(x["visible_mm3"] for x in own_lesions),
        "solid_mm3": None if None in solid else sum(solid),
        "truth_agatston": None if None in scores else sum(scores),
        "found_mm3": float(hit.sum()) * voxel,
        "right_mm3": float((hit & own).sum()) * voxel if len(hit) else 0.0,
        "reported_mm3": float(counted.sum()) * voxel,
        "agatston": float(reported.agatston[counted].sum()),
    }


def _lesion(lesion: Calcium, sides: _Sides, area_mm2: float) -> Record:
    reading, reported, truth, watched = sides.reading, sides.reported, sides.truth, sides.watched
    voxel = reading.scan.grid.voxel_mm3
    hits = (sides.touched == lesion.number).any(1)
    votes = np.bincount(reported.artery[hits], minlength=len(Artery))
    place = list(Artery).index(lesion.artery)
    inside = reported.at(truth.numbers) == lesion.number
    record: Record = {
        "number": lesion.number,
        "artery": lesion.artery.value,
        "vessel": lesion.vessel,
        "centre_mm": [round(float(c), 1) for c in lesion.centre_mm],
        "volume_mm3": lesion.volume_mm3,
        "hu": lesion.hu,
        "agatston": lesion.agatston,
        "visible_mm3": lesion.visible_mm3,
        "peak_hu": lesion.peak_hu,
        "counts": area_mm2 >= LEAST_MM2 - 1e-6,
        "found": bool(hits.any()),
        "found_mm3": float(inside.sum()) * voxel,
        "right": bool(2 * votes[place] > votes.sum()),
        "called": {a.value: int(v) for a, v in zip(Artery, votes, strict=True) if v},
    }
    if watched is not None and area_mm2 > 0:
        record["believed"] = _believed(truth.numbers == lesion.number, reading.scan.grid, watched)
    return record


def _believed(where: NDArray[np.bool_], grid: Grid, watched: Watched) -> Record | None:
    """Return the network's own probabilities on a lesion; None outside what it was shown."""
    if watched.regions is None or watched.crop is None:
        return None
    points = grid.to_lps(true_voxels(where).astype(np.float64))
    index = np.rint(watched.crop.to_index(points)).astype(int)
    inside = ((index >= 0) & (index < watched.crop.shape)).all(1)
    if not inside.any():
        return None
    calcium = watched.regions[len(Artery) :, *index[inside].T]
    return {
        "most": round(float(calcium.max()), 3),
        "mean": round(float(calcium.max(0).mean()), 3),
        "by_artery": {
            a.value: round(float(p.max()), 3) for a, p in zip(Artery, calcium, strict=True)
        },
    }


def _false(reported: Reported, mine: NDArray[np.bool_], grid: Grid, truth: Truth) -> Record:
    index = reported.index[mine]
    centre = grid.to_lps(index.astype(np.float64)).mean(0)
    votes = np.bincount(reported.artery[mine], minlength=len(Artery))
    record: Record = {
        "mm3": float(len(index)) * grid.voxel_mm3,
        "voxels": len(index),
        "artery": list(Artery)[int(votes.argmax())].value,
        "peak_hu": float(reported.hu[mine].max()),
        "mean_hu": round(float(reported.hu[mine].mean()), 1),
        "centre_mm": [round(float(c), 1) for c in centre],
        "place": _place(reported, mine, truth),
    }
    if truth.heart_mm is not None:
        record["from_heart_mm"] = [round(float(c), 1) for c in centre - truth.heart_mm]
    if truth.courses:
        away = {a: float(cKDTree(p.points_mm).query(centre)[0]) for a, p in truth.courses.items()}
        nearest = min(away, key=lambda a: away[a])
        record["nearest"] = {"artery": nearest, "mm": round(away[nearest], 1)}
    return record


def _place(reported: Reported, mine: NDArray[np.bool_], truth: Truth) -> str:
    """Return what a false lesion lies on, or beside; "unmarked" where nothing is known."""
    if truth.places is None:
        return "unmarked"
    for codes in (reported.at(truth.places)[mine], reported.near(truth.places)[mine].ravel()):
        marked = codes[codes > 0]
        if len(marked):
            code = int(np.bincount(marked).argmax())
            return truth.names.get(code, str(code))
    return "unmarked"
