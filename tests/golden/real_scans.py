"""The facts of a reading that a golden file holds, in full digits."""

from __future__ import annotations

import hashlib
from typing import Any

from corcal.core.artery import Artery
from corcal.core.reading import Reading


def cpu_capabilities() -> list[str]:
    """Return what OpenVINO finds in this CPU: networks may differ in their last bits by it."""
    from corcal.runtime import openvino_core

    core = openvino_core()
    return sorted(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))


def facts_of(reading: Reading) -> dict[str, Any]:
    """Return scores, certainty, notices, and the SHA-256 of the labels in index order."""
    report, heart = reading.report, reading.heart
    assert heart is not None
    certainty = {c.artery: c.probability for c in report.certainty}
    score = report.score
    return {
        "labels_sha256": hashlib.sha256(reading.labels.codes.tobytes()).hexdigest(),
        "heart_box": [list(heart.start), list(heart.stop)],
        "cac_drs": None if report.cac_drs is None else str(report.cac_drs),
        "notices": [n.code for n in report.notices],
        "arteries": {
            a.value: {
                "agatston": score.of(a).agatston,
                "volume_mm3": score.of(a).volume_mm3,
                "mask_volume_ml": score.of(a).mask_volume_ml,
                "mass_mg": score.of(a).mass_mg,
                "lesions": len(score.of(a).lesions),
                "certainty": certainty[a],
            }
            for a in Artery
        },
    }
