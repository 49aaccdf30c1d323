"""The reader study as one page, one document and its tables."""

from __future__ import annotations

from typing import Any

from corcal.core.scan import Notice
from corcal.evaluate.publish.page import Page, Section
from corcal.evaluate.publish.publication import Publication
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import figure
from corcal.evaluate.readers.agreement import StructureAgreement, agreement_of, disputes_of
from corcal.evaluate.readers.ratings import Ratings
from corcal.evaluate.readers.tables import adjudication_table, agreement_table, overall_table

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


def publish_readers(ratings: Ratings) -> Publication:
    """Return the study's page, readers.json and every table.

    Args:
        ratings: what the readers said.
    """
    agreed = agreement_of(ratings)
    table2, overall = agreement_table(ratings, agreed), overall_table(ratings, agreed)
    disputes = adjudication_table(ratings, agreed, disputes_of(ratings))
    page = _page(ratings, agreed, (table2, overall))
    return Publication(
        "readers", page, readers_document(ratings, agreed), (table2, overall, disputes)
    )


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
        "to_adjudicate": len(disputes_of(ratings)),
    }


def summary_of(ratings: Ratings, agreed: tuple[StructureAgreement, ...]) -> tuple[str, ...]:
    """Return the result in a few sentences."""
    rated = sum(one.kappa.n for one in agreed)
    alike = sum(sum(one.unanimous.values()) for one in agreed)
    best = ratings.categories[0]
    sentences = [
        f"{len(ratings.cases)} cases, {len(ratings.readers)} readers, "
        f"{len(ratings.categories)} categories."
    ]
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
            Section("overall", "Over all structures", tables[1:]),
        ),
        methods=_METHODS,
        beside="The same tables lie beside this page as CSV, Markdown and LaTeX, and every number "
        "in readers.json.",
    )
