"""The reader study as tables: the paper's Table 2, its shares over all, and what to adjudicate."""

from __future__ import annotations

from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure
from corcal.evaluate.readers.agreement import Dispute, StructureAgreement, attrition_of
from corcal.evaluate.readers.ratings import Ratings
from corcal.evaluate.statistics.agreement.kappa_words import mchugh_words
from corcal.evaluate.statistics.estimate import Estimate

_KAPPA_NOTE = (
    "κ: free-marginal multirater kappa (Randolph 2005) on a scale of {k} categories; 95 % "
    "interval from the variance of the cases' agreement (Gwet 2008), the exact limit where "
    "agreement is complete. Its words are McHugh's (2012)."
)


def agreement_table(ratings: Ratings, agreed: tuple[StructureAgreement, ...]) -> Table:
    """Return Table 2: each structure's ratings by reader, and the readers' agreement."""
    readers = tuple(f"Reader {reader}, n (%)" for reader in ratings.readers)
    rows = [row for one in agreed for row in _rows(one, ratings)]
    return Table(
        name="table2_readers",
        title=f"Visual assessment of arteries and their calcium (n = {len(ratings.cases)}) by "
        f"{_readers(ratings)}",
        columns=("Structure", "Rating", *readers, "All agree, n (%)", "κ (95 % CI)", "Agreement"),
        rows=tuple(rows),
        notes=(
            _KAPPA_NOTE.format(k=len(ratings.categories)),
            "Shares are of the cases that the reader rated; of all agreeing, of the cases that at "
            "least two readers rated.",
            *_missing(ratings),
        ),
        attrition={one.structure.title: one.attrition for one in agreed},
        counted="Cases that two readers or more rated",
    )


def overall_table(ratings: Ratings, agreed: tuple[StructureAgreement, ...]) -> Table:
    """Return the share of each category over all arteries, all calcium, and both."""
    groups = {
        "All arteries": [f for f in agreed if f.structure.part == "artery"],
        "All calcium": [f for f in agreed if f.structure.part == "calcium"],
        "Everything": list(agreed),
    }
    rows = []
    for name, members in groups.items():
        if not members:
            continue
        for category in ratings.categories:
            shares = [
                _share(
                    sum(f.by_reader[reader][category] for f in members),
                    sum(sum(f.by_reader[reader].values()) for f in members),
                )
                for reader in ratings.readers
            ]
            alike = _share(
                sum(f.unanimous[category] for f in members), sum(f.kappa.n for f in members)
            )
            rows.append((name, category, *shares, alike))
    readers = tuple(f"Reader {reader}, n (%)" for reader in ratings.readers)
    return Table(
        name="readers_overall",
        title="Visual assessment over all structures",
        columns=("Structures", "Rating", *readers, "All agree, n (%)"),
        rows=tuple(rows),
        notes=(
            "No κ is given over several structures: ratings of one patient hang together, and "
            "an interval that takes them for independent would be too narrow.",
        ),
        attrition={"Everything": attrition_of(agreed)},
        counted="Structures that two readers or more rated",
    )


def adjudication_table(
    ratings: Ratings, agreed: tuple[StructureAgreement, ...], disputes: tuple[Dispute, ...]
) -> Table:
    """Return what readers differ on, with an empty column for the decision."""
    alike = sum(sum(one.unanimous.values()) for one in agreed)
    return Table(
        name="adjudication",
        title="Structures on which readers differ, widest differences first",
        columns=(
            "Case",
            "Artery",
            "Structure",
            *(f"Reader {reader}" for reader in ratings.readers),
            "Steps apart",
            "Majority",
            "Decision",
        ),
        rows=tuple(
            (
                d.case,
                d.structure.artery,
                d.structure.part,
                *(rating or DASH for rating in d.ratings),
                str(d.apart),
                d.majority or DASH,
                "",
            )
            for d in disputes
        ),
        notes=("This list names the cases: the blinding is undone.",),
        attrition={"": attrition_of(agreed).lose("all readers agree", alike)},
        counted="Structures to adjudicate",
    )


def _rows(one: StructureAgreement, ratings: Ratings) -> list[tuple[str, ...]]:
    rows = []
    for number, category in enumerate(ratings.categories):
        shares = [
            _share(counts[category], sum(counts.values()))
            for counts in (one.by_reader[reader] for reader in ratings.readers)
        ]
        alike = _share(one.unanimous[category], one.kappa.n)
        ends = (figure(one.kappa), _words(one.kappa)) if number == 0 else ("", "")
        rows.append((one.structure.title, category, *shares, alike, *ends))
    return rows


def _words(kappa: Estimate) -> str:
    return DASH if kappa.value is None else mchugh_words(kappa.value)


def _share(count: int, of: int) -> str:
    return f"{count} ({100 * count / of:.1f})" if of else DASH


def _readers(ratings: Ratings) -> str:
    n = len(ratings.readers)
    return "one reader" if n == 1 else f"{n} readers"


def _missing(ratings: Ratings) -> list[str]:
    """Return a sentence for each reader who left something out, and one for a lone reader."""
    items = len(ratings.cases) * len(ratings.structures)
    notes = [
        f"Reader {reader} rated {len(given)} of {items}; what was not rated is left out."
        for reader, given in ratings.given.items()
        if len(given) < items
    ]
    if sum(bool(given) for given in ratings.given.values()) < 2:
        notes.append("With one reader there is no agreement to measure.")
    return notes
