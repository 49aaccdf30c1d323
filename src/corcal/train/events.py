"""Events that a training process reports to the one that started it: a line of JSON each."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Prepared:
    """A scan has been preprocessed, or was already."""

    number: int
    of: int


@dataclass(frozen=True)
class Began:
    """Training begins, or goes on after so many finished epochs."""

    epochs_done: int
    epochs: int


@dataclass(frozen=True)
class Stepped:
    """Some steps of an epoch are done."""

    epoch: int
    step: int
    of: int


@dataclass(frozen=True)
class EpochDone:
    """An epoch is over.

    Attributes:
        epoch: from 1.
        epochs: of the whole training.
        train_loss: mean over the epoch; negative towards a perfect Dice.
        val_loss: on patches of the scans held out.
        dice: pseudo-Dice on those patches by region; None where nothing was drawn or found.
        learning_rate: of this epoch.
        seconds: it took.
        seconds_left: until the last epoch is over, after the pace of this run.
        saved: whether its state is on disk.
    """

    epoch: int
    epochs: int
    train_loss: float
    val_loss: float
    dice: dict[str, float | None] = field(default_factory=dict)
    learning_rate: float = 0.0
    seconds: float = 0.0
    seconds_left: float = 0.0
    saved: bool = False


@dataclass(frozen=True)
class Noted:
    """Something a person should know, such as a damaged state that was passed over."""

    text: str


@dataclass(frozen=True)
class Finished:
    """All is done."""


@dataclass(frozen=True)
class Refused:
    """It cannot go on; the text says why and what to do."""

    text: str


Event = Prepared | Began | Stepped | EpochDone | Noted | Finished | Refused
_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in (Prepared, Began, Stepped, EpochDone, Noted, Finished, Refused)
}


def encode(event: Event) -> str:
    """Return an event as one line of JSON, with its newline."""
    said = {"event": type(event).__name__, **dataclasses.asdict(event)}
    return json.dumps(said, allow_nan=False) + "\n"


def decode(line: str) -> Event | None:
    """Return the event of a line; None for a line that is none, such as one cut off by a kill."""
    try:
        said = json.loads(line)
        kind = _KINDS[said.pop("event")]
        return kind(**said)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
