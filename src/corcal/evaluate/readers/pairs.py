"""Reader against reader, a reader against the same reader later, and all readers at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.readers.ratings import Item, Ratings
from corcal.evaluate.readers.study import Structure
from corcal.evaluate.statistics.agreement.chance_corrected import fleiss, gwet
from corcal.evaluate.statistics.agreement.kappa import Kappa, kappa
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule, proportion

_WEIGHTS = {"unweighted": None, "linear": "linear", "quadratic": "quadratic"}


@dataclass(frozen=True)
class PairAgreement:
    """Agreement of two sets of ratings of one structure.

    Attributes:
        structure: which.
        readers: whose ratings; the same twice for a reader's first and second rating.
        same: share of cases in the same category.
        kappas: Cohen's: "unweighted", "linear" and "quadratic".
        attrition: from all cases to those with both ratings.
    """

    structure: Structure
    readers: tuple[str, str]
    same: Estimate
    kappas: Mapping[str, Kappa]
    attrition: Attrition

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "artery": self.structure.artery,
            "structure": self.structure.part,
            "readers": list(self.readers),
            "same": self.same.as_dict(),
            "kappa": {name: k.estimate.as_dict() for name, k in self.kappas.items()},
            "attrition": self.attrition.as_dict(),
        }


@dataclass(frozen=True)
class AllReaders:
    """Agreement of all readers on one structure, corrected for chance in three ways.

    Attributes:
        structure: which.
        fleiss: Fleiss' kappa, of the cases that all readers rated.
        ac1: Gwet's, of the cases that two readers or more rated.
        ac2: Gwet's, with quadratic weights.
    """

    structure: Structure
    fleiss: Estimate
    ac1: Estimate
    ac2: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "artery": self.structure.artery,
            "structure": self.structure.part,
            "fleiss": self.fleiss.as_dict(),
            "ac1": self.ac1.as_dict(),
            "ac2": self.ac2.as_dict(),
        }


def agreement_of_pairs(ratings: Ratings, rule: IntervalRule) -> tuple[PairAgreement, ...]:
    """Return each two readers' agreement on each structure."""
    return tuple(
        _pair(ratings, structure, (a, b), (ratings.given[a], ratings.given[b]), rule)
        for structure in ratings.structures
        for a, b in combinations(ratings.readers, 2)
    )


def agreement_with_oneself(ratings: Ratings, rule: IntervalRule) -> tuple[PairAgreement, ...]:
    """Return each reader's agreement with the same reader's second ratings; none without any."""
    return tuple(
        _pair(ratings, structure, (reader, reader), (ratings.given[reader], again), rule)
        for structure in ratings.structures
        for reader, again in ratings.again.items()
        if any(s == structure for _, s in again)
    )


def agreement_of_all(ratings: Ratings, rule: IntervalRule) -> tuple[AllReaders, ...]:
    """Return the agreement of all readers on each structure."""
    found = []
    for structure in ratings.structures:
        given = [ratings.of(case, structure) for case in ratings.cases]
        rows = [[row.count(category) for category in ratings.categories] for row in given]
        counts = np.array(rows, dtype=np.int64).reshape(len(given), len(ratings.categories))
        whole = counts[counts.sum(axis=1) == len(ratings.readers)]
        found.append(
            AllReaders(
                structure,
                fleiss(whole, rule),
                gwet(counts, rule),
                gwet(counts, rule, weights="quadratic"),
            )
        )
    return tuple(found)


def _pair(
    ratings: Ratings,
    structure: Structure,
    readers: tuple[str, str],
    given: tuple[Mapping[Item, str], Mapping[Item, str]],
    rule: IntervalRule,
) -> PairAgreement:
    sides = [[side.get((case, structure)) for case in ratings.cases] for side in given]
    counts: NDArray[np.int64] = np.zeros((len(ratings.categories),) * 2, dtype=np.int64)
    for first, second in zip(*sides, strict=True):
        if first is not None and second is not None:
            counts[ratings.categories.index(first), ratings.categories.index(second)] += 1
    n = int(counts.sum())
    reason = "not rated twice" if readers[0] == readers[1] else "not rated by both"
    return PairAgreement(
        structure,
        readers,
        proportion(int(counts.trace()), n, rule),
        {name: kappa(counts, rule, weights=weight) for name, weight in _WEIGHTS.items()},
        Attrition(len(ratings.cases)).lose(reason, len(ratings.cases) - n),
    )
