"""What a training process says, and what is said of it."""

from __future__ import annotations

import pytest

from corcal.train.events import (
    Began,
    EpochDone,
    Event,
    Finished,
    Noted,
    Prepared,
    Refused,
    Stepped,
    decode,
    encode,
)

EPOCH = EpochDone(
    3, 250, -0.4, -0.3, {"whole_RCA": 0.5, "LAD_calcification": None}, 0.01, 85.0, 9e3
)


@pytest.mark.parametrize(
    "event",
    [Prepared(1, 2), Began(0, 9), Stepped(1, 2, 3), EPOCH, Noted("ä\n"), Finished(), Refused("x")],
)
def test_there_and_back_on_one_line(event: Event) -> None:
    line = encode(event)
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert decode(line) == event


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", '{"event": "Nothing"}', '{"event": "Began"}', encode(EPOCH)[:40]]
)
def test_what_is_no_event_is_passed_over(line: str) -> None:
    assert decode(line) is None
