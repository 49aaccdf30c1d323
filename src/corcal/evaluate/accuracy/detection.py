"""Detection of calcium: everything in Table 3 of the paper, for one target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.evaluate.statistics.auc import auc, binary_auc
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule, percentiles, proportion
from corcal.evaluate.statistics.kappa import Kappa, kappa
from corcal.evaluate.statistics.two_by_two import TwoByTwo
from corcal.evaluate.tables_in.pairs import Pairs

#: The figures of Table 3, in its order.
FIGURES = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "kappa", "auc")


@dataclass(frozen=True)
class Detection:
    """Detection of calcium of one target.

    Attributes:
        counts: the 2x2 table.
        missing: patients left out because presence is unknown on either side.
        figures: an estimate for each of `FIGURES`.
        kappa: kappa with its test; its estimate is the one in `figures`.
        auc_volume: area under the ROC curve of the predicted volume.
        auc_agatston: area under the ROC curve of the predicted Agatston score.
    """

    counts: TwoByTwo
    missing: int
    figures: Mapping[str, Estimate]
    kappa: Kappa
    auc_volume: Estimate
    auc_agatston: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Everything by name, ready for JSON."""
        return {
            **{name: self.figures[name].as_dict() for name in FIGURES},
            "auc_volume": self.auc_volume.as_dict(),
            "auc_agatston": self.auc_agatston.as_dict(),
            "kappa_test": self.kappa.as_dict(),
            "counts": self.counts.as_dict(),
            "missing": self.missing,
        }


def detection(pairs: Pairs, target: str, rule: IntervalRule) -> Detection:
    """Return the detection of calcium of a target.

    Args:
        pairs: predictions and references.
        target: one of `TARGETS`.
        rule: how intervals are taken.
    """
    counts = TwoByTwo.count(*pairs.both("present", target))
    agreement, figures = detection_figures(counts, rule)
    return Detection(
        counts,
        pairs.missing("present", target),
        figures,
        agreement,
        _continuous(pairs, "volume_mm3", target, rule),
        _continuous(pairs, "agatston", target, rule),
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
        figures = _bootstrapped(counts, figures, rule)
        agreement = Kappa(figures["kappa"], agreement.error, agreement.z, agreement.p)
    return agreement, figures


def _continuous(pairs: Pairs, measure: str, target: str, rule: IntervalRule) -> Estimate:
    """Return the AUC of a predicted number against presence in the reference."""
    scores = pairs.predicted.column(measure, target)
    truth = pairs.reference.column("present", target)
    known = np.isfinite(scores) & np.isfinite(truth)
    return auc(scores[known], truth[known] == 1, rule)


def _bootstrapped(
    counts: TwoByTwo, figures: dict[str, Estimate], rule: IntervalRule
) -> dict[str, Estimate]:
    """Return the figures with percentile intervals over resampled patients.

    To draw n patients with replacement is to draw the four counts from a multinomial.
    """
    if counts.n == 0:
        return figures
    rng = np.random.default_rng(rule.seed)
    cells = np.array([counts.tp, counts.fp, counts.fn, counts.tn])
    drawn = rng.multinomial(counts.n, cells / counts.n, size=rule.draws).astype(np.float64)
    values = _figures_of(drawn, counts.n)
    return {
        name: e if e.value is None else percentiles(e.value, values[name], e.n, rule)
        for name, e in figures.items()
    }


def _figures_of(drawn: Numbers, n: int) -> dict[str, Numbers]:
    """Return each figure for many tables at once; NaN where undefined.

    Args:
        drawn: tp, fp, fn, tn; shape (tables, 4).
        n: sum of each table.
    """
    tp, fp, fn, tn = drawn.T
    chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / n**2
    agreed = (tp + tn) / n
    with np.errstate(invalid="ignore", divide="ignore"):
        sensitivity, specificity = tp / (tp + fn), tn / (tn + fp)
        return {
            "sensitivity": sensitivity,
            "specificity": specificity,
            "ppv": tp / (tp + fp),
            "npv": tn / (tn + fn),
            "accuracy": agreed,
            "kappa": (agreed - chance) / (1 - chance),
            "auc": (sensitivity + specificity) / 2,
        }
