"""The record of an annotation as JSON: each decision, and why it was made."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.annotation import Annotation
from corcal.annotate.six_classes import Orphan
from corcal.core.artery import Artery
from corcal.core.scan import Scan

SCHEMA = "corcal-annotation/1"


def annotation_record(annotation: Annotation, scan: Scan, *, version: str) -> dict[str, Any]:
    """Return the record of an annotation; it names neither the patient nor a file.

    Args:
        annotation: the six classes and how they came about.
        scan: the scan.
        version: corcal's.
    """
    grid, drawn, six = scan.grid, annotation.drawn, annotation.six
    return {
        "schema": SCHEMA,
        "version": version,
        "scan": {
            "sha256": scan.source.sha256,
            "shape": list(grid.shape),
            "spacing_mm": [round(s, 5) for s in grid.spacing_mm],
        },
        "drawing": {
            "kind": drawn.kind,
            "sha256": drawn.sha256,
            "classes": {
                c.value: _volume(n, grid.voxel_mm3) for c, n in annotation.drawn_voxels.items()
            },
        },
        "decisions": [
            {"what": d.what, "chosen": d.chosen, "why": d.why, "evidence": d.evidence}
            for d in drawn.decisions
        ],
        "labels": _labels(six.labels.codes, grid.voxel_mm3),
        "orphans": [_orphan(o) for o in six.orphans],
        "overlaps": [
            {
                "arteries": [a.value for a in o.arteries],
                "what": "calcium" if o.calcium else "vessel",
                "volume_mm3": round(o.volume_mm3, 3),
                "given_to": o.given_to.value,
            }
            for o in six.overlaps
        ],
        "shared_lesions": six.shared,
        "checks": annotation.checks,
        "notices": [{"code": n.code, "text": n.text} for n in annotation.notices],
    }


def _labels(codes: NDArray[np.uint8], voxel_mm3: float) -> dict[str, Any]:
    counts = np.bincount(codes[codes > 0], minlength=7)
    named = {a.value: a.vessel_code for a in Artery}
    named |= {f"{a.value}-calcium": a.calcium_code for a in Artery}
    return {
        name: {"code": code, **_volume(int(counts[code]), voxel_mm3)}
        for name, code in named.items()
    }


def _volume(voxels: int, voxel_mm3: float) -> dict[str, float]:
    return {"voxels": voxels, "volume_mm3": round(voxels * voxel_mm3, 3)}


def _orphan(orphan: Orphan) -> dict[str, Any]:
    distance = orphan.distance_mm
    return {
        "volume_mm3": round(orphan.volume_mm3, 3),
        "voxels": orphan.voxels,
        "peak_hu": orphan.peak_hu,
        "centre_lps_mm": [round(v, 2) for v in orphan.centre_lps_mm],
        "slice": orphan.slice + 1,
        "nearest": orphan.nearest.value if orphan.nearest else None,
        "distance_mm": None if distance is None else round(distance, 2),
        "given_to": orphan.given_to.value if orphan.given_to else None,
    }
