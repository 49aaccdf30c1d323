"""Places of what was not counted, in synthetic hearts of which every solid is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.core.score import OmittedPiece, Place
from corcal.phantom import PhantomOptions, make_case
from corcal.pipeline import score_scan

OPTIONS = PhantomOptions(
    spacing_mm=(1.5, 0.8, 0.8),
    contrast=0.0,
    with_mimics=("aortic_valve", "aortic_wall", "mitral_annulus"),
)
ROOT = {"aortic_valve", "aortic_wall", "ostial", "prosthesis"}
RIGHT = {
    Place.MITRAL: {"mitral_annulus"},
    Place.AORTIC_VALVE: ROOT,
    Place.AORTIC_ROOT: ROOT,
}
LARGE_MM3 = 30.0


@pytest.mark.slow
def test_places_by_landmarks_are_mostly_right() -> None:
    named, right = 0, 0
    for seed in range(930000, 930006):
        case = make_case(seed, options=OPTIONS)
        solids = [(s["kind"], points_of(s)) for s in case.parameters["mimic_solids"]]
        for piece in score_scan(case.scan).report.omitted:
            if piece.place in RIGHT and piece.volume_mm3 >= LARGE_MM3:
                named += 1
                right += nearest_kind(piece, solids) in RIGHT[piece.place]
    assert named >= 8
    assert right / named >= 0.85


def points_of(solid: dict[str, Any]) -> NDArray[np.float64]:
    """Return points of a solid, (n, 3), LPS."""
    shape = next(v for k, v in solid.items() if k in ("plaque", "ellipsoid", "tube"))
    return np.atleast_2d(shape.get("centre_mm", shape.get("points_mm")))


def nearest_kind(piece: OmittedPiece, solids: list[tuple[str, NDArray[np.float64]]]) -> str:
    centre = np.array(piece.centre_lps_mm)
    return min(solids, key=lambda s: float(np.linalg.norm(s[1] - centre, axis=1).min()))[0]
