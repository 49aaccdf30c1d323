"""Settings out of range or of another kind are refused by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from corcal.core.arguments import or_default, require_range
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
