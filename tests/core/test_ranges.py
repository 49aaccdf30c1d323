"""Values out of range are refused by their names."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from corcal.core.errors import SettingsRefused
from corcal.core.ranges import require_range


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
