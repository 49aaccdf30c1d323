"""The plan of a reader study: all meet every case, in an order and under codes of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.readers.study import (
    SCALE,
    STRUCTURES,
    Category,
    Structure,
    key_json,
    plan_study,
    read_key,
)

CASES = [f"case {i}" for i in range(40)]


def test_every_reader_meets_every_case_once() -> None:
    study = plan_study(CASES, ["A", "B", "C"], categories=SCALE, seed=3)
    for blinded in study.order.values():
        assert sorted(b.case for b in blinded) == sorted(CASES)
    assert study.cases == tuple(sorted(CASES))


def test_orders_differ_between_readers_and_from_the_names() -> None:
    study = plan_study(CASES, ["A", "B"], categories=SCALE, seed=3)
    orders = [[b.case for b in blinded] for blinded in study.order.values()]
    assert orders[0] != orders[1]
    assert sorted(CASES) not in orders


def test_codes_are_nobody_elses() -> None:
    study = plan_study(CASES, ["A", "B", "C"], categories=SCALE, seed=3)
    codes = [b.code for blinded in study.order.values() for b in blinded]
    assert len(set(codes)) == 120
    assert all(len(c) == 4 and not set(c) & set("01IO") for c in codes)


def test_the_seed_decides_and_the_order_of_the_names_does_not() -> None:
    first = plan_study(CASES, ["A"], categories=SCALE, seed=3)
    assert plan_study(CASES[::-1], ["A"], categories=SCALE, seed=3) == first
    assert plan_study(CASES, ["A"], categories=SCALE, seed=4) != first


def test_every_position_is_as_likely_for_every_case() -> None:
    first = [
        plan_study(CASES[:4], ["A"], categories=SCALE, seed=s).order["A"][0] for s in range(400)
    ]
    for case in CASES[:4]:
        assert 60 < sum(b.case == case for b in first) < 140


def test_the_key_comes_back_as_it_was(tmp_path: Path) -> None:
    study = plan_study(["Zoë", "b"], ["A", "B"], categories=SCALE, seed=3)
    path = tmp_path / "key.json"
    path.write_bytes(key_json(study))
    assert read_key(path) == study


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda p: p.unlink(), "missing or damaged"),
        (lambda p: p.write_text("{}"), "is not the key"),
        (lambda p: p.write_text("[1]"), "is not the key"),
        (lambda p: p.write_text('{"schema": "corcal-report/1"}'), "is not the key"),
    ],
)
def test_something_else_is_no_key(
    damage: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "key.json"
    path.write_bytes(key_json(plan_study(["a"], ["A"], categories=SCALE, seed=1)))
    damage(path)
    with pytest.raises(TableRefused, match=said):
        read_key(path)


@pytest.mark.parametrize(
    ("cases", "readers", "scale", "said"),
    [
        ([], ["A"], SCALE, "at least one case"),
        (["a", "a"], ["A"], SCALE, "each case once"),
        (["a"], [], SCALE, "at least one reader"),
        (["a"], ["A", "a"], SCALE, "different names"),
        (["a"], ["../A"], SCALE, "letters, figures"),
        (["a"], ["A"], SCALE[:1], "two or more different categories"),
        (["a"], ["A"], (Category("good"), Category(" Good ")), "two or more different"),
        (["a"], ["A"], (Category("good"), Category("")), "two or more different"),
    ],
)
def test_no_study_of_that(
    cases: list[str], readers: list[str], scale: tuple[Category, ...], said: str
) -> None:
    with pytest.raises(TableRefused, match=said):
        plan_study(cases, readers, categories=scale, seed=1)


def test_structures_are_those_of_table_2() -> None:
    assert len(STRUCTURES) == 6
    assert Structure("LAD", "artery").title == "Left main + LAD"
    assert Structure("LCX", "calcium").title == "LCX, calcium"
