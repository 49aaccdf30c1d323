"""Place, direction and size of the heart of one patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from corcal.phantom.body.shapes import Floats


@dataclass(frozen=True)
class Pose:
    """Place, direction and size of the template heart in this patient.

    Attributes:
        turn: (3, 3) rotation.
        stretch: (3,) factors along LPS after the turn, size included.
        rv: growth of the right ventricle and atrium (pulmonary hypertension > 1).
        pa: growth of the pulmonary trunk.
        aorta: growth of the aorta.
        hypertension: whether the patient has pulmonary hypertension.
    """

    turn: Floats
    stretch: Floats
    rv: float = 1.0
    pa: float = 1.0
    aorta: float = 1.0
    hypertension: bool = False

    def point(self, x: float, y: float, z: float) -> Floats:
        """Return where a template point lies."""
        return np.asarray(self.stretch * (self.turn @ np.array([x, y, z], float)))

    def points(self, rows: list[tuple[float, float, float]]) -> Floats:
        """Return where template points lie, (n, 3)."""
        return np.stack([self.point(*row) for row in rows])

    @property
    def size(self) -> float:
        """Mean linear factor, for radii."""
        return float(np.prod(self.stretch) ** (1 / 3))


def sample_pose(rng: np.random.Generator, hypertension: float = 0.25) -> Pose:
    """Return a random pose.

    Args:
        rng: source of randomness.
        hypertension: probability of pulmonary hypertension: a large right heart, and a
            pulmonary trunk wider than the aorta.
    """
    large = rng.random() < hypertension
    turn = Rotation.from_euler(
        "zyx", rng.normal([6.0, 0.0, 0.0], [8.0, 6.0, 6.0]), degrees=True
    ).as_matrix()
    size = np.clip(rng.normal(1.0, 0.06), 0.86, 1.15)
    stretch = size * np.clip(rng.normal(1.0, 0.045, size=3), 0.88, 1.12)
    aorta = float(np.clip(rng.normal(1.0, 0.08), 0.85, 1.25))
    # The trunk of the template has 0.9 times the radius of its aorta.
    wide = max(float(rng.uniform(1.15, 1.65)), 1.16 * aorta)
    return Pose(
        turn=turn,
        stretch=stretch,
        rv=float(rng.uniform(1.05, 1.32) if large else rng.uniform(0.92, 1.07)),
        pa=wide if large else float(rng.uniform(0.85, 1.05)) * min(aorta, 1.1),
        aorta=aorta,
        hypertension=bool(large),
    )
