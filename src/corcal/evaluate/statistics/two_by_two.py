"""The table that everything about detection is counted from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.statistics.estimate import Numbers


@dataclass(frozen=True)
class TwoByTwo:
    """Predicted against reference, present or absent.

    Attributes:
        tp: present in both.
        fp: predicted present, absent in the reference.
        fn: predicted absent, present in the reference.
        tn: absent in both.

    Raises:
        ValueError: a negative count.
    """

    tp: int
    fp: int
    fn: int
    tn: int

    def __post_init__(self) -> None:
        if min(self.tp, self.fp, self.fn, self.tn) < 0:
            raise ValueError(f"negative count: {self}")

    @classmethod
    def count(cls, predicted: Numbers, reference: Numbers) -> TwoByTwo:
        """Count patients.

        Args:
            predicted: 1 present, 0 absent; every value known.
            reference: 1 present, 0 absent; the same patients.
        """
        p, r = predicted == 1, reference == 1
        return cls(
            int((p & r).sum()), int((p & ~r).sum()), int((~p & r).sum()), int((~p & ~r).sum())
        )

    @property
    def n(self) -> int:
        """All patients."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def diseased(self) -> int:
        """Patients with calcium in the reference."""
        return self.tp + self.fn

    @property
    def healthy(self) -> int:
        """Patients without calcium in the reference."""
        return self.fp + self.tn

    @property
    def matrix(self) -> NDArray[np.int64]:
        """The counts as (predicted, reference), absent before present."""
        return np.array([[self.tn, self.fn], [self.fp, self.tp]], dtype=np.int64)

    def as_dict(self) -> dict[str, int]:
        """Return the four counts by name."""
        return {"tp": self.tp, "fp": self.fp, "fn": self.fn, "tn": self.tn}
