"""The seconds that each step takes, and who is informed as it begins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class StepClock:
    """Seconds by step.

    Attributes:
        on_step: called with the name of each step as it begins.
        seconds: wall time by step, in the order of the steps.
    """

    on_step: Callable[[str], None] | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Take the time of what is done inside."""
        if self.on_step:
            self.on_step(name)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 3)
