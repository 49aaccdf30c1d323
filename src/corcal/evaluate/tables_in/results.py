"""The results of one system, or the reference: the numbers of every patient behind a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.scan import Notice
from corcal.evaluate.statistics.estimate import Numbers

#: What is evaluated, in the order of the arrays' columns: each artery, and the whole patient.
TARGETS = (*(a.value for a in Artery), "any")
ARTERIES = TARGETS[:-1]

#: The measures of the schema.
MEASURES = ("present", "volume_mm3", "agatston", "grade")


@dataclass(frozen=True, eq=False)
class Results:
    """One table of results, patient by patient.

    The four measures are arrays of shape (patients, 4), columns as `TARGETS`. NaN is "not
    known"; it is never counted as absent.

    Attributes:
        name: the file's name, for messages and captions.
        patients: one identifier each; they never leave the program.
        present: 1 calcium, 0 none; of "any", where all arteries are known or it is stated.
        volume_mm3: calcium volume, 0 or more; of "any", the sum of the arteries.
        agatston: Agatston score, 0 or more; of "any", the sum of the arteries.
        grade: 0 none, 1 mild, 2 moderate, 3 severe; of "any", the highest of the arteries.
        groups: further columns by name, one text for each patient, "" where nothing stands.
        notices: doubts met while reading.
        lines: where each patient begins in the file; empty if they are of several files.

    Raises:
        ValueError: an array of another shape.
    """

    name: str
    patients: tuple[str, ...]
    present: Numbers
    volume_mm3: Numbers
    agatston: Numbers
    grade: Numbers
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    lines: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.patients), len(TARGETS))
        for measure in MEASURES:
            values = getattr(self, measure)
            if values.shape != shape:
                raise ValueError(f"{measure}: shape {values.shape}, not {shape}")
            values.setflags(write=False)

    def __len__(self) -> int:
        return len(self.patients)

    def column(self, measure: str, target: str) -> Numbers:
        """Return one measure of one target, a value for each patient; NaN where unknown."""
        values: Numbers = getattr(self, measure)[:, TARGETS.index(target)]
        return values

    def knows(self, measure: str) -> bool:
        """Tell whether a measure is known of any patient."""
        return bool(np.isfinite(getattr(self, measure)).any())

    def take(self, rows: NDArray[np.intp]) -> Results:
        """Return the results of some patients, in the order of `rows`."""
        return replace(
            self,
            patients=tuple(self.patients[i] for i in rows),
            groups={k: tuple(v[i] for i in rows) for k, v in self.groups.items()},
            lines=tuple(self.lines[i] for i in rows) if self.lines else (),
            **{m: getattr(self, m)[rows] for m in MEASURES},
        )


def any_present(arteries: Numbers) -> Numbers:
    """Return what the arteries determine of the patient: 1, 0, or NaN where that is open.

    One calcified artery decides; absence needs all three. For bounds and contradictions only: as
    a figure's denominator this would favour the positive.

    Args:
        arteries: 1, 0 or NaN, shape (patients, 3).
    """
    positive = (arteries == 1).any(axis=1)
    return np.where(positive, 1.0, np.where(np.isnan(arteries).any(axis=1), np.nan, 0.0))
