"""Detection of calcium: everything in Table 3 of the paper, for one target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.evaluate.accuracy.bounds import Bounds, presence_bounds
from corcal.evaluate.statistics.agreement.chance_corrected import gwet, pabak
from corcal.evaluate.statistics.agreement.kappa import Kappa, kappa
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.ratios import RATIOS, ratio_figures
from corcal.evaluate.statistics.resampling import FEW, FEWEST, bootstrap
from corcal.evaluate.statistics.roc.area import auc, binary_auc
from corcal.evaluate.statistics.two_by_two import TwoByTwo
from corcal.evaluate.tables_in.pairs import Pairs

#: The figures of Table 3, in its order.
FIGURES = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "kappa", "auc")

#: Further figures of the same 2x2 table.
FURTHER = (*RATIOS, "pabak", "ac1")


@dataclass(frozen=True)
class Detection:
    """Detection of calcium of one target.

    Attributes:
        counts: the 2x2 table.
        attrition: patients in, used, and left out because presence is unknown.
        figures: an estimate for each of `FIGURES`.
        further: an estimate for each of `FURTHER`.
        bounds: (worst, best) of sensitivity and specificity whatever the missing cells hold; none
            where none is missing.
        kappa: kappa with its test; its estimate is the one in `figures`.
        auc_volume: area under the ROC curve of the predicted volume.
        auc_agatston: area under the ROC curve of the predicted Agatston score.
    """

    counts: TwoByTwo
    attrition: Attrition
    figures: Mapping[str, Estimate]
    further: Mapping[str, Estimate]
    bounds: Mapping[str, Bounds]
    kappa: Kappa
    auc_volume: Estimate
    auc_agatston: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Everything by name, ready for JSON."""
        return {
            **{name: self.figures[name].as_dict() for name in FIGURES},
            **{name: self.further[name].as_dict() for name in FURTHER},
            "auc_volume": self.auc_volume.as_dict(),
            "auc_agatston": self.auc_agatston.as_dict(),
            "kappa_test": self.kappa.as_dict(),
            "counts": self.counts.as_dict(),
            "attrition": self.attrition.as_dict(),
            "bounds_of_the_missing": {name: list(ends) for name, ends in self.bounds.items()},
        }


def measure_detection(pairs: Pairs, target: str, rule: IntervalRule) -> Detection:
    """Return the detection of calcium of a target.

    Args:
        pairs: predictions and references.
        target: one of `TARGETS`.
        rule: how intervals are taken.
    """
    present = pairs.both("present", target)
    counts = TwoByTwo.count(*present.sides)
    agreement, figures = detection_figures(counts, rule)
    return Detection(
        counts,
        present.attrition,
        figures,
        further_figures(counts, rule),
        presence_bounds(pairs, target),
        agreement,
        _area_of(pairs, "volume_mm3", target, rule),
        _area_of(pairs, "agatston", target, rule),
    )


def detection_figures(counts: TwoByTwo, rule: IntervalRule) -> tuple[Kappa, dict[str, Estimate]]:
    """Return kappa and an estimate for each of `FIGURES`, from the 2x2 counts alone."""
    agreement = kappa(counts.matrix, rule)
    figures = {
        "sensitivity": proportion(counts.tp, counts.diseased, rule),
        "specificity": proportion(counts.tn, counts.healthy, rule),
        "ppv": proportion(counts.tp, counts.tp + counts.fp, rule),
        "npv": proportion(counts.tn, counts.tn + counts.fn, rule),
        "accuracy": proportion(counts.tp + counts.tn, counts.n, rule),
        "kappa": agreement.estimate,
        "auc": binary_auc(counts, rule),
    }
    if rule.method == "bootstrap":
        figures = _resample(counts, figures, rule)
        agreement = Kappa(figures["kappa"], agreement.error, agreement.z, agreement.p)
    return agreement, figures


def further_figures(counts: TwoByTwo, rule: IntervalRule) -> dict[str, Estimate]:
    """Return an estimate for each of `FURTHER`, from the 2x2 counts alone."""
    raters = np.repeat([[2, 0], [1, 1], [0, 2]], [counts.tn, counts.fp + counts.fn, counts.tp], 0)
    return ratio_figures(counts, rule) | {
        "pabak": pabak(counts.tp + counts.tn, counts.n, 2, rule),
        "ac1": gwet(raters.astype(np.int64), rule),
    }


def _area_of(pairs: Pairs, measure: str, target: str, rule: IntervalRule) -> Estimate:
    """Return the AUC of a predicted number against presence in the reference."""
    known = pairs.select_known(target, measure, "present")
    return auc(known.predicted, known.reference == 1, rule)


def _resample(
    counts: TwoByTwo, figures: dict[str, Estimate], rule: IntervalRule
) -> dict[str, Estimate]:
    """Return the figures with bootstrap intervals over patients.

    A figure's n stays the number of cases behind it; patients are drawn from all.
    """
    cells = np.array([counts.tp, counts.fp, counts.fn, counts.tn], dtype=np.int64)

    def interval_of(name: str, plain: Estimate) -> Estimate:
        if plain.value is None:
            return plain
        if plain.n < FEWEST:
            return plain.bare(FEW)
        e = bootstrap(np.eye(4), lambda sums: _figure_of(name, sums), rule, times=cells)
        return Estimate(plain.value, e.low, e.high, plain.n, e.method, e.no_interval)

    return {name: interval_of(name, plain) for name, plain in figures.items()}


def _figure_of(name: str, cells: Numbers) -> Numbers:
    """Return one figure for many tables at once; NaN where undefined.

    Args:
        name: one of `FIGURES`.
        cells: tp, fp, fn, tn; shape (..., 4).
    """
    tp, fp, fn, tn = np.moveaxis(cells, -1, 0)
    n = tp + fp + fn + tn
    agreed = (tp + tn) / n
    if name == "kappa":
        chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / n**2
        return np.asarray((agreed - chance) / (1 - chance))
    if name == "auc":
        return np.asarray((tp / (tp + fn) + tn / (tn + fp)) / 2)
    shares = {
        "sensitivity": (tp, tp + fn),
        "specificity": (tn, tn + fp),
        "ppv": (tp, tp + fp),
        "npv": (tn, tn + fn),
        "accuracy": (tp + tn, n),
    }
    hits, of = shares[name]
    return np.asarray(hits / of)
