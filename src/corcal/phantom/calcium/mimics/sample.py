"""The mimics of a patient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.calcium.mimics import aorta, devices, lung, pericardium, valves
from corcal.phantom.calcium.mimics.solid import Mimic

#: Every kind with its probability in a training case, and what makes it.
KINDS: dict[str, tuple[float, Callable[[np.random.Generator, Anatomy], list[Mimic]]]] = {
    "aortic_wall": (0.35, aorta.wall),
    "ostial": (0.20, aorta.ostial),
    "aortic_valve": (0.25, valves.aortic_valve),
    "mitral_annulus": (0.12, valves.mitral_annulus),
    "papillary": (0.03, valves.papillary),
    "prosthesis": (0.03, valves.prosthesis),
    "pericardium": (0.06, pericardium.pericardium),
    "node": (0.25, lung.node),
    "granuloma": (0.12, lung.granuloma),
    "bronchus": (0.10, lung.bronchus),
    "cartilage": (0.45, lung.cartilage),
    "stent": (0.04, devices.stent),
    "wires": (0.08, devices.wires),
    "clips": (0.05, devices.clips),
    "lead": (0.06, devices.lead),
    "port": (0.07, devices.port),
}


def sample_mimics(
    rng: np.random.Generator, anatomy: Anatomy, *, factor: float, certain: tuple[str, ...] = ()
) -> tuple[Mimic, ...]:
    """Return random mimics.

    Every kind has random numbers of its own: whether one is there changes no other.

    Args:
        rng: source of randomness.
        anatomy: the patient.
        factor: on the probability of every kind.
        certain: kinds of `KINDS` that are there whatever the factor.

    Raises:
        ValueError: a certain kind is unknown.
    """
    unknown = set(certain) - set(KINDS)
    if unknown:
        raise ValueError(f"unknown mimics {sorted(unknown)}; there are {sorted(KINDS)}")
    out: list[Mimic] = []
    for (kind, (chance, make)), own in zip(KINDS.items(), rng.spawn(len(KINDS)), strict=True):
        if own.random() < factor * chance or kind in certain:
            out += make(own, anatomy)
    return tuple(out)
