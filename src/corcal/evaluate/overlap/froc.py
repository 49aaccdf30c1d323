"""The free-response curve: lesions found against false lesions a scan.

Source: Bunch et al., Proc SPIE 1977, 127, 124. A label map gives a lesion no probability; its
volume ranks it instead, so that the curve shows what a smallest volume would cost and save.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corcal.evaluate.overlap.lesions import LesionMatch

#: The rates at which the curve is read off (Setio et al., Med Image Anal 2017, 42, 1).
RATES = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class FrocPoint:
    """The curve where lesions below a volume are left out.

    Attributes:
        volume_mm3: the smallest volume that counts.
        false_per_scan: predicted lesions that are wrong, a scan.
        sensitivity: share of reference lesions found.
    """

    volume_mm3: float
    false_per_scan: float
    sensitivity: float


@dataclass(frozen=True)
class Froc:
    """A free-response curve.

    Attributes:
        points: from the largest volume to none left out.
        lesions: number of reference lesions.
        scans: number of scans.
    """

    points: tuple[FrocPoint, ...]
    lesions: int
    scans: int

    def sensitivity_at(self, false_per_scan: float) -> float:
        """Return the best sensitivity with at most so many false lesions a scan."""
        reached = [p.sensitivity for p in self.points if p.false_per_scan <= false_per_scan + 1e-12]
        return max(reached, default=0.0)

    @property
    def mean_sensitivity(self) -> float:
        """Mean over `RATES`."""
        return sum(self.sensitivity_at(r) for r in RATES) / len(RATES)


def free_response(matches: Sequence[LesionMatch]) -> Froc | None:
    """Return the curve of the lesions of many scans; None without a reference lesion."""
    scans, lesions = len(matches), sum(m.reference for m in matches)
    if not lesions:
        return None
    ranked = sorted(
        ((c.volume_mm3, number, c.hits) for number, m in enumerate(matches) for c in m.candidates),
        key=lambda entry: -entry[0],
    )
    hit_lesions: set[tuple[int, int]] = set()
    wrong = 0
    points: list[FrocPoint] = []
    for i, (volume, scan, hits) in enumerate(ranked):
        hit_lesions.update((scan, hit) for hit in hits)
        wrong += not hits
        # Lesions of one volume enter together: no threshold parts them.
        if i + 1 == len(ranked) or ranked[i + 1][0] < volume:
            points.append(FrocPoint(volume, wrong / scans, len(hit_lesions) / lesions))
    return Froc(tuple(points), lesions, scans)
