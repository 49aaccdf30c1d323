"""An admission check and its outcome."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One admission check and its outcome.

    Attributes:
        name: short and stable; also the code of the notice.
        passed: False if the scan is refused or doubted for it.
        refuses: True if a scan that fails is refused, False if a notice is enough.
        text: one sentence with the values.
    """

    name: str
    passed: bool
    refuses: bool
    text: str
