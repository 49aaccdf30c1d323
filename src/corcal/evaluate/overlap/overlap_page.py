"""Overlap as one page, one document, its tables and the free-response curve."""

from __future__ import annotations

from collections.abc import Sequence

from corcal.core.scan import Notice
from corcal.evaluate.overlap.compare import CaseOverlap
from corcal.evaluate.overlap.figure import froc_plot
from corcal.evaluate.overlap.summary import Summary, summarise
from corcal.evaluate.overlap.tables import cases_csv, overlap_tables
from corcal.evaluate.publish.page import Page, Section
from corcal.evaluate.publish.publication import Publication
from corcal.evaluate.publish.wording import figure
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.resampling import FEWEST_SKEWED

#: Every figure of every case.
CASES_FILE = "cases.csv"

_METHODS = (
    "Dice is the shared volume over the mean of both volumes, Jaccard the shared volume over the "
    "volume of either. Both are 0 where only one side has the structure, and undefined where "
    "neither has.",
    "Surface voxels have a face outside the structure. The mean surface distance is taken over "
    "the surface voxels of both sides, each to the nearest of the other; HD95 is the larger of "
    "the two directed 95th percentiles. Distances are between voxel centres in mm.",
    "A lesion is a connected component of a calcium label. It is found if a predicted lesion "
    "shares a voxel with it; a predicted lesion is right if it shares a voxel with a reference "
    "lesion. F1 is the harmonic mean of sensitivity and precision.",
    "For the free-response curve (Bunch et al., Proc SPIE 1977, 127, 124) predicted lesions are "
    "ranked by their volume.",
    "Intervals are bootstrap intervals (BCa); scans are drawn whole. There is none with fewer "
    f"than {FEWEST_SKEWED} scans, or where all say the same.",
)


def publish_overlap(
    cases: Sequence[CaseOverlap], rule: IntervalRule, *, alone: int = 0
) -> Publication:
    """Return the comparison's page, overlap.json, cases.csv, every table and the curve.

    Args:
        cases: at least one.
        rule: level, draws and seed of the intervals.
        alone: predictions that have no reference, which a notice counts.
    """
    summary = summarise(cases, rule, alone=alone)
    overlap, surfaces, lesions, froc = tables = overlap_tables(summary)
    plot = froc_plot(summary.lesions)
    plots = (plot,) if plot is not None else ()
    page = Page(
        title="Overlap of predicted and reference labels",
        subtitle=f"{len(cases)} scans",
        summary=summary_of(summary),
        notices=_notices(summary),
        sections=(
            Section("overlap", "Overlap", (overlap, surfaces)),
            Section("lesions", "Lesions", (lesions, froc), plots),
        ),
        methods=_METHODS,
        beside="The same tables lie beside this page as CSV, Markdown and LaTeX, every scan in "
        "cases.csv, and every number in overlap.json.",
    )
    said = f"bootstrap (BCa) over {len(cases)} scans, {rule.draws:,} draws, seed {rule.seed}"
    others = {CASES_FILE: cases_csv(cases)}
    return Publication("overlap", page, summary.as_dict(), tables, plots, others, said)


def _notices(summary: Summary) -> tuple[Notice, ...]:
    alone = summary.scans.n_in - summary.cases
    if not alone:
        return ()
    text = f"{alone} of {summary.scans.n_in} predictions have no reference and were not compared."
    return (Notice("predictions-alone", text),)


def summary_of(summary: Summary) -> tuple[str, ...]:
    """Return the result in a few sentences."""
    said = [f"{summary.cases} scans were compared."]
    for part, words in (("artery", "Dice of the arteries"), ("calcium", "Dice of their calcium")):
        figures = [
            f"{target} {figure(one.spreads['dice'].mean)}"
            for (target, of), one in summary.overlap.items()
            if of == part
        ]
        if figures:
            said.append(f"{words}: {'; '.join(figures)}.")
    lesions = summary.lesions["any"]
    c, f = lesions.counts, lesions.figures
    said.append(
        f"Lesions: {c.found} of {c.reference} found, {c.right} of {c.predicted} predicted are "
        f"right; F1 {figure(f['f1'])}."
    )
    return tuple(said)
