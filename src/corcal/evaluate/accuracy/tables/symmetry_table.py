"""Tests of a pattern in the confusions of categories, as a table."""

from __future__ import annotations

from collections.abc import Mapping

from corcal.evaluate.accuracy.categories import BandAgreement
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, number, p_value
from corcal.evaluate.statistics.ordinal.proportional_odds import ChiSquare


def symmetry_table(results: Mapping[str, BandAgreement]) -> Table:
    """Return Bowker's and Stuart's and Maxwell's tests, a row for each way to categorise.

    Args:
        results: by the title of the categories.
    """
    rows = [
        (
            title,
            f"{int(b.counts.sum()):,}",
            f"{int(b.counts.sum() - b.counts.trace()):,}",
            *_test(b.symmetry),
            *_test(b.margins),
        )
        for title, b in results.items()
    ]
    return Table(
        "categories_symmetry",
        "Confusions of categories: do they have a direction",
        ("Categories", "n", "Differ", "Bowker, χ² (df)", "p", "Stuart–Maxwell, χ² (df)", "p "),
        tuple(rows),
        (
            "Bowker (1948): each confusion is as frequent as its opposite. Stuart (1955), Maxwell "
            "(1970): both sides use each category as often. Degrees of freedom count the "
            "confusions that occur. With fewer than about ten patients who differ the "
            "chi-square is a rough guide. A dash: nobody differs.",
        ),
        {title: b.attrition for title, b in results.items()},
    )


def _test(test: ChiSquare | None) -> tuple[str, str]:
    if test is None:
        return DASH, DASH
    return f"{number(test.chi2)} ({test.df})", p_value(test.p)
