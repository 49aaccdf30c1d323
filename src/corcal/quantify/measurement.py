"""All numbers of a labelled scan: score, category and, for a person, the place among people."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.core.score import CalciumScore
from corcal.core.severity import CacDrs
from corcal.quantify.cacdrs import make_cac_drs
from corcal.quantify.percentile import Person, arterial_age_years, mesa_bracket
from corcal.quantify.score import quantify
from corcal.settings import Scoring


@dataclass(frozen=True)
class Measurement:
    """The numbers of a scan.

    Attributes:
        score: the calcium of every artery.
        cac_drs: its category.
        percentile: MESA bracket, or None without a person.
        arterial_age_years: McClelland's arterial age, or None without a person.
    """

    score: CalciumScore
    cac_drs: CacDrs
    percentile: str | None
    arterial_age_years: float | None


def measure(
    scan: Scan, labels: ArteryLabels, settings: Scoring, person: Person | None = None
) -> Measurement:
    """Return the numbers of a labelled scan.

    Args:
        scan: as acquired.
        labels: on its grid.
        settings: how calcium is counted.
        person: asks for percentile and arterial age.

    Raises:
        GridMismatch: the labels lie on another grid.
        SettingsRefused: the percentile does not hold for such a person.
    """
    score = quantify(scan, labels, settings)
    category = make_cac_drs(score, settings, gated=bool(scan.acquisition.gated))
    if person is None:
        return Measurement(score, category, None, None)
    bracket = mesa_bracket(score.agatston, person)
    return Measurement(score, category, bracket, arterial_age_years(score.agatston))
