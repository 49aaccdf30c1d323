"""Events of a training, as a test hears them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from corcal.train.events import Event
from corcal.train.nnunet.child import Machine

#: One thread: networks this small gain nothing from more, and lose much on a busy machine.
MACHINE = Machine(threads=1)


Kind = TypeVar("Kind")


@dataclass
class Heard:
    """The events of a training."""

    events: list[tuple[int, Event]] = field(default_factory=list)

    def __call__(self, fold: int, event: Event) -> None:
        self.events.append((fold, event))

    def of(self, kind: type[Kind], fold: int = 0) -> list[Kind]:
        return [e for k, e in self.events if k == fold and isinstance(e, kind)]
