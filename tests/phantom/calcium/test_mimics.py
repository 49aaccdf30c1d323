"""Every look-alike is there when asked for, and where it belongs."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from corcal.phantom.body.anatomy import Anatomy, sample_anatomy
from corcal.phantom.body.shapes import Tube
from corcal.phantom.calcium.mimics.sample import KINDS, sample_mimics
from corcal.phantom.calcium.mimics.solid import Mimic
from corcal.phantom.calcium.plaque import Plaque
from corcal.phantom.case import PhantomOptions, make_case

ASKED = replace(PhantomOptions.tiny(), mimics=0.0, burden="zero", contrast=0.0, noise=False)


@pytest.fixture(scope="module")
def patient() -> Anatomy:
    return sample_anatomy(np.random.default_rng(2))


def made(patient: Anatomy, kind: str, seed: int = 1) -> tuple[Mimic, ...]:
    rng = np.random.default_rng(seed)
    return sample_mimics(rng, patient, factor=0.0, certain=(kind,))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_there_when_asked_for(patient: Anatomy, kind: str) -> None:
    found = made(patient, kind)
    assert found
    assert {m.kind for m in found} == {kind}
    for mimic in found:
        assert mimic.inside(mimic.core()).any()
        assert mimic.hu >= 200.0


def test_no_kind_changes_another(patient: Anatomy) -> None:
    alone = made(patient, "aortic_valve")
    rng = np.random.default_rng(1)
    both = sample_mimics(rng, patient, factor=0.0, certain=("ostial", "aortic_valve"))
    among = [m for m in both if m.kind == "aortic_valve"]
    assert [m.hu for m in alone] == [m.hu for m in among]


def test_nothing_is_there_unasked(patient: Anatomy) -> None:
    assert sample_mimics(np.random.default_rng(0), patient, factor=0.0) == ()


def test_an_unknown_kind_is_refused(patient: Anatomy) -> None:
    with pytest.raises(ValueError, match="tooth"):
        made(patient, "tooth")


@pytest.mark.parametrize("seed", range(6))
def test_ostial_plates_lie_in_the_roots_wall_near_an_ostium(patient: Anatomy, seed: int) -> None:
    mouths = [patient.coronaries.vessel(n).tube.points_mm[0] for n in ("RCA", "LM")]
    root = patient.heart.vessels["aorta"][0]
    for mimic in made(patient, "ostial", seed):
        if not isinstance(mimic.solid, Plaque):
            continue
        assert mimic.solid.host is root
        sheet = mimic.solid.sheet()
        gap = np.min(cKDTree(sheet).query(np.array(mouths))[0])
        assert gap < 14.0
        middle = root.at(root.nearest_arc(mimic.solid.centre_mm()))
        away = float(np.linalg.norm(mimic.solid.centre_mm() - middle))
        assert away == pytest.approx(root.radius_at(mimic.solid.arc_mm), abs=2.0)


def test_annulus_calcium_lies_within_the_muscle_near_the_groove(patient: Anatomy) -> None:
    solid = made(patient, "mitral_annulus")[0].solid
    assert isinstance(solid, Tube)
    ring = solid.points_mm
    inside = patient.heart.muscle(ring)
    assert (inside < 0.0).mean() > 0.9
    assert np.median(inside) > -13.0


def test_a_stent_is_a_shell_round_its_artery(patient: Anatomy) -> None:
    stent = made(patient, "stent")[0]
    assert isinstance(stent.solid, Plaque)
    tube = patient.coronaries.vessel(stent.solid.vessel).tube
    middle = tube.at(stent.solid.arc_mm)[None]
    assert not stent.inside(middle)[0]
    assert stent.calcium is False


@pytest.mark.parametrize("kind", ["ostial", "lead"])
def test_look_alikes_are_not_coronary_calcium(kind: str) -> None:
    case = make_case(3, options=replace(ASKED, with_mimics=(kind,)))
    assert case.labels.max() <= 3
    assert case.auxiliary["metal" if kind == "lead" else "other_calcium"].any()
    assert case.parameters["mimics"] == [kind]
    assert {m["kind"] for m in case.parameters["mimic_solids"]} == {kind}
