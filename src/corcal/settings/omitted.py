"""Settings of the list of bright pieces that were not counted."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require_range


@dataclass(frozen=True)
class Omitted:
    """Bright pieces in and near the heart that are listed, and their places.

    See `corcal.label.omitted`. No score depends on these numbers.

    Attributes:
        min_mm3: smallest piece that is listed; smaller ones are as often noise.
        min_peak_hu: lowest peak of a piece that is listed; fainter ones are as often noise.
        metal_hu: peak from which a piece is metal (3071 HU is the most that 12 bits hold).
        contrast_hu: nothing is listed where calcium begins so far above the scoring threshold,
            because the blood is bright: contrast agent would be listed.
        heart_margin_mm: voxels within this of the heart count as in it.
        min_share: smallest share of a piece that lies in the heart; a piece with less is bone or
            a node that touches it.
        around_mm: how far outside that margin a piece is followed, so that bone is seen as such.
        edge_mm: a piece whose median depth in the heart is less lies at its edge.
        artery_mm: a piece within this of a drawn artery lies beside it.
        max_ostia_mm: largest distance between the upper ends of RCA and left main by which the
            aortic root is placed, halfway between them.
        root_mm: a piece whose centre is within this of the root's centre lies at the root.
        valve_below_mm: from so far below the root's centre a piece lies where the aortic valve is.
        mitral_left_mm: how far to the left of the root's centre the mitral annulus lies.
        mitral_behind_mm: how far behind it.
        mitral_below_mm: how far below it.
        max_pieces: most pieces that are listed, the largest first.
    """

    min_mm3: float = 8.0
    min_peak_hu: float = 180.0
    metal_hu: float = 2500.0
    contrast_hu: float = 70.0
    heart_margin_mm: float = 3.0
    min_share: float = 0.6
    around_mm: float = 20.0
    edge_mm: float = 6.0
    artery_mm: float = 4.0
    max_ostia_mm: float = 70.0
    root_mm: float = 24.0
    valve_below_mm: float = 4.0
    mitral_left_mm: tuple[float, float] = (0.0, 40.0)
    mitral_behind_mm: tuple[float, float] = (20.0, 60.0)
    mitral_below_mm: tuple[float, float] = (5.0, 60.0)
    max_pieces: int = 20

    def __post_init__(self) -> None:
        require_range(
            "omitted",
            self,
            positive=("min_mm3", "edge_mm", "artery_mm", "max_ostia_mm", "root_mm"),
            not_negative=("heart_margin_mm", "contrast_hu", "around_mm", "max_pieces"),
            share=("min_share",),
        )
