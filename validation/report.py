"""The tables as Markdown, alone or between the markers of a model card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corcal import __version__
from corcal.evaluate.publish import Table, table_markdown
from validation.candidates import candidate_tables
from validation.compare import Record
from validation.courses import course_goals, course_tables
from validation.discriminator import discriminator_table
from validation.goals import Goal
from validation.tables import (
    insertion_goals,
    insertion_tables,
    phantom_goals,
    phantom_tables,
    robustness_goals,
    robustness_tables,
    scan_goals,
    scan_tables,
)

BEGIN, END = "<!-- accuracy: begin -->", "<!-- accuracy: end -->"

DEFINITIONS = """\
A lesion is found if reported calcium touches it (26 neighbours), and on the right artery if more
than half of the reported voxels that touch it are that artery's. A false lesion is a connected
piece of reported calcium that touches neither a true lesion nor calcium marked as uncertain.
Calcium is present in an artery from 1 mm2 in a slice on, as the Agatston score counts. Intervals
are 95 %: of shares, ratios, kappas and medians by drawing whole scans with replacement (2,000
times); of a share of none or all, Wilson's for as many items as there are scans; there is none
where every draw would give the same. "met" looks at the figure, not at its interval."""

_INTRO = {
    "a": """\
Synthetic chests without contrast agent, whole field, in slices of 1 to 5 mm, from seeds that no
training uses; heart and arteries are found by corcal itself. They are not patients: these figures
tell how well the method does what it was taught, not how well it does in a clinic. "Visible" is
calcium of 130 HU and more in the noise-free image, "solid" the volume that was put there. The
true Agatston score is counted on the visible calcium by code of its own. Lesions of which no
voxel reaches 130 HU are left out.""",
    "b": """\
Calcium of known size along the traced arteries of real scans: real background, known truth.
Arteries were traced by a non-radiologist reader. Calcium that was there before counts neither
way, and arteries that held some, or were not traced, are left out of presence and amount.
"Visible" are the lesion's voxels of 130 HU and more in the scan, "solid" is the volume that was
put there. True Agatston scores are those of the visible voxels, counted by code of its own.""",
    "c": """\
Annotations were drawn by a non-radiologist reader: a research reference, not a clinical one.
"Found" is volume by volume, voxels of 130 HU and more.""",
    "d": """\
Every annotated scan made again: thicker slices are means, thinner ones are interpolated, the
kernels are emulated in-plane, noise of the scan's own texture is added until its deviation has
doubled, positions move by parts of a voxel, the field is cut to 20 or 30 mm round the heart. A
mirror image is no valid variation; flips are those of the storage order, which are left out of
the figure above because the scan that is read is the same. Categories are those of CAC-DRS: 0,
below 100, below 300, 300 and more. Beside it, the category of the calcium that was drawn, counted
in the scan made again with its neighbouring voxels: where it changes, no finding of calcium can
keep it.""",
    "e": """\
Arteries as they are drawn, with their calcium, on the cases of tables a and c. Of a traced course
only the points of confidence 2 and 3 (probable, clearly seen) are looked for, and a voxel can be
wrong only where the artery was traced in full. A phantom's course is its tube's medial line.""",
    "f": """\
Candidates are the connected lesions that the network marks; the second look keeps or drops each as
a whole. True ones touch calcium that was drawn (or is visible in the phantom); those that touch
only calcium marked as uncertain are left out.""",
    "discriminator": """\
How easily a classifier tells pieces of phantoms from pieces of real scans, in and round the
heart, from their HU, edges and texture.""",
}
_TITLES = {
    "a": "a. Fresh phantoms",
    "b": "b. Known lesions in real scans",
    "c": "c. Real annotated scans",
    "d": "d. Robustness",
    "e": "e. Arteries",
    "f": "f. Candidates and the second look",
    "discriminator": "Synthetic or real",
}
_MAKERS = {
    "a": (phantom_tables, phantom_goals),
    "b": (insertion_tables, insertion_goals),
    "c": (scan_tables, scan_goals),
    "d": (robustness_tables, robustness_goals),
}


def report(records: dict[str, list[Record]]) -> str:
    """Return all that the records tell, as Markdown.

    Args:
        records: by table, "a" to "d"; tables that were not measured are absent.
    """
    measured = {name: found for name, found in records.items() if found}
    goals = [g for name, found in measured.items() for g in _MAKERS[name][1](found)]
    phantoms, scans = measured.get("a", []), measured.get("c", [])
    goals += course_goals(scans) if scans else []
    lines = [f"corcal {__version__}, {_networks(measured)}.", "", DEFINITIONS, ""]
    lines += [table_markdown(goal_table(goals))]
    for name, found in measured.items():
        lines += [f"### {_TITLES[name]}", "", _INTRO[name], ""]
        lines += [table_markdown(t) for t in _MAKERS[name][0](found)]
    for name, tables in (
        ("e", course_tables(phantoms, scans)),
        ("f", candidate_tables(phantoms, scans)),
    ):
        if any(t.rows for t in tables):
            lines += [f"### {_TITLES[name]}", "", _INTRO[name], ""]
            lines += [table_markdown(t) for t in tables]
    if phantoms and scans:
        lines += [f"### {_TITLES['discriminator']}", "", _INTRO["discriminator"], ""]
        lines += [table_markdown(discriminator_table(phantoms, scans))]
    return "\n".join(lines)


def goal_table(goals: Sequence[Goal]) -> Table:
    """Return the figures beside what is asked of them."""
    rows = tuple((g.figure, g.table, g.shown(), g.asked(), g.verdict()) for g in goals)
    columns = ("figure", "table", "measured", "goal", "verdict")
    return Table("goals", "Figures and goals", columns, rows)


def _networks(records: dict[str, list[Record]]) -> str:
    stamps = {
        (r["asked"]["models"]["heart"][:8], r["asked"]["models"]["arteries"][:8])
        for found in records.values()
        for r in found
    }
    named = sorted(stamps)
    if len(named) == 1:
        return f"heart network {named[0][0]}, artery network {named[0][1]}"
    return (
        f"{len(named)} pairs of networks, each scan with one that never saw it where there is one"
    )


def put_between_markers(card: Path, text: str) -> None:
    """Replace what stands between the markers of a model card.

    Raises:
        SystemExit: the card has not both markers, once each and in order.
    """
    old = card.read_text(encoding="utf-8")
    if old.count(BEGIN) != 1 or old.count(END) != 1 or old.index(END) < old.index(BEGIN):
        raise SystemExit(f"{card.name}: needs the lines {BEGIN} and {END}, once each, in order")
    before, after = old.split(BEGIN)[0], old.split(END)[1]
    card.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", encoding="utf-8")
