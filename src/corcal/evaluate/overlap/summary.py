"""The overlap of many scans in figures, each with its interval and the cases behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.overlap.compare import PARTS, TARGETS, CaseOverlap
from corcal.evaluate.overlap.froc import RATES, Froc, free_response
from corcal.evaluate.overlap.lesions import LesionCounts, sum_lesions
from corcal.evaluate.overlap.voxels import Overlap
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.resampling import FEWEST_SKEWED, bootstrap

SCHEMA = "corcal-overlap/1"

#: The measures of a case that are averaged.
MEASURES = ("dice", "jaccard", "mean_surface_mm", "hd95_mm", "difference_ml")


@dataclass(frozen=True)
class Spread:
    """A measure over the cases that define it.

    Attributes:
        mean: with its bootstrap interval over cases.
        sd: standard deviation, None below two cases.
        quartiles: first, second (median) and third; None without a case.
    """

    mean: Estimate
    sd: float | None
    quartiles: tuple[float, float, float] | None

    def as_dict(self) -> dict[str, Any]:
        """Everything by name, ready for JSON."""
        q1, median, q3 = self.quartiles or (None, None, None)
        return {**self.mean.as_dict(), "sd": self.sd, "median": median, "q1": q1, "q3": q3}


@dataclass(frozen=True)
class OverlapSummary:
    """The overlap of one structure over the cases.

    Attributes:
        presence: number of cases by who has it: both, prediction, reference, neither.
        spreads: by measure; a case that does not define a measure is not in it.
        pooled_dice: Dice of the voxels of all cases together, with its interval over cases.
        attrition: from all cases to those with the structure on one side at least.
        of_surfaces: from all cases to those with it on both sides.
    """

    presence: Mapping[str, int]
    spreads: Mapping[str, Spread]
    pooled_dice: Estimate
    attrition: Attrition
    of_surfaces: Attrition

    def as_dict(self) -> dict[str, Any]:
        """Everything by name, ready for JSON."""
        return {
            "presence": dict(self.presence),
            **{name: spread.as_dict() for name, spread in self.spreads.items()},
            "pooled_dice": self.pooled_dice.as_dict(),
            "attrition": self.attrition.as_dict(),
            "attrition_of_surfaces": self.of_surfaces.as_dict(),
        }


@dataclass(frozen=True)
class LesionSummary:
    """The lesions of one target over the cases.

    Attributes:
        counts: lesions summed over cases.
        figures: "sensitivity", "precision", "f1" and "false_per_scan", with intervals over cases.
        froc: the free-response curve, None without a reference lesion.
    """

    counts: LesionCounts
    figures: Mapping[str, Estimate]
    froc: Froc | None

    def as_dict(self) -> dict[str, Any]:
        """Everything by name, ready for JSON."""
        c = self.counts
        curve = None
        if self.froc is not None:
            curve = {
                "at": {str(rate): self.froc.sensitivity_at(rate) for rate in RATES},
                "mean": self.froc.mean_sensitivity,
            }
        return {
            "counts": {
                "reference": c.reference,
                "found": c.found,
                "predicted": c.predicted,
                "right": c.right,
            },
            **{name: figure.as_dict() for name, figure in self.figures.items()},
            "froc": curve,
        }


@dataclass(frozen=True)
class Summary:
    """The overlap of many label maps.

    Attributes:
        scans: from all predictions to the scans that were compared.
        overlap: by (target, part); without part "artery" where no reference outlines vessels.
        lesions: by target.
    """

    scans: Attrition
    overlap: Mapping[tuple[str, str], OverlapSummary]
    lesions: Mapping[str, LesionSummary]

    @property
    def cases(self) -> int:
        """Scans that were compared."""
        return self.scans.n_used

    def as_dict(self) -> dict[str, Any]:
        """Everything by name, ready for JSON."""
        nested: dict[str, dict[str, Any]] = {}
        for (target, part), one in self.overlap.items():
            nested.setdefault(target, {})[part] = one.as_dict()
        return {
            "schema": SCHEMA,
            "cases": self.cases,
            "attrition": self.scans.as_dict(),
            "overlap": nested,
            "lesions": {target: one.as_dict() for target, one in self.lesions.items()},
        }


def summarise(cases: Sequence[CaseOverlap], rule: IntervalRule, *, alone: int = 0) -> Summary:
    """Return the figures of many cases.

    Args:
        cases: at least one.
        rule: level, draws and seed of the bootstrap over cases.
        alone: predictions that have no reference.
    """
    scans = Attrition(len(cases) + alone).lose("no reference", alone)
    parts = PARTS if any(c.outlined for c in cases) else PARTS[1:]
    return Summary(
        scans,
        {
            (target, part): _overlap([c.overlap[target, part] for c in cases], rule, scans)
            for part in parts
            for target in TARGETS
        },
        {target: _lesions(cases, target, rule) for target in TARGETS},
    )


def _overlap(every: Sequence[Overlap], rule: IntervalRule, scans: Attrition) -> OverlapSummary:
    who = Counter(one.presence for one in every)
    volumes = np.array([[o.shared_ml, o.predicted_ml + o.reference_ml] for o in every])
    either = scans.lose("neither side has it", who["neither"])
    return OverlapSummary(
        {name: who[name] for name in ("both", "prediction", "reference", "neither")},
        {name: _spread([getattr(o, name) for o in every], rule) for name in MEASURES},
        bootstrap(
            volumes, lambda sums: 2 * sums[..., 0] / sums[..., 1], rule, fewest=FEWEST_SKEWED
        ),
        either,
        either.lose("one side alone has it", who["prediction"] + who["reference"]),
    )


def _spread(values: Sequence[float | None], rule: IntervalRule) -> Spread:
    known = np.array([v for v in values if v is not None], dtype=np.float64)
    if not len(known):
        return Spread(Estimate.without_value(0), None, None)
    q1, median, q3 = (float(q) for q in np.percentile(known, [25, 50, 75]))
    sd = float(known.std(ddof=1)) if len(known) > 1 else None
    n = len(known)
    mean = bootstrap(known[:, None], lambda s: s[..., 0] / n, rule, fewest=FEWEST_SKEWED)
    return Spread(mean, sd, (q1, median, q3))


def _lesions(cases: Sequence[CaseOverlap], target: str, rule: IntervalRule) -> LesionSummary:
    matches = [c.lesions[target] for c in cases]
    rows = np.array(
        [[m.reference, m.found, len(m.candidates), m.right] for m in matches], dtype=np.float64
    )
    n = len(cases)
    ratios: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
        "sensitivity": lambda s: s[..., 1] / s[..., 0],
        "precision": lambda s: s[..., 3] / s[..., 2],
        "f1": _f1,
        "false_per_scan": lambda s: (s[..., 2] - s[..., 3]) / n,
    }
    figures = {
        name: bootstrap(rows, ratio, rule, fewest=FEWEST_SKEWED) for name, ratio in ratios.items()
    }
    return LesionSummary(sum_lesions(matches), figures, free_response(matches))


def _f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return F1 of summed lesions (..., 4), as `LesionCounts.f1`; NaN where undefined."""
    reference, found, predicted, right = np.moveaxis(sums, -1, 0)
    a = np.where(reference > 0, found / np.maximum(reference, 1), 0.0)
    b = np.where(predicted > 0, right / np.maximum(predicted, 1), 0.0)
    f1 = np.divide(2 * a * b, a + b, out=np.zeros_like(a), where=a + b > 0)
    return np.where((reference == 0) & (predicted == 0), np.nan, f1)
