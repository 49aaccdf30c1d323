"""The examples tell the truth about a phantom."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import corcal
from corcal.phantom import PhantomCase, PhantomOptions, make_case, read_centrelines

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def scored() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scored", EXAMPLES / "phantom_scored.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up.
    sys.modules["scored"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def case() -> PhantomCase:
    options = replace(PhantomOptions.tiny(), contrast=0.0, calcium_mm3=(150.0, 200.0, 0.0))
    return make_case(12, options=options)


def reading_of(case: PhantomCase, codes: np.ndarray) -> corcal.Reading:
    labels = corcal.ArteryLabels(codes.astype(np.uint8), case.grid)
    return corcal.quantify_labels(case.scan, labels)


def test_a_perfect_reading_finds_everything(scored: ModuleType, case: PhantomCase) -> None:
    reading = reading_of(case, case.labels)
    verdicts = [row.verdict for row in scored.artery_rows(case, reading)]
    assert verdicts == ["found", "found", "rightly none"]
    seen = [row for row in scored.lesion_rows(case, reading) if row.visible_mm3 > 0]
    assert {row.verdict for row in seen} == {"found"}
    assert all(row.found == 1.0 for row in seen)
    assert scored.false_alarms(case, reading) == []
    page = scored.page(case, reading)
    assert "Nothing was called calcium where there is none." in page
    assert "src=" not in page.replace('src="data:', "")


def test_what_is_missed_mistaken_or_made_up_is_said(scored: ModuleType, case: PhantomCase) -> None:
    codes = case.labels.copy()
    codes[codes == 4] = 0
    codes[codes == 5] = 6
    codes[1:3, 1:4, 1:3] = 4
    reading = reading_of(case, codes)
    verdicts = [row.verdict for row in scored.artery_rows(case, reading)]
    assert verdicts == ["found", "missed", "false alarm"]
    lesions = scored.lesion_rows(case, reading)
    assert {x.verdict for x in lesions if x.artery == "RCA" and x.visible_mm3} == {"missed"}
    called = {x.verdict for x in lesions if x.artery == "LAD" and x.visible_mm3}
    assert called == {"found, but called LCX"}
    ((artery, volume, _),) = scored.false_alarms(case, reading)
    assert (artery, round(volume)) == ("RCA", round(12 * 2.2**3))
    assert "Called calcium where there is none:" in scored.page(case, reading)


def test_the_example_scans_artery_lies_within_it() -> None:
    (course,) = read_centrelines(EXAMPLES / "data/LCTSC-Test-S1-201_centrelines.json")
    assert course.artery is corcal.Artery.LAD
    assert course.tube.length_mm > 60
    field_mm = np.array([511 * 0.9765625, 511 * 0.9765625, 116 * 3.0])
    assert (course.tube.points_mm > 0).all()
    assert (course.tube.points_mm < field_mm).all()
