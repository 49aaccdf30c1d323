"""The reader study as a folder of files, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corcal.core.scan import Notice
from corcal.evaluate.publish.page import Page, Section, page_html
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import write_table
from corcal.evaluate.publish.wording import figure
from corcal.evaluate.readers.agreement import StructureAgreement, agreement_of, disputes_of
from corcal.evaluate.readers.ratings import Ratings
from corcal.evaluate.readers.tables import adjudication_table, agreement_table, overall_table
from corcal.storage.atomic import add_files, check_folder

SCHEMA = "corcal-readers/1"
JSON_FILE, PAGE_FILE = "readers.json", "readers.html"

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


def check_readers_output(out: Path, *, force: bool) -> None:
    """Refuse a folder that cannot take the study, before any work starts.

    Raises:
        OutputRefused: as `corcal.storage.atomic.check_folder`.
    """
    check_folder(out, (JSON_FILE, PAGE_FILE), force=force)


def write_readers(ratings: Ratings, out: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write readers.json, readers.html and every table into a folder.

    Args:
        ratings: what the readers said.
        out: the folder; made if absent.
        force: replace an earlier study there.

    Returns:
        The files, readers.json and readers.html first.

    Raises:
        OutputRefused: `out` cannot take the files.
    """
    found = agreement_of(ratings)
    table2, overall = agreement_table(ratings, found), overall_table(ratings, found)
    disputes = adjudication_table(ratings, disputes_of(ratings))
    files = {
        JSON_FILE: readers_json(ratings, found),
        PAGE_FILE: _page(ratings, found, (table2, overall)),
    }
    for table in (table2, overall, disputes):
        files |= write_table(table)
    return add_files(out, files, force=force)


def readers_json(ratings: Ratings, found: tuple[StructureAgreement, ...]) -> bytes:
    """Return every figure of the study as UTF-8 JSON. Cases are counted, not named."""
    structures: dict[str, dict[str, Any]] = {}
    for one in found:
        structures.setdefault(one.structure.artery, {})[one.structure.part] = {
            "kappa": one.kappa.as_dict(),
            "by_reader": {reader: dict(counts) for reader, counts in one.by_reader.items()},
            "unanimous": dict(one.unanimous),
        }
    document = {
        "schema": SCHEMA,
        "blinded": ratings.blinded,
        "cases": len(ratings.cases),
        "readers": list(ratings.readers),
        "categories": list(ratings.categories),
        "agreement": structures,
        "to_adjudicate": len(disputes_of(ratings)),
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def summary_of(ratings: Ratings, found: tuple[StructureAgreement, ...]) -> tuple[str, ...]:
    """Return the result in a few sentences."""
    rated = sum(one.kappa.n for one in found)
    alike = sum(sum(one.unanimous.values()) for one in found)
    best = ratings.categories[0]
    sentences = [
        f"{len(ratings.cases)} cases, {len(ratings.readers)} readers, "
        f"{len(ratings.categories)} categories."
    ]
    if rated:
        top = sum(one.unanimous[best] for one in found)
        sentences.append(
            f"The readers agree on {alike} of {rated} structures ({100 * alike / rated:.1f} %); "
            f"{100 * top / rated:.1f} % are {best} to all."
        )
    for part, plural in (("artery", "Arteries"), ("calcium", "Calcium")):
        kappas = [
            f"{one.structure.artery} {figure(one.kappa)}"
            for one in found
            if one.structure.part == part and one.kappa.value is not None
        ]
        if kappas:
            sentences.append(f"{plural}, κ: {'; '.join(kappas)}.")
    return tuple(sentences)


def _page(
    ratings: Ratings, found: tuple[StructureAgreement, ...], tables: tuple[Table, ...]
) -> bytes:
    disputes = len(disputes_of(ratings))
    notice = Notice(
        "adjudication",
        f"{disputes} structures are rated differently: adjudication.csv lists them, with the names "
        "of the cases and a column for the decision.",
    )
    page = Page(
        title="Reader study",
        subtitle=f"Readers {', '.join(ratings.readers)}",
        summary=summary_of(ratings, found),
        notices=(notice,) if disputes else (),
        sections=(
            Section("table2", "Ratings and agreement", tables[:1]),
            Section("overall", "Over all structures", tables[1:]),
        ),
        methods=_METHODS,
        beside="The same tables lie beside this page as CSV, Markdown and LaTeX, and every number "
        "in readers.json.",
    )
    return page_html(page)
