"""Phantoms of patients: calcium as drawn, in spite of motion; anatomy of their diagnosis."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.phantom.case import PhantomOptions, make_case
from corcal.phantom.cohort import patient_phantom
from corcal.phantom.cohort.patient_phantom import phantom_of, visible_mm3
from corcal.phantom.cohort.patients import Patient, draw_patients
from corcal.phantom.cohort.population import People, Population

STILL = replace(
    PhantomOptions.tiny(), spacing_mm=(1.8, 1.8, 1.8), shape=(78, 78, 78), thickness_mm=1.8,
    mimics=0.0, noise=False,
)  # fmt: skip


def patient(calcium_mm3: tuple[float, float, float]) -> Patient:
    people = People(groups={"none": 1.0}, train=0.0)
    (one,) = draw_patients(Population(people=people), 1, 2)
    return replace(one, calcium_mm3=calcium_mm3)


def test_plaques_alone_come_near_what_is_asked() -> None:
    wanted = (60.0, 250.0, 0.0)
    case = make_case(7, options=replace(STILL, contrast=0.0, calcium_mm3=wanted))
    rca, lad, lcx = visible_mm3(case)
    assert rca == pytest.approx(60.0, rel=0.4)
    assert lad == pytest.approx(250.0, rel=0.4)
    assert lcx == 0.0
    assert not [x for x in case.lesions if x.artery == Artery.LCX.value]


def faint(options: PhantomOptions) -> SimpleNamespace:
    """Return a stand-in for a scan that shows half of what is asked for, as motion would."""
    assert options.calcium_mm3 is not None
    lesions = [
        SimpleNamespace(artery=a.value, visible_mm3=0.5 * v)
        for a, v in zip(Artery, options.calcium_mm3, strict=True)
    ]
    return SimpleNamespace(lesions=lesions, grid=SimpleNamespace(voxel_mm3=1.0))


def test_a_scan_is_made_again_until_the_calcium_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def make(seed: int, *, options: PhantomOptions, progress: object = None) -> SimpleNamespace:
        asked.append((seed, options.calcium_mm3))
        return faint(options)

    monkeypatch.setattr(patient_phantom, "make_case", make)
    one = patient((40.0, 100.0, 0.0))
    made = phantom_of(one, STILL)
    assert asked == [(one.seed, (40.0, 100.0, 0.0)), (one.seed, (80.0, 200.0, 0.0))]
    assert visible_mm3(made) == pytest.approx([40.0, 100.0, 0.0])


def test_the_search_closes_in_where_little_more_shows_much_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def make(seed: int, *, options: PhantomOptions, progress: object = None) -> SimpleNamespace:
        assert options.calcium_mm3 is not None
        asked.append(options.calcium_mm3[0])
        # Motion hides all plaques but large ones, which then show at once.
        seen = 0.0 if asked[-1] < 70.0 else 2.0 * (asked[-1] - 50.0)
        return SimpleNamespace(
            lesions=[SimpleNamespace(artery="RCA", visible_mm3=seen)],
            grid=SimpleNamespace(voxel_mm3=0.5),
        )

    monkeypatch.setattr(patient_phantom, "make_case", make)
    made = phantom_of(patient((60.0, 0.0, 0.0)), STILL)
    assert asked[:3] == [60.0, 180.0, pytest.approx(np.sqrt(60.0 * 180.0))]
    assert visible_mm3(made)[0] == pytest.approx(60.0, rel=0.2)


@pytest.mark.parametrize(("group", "large"), [("none", False), ("PAH", True)])
def test_a_patient_gets_the_anatomy_of_the_diagnosis(group: str, large: bool) -> None:
    one = replace(patient((0.0, 0.0, 0.0)), group=group)
    case = phantom_of(one, replace(PhantomOptions.tiny(), noise=False))
    assert case.parameters["anatomy"]["pose"]["hypertension"] is large
    assert case.parameters["seed"] == one.seed
    assert case.lesions == ()
