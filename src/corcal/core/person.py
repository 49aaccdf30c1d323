"""What has to be known of a person to compare a score with a cohort's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Age, sex and cohort group, stated by somebody; never read from a file, never inferred.

    Attributes:
        age_years: 45 to 84, the ages of the MESA cohort.
        sex: "female" or "male".
        group: "white", "chinese", "black" or "hispanic", as MESA's participants called
            themselves.
    """

    age_years: float
    sex: str
    group: str
