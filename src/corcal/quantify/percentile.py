"""The place of a score among people: MESA percentile bracket and arterial age. Both opt-in.

Both were derived from ECG-gated scans of a United States cohort; on other scans they are an
estimate and the report must say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from numbers import Real
from typing import Any

import numpy as np

from corcal.core.errors import SettingsRefused
from corcal.storage import parse_json

_AGES_YEARS = (45.0, 84.0)
_BRACKETS = ("<25", "25-50", "50-75", "75-90", ">90")


@dataclass(frozen=True)
class Person:
    """The person scanned, as far as a percentile needs it; always given, never inferred.

    Attributes:
        age_years: age at the scan.
        sex: "female" or "male".
        group: a MESA group: "white", "chinese", "black" or "hispanic", as its participants
            called themselves.

    Raises:
        SettingsRefused: age out of MESA's range, or a sex or group the study does not have.
    """

    age_years: float
    sex: str
    group: str

    def __post_init__(self) -> None:
        if not isinstance(self.age_years, Real):
            raise SettingsRefused(f"MESA needs an age in years, not {self.age_years!r}")
        scores = _table()["scores"]
        if self.group not in list(scores):
            raise SettingsRefused(f"MESA has no group {self.group!r}; known: {sorted(scores)}")
        if self.sex not in list(scores[self.group]):
            raise SettingsRefused(f"MESA needs sex female or male, not {self.sex!r}")
        low, high = _AGES_YEARS
        if not low <= self.age_years <= high:
            raise SettingsRefused(f"MESA percentiles hold for ages {low:g} to {high:g} years only")


def mesa_bracket(agatston: float, person: Person) -> str:
    """Return the MESA percentile bracket: "<25", "25-50", "50-75", "75-90" or ">90".

    McClelland et al. (Circulation 2006, 113, 30, Table 2) print scores at ages 50, 60, 70 and
    80; between them log(1 + score) is interpolated, and up to five years beyond them it follows
    the nearest line. A score on a bound belongs to the upper bracket. A score of 0 is in the
    lowest, as nobody has less.

    Args:
        agatston: total score.
        person: the person scanned.
    """
    if agatston <= 0:
        return _BRACKETS[0]
    table, age_years = _table(), person.age_years
    ages = table["ages_years"]
    logs = np.log1p(np.array(table["scores"][person.group][person.sex], dtype=np.float64))
    first = min(max(int(np.searchsorted(ages, age_years, side="right")) - 1, 0), len(ages) - 2)
    along = (age_years - ages[first]) / (ages[first + 1] - ages[first])
    bounds = np.expm1(np.maximum(0.0, logs[first] + along * (logs[first + 1] - logs[first])))
    # expm1(log1p(x)) loses the last digits of the printed whole numbers.
    return _BRACKETS[int((agatston >= bounds - 1e-6).sum())]


def arterial_age_years(agatston: float) -> float:
    """Return McClelland's arterial age, 39.1 + 7.25 ln(score + 1) (Am J Cardiol 2009, 103, 59).

    The age at which the risk from age alone equals that from the score; derived on gated scans.
    """
    return 39.1 + 7.25 * math.log1p(agatston)


@cache
def _table() -> Any:
    """Return MESA's printed scores, by group, sex and age."""
    mesa = resources.files(__package__).joinpath("mesa.json")
    return parse_json(mesa.read_bytes(), mesa.name)
