"""The volume of calcium and the grade that readers gave: Table 4 of the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from corcal.core.artery import Artery
from corcal.core.grid import MM3_PER_ML
from corcal.core.severity import ArteryGrading, Severity
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ordinal.proportional_odds import (
    ChiSquare,
    Coefficient,
    OrdinalFit,
    fit_ordinal,
)
from corcal.evaluate.statistics.ordinal.validation import OrdinalValidation, validate_ordinal
from corcal.evaluate.tables_in.pairs import Pairs
from corcal.quantify import SeverityModel

#: Arteries from which on the slope at a threshold has an interval.
_FEWEST_FREE = 100


@dataclass(frozen=True)
class GradeVolume:
    """Predicted volumes of the arteries that the reference gives one grade.

    Attributes:
        grade: the grade.
        n: arteries.
        mean_ml: their mean volume, None without any.
        sd_ml: its standard deviation (n - 1), None with fewer than two.
    """

    grade: Severity
    n: int
    mean_ml: float | None
    sd_ml: float | None


@dataclass(frozen=True)
class SeverityFit:
    """The ordinal regression of grade on volume for one artery.

    Attributes:
        volumes: mean and SD for each of the four grades.
        n: arteries with a predicted volume and a reference grade.
        attrition: patients in, used, and left out.
        grades: the outcome's categories, ascending: the grades that occur.
        fit: the model with the volume in mL, or its logarithm; None where it cannot be fitted.
        why_not: the reason, "" where it can.
        logarithm: the predictor is the natural logarithm of 1 + the volume in mm3.
        sd: standard deviation of the predictor among the arteries of the model.
        validation: of the model on arteries that it has not seen; None where it cannot be taken.
    """

    volumes: tuple[GradeVolume, ...]
    n: int
    attrition: Attrition
    grades: tuple[Severity, ...]
    fit: OrdinalFit | None
    why_not: str
    logarithm: bool
    sd: float
    validation: OrdinalValidation | None

    @property
    def slope(self) -> Estimate:
        """The regression coefficient B for one unit of the predictor, with its interval."""
        return _estimate(self.fit.slopes[0], self.n) if self.fit else Estimate.without_value(self.n)

    def free_slope(self, threshold: int) -> Estimate:
        """Return the slope at a threshold of the general model; its interval from 100 arteries on.

        With fewer the interval holds the truth in 99 of 100: it is too wide.

        Raises:
            IndexError: the model has no such slope.
        """
        c = self.fit.free_slopes[threshold] if self.fit else ()[threshold]
        e = _estimate(c, self.n)
        return e if self.n >= _FEWEST_FREE else e.bare("fewer than 100 arteries")

    def grading(self) -> ArteryGrading | None:
        """Return the model in the form in which `corcal score` can use it, None without one.

        A model of the logarithm has no such form, and one that is of no use on arteries that it
        has not seen, or could not be held against them, is not handed on.
        """
        if self.fit is None or self.logarithm or self.withheld:
            return None
        thresholds = tuple(t.value for t in self.fit.thresholds)
        return ArteryGrading(self.fit.slopes[0].value, self.grades, thresholds)

    @property
    def withheld(self) -> str:
        """The reason why a fitted model is not exported; "" where it is."""
        if self.validation is None:
            return "it could not be cross-validated: a grade has one artery alone, or too few"
        if self.validation.skill <= 0:
            return (
                "on arteries that it has not seen it is no better than the shares of the grades "
                f"(ranked probability score {self.validation.ranked_probability_score:.3f})"
            )
        return ""

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        document: dict[str, Any] = {
            "n": self.n,
            "attrition": self.attrition.as_dict(),
            "volumes": [_volume(v) for v in self.volumes],
            "outcome": [g.word for g in self.grades],
            "fitted": self.fit is not None,
            "why_not": self.why_not or None,
            "predictor": "ln(1 + volume in mm3)" if self.logarithm else "volume in mL",
            "predictor_sd": self.sd,
            "B": self.slope.as_dict(),
        }
        if self.fit is None:
            return document
        below = zip(self.grades[:-1], self.fit.thresholds, strict=True)
        per_mm3 = _line(self.fit.slopes[0].rescale(1 / MM3_PER_ML), self.n)
        return document | {
            "B_per_mm3": None if self.logarithm else per_mm3,
            "observed_information": {
                "location": _line(self.fit.observed_slopes[0], self.n),
                "thresholds": [_line(t, self.n) for t in self.fit.observed_thresholds],
            },
            "slope_at_each_threshold": [
                _line(c, self.n) | self.free_slope(i).as_dict()
                for i, c in enumerate(self.fit.free_slopes)
            ],
            "validation": self.validation and self.validation.as_dict(),
            "location": _line(self.fit.slopes[0], self.n),
            "thresholds": [{"grade": g.word} | _line(t, self.n) for g, t in below],
            "model": _test(self.fit.model),
            "minus_2_log_likelihood": -2 * self.fit.log_likelihood,
            "parallel_lines": _test(self.fit.parallel_lines),
            "parallel_lines_score": _test(self.fit.parallel_score),
            "lines_cross": self.fit.lines_cross,
            "pseudo_r2": {
                "cox_snell": self.fit.cox_snell,
                "nagelkerke": self.fit.nagelkerke,
                "mcfadden": self.fit.mcfadden,
            },
        }


def severity(
    pairs: Pairs,
    artery: str,
    rule: IntervalRule,
    *,
    without_none: bool = False,
    logarithm: bool = False,
) -> SeverityFit:
    """Fit the reference's grade of an artery by the predicted volume.

    Args:
        pairs: predictions with volumes, references with grades.
        artery: one of `ARTERIES`.
        rule: level of the Wald intervals.
        without_none: leave out arteries graded none, as the paper's outcome did, which was mild,
            moderate or severe.
        logarithm: fit on the natural logarithm of 1 + the volume in mm3.
    """
    known = pairs.select_known(artery, "volume_mm3", "grade")
    volumes, grades, left = known.predicted / MM3_PER_ML, known.reference, known.attrition
    described = tuple(_describe(g, volumes[grades == g]) for g in Severity)
    if without_none:
        left = left.lose("graded none by the reference", int((grades == 0).sum()))
        volumes, grades = volumes[grades > 0], grades[grades > 0]
    seen = tuple(Severity(int(g)) for g in np.unique(grades))
    fit, why_not, validation = None, _obstacle(volumes, grades), None
    x = np.log1p(MM3_PER_ML * volumes) if logarithm else volumes
    sd = float(x.std(ddof=1)) if len(x) > 1 else 0.0
    if not why_not:
        category = np.searchsorted(np.unique(grades), grades)
        fit = fit_ordinal(x[:, None], category, rule)
        why_not = "" if fit else "the likelihood has no maximum"
        validation = validate_ordinal(x, category, rule) if fit else None
    n = len(grades)
    return SeverityFit(described, n, left, seen, fit, why_not, logarithm, sd, validation)


def _describe(grade: Severity, volumes_ml: Numbers) -> GradeVolume:
    n = len(volumes_ml)
    return GradeVolume(
        grade,
        n,
        float(volumes_ml.mean()) if n else None,
        float(volumes_ml.std(ddof=1)) if n > 1 else None,
    )


def _obstacle(volumes: Numbers, grades: Numbers) -> str:
    """Return why no model can be fitted, "" where one can."""
    seen = np.unique(grades)
    if len(grades) == 0:
        return "no artery has both a predicted volume and a reference grade"
    if len(seen) < 2:
        return f"every artery has the grade {Severity(int(seen[0])).word}"
    if np.ptp(volumes) == 0:
        return f"every artery has the same volume, {volumes[0]:g} mL"
    ranges = [(volumes[grades == g].min(), volumes[grades == g].max()) for g in seen]
    steps = list(pairwise(ranges))
    if all(lower[1] <= upper[0] for lower, upper in steps):
        return "complete separation: the volume orders the grades without overlap, so B is endless"
    if all(lower[0] >= upper[1] for lower, upper in steps):
        return "complete separation: the volume orders the grades backwards, so B is endless"
    return ""


def _estimate(c: Coefficient, n: int) -> Estimate:
    return Estimate(c.value, c.low, c.high, n)


def _line(c: Coefficient, n: int) -> dict[str, Any]:
    return _estimate(c, n).as_dict() | {"error": c.error, "wald": c.wald, "df": 1, "p": c.p}


def _test(test: ChiSquare | None) -> dict[str, Any] | None:
    return None if test is None else test.as_dict()


def _volume(v: GradeVolume) -> dict[str, Any]:
    return {
        "grade": v.grade.word,
        "n": v.n,
        "mean_ml": v.mean_ml,
        "sd_ml": v.sd_ml,
        "mean_mm3": None if v.mean_ml is None else MM3_PER_ML * v.mean_ml,
        "sd_mm3": None if v.sd_ml is None else MM3_PER_ML * v.sd_ml,
    }


def severity_model(fits: Mapping[str, SeverityFit], volume: str) -> SeverityModel | None:
    """Return the fitted models in the form that `corcal score` takes, None without any.

    A model whose B is not above zero grades more calcium as milder, and is left out.

    Args:
        fits: by artery.
        volume: the volume they were fitted on, "volume_mm3" or "mask_volume_ml".
    """
    gradings = {Artery(a): s.grading() for a, s in fits.items()}
    usable = {a: g for a, g in gradings.items() if g is not None and g.slope_per_ml > 0}
    return SeverityModel(volume, usable) if usable else None
