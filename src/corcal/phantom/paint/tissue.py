"""Attenuation of every tissue in one scan, realistic or made wild for training."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np


@dataclass(frozen=True)
class Tissue:
    """Attenuation in HU at 120 kV.

    Attributes:
        fat, muscle, skin, heart_muscle: soft tissue.
        left_blood, right_blood, svc: blood of the left heart and aorta, of the right heart
            and pulmonary arteries, and of the superior vena cava.
        lung, air: gas.
        liver, spleen, stomach: organs below the diaphragm.
        cortex, marrow, cartilage: bone.
    """

    fat: float = -105.0
    muscle: float = 52.0
    skin: float = 10.0
    heart_muscle: float = 48.0
    left_blood: float = 41.0
    right_blood: float = 41.0
    svc: float = 41.0
    lung: float = -850.0
    air: float = -990.0
    liver: float = 56.0
    spleen: float = 48.0
    stomach: float = 30.0
    cortex: float = 560.0
    marrow: float = 170.0
    cartilage: float = 95.0

    @property
    def enhanced(self) -> bool:
        """True if the blood carries contrast agent."""
        return max(self.left_blood, self.right_blood) > 65.0


def sample_tissue(rng: np.random.Generator, *, contrast: bool, wild: bool) -> Tissue:
    """Return random tissue: `contrast` enhances the blood, `wild` moves every tissue."""
    blood = float(rng.uniform(32, 48))
    tissue = Tissue(
        fat=float(rng.uniform(-114, -92)),
        muscle=float(rng.uniform(45, 60)),
        heart_muscle=blood + float(rng.uniform(1, 12)),
        left_blood=blood,
        right_blood=blood + float(rng.uniform(-2, 2)),
        svc=blood,
        lung=float(rng.uniform(-890, -790)),
        liver=float(rng.uniform(42, 66)),
        spleen=float(rng.uniform(42, 54)),
        stomach=float(rng.uniform(10, 60)),
        cortex=float(rng.uniform(420, 750)),
        marrow=float(rng.uniform(70, 200)),
        cartilage=float(rng.uniform(70, 140)),
    )
    if contrast:
        left = float(rng.uniform(80, 220))
        right = left * float(rng.uniform(0.8, 1.2) if rng.random() < 0.7 else rng.uniform(1.2, 1.9))
        tissue = replace(
            tissue,
            left_blood=left,
            right_blood=right,
            svc=_cava(rng, right),
            heart_muscle=blood + 0.35 * (left - blood) + 8.0,
            liver=tissue.liver + float(rng.uniform(0, 60)),
            spleen=tissue.spleen + float(rng.uniform(10, 80)),
            muscle=tissue.muscle + 8.0,
        )
    return _wild(rng, tissue) if wild else tissue


def _cava(rng: np.random.Generator, right: float) -> float:
    """Return the superior cava: one in four still has agent as it came from the injector."""
    chance = rng.random()
    if chance < 0.25:
        return float(np.exp(rng.uniform(np.log(500.0), np.log(2000.0))))
    return right * float(rng.uniform(1.0, 2.5) if chance < 0.55 else 1.0)


def _wild(rng: np.random.Generator, tissue: Tissue) -> Tissue:
    moved = {f.name: getattr(tissue, f.name) + float(rng.normal(0, 14)) for f in fields(tissue)}
    # Blood of the two sides keeps its difference: only contrast separates them.
    shift = moved["left_blood"] - tissue.left_blood
    moved["right_blood"] = tissue.right_blood + shift + float(rng.normal(0, 4))
    moved["heart_muscle"] = tissue.heart_muscle + shift + float(rng.normal(0, 6))
    moved["svc"] = tissue.svc + shift
    moved["lung"] = tissue.lung + float(rng.normal(0, 50))
    moved["cortex"] = tissue.cortex + float(rng.normal(0, 150))
    moved["air"] = max(tissue.air, -1000.0)
    return replace(tissue, **moved)
