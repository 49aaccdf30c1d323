"""Sentences that every result carries: what it is not, and how far it can be trusted.

Sources: Arcadi et al., World J Radiol 2014, 6, 381 (the 60 people); Hecht et al., JCCT 2018,
12, 185 and the 2023 multimodality criteria (CAC-DRS, 300 belongs to the highest category);
Williams et al., Br J Radiol 2021, 94, 20200894 (BSCI/BSCCT/BSTI consensus).
"""

from __future__ import annotations

from corcal import DISCLAIMER as DISCLAIMER  # noqa: PLC0414  (the page reads all wording here)

#: What a vessel count of CAC-DRS means here.
VESSEL_NOTE = "left main counted with LAD"

#: How a category of scale V, or of scale A, came about.
DERIVED_NOTE = "derived from the Agatston-equivalent score, not visual"
SCORED_NOTE = "from the Agatston score"

#: Name of the score on a scan with, and without, ECG gating.
GATED_SCORE = "Agatston"
ESTIMATED_SCORE = "Agatston-equivalent"
_KINDS: dict[bool | None, str] = {
    True: GATED_SCORE,
    False: f"estimated, {ESTIMATED_SCORE} (non-gated)",
    None: f"estimated, {ESTIMATED_SCORE} (ECG gating not stated)",
}


def agatston_kind(gated: bool | None) -> str:
    """Return what kind of score it is, for machines; unknown gating is not called none."""
    return _KINDS[gated]


#: What a reader should know of a score taken without ECG gating.
NON_GATED_LIMITS = (
    "The Agatston score is defined on ECG-gated scans. Without gating the heart moves during "
    "the scan: small deposits blur away, and blurred ones are smeared over more slices.",
    "In 60 people scanned both ways, the scores agreed closely (r = 0.98) but were lower "
    "without gating (mean 428 against 481). 38 % changed risk category, most of them to a "
    "lower one; of six people with a gated score of zero, two scored above zero without gating "
    "(Arcadi et al., World J Radiol 2014, 6, 381).",
    "A result of zero does not exclude small deposits, and a score near the border of a category "
    "may belong to the next.",
    "For non-gated chest CT, the British societies advise a simple grade of none, mild, moderate "
    "or severe (Williams et al., Br J Radiol 2021, 94, 20200894). Here the grade is derived from "
    "the score with the bounds of CAC-DRS (Hecht et al., JCCT 2018, 12, 185; 300 and more is "
    "severe, as in the 2023 multimodality criteria).",
)

#: MESA percentiles and arterial age rest on another population and on gated scans.
MESA_NOTE = (
    "Derived from gated scans of a US cohort without treated diabetes (MESA); on a non-gated "
    "scan an approximation only."
)
