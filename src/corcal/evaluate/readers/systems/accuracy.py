"""Sensitivity, specificity and area under the ROC curve of readers with systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.core.artery import Artery
from corcal.core.errors import TableRefused
from corcal.evaluate.readers.systems.readings import Readings
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.roc.multireader import (
    MultiReader,
    multireader,
    reader_areas,
    reader_shares,
)
from corcal.evaluate.tables_in.results import TARGETS, Results

#: The figures, in the order of the tables, for people.
FIGURES = {"auc": "AUC of the score", "sensitivity": "Sensitivity", "specificity": "Specificity"}

#: The targets, for people.
TITLES = {a.value: a.title for a in Artery} | {"any": "Any artery"}

#: Cases with, and without, calcium that a figure needs at least.
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class SystemFigure:
    """One figure of one target, for every reader and system.

    Attributes:
        target: one of `TARGETS`.
        figure: one of `FIGURES`.
        result: the analysis.
        attrition: from the cases of the reference to those that it uses.
    """

    target: str
    figure: str
    result: MultiReader
    attrition: Attrition

    def as_dict(self, readings: Readings) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        r, systems = self.result, readings.systems
        values = {
            system: dict(zip(readings.readers, map(float, row), strict=True))
            for system, row in zip(systems, r.values, strict=True)
        }
        return {
            "target": self.target,
            "figure": self.figure,
            "attrition": self.attrition.as_dict(),
            "readers": values,
            "means": {
                system: {scope: c.as_dict() for scope, c in by.items()}
                for system, by in zip(systems, r.means, strict=True)
            },
            "differences": [
                {
                    "first": systems[i],
                    "second": systems[k],
                    **{scope: c.as_dict() for scope, c in by.items()},
                    "readers": {
                        reader: c.as_dict()
                        for reader, c in zip(readings.readers, r.of_readers[i, k], strict=True)
                    },
                }
                for (i, k), by in r.differences.items()
            ],
            "overall_p": dict(r.overall),
            "components": r.components and r.components.as_dict(),
        }


def compare_readings(
    readings: Readings, reference: Results, rule: IntervalRule
) -> tuple[SystemFigure, ...]:
    """Return every figure that the readings and the reference allow.

    A case counts where the reference knows it and every reader has read it with every system:
    what Obuchowski and Rockette's analysis takes is a crossed layout.

    Args:
        readings: of readers with systems.
        reference: presence of calcium; its patients are the cases.
        rule: level of the intervals.

    Raises:
        TableRefused: a case is not in the reference, or no figure can be taken.
    """
    absent = set(readings.cases) - set(reference.patients)
    if absent:
        raise TableRefused(
            f"{len(absent)} of {len(readings.cases)} cases of the readings are not in "
            f"{reference.name}; case and patient need the same identifiers"
        )
    row_of = {patient: i for i, patient in enumerate(reference.patients)}
    rows = np.array([row_of[case] for case in readings.cases], dtype=np.intp)
    found = []
    for t, target in enumerate(TARGETS):
        truth = reference.column("present", target)
        unread = Attrition(len(truth)).lose("in no reading", len(truth) - len(rows))
        own = (
            truth[rows],
            unread.lose(
                "presence unknown in the reference", int((~np.isfinite(truth[rows])).sum())
            ),
        )
        calls, scores = readings.present[..., t], readings.score[..., t]
        found += [_figure(target, "auc", scores, *own, rule)]
        found += [_figure(target, f, calls, *own, rule) for f in ("sensitivity", "specificity")]
    figures = tuple(f for f in found if f is not None)
    if not figures:
        raise TableRefused(
            "no figure can be taken: it needs two cases with and two without calcium in "
            f"{reference.name} that every reader has read with every system, with a score or "
            "present"
        )
    return figures


def _figure(
    target: str,
    figure: str,
    values: Numbers,
    truth: Numbers,
    left: Attrition,
    rule: IntervalRule,
) -> SystemFigure | None:
    """Return one figure; None where too few cases are known."""
    crossed = np.isfinite(values).all(axis=(0, 1))
    stated = np.isfinite(truth)
    known = crossed & stated
    left = left.lose("not read by every reader with every system", int((stated & ~crossed).sum()))
    ill, values = truth[known] == 1, values[..., known]
    if min(int(ill.sum()), int((~ill).sum())) < _FEWEST:
        return None
    if figure == "auc":
        return SystemFigure(target, figure, multireader(*reader_areas(values, ill), rule), left)
    of, right = (ill, 1.0) if figure == "sensitivity" else (~ill, 0.0)
    left = left.lose(f"{'without' if right else 'with'} calcium", int((~of).sum()))
    hits = (values[..., of] == right).astype(np.float64)
    return SystemFigure(target, figure, multireader(*reader_shares(hits), rule), left)
