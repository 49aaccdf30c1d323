"""Readers who grade severity from the true volume: a rehearsal of the code path.

They follow the ordinal logit that the paper fits to its readers (Table 4). No claim is made that
people grade so: a figure that rests on these grades tests programs, not radiologists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from corcal.core.artery import Artery
from corcal.core.severity import Severity
from corcal.phantom.body.shapes import Floats
from corcal.phantom.cohort.patients import volumes_ml
from corcal.phantom.cohort.population import Population


@dataclass(frozen=True)
class Grader:
    """An ordinal logit: P(grade <= k) = expit(bound k - slope x volume), mild to severe.

    Attributes:
        slope_per_ml: what a mL adds to the logit.
        bounds: between mild and moderate, and between moderate and severe.
        overlooked_mm3, false_alarm: see `population.Reading`.
    """

    slope_per_ml: float
    bounds: tuple[float, float]
    overlooked_mm3: float
    false_alarm: float

    def grade(self, rng: np.random.Generator, volume_mm3: float) -> Severity:
        """Return the grade that one reader gives an artery."""
        seen, noise = rng.random(), float(rng.logistic())
        if volume_mm3 <= 0:
            return Severity.MILD if seen < self.false_alarm else Severity.NONE
        if seen < np.exp(-volume_mm3 / self.overlooked_mm3):
            return Severity.NONE
        felt = self.slope_per_ml * volume_mm3 / 1000.0 + noise
        return Severity(1 + sum(felt > bound for bound in self.bounds))


def grader_of(population: Population, artery: Artery) -> Grader:
    """Return the reader of an artery, bounds such that grades come out in the given shares."""
    burden = population.burden(artery)
    volumes = volumes_ml(population, artery)
    mild, moderate, _ = np.cumsum(burden.shares)
    return Grader(
        burden.slope_per_ml,
        (
            logit_bound(float(mild), volumes, burden.slope_per_ml),
            logit_bound(float(moderate), volumes, burden.slope_per_ml),
        ),
        population.reading.overlooked_mm3,
        population.reading.false_alarm,
    )


def logit_bound(share: float, volumes_ml: Floats, slope_per_ml: float) -> float:
    """Return the bound below which a share of the grades of these volumes lies."""
    felt = slope_per_ml * volumes_ml
    target = float(np.clip(share, 1e-6, 1 - 1e-6))

    def surplus(bound: float) -> float:
        return float(expit(bound - felt).mean()) - target

    return float(brentq(surplus, -40.0, float(felt.max()) + 40.0))
