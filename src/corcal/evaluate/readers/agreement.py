"""Ratings counted: each category, the agreement of the readers, and their differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.readers.kappa import free_marginal_kappa
from corcal.evaluate.readers.ratings import Ratings
from corcal.evaluate.readers.study import Structure
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Estimate


@dataclass(frozen=True)
class StructureAgreement:
    """The ratings of one structure over all cases.

    Attributes:
        structure: which.
        kappa: free-marginal kappa; its n is the number of cases with two ratings or more.
        by_reader: reader to category to number of cases.
        unanimous: category to number of cases that all of two or more readers put there.
        attrition: from all cases to those with two ratings or more.
    """

    structure: Structure
    kappa: Estimate
    by_reader: Mapping[str, Mapping[str, int]]
    unanimous: Mapping[str, int]
    attrition: Attrition


@dataclass(frozen=True)
class Dispute:
    """A structure of a case on which readers differ.

    Attributes:
        case: the name, no longer blinded.
        structure: which.
        ratings: in the order of the readers; None where one did not rate.
        apart: steps of the scale between the best and the worst rating.
        majority: the category that more than half of the ratings name, or None.
    """

    case: str
    structure: Structure
    ratings: tuple[str | None, ...]
    apart: int
    majority: str | None


def agreement_of(ratings: Ratings) -> tuple[StructureAgreement, ...]:
    """Return the agreement on each rated structure, in the order of the paper's Table 2."""
    return tuple(_agreement(ratings, structure) for structure in ratings.structures)


def attrition_of(agreed: Sequence[StructureAgreement]) -> Attrition:
    """Return the attrition of all structures of all cases: from every one to those compared."""
    whole = Attrition(sum(one.attrition.n_in for one in agreed))
    reasons = dict.fromkeys(reason for one in agreed for reason, _ in one.attrition.lost)
    for reason in reasons:
        n = sum(dict(one.attrition.lost).get(reason, 0) for one in agreed)
        whole = whole.lose(reason, n)
    return whole


def disputes_of(ratings: Ratings) -> tuple[Dispute, ...]:
    """Return what readers differ on, the widest differences first: what to adjudicate."""
    disputes = [
        dispute
        for structure in ratings.structures
        for case in ratings.cases
        for dispute in [_dispute(ratings, case, structure)]
        if dispute is not None
    ]
    return tuple(sorted(disputes, key=lambda d: -d.apart))


def _agreement(ratings: Ratings, structure: Structure) -> StructureAgreement:
    given = [ratings.of(case, structure) for case in ratings.cases]
    counts = _counts(given, ratings.categories)
    raters = counts.sum(axis=1)
    alone = (counts.max(axis=1) == raters) & (raters >= 2)
    whole = counts[alone].astype(bool).sum(axis=0)
    return StructureAgreement(
        structure,
        free_marginal_kappa(counts),
        {
            reader: {c: sum(row[i] == c for row in given) for c in ratings.categories}
            for i, reader in enumerate(ratings.readers)
        },
        {c: int(n) for c, n in zip(ratings.categories, whole, strict=True)},
        Attrition(len(given))
        .lose("rated by nobody", int((raters == 0).sum()))
        .lose("rated by one reader alone", int((raters == 1).sum())),
    )


def _counts(given: list[tuple[str | None, ...]], categories: tuple[str, ...]) -> NDArray[np.int64]:
    """Return how many readers put each case into each category, (cases, categories)."""
    counts = [[row.count(category) for category in categories] for row in given]
    return np.array(counts, dtype=np.int64).reshape(len(given), len(categories))


def _dispute(ratings: Ratings, case: str, structure: Structure) -> Dispute | None:
    given = ratings.of(case, structure)
    tally = Counter(rating for rating in given if rating is not None)
    if len(tally) < 2:
        return None
    steps = [ratings.categories.index(rating) for rating in tally]
    name, most = tally.most_common(1)[0]
    majority = name if 2 * most > tally.total() else None
    return Dispute(case, structure, given, max(steps) - min(steps), majority)
