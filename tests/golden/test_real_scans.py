"""Real scans score as they did before the code was rebuilt.

The numbers are those of the code before that, with the embedded models of then. On a CPU with the
capabilities for which they were recorded all must agree; elsewhere a network's last bits may
differ, a voxel at the threshold may change sides, and only closeness is asked for. Who changes
numbers on purpose makes the file again from `facts_of`, and says so in CHANGELOG.md.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corcal import Settings, read_scan, score
from tests.golden.real_scans import cpu_capabilities, facts_of

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "ct"
GOLDEN: dict[str, Any] = json.loads(
    Path(__file__).with_name("real_scans.json").read_text(encoding="utf-8")
)
ON_SHARED_DATA = sorted(set(GOLDEN["scans"]) - {"example"})

#: On other CPUs: relative, and what one voxel or so may do, for scores in their own units.
RELATIVE = 0.02
ABSOLUTE = {
    "agatston": 5.0,
    "volume_mm3": 10.0,
    "mask_volume_ml": 0.01,
    "lesions": 1,
    "certainty": 0.02,
}


def path_of(name: str) -> Path:
    volume = SHARED / f"{name}.nii.gz"
    return volume if volume.exists() else SHARED / name


def compare(path: Path, expected: dict[str, Any]) -> None:
    exact = cpu_capabilities() == GOLDEN["openvino_cpu_capabilities"]
    scan = read_scan(path)
    # Courses came later: without them the labels are those of before, with them the scores are.
    as_painted = replace(Settings(), courses=replace(Settings().courses, draw=False))
    painted = facts_of(score(scan, settings=as_painted))
    if exact:
        assert painted["labels_sha256"] == expected["labels_sha256"]
    facts = facts_of(score(scan))
    assert facts["arteries"] == painted["arteries"]
    if exact:
        assert facts["heart_box"] == expected["heart_box"]
    assert facts["notices"] == expected["notices"]
    for artery, numbers in expected["arteries"].items():
        for name, value in numbers.items():
            if value is None:
                assert facts["arteries"][artery][name] is None
                continue
            relative, absolute = (1e-12, 0.0) if exact else (RELATIVE, ABSOLUTE[name])
            near = pytest.approx(value, rel=relative, abs=absolute)
            assert facts["arteries"][artery][name] == near, (artery, name)
    if exact:
        assert facts["cac_drs"] == expected["cac_drs"]


def test_the_example_scan_scores_as_before() -> None:
    [scan] = (ROOT / "examples" / "data").glob("LCTSC-Test-S1-201.zip")
    compare(scan, GOLDEN["scans"]["example"])


@pytest.mark.slow
@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="the annotated scans are not beside the project")
@pytest.mark.parametrize("name", ON_SHARED_DATA)
def test_annotated_scans_score_as_before(name: str) -> None:
    compare(path_of(name), GOLDEN["scans"][name])
