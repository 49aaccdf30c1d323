from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.tables_in.pairs import Pairs, align, pair
from corcal.evaluate.tables_in.results import Results
from tests.evaluate.cohorts import results


def named(patients: str, values: list[float], **groups: tuple[str, ...]) -> Results:
    return replace(
        results(len(patients), present={"RCA": values}), patients=tuple(patients), groups=groups
    )


def test_rows_follow_the_reference() -> None:
    p = pair(named("cab", [1, 0, 1]), named("abc", [0, 1, 1]))
    assert p.reference.patients == ("a", "b", "c")
    assert p.both("present", "RCA").predicted.tolist() == [0, 1, 1]


def test_patients_of_one_table_alone_are_refused_and_counted() -> None:
    with pytest.raises(TableRefused, match=r"1 of 2 patients of made\.csv are not in"):
        pair(named("a", [1]), named("ab", [1, 0]))
    with pytest.raises(TableRefused, match="--allow-missing"):
        pair(named("abc", [1, 0, 1]), named("ab", [1, 0]))


def test_patients_of_one_table_alone_can_be_left_out() -> None:
    p = pair(named("axy", [1, 0, 0]), named("ab", [1, 0]), allow_missing=True)
    assert len(p) == 1
    assert (p.patients.n_in, p.patients.n_used) == (4, 1)
    assert p.patients.lost == (("only in made.csv", 1), ("only in made.csv", 2))
    assert p.notices[-1].code == "patients-left-out"


def test_strangers_are_refused() -> None:
    with pytest.raises(TableRefused, match="no patient in common"):
        pair(named("a", [1]), named("b", [1]), allow_missing=True)


def test_strata_add_up() -> None:
    p = pair(named("abc", [1, 0, 1]), named("abc", [0, 1, 1], hospital=("York", "", "York")))
    found = {value: len(part) for value, part in p.strata("hospital")}
    assert found == {"York": 2, "not stated": 1}
    assert sum(found.values()) == len(p)


def test_a_column_may_stand_in_either_table_but_not_disagree() -> None:
    truth = named("ab", [1, 0])
    p = pair(named("ab", [1, 0], sex=("f", "m")), truth)
    assert [v for v, _ in p.strata("sex")] == ["f", "m"]
    with pytest.raises(TableRefused, match="'kernel'"):
        list(p.strata("kernel"))
    torn = pair(named("ab", [1, 0], sex=("f", "m")), named("ab", [1, 0], sex=("m", "m")))
    with pytest.raises(TableRefused, match="different groups"):
        list(torn.strata("sex"))


def test_a_measurement_is_no_grouping() -> None:
    names = "".join(chr(200 + i) for i in range(31))
    ages = tuple(str(40 + i) for i in range(31))
    p = pair(named(names, [1] * 31), named(names, [1] * 31, age=ages))
    with pytest.raises(TableRefused, match="another value for every patient"):
        list(p.strata("age"))


def test_a_column_of_many_values_is_no_grouping() -> None:
    names = "".join(chr(200 + i) for i in range(62))
    ages = tuple(str(40 + i // 2) for i in range(62))
    p = pair(named(names, [1] * 62), named(names, [1] * 62, age=ages))
    with pytest.raises(TableRefused, match="31 different values"):
        list(p.strata("age"))


@pytest.mark.parametrize("column", ["patient", "Patient", "artery"])
def test_patients_are_no_strata(column: str) -> None:
    p = pair(named("abc", [1, 0, 1]), named("abc", [0, 1, 1]))
    with pytest.raises(TableRefused, match="strata are printed, patients are not"):
        list(p.strata(column))


def test_stripped_leading_zeros_are_named_without_a_patient() -> None:
    truth = replace(named("ab", [1, 0]), patients=("007", "123"))
    first = replace(named("ab", [1, 0]), patients=("7", "123"))
    with pytest.raises(TableRefused, match="1 identifiers differ by leading zeros") as refused:
        pair(first, truth)
    assert "007" not in str(refused.value)


def test_two_systems_meet_on_the_patients_that_both_know() -> None:
    truth = named("abcd", [1, 0, 1, 0])
    first = pair(named("abc", [1, 1, 1]), truth, allow_missing=True)
    second = pair(named("dcb", [0, 0, 0]), truth, allow_missing=True)
    one, two = align((first, second))
    assert one.reference.patients == two.reference.patients == ("b", "c")
    alone = pair(named("a", [1]), truth, allow_missing=True)
    with pytest.raises(TableRefused, match="no patient in common"):
        align((alone, second))


def test_pairs_of_different_patients_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="different patients"):
        Pairs(named("a", [1]), named("b", [1]))


def test_unknown_on_either_side_is_missing() -> None:
    p = Pairs(named("abc", [1, np.nan, 0]), named("abc", [1, 1, np.nan]))
    present = p.both("present", "RCA")
    assert present.reference.tolist() == [1]
    assert present.attrition.lost == (
        ("presence unknown in the reference", 1),
        ("presence unknown in the predictions", 1),
    )


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [("7", "7.0", r"a final \.0"), ("007", "7.0", r"a final \.0"), ("P7", "p7", "capital letters")],
)
def test_identifiers_that_differ_by_their_form_are_named(one: str, other: str, said: str) -> None:
    truth = replace(named("ab", [1, 0]), patients=(one, "123"))
    first = replace(named("ab", [1, 0]), patients=(other, "123"))
    with pytest.raises(TableRefused, match=f"1 identifiers differ by {said}") as refused:
        pair(first, truth)
    assert other not in str(refused.value)


def test_the_lines_of_patients_in_one_table_alone_are_named() -> None:
    truth = replace(named("abcdefgh", [1] * 8), lines=(2, 5, 8, 11, 14, 17, 20, 23))
    with pytest.raises(TableRefused, match=r"^1 of 8 patients of \S+ are not in \S+ \(line 8\);"):
        pair(named("abdefgh", [1] * 7), truth)
    with pytest.raises(TableRefused, match=r"\(line 5, 8, 11, 14, 17 and 2 more\);"):
        pair(named("a", [1]), truth)
    assert truth.take(np.array([2, 0])).lines == (8, 2)
