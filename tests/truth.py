"""Phantoms that several tests share, scored by their truth."""

from __future__ import annotations

from functools import cache
from typing import Any

from corcal.core.reading import Reading
from corcal.core.scan import Scan
from corcal.phantom import PhantomCase, make_case
from corcal.pipeline import score_scan
from corcal.testing import QUIET, TrueArteries, TrueHeart


@cache
def quiet_case(seed: int) -> PhantomCase:
    """Return a phantom with calcium in two arteries: not RCA in 4, not LAD in 5, not LCX in 3."""
    return make_case(seed, options=QUIET)


def score(case: PhantomCase, scan: Scan | None = None, **given: Any) -> Reading:
    """Return the reading of a phantom's scan, or of another scan of it, with its truth."""
    truth = {"locator": TrueHeart(case), "segmenter": TrueArteries(case)}
    return score_scan(scan or case.scan, **{**truth, **given})
