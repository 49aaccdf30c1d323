"""The phantom of a virtual patient: the phenotype and the visible calcium that were drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from corcal.core.artery import Artery
from corcal.phantom.body.shapes import Floats
from corcal.phantom.case import PhantomCase, PhantomOptions, make_case
from corcal.phantom.cohort.patients import Patient

#: How far visible calcium may miss what was drawn before a scan is made again, how often at
#: most, and how many voxels beside it do not matter.
TOLERANCE, TRIES, VOXELS = 0.15, 4, 2.0


def phantom_of(
    patient: Patient, options: PhantomOptions, progress: Callable[[str], None] | None = None
) -> PhantomCase:
    """Return the phantom of a patient.

    Where motion or neighbouring tissue leave more or less calcium visible than was drawn, the scan
    is made again with smaller or larger plaques; the nearest is returned.

    Args:
        patient: drawn from a population.
        options: how to scan; calcium, contrast agent and hypertension are the patient's.
        progress: called with the name of each step as it begins.
    """
    own = replace(
        options,
        contrast=1.0 if patient.contrast else 0.0,
        pulmonary_hypertension=1.0 if patient.hypertension else 0.0,
    )
    target = np.array(patient.calcium_mm3)
    tried: list[tuple[Floats, Floats]] = []
    best: tuple[float, PhantomCase] | None = None
    for _ in range(TRIES):
        request = _next_request(tried, target)
        calcium_mm3 = (float(request[0]), float(request[1]), float(request[2]))
        trial = replace(own, calcium_mm3=calcium_mm3)
        case = make_case(patient.seed, options=trial, progress=progress)
        tried.append((request, visible_mm3(case)))
        misses = _misses(tried[-1][1], target, case.grid.voxel_mm3)
        if best is None or misses.sum() < best[0]:
            best = (float(misses.sum()), case)
        if misses.max() <= TOLERANCE:
            break
    assert best is not None
    return best[1]


def _next_request(tried: list[tuple[Floats, Floats]], target: Floats) -> Floats:
    """Return the volumes to request next, after those requested and then seen, (3,)."""
    if not tried:
        return target.copy()
    requested, seen = (np.array(column) for column in zip(*tried, strict=True))
    out = requested[-1] * np.clip(target / np.maximum(seen[-1], 0.5), 0.3, 3.0)
    for i in range(len(target)):
        little, much = requested[seen[:, i] < target[i], i], requested[seen[:, i] >= target[i], i]
        if little.size and much.size:
            # Between what showed too little and what showed enough.
            out[i] = np.sqrt(little.max() * much.min())
    return np.asarray(np.where(target > 0, out, 0.0))


def visible_mm3(case: PhantomCase) -> Floats:
    """Return the visible calcium of RCA, LAD and LCX, (3,)."""
    return np.array(
        [sum(x.visible_mm3 for x in case.lesions if x.artery == a.value) for a in Artery]
    )


def _misses(seen: Floats, target: Floats, voxel_mm3: float) -> Floats:
    """Return by what part of the target each artery is off; 0 within a voxel or two."""
    off = np.abs(seen - target) - VOXELS * voxel_mm3
    # Nothing visible of what shall be there is a miss, however little it is.
    off = np.where((target > 0) & (seen == 0), target, off)
    return np.where(target > 0, np.maximum(off, 0.0) / np.maximum(target, 1e-9), 0.0)
