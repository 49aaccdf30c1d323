"""The seconds of steps, in their order."""

from __future__ import annotations

from corcal.runtime import StepClock


def test_each_step_is_announced_before_it_begins_and_timed_after() -> None:
    begun: list[str] = []
    clock = StepClock(begun.append)
    for name in ("first", "second"):
        with clock.step(name):
            assert begun[-1] == name
            assert name not in clock.seconds
    assert list(clock.seconds) == ["first", "second"]
    assert all(s >= 0 for s in clock.seconds.values())
