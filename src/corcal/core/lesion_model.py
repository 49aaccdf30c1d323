"""The probability that a candidate lesion is coronary calcium, and a reading's certainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery

#: What is measured of a candidate, in this order: the log odds of the network's mean and highest
#: probability of calcium over it and of its probability of artery where it is believed to be
#: calcium (the mean weighted by that belief: blooming and motion carry calcium beyond its
#: artery; capped), the logarithm of its volume in mm3, and that of its peak over a reference; how
#: near it comes to the course of an artery (less the logarithm of 1 + its distance over a
#: reference), and its mean depth in the heart in mm, between two bounds.
#: `corcal.settings.Segmentation` has caps, bounds and references.
FEATURES = (
    "mean_calcium",
    "peak_calcium",
    "artery_there",
    "log_mm3",
    "log_peak",
    "near_course",
    "depth",
)


@dataclass(frozen=True)
class LesionModel:
    """A logistic regression over what is measured of a candidate lesion.

    Attributes:
        weights: one for each of `FEATURES`.
        bias: log odds where all are 0.
        missed: for RCA, LAD and LCX, how often an artery without any candidate holds calcium
            after all; None where the model was not fitted to held-out scans, so that its
            numbers are no probabilities.
    """

    weights: tuple[float, ...]
    bias: float
    missed: tuple[float, float, float] | None

    def probability(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each candidate how probable it is coronary calcium.

        Args:
            features: float64 (candidate, feature).
        """
        odds = features @ np.asarray(self.weights) + self.bias
        probability: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
        return probability


#: For segmenters without a lesion model of their own: the network's mean probability as it is.
MEAN_PROBABILITY = LesionModel((1.0, *(0.0,) * (len(FEATURES) - 1)), 0.0, None)


@dataclass(frozen=True)
class Certainty:
    """The certainty of a reading about one artery.

    Attributes:
        artery: which.
        probability: that the artery is as reported: with calcium, or without.
        uncertain: True where that is less than the settings ask for.
    """

    artery: Artery
    probability: float
    uncertain: bool
