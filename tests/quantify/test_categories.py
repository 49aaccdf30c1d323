"""CAC-DRS, mass calibration, MESA bracket, arterial age."""

import math
import re
from typing import Any

import pytest

from corcal.core.artery import Artery
from corcal.core.errors import SettingsRefused
from corcal.core.score import ArteryScore, CalciumScore
from corcal.quantify import Person, arterial_age_years, make_cac_drs, mesa_bracket
from corcal.quantify.mass import mass_factor
from corcal.settings import Scoring


def score_of(agatston: float, artery: Artery = Artery.LAD) -> CalciumScore:
    arteries = []
    for a in Artery:
        value = agatston if a is artery else 0.0
        arteries.append(
            ArteryScore(
                artery=a, present=value > 0, mask_volume_ml=0.0, volume_mm3=0.0, agatston=value,
                mass_mg=None, density=None, peak_hu=None, mean_hu=None, vessel_ml=0.0, lesions=(),
            )
        )  # fmt: skip
    return CalciumScore(tuple(arteries), "native slices, increment/3")


@pytest.mark.parametrize(
    ("agatston", "category"),
    [
        (0.0, 0), (0.001, 1), (1.0, 1), (99.9, 1), (100.0, 2), (299.9, 2), (300.0, 3), (5000.0, 3),
    ],
)  # fmt: skip
def test_category_boundaries(agatston: float, category: int) -> None:
    vessels = 1 if agatston else 0
    assert str(make_cac_drs(score_of(agatston), Scoring(), gated=True)) == f"A{category}/N{vessels}"
    assert (
        str(make_cac_drs(score_of(agatston), Scoring(), gated=False)) == f"V{category}/N{vessels}"
    )


def test_unknown_gating_counts_as_not_gated() -> None:
    assert make_cac_drs(score_of(150.0), Scoring(), gated=None).scale == "V"


@pytest.mark.parametrize(
    ("factors", "factor"),
    [
        ((), None),
        ((0.00078,), 0.00078),
        ((0.0007, 0.0008, 0.0009), None),
        ((0.0008, 0.0008, 0.0008), 0.0008),
        ((0.0,), None),
        ((0.0, 0.0008), None),
        ((-0.0008,), None),
        ((math.nan,), None),
    ],
)
def test_mass_needs_one_certain_factor(factors: tuple[float, ...], factor: float | None) -> None:
    assert mass_factor(factors) == factor


@pytest.mark.parametrize(
    ("agatston", "age_years"),
    [(0, 39.1), (10, 56.5), (100, 72.6), (400, 82.6), (1000, 89.2)],
)
def test_arterial_age_is_the_published_one(agatston: float, age_years: float) -> None:
    assert arterial_age_years(agatston) == pytest.approx(age_years, abs=0.05)


@pytest.mark.parametrize(
    ("agatston", "bracket"),
    [
        (0.0, "<25"), (20.9, "<25"), (21.0, "25-50"), (144.9, "25-50"), (145.0, "50-75"),
        (539.0, "50-75"), (540.0, "75-90"), (1344.9, "75-90"), (1345.0, ">90"), (4000.0, ">90"),
    ],
)  # fmt: skip
def test_bracket_at_a_printed_age(agatston: float, bracket: str) -> None:
    assert mesa_bracket(agatston, Person(70, "male", "white")) == bracket


def test_no_calcium_is_in_the_lowest_bracket_even_where_most_have_none() -> None:
    assert mesa_bracket(0, Person(50, "female", "hispanic")) == "<25"
    assert mesa_bracket(1, Person(50, "female", "hispanic")) == "75-90"


def test_between_ages_the_logarithm_is_interpolated() -> None:
    halfway = math.sqrt((155 + 1) * (540 + 1)) - 1  # 75th percentile, white men, age 65
    assert mesa_bracket(halfway - 0.1, Person(65, "male", "white")) == "50-75"
    assert mesa_bracket(halfway + 0.1, Person(65, "male", "white")) == "75-90"


def test_beyond_the_printed_ages_the_nearest_line_goes_on() -> None:
    at_84 = 2934 * (2934 / 1346) ** 0.4 - 1  # 90th percentile, white men
    assert mesa_bracket(at_84 - 1, Person(84, "male", "white")) == "75-90"
    assert mesa_bracket(at_84 + 1, Person(84, "male", "white")) == ">90"
    # The 90th percentile of Hispanic women falls to 0 before 45: any calcium is above it.
    assert mesa_bracket(0.5, Person(45, "female", "hispanic")) == ">90"


@pytest.mark.parametrize(
    ("age_years", "sex", "group", "message"),
    [
        (44.9, "male", "white", "ages 45 to 84"),
        (84.1, "male", "white", "ages 45 to 84"),
        (math.nan, "male", "white", "ages 45 to 84"),
        (60, "M", "white", "female or male, not 'M'"),
        (60, "male", "other", "no group 'other'"),
    ],
)
def test_what_mesa_does_not_know_is_refused(
    age_years: float, sex: str, group: str, message: str
) -> None:
    with pytest.raises(SettingsRefused, match=message):
        Person(age_years, sex, group)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("60", "male", "white"), "MESA needs an age in years, not '60'"),
        ((None, "male", "white"), "MESA needs an age in years, not None"),
        ((60, ["male"], "white"), "MESA needs sex female or male, not ['male']"),
        (
            (60, "male", ["white"]),
            "MESA has no group ['white']; known: ['black', 'chinese', 'hispanic', 'white']",
        ),
    ],
)
def test_a_person_of_other_kinds_is_refused(given: tuple[Any, ...], text: str) -> None:
    with pytest.raises(SettingsRefused, match=f"^{re.escape(text)}$"):
        Person(*given)
