"""The reader study as one page, one document and its tables."""

from __future__ import annotations

from typing import Any

from corcal.core.scan import Notice
from corcal.evaluate.publish.page import Page, Section
from corcal.evaluate.publish.publication import Publication
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import figure
from corcal.evaluate.readers.agreement import StructureAgreement, agreement_of, disputes_of
from corcal.evaluate.readers.pair_tables import all_readers_table, oneself_table, pairs_table
from corcal.evaluate.readers.pairs import (
    agreement_of_all,
    agreement_of_pairs,
    agreement_with_oneself,
)
from corcal.evaluate.readers.ratings import Ratings
from corcal.evaluate.readers.tables import adjudication_table, agreement_table, overall_table
from corcal.evaluate.statistics.interval import IntervalRule

SCHEMA = "corcal-readers/1"

_METHODS = (
    "Agreement beyond chance is Randolph's free-marginal multirater kappa (Joensuu Learning and "
    "Instruction Symposium 2005): (agreement - 1/k) / (1 - 1/k), with k categories on the scale "
    "and agreement the share of pairs of readers who agree, averaged over cases.",
    "Its 95 % interval is the estimate plus and minus 1.96 standard errors, from the variance of "
    "the cases' agreement (Gwet, Br J Math Stat Psychol 2008, 61, 29). Where all agree on every "
    "case, the lower limit is Clopper and Pearson's exact one.",
    "A case counts where at least two readers rated it. A rating that is missing is left out; it "
    "counts neither as agreement nor as disagreement.",
)
_PAIRS = (
    "Two readers, and a reader's first and second ratings, are compared by Cohen's kappa, "
    "unweighted and weighted (Psychol Bull 1968, 70, 213; errors after Fleiss, Cohen and Everitt, "
    "1969, 72, 323); all readers at once by Fleiss' kappa (1971, 76, 378) and Gwet's AC1 and AC2 "
    "(Br J Math Stat Psychol 2008, 61, 29; Handbook of Inter-Rater Reliability, 2014)."
)
_RULE = IntervalRule()


def publish_readers(ratings: Ratings) -> Publication:
    """Return the study's page, readers.json and every table.

    Args:
        ratings: what the readers said.
    """
    agreed = agreement_of(ratings)
    table2, overall = agreement_table(ratings, agreed), overall_table(ratings, agreed)
    disputes = adjudication_table(ratings, agreed, disputes_of(ratings))
    more = _further_tables(ratings)
    page = _page(ratings, agreed, (table2, overall, *more))
    document = readers_document(ratings, agreed)
    method = f"95 % intervals; n = {len(ratings.cases):,} cases, {len(ratings.readers)} readers"
    tables = (table2, overall, *more, disputes)
    return Publication("readers", page, document, tables, method=method)


def _further_tables(ratings: Ratings) -> tuple[Table, ...]:
    """Return the tables of pairs of readers, of all at once, and of readers with themselves."""
    tables: list[Table] = []
    if len(ratings.readers) > 1:
        tables.append(pairs_table(agreement_of_pairs(ratings, _RULE)))
        tables.append(all_readers_table(agreement_of_all(ratings, _RULE)))
    if ratings.again:
        tables.append(oneself_table(agreement_with_oneself(ratings, _RULE)))
    return tuple(tables)


def readers_document(ratings: Ratings, agreed: tuple[StructureAgreement, ...]) -> dict[str, Any]:
    """Return every figure of the study as plain values. Cases are counted, not named."""
    structures: dict[str, dict[str, Any]] = {}
    for one in agreed:
        structures.setdefault(one.structure.artery, {})[one.structure.part] = {
            "kappa": one.kappa.as_dict(),
            "by_reader": {reader: dict(counts) for reader, counts in one.by_reader.items()},
            "unanimous": dict(one.unanimous),
            "attrition": one.attrition.as_dict(),
        }
    return {
        "schema": SCHEMA,
        "blinded": ratings.blinded,
        "cases": len(ratings.cases),
        "readers": list(ratings.readers),
        "categories": list(ratings.categories),
        "agreement": structures,
        "pairs": [p.as_dict() for p in agreement_of_pairs(ratings, _RULE)],
        "all_readers": [a.as_dict() for a in agreement_of_all(ratings, _RULE)],
        "oneself": [p.as_dict() for p in agreement_with_oneself(ratings, _RULE)],
        "to_adjudicate": len(disputes_of(ratings)),
    }


def summary_of(ratings: Ratings, agreed: tuple[StructureAgreement, ...]) -> tuple[str, ...]:
    """Return the result in a few sentences."""
    rated = sum(one.kappa.n for one in agreed)
    alike = sum(sum(one.unanimous.values()) for one in agreed)
    best = ratings.categories[0]
    cases, readers = len(ratings.cases), len(ratings.readers)
    sentences = [
        f"{cases} case{'s' * (cases != 1)}, {readers} reader{'s' * (readers != 1)}, "
        f"{len(ratings.categories)} categories."
    ]
    if readers == 1:
        sentences.append("No agreement: it needs the ratings of two readers.")
    if rated:
        top = sum(one.unanimous[best] for one in agreed)
        sentences.append(
            f"The readers agree on {alike} of {rated} structures ({100 * alike / rated:.1f} %); "
            f"{100 * top / rated:.1f} % are {best} to all."
        )
    for part, plural in (("artery", "Arteries"), ("calcium", "Calcium")):
        kappas = [
            f"{one.structure.artery} {figure(one.kappa)}"
            for one in agreed
            if one.structure.part == part and one.kappa.value is not None
        ]
        if kappas:
            sentences.append(f"{plural}, κ: {'; '.join(kappas)}.")
    return tuple(sentences)


def _page(
    ratings: Ratings, agreed: tuple[StructureAgreement, ...], tables: tuple[Table, ...]
) -> Page:
    disputes = len(disputes_of(ratings))
    notice = Notice(
        "adjudication",
        f"{disputes} structures are rated differently: adjudication.csv lists them, with the names "
        "of the cases and a column for the decision.",
    )
    return Page(
        title="Reader study",
        subtitle=f"Readers {', '.join(ratings.readers)}",
        summary=summary_of(ratings, agreed),
        notices=(notice,) if disputes else (),
        sections=(
            Section("table2", "Ratings and agreement", tables[:1]),
            Section("overall", "Over all structures", tables[1:2]),
            Section("pairs", "Reader against reader", tables[2:]),
        ),
        methods=(*_METHODS, *([_PAIRS] if tables[2:] else [])),
        beside="The same tables lie beside this page as CSV, Markdown and LaTeX, and every number "
        "in readers.json.",
    )
