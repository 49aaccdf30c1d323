"""Settings and arguments out of range or of another kind are refused by their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from corcal.core.arguments import (
    ONE_TEXT,
    or_default,
    require_choice,
    require_function,
    require_range,
    require_text,
    require_whole_number,
    require_whole_numbers,
)
from corcal.core.errors import SettingsRefused


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("positive", 0.0, "must be positive, not 0.0"),
        ("positive", (1.0, -1.0), r"must be positive, not \(1.0, -1.0\)"),
        ("not_negative", -0.1, "must not be negative"),
        ("at_least_1", 0, "must be at least 1"),
        ("share", 1.1, "must lie between 0 and 1, not"),
        ("share_below_1", 1.0, "must be at least 0 and below 1"),
        ("inside_0_1", 0.0, "must lie between 0 and 1, both excluded"),
        ("percentile", 101.0, "must lie between 0 and 100"),
    ],
)
def test_each_range_refuses_what_lies_outside(kind: str, value: object, says: str) -> None:
    with pytest.raises(SettingsRefused, match=rf"group\.x {says}"):
        require_range("group", SimpleNamespace(x=value), **{kind: ("x",)})


def test_bounds_belong_to_their_ranges() -> None:
    edges = SimpleNamespace(zero=0, one=1, hundred=100)
    require_range(
        "group",
        edges,
        positive=("one",),
        not_negative=("zero",),
        at_least_1=("one",),
        share=("zero", "one"),
        share_below_1=("zero",),
        percentile=("zero", "hundred"),
    )
    assert edges.one == 1


@dataclass(frozen=True)
class _Group:
    number: float = 1.0
    numbers: tuple[float, float] = (1.0, 2.0)
    switch: bool = False
    name: str = "x"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"number": "2"}, "group.number needs a number, not '2'"),
        ({"number": None}, "group.number needs a number, not None"),
        ({"numbers": 1.0}, "group.numbers needs a tuple of 2 numbers, not 1.0"),
        ({"numbers": [1.0, 2.0]}, "group.numbers needs a tuple of 2 numbers, not [1.0, 2.0]"),
        ({"numbers": (1.0,)}, "group.numbers needs a tuple of 2 numbers, not (1.0,)"),
        ({"numbers": (1.0, "2")}, "group.numbers needs a tuple of 2 numbers, not (1.0, '2')"),
        ({"switch": "no"}, "group.switch needs True or False, not 'no'"),
    ],
)
def test_a_setting_is_of_the_kind_of_its_default(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsRefused, match=f"^{re.escape(says)}$"):
        require_range("group", _Group(**changes))


def test_numbers_of_numpy_are_of_the_kind() -> None:
    group = _Group(np.float32(2), (np.int64(1), 2), np.True_)  # type: ignore[arg-type]
    require_range("group", group, positive=("number", "numbers"))
    assert group.number == 2


def test_what_is_left_out_is_made() -> None:
    given = _Group(3.0)
    assert or_default("group", given, _Group) is given
    assert or_default("group", None, _Group) == _Group()


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda: require_text("case", 5), TypeError, "case: a text is needed, not int"),
        (
            lambda: require_choice("kind", "x", ("a", "b")),
            SettingsRefused,
            "kind 'x' is not one of a, b",
        ),
        (
            lambda: require_whole_number("jobs", 1.0),
            TypeError,
            "jobs: a whole number is needed, not float",
        ),
        (
            lambda: require_whole_number("jobs", -1),
            SettingsRefused,
            "jobs must not be negative, not -1",
        ),
        (
            lambda: require_whole_numbers("folds", 1),
            TypeError,
            "folds: a list of whole numbers, such as [0, 1], is needed, not int",
        ),
        (
            lambda: require_function("begin", 1, ONE_TEXT),
            TypeError,
            f"begin: {ONE_TEXT} is needed, not int",
        ),
    ],
)
def test_arguments_of_plain_kinds(
    call: Callable[[], object], kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=f"^{re.escape(says)}$"):
        call()


def test_plain_arguments_come_back() -> None:
    assert require_text("case", "x") == "x"
    assert require_choice("kind", "b", ("a", "b")) == "b"
    assert require_whole_number("jobs", np.int64(2)) == 2
    assert require_whole_numbers("folds", range(3)) == (0, 1, 2)
    require_function("begin", print, ONE_TEXT)
