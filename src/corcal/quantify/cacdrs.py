"""CAC-DRS categories (Hecht et al., JCCT 2018, 12, 185).

The boundary of category 3 is 300 and more, as in the 2023 multimodality appropriate use
criteria; the first text wrote "more than 300".
"""

from __future__ import annotations

from corcal.core.score import CalciumScore
from corcal.core.severity import CacDrs
from corcal.settings import Scoring


def make_cac_drs(score: CalciumScore, settings: Scoring, *, gated: bool | None) -> CacDrs:
    """Return the CAC-DRS category: scale A for gated scans, V derived for all others.

    Scale A is the Agatston score's own: category 0 at exactly 0, 1 below 100, 2 below 300, else
    3 (`cac_drs_bounds`), without rounding; vessels are those that score.

    Scale V is a reader's impression by definition; here it is derived from the score by the same
    bounds and must be called derived. Its category 0 means that no calcium is seen, so calcium
    that was counted, yet is too faint to score on averaged slabs, makes it 1.

    Args:
        score: the numbers.
        settings: `cac_drs_bounds`.
        gated: True for an ECG-gated scan; None, unknown, counts as not gated.
    """
    total = score.agatston
    category = sum(total >= bound for bound in settings.cac_drs_bounds) + 1 if total > 0 else 0
    if gated:
        return CacDrs("A", category, sum(a.agatston > 0 for a in score.arteries))
    return CacDrs("V", max(category, min(score.vessels, 1)), score.vessels)
