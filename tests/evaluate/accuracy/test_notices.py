"""Doubts about an evaluation, and strata of which nothing is stated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corcal.evaluate.accuracy.evaluation import Evaluation, Options, evaluate
from corcal.evaluate.tables_in.pairs import Pairs
from tests.evaluate.cohorts import from_counts


def codes(e: Evaluation) -> list[str]:
    return [n.code for n in e.notices]


def by_group(pairs: Pairs, groups: list[str]) -> Pairs:
    return replace(pairs, reference=replace(pairs.reference, groups={"site": tuple(groups)}))


def test_a_reference_of_one_class_is_noted() -> None:
    (notice,) = (n for n in evaluate(from_counts(4, 0, 1, 0), Options()).notices
                 if n.code == "one-class")  # fmt: skip
    assert notice.text.startswith("The reference has nobody without calcium (RCA")
    assert "Specificity" in notice.text
    (notice,) = (n for n in evaluate(from_counts(0, 2, 0, 3), Options()).notices
                 if n.code == "one-class")  # fmt: skip
    assert notice.text.startswith("The reference has nobody with calcium (RCA")
    assert "one-class" not in codes(evaluate(from_counts(4, 1, 1, 3), Options()))


def test_tables_that_are_equal_in_every_value_are_noted() -> None:
    pairs, others = from_counts(4, 1, 1, 4), from_counts(3, 1, 2, 4)
    assert "same-tables" not in codes(evaluate(pairs, Options(), against=others))
    same = replace(pairs, predicted=replace(pairs.reference, name="copy.csv"))
    (notice,) = (n for n in evaluate(same, Options()).notices if n.code == "same-tables")
    assert notice.text == (
        f"copy.csv and {pairs.reference.name} say the same of every patient in every value. If one "
        "is a copy of the other, their perfect agreement says nothing: name the other table."
    )
    # A second system that is the first, or the reference.
    assert codes(evaluate(pairs, Options(), against=pairs)).count("same-tables") == 1
    assert codes(evaluate(pairs, Options(), against=same)).count("same-tables") == 1
    assert codes(evaluate(same, Options(), against=same)).count("same-tables") == 3


def test_one_value_more_makes_another_table() -> None:
    pairs = from_counts(4, 1, 1, 4)
    volume = np.array(pairs.reference.volume_mm3)
    volume[0, 0] = 17.0
    other = replace(pairs, predicted=replace(pairs.reference, volume_mm3=volume))
    assert "same-tables" not in codes(evaluate(other, Options()))


def test_groups_of_one_name_in_other_letters_are_noted() -> None:
    pairs = by_group(from_counts(4, 1, 1, 4), ["York", "york"] * 5)
    e = evaluate(pairs, Options(stratify=("site",)))
    assert [s.value for s in e.strata["site"].strata] == ["York", "york"]
    assert "groups-alike" in codes(e)


def test_patients_of_no_stated_group_are_left_out_of_its_test() -> None:
    pairs = from_counts(20, 0, 20, 20)
    groups = ["A", "B"] * 30
    whole = evaluate(by_group(pairs, groups), Options(stratify=("site",)))
    more = from_counts(20, 0, 40, 20)
    found = more.predicted.column("present", "RCA") == 1
    truth = more.reference.column("present", "RCA") == 1
    # The same patients, and twenty more that were missed, of no group.
    missed = np.flatnonzero(truth & ~found)[20:]
    named = iter(groups)
    stated = ["" if i in set(missed) else next(named) for i in range(len(more))]
    e = evaluate(by_group(more, stated), Options(stratify=("site",)))
    assert [s.value for s in e.strata["site"].strata] == ["A", "B", "not stated"]
    test, same = (x.strata["site"].heterogeneity["RCA"]["sensitivity"] for x in (e, whole))
    assert test is not None
    assert same is not None
    assert test.p == pytest.approx(same.p)


def test_where_no_group_is_stated_nothing_is_tested() -> None:
    e = evaluate(by_group(from_counts(4, 1, 1, 4), [""] * 10), Options(stratify=("site",)))
    assert e.strata["site"].heterogeneity["RCA"] == {"sensitivity": None, "specificity": None}
