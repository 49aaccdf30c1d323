"""Reader against reader, and against oneself, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import figure, percent
from corcal.evaluate.readers.pairs import AllReaders, PairAgreement

_KAPPA = (
    "κ: Cohen's kappa, unweighted and with linear and quadratic weights for categories in order; "
    "large-sample intervals (Fleiss, Cohen and Everitt 1969), none at perfect agreement; of "
    "weighted kappas on Fisher's z scale, linear from 50 cases on, quadratic from 1,000."
)


def pairs_table(pairs: Sequence[PairAgreement]) -> Table:
    """Return each two readers' agreement on each structure."""
    return Table(
        "readers_pairs",
        "Reader against reader",
        ("Structure", "Readers", "n", "Same, %", "κ", "κ, linear", "κ, quadratic"),
        tuple((p.structure.title, " and ".join(p.readers), *_figures(p)) for p in pairs),
        (f"95 % intervals in brackets. {_KAPPA}",),
        {f"{p.structure.title}, {' and '.join(p.readers)}": p.attrition for p in pairs},
    )


def oneself_table(pairs: Sequence[PairAgreement]) -> Table:
    """Return each reader's agreement with the same reader's second ratings."""
    return Table(
        "readers_oneself",
        "Reader against oneself: the first rating and the second",
        ("Structure", "Reader", "n", "Same, %", "κ", "κ, linear", "κ, quadratic"),
        tuple((p.structure.title, p.readers[0], *_figures(p)) for p in pairs),
        (f"95 % intervals in brackets. {_KAPPA}",),
        {f"{p.structure.title}, {p.readers[0]}": p.attrition for p in pairs},
    )


def all_readers_table(found: Sequence[AllReaders]) -> Table:
    """Return Fleiss' kappa and Gwet's coefficients of all readers on each structure."""
    rows = [
        (
            one.structure.title,
            f"{one.fleiss.n:,}",
            figure(one.fleiss),
            f"{one.ac1.n:,}",
            figure(one.ac1),
            figure(one.ac2),
        )
        for one in found
    ]
    return Table(
        "readers_all",
        "All readers at once: agreement corrected for chance in other ways",
        ("Structure", "n, all readers", "Fleiss' κ", "n, two or more", "AC1", "AC2, quadratic"),
        tuple(rows),
        (
            "95 % intervals in brackets, Student's t. Fleiss' kappa (1971) takes chance from how "
            "often each category is used: it falls where nearly all cases are of one category, "
            "however well readers agree. Gwet's AC1 and AC2 (2008, 2014) do not.",
        ),
    )


def _figures(p: PairAgreement) -> tuple[str, ...]:
    kappas = (figure(k.estimate) for k in p.kappas.values())
    return f"{p.same.n:,}", percent(p.same), *kappas
