"""Virtual patients, drawn from a population: who they are, and the calcium they shall have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from corcal.core.artery import Artery
from corcal.core.severity import Severity
from corcal.phantom.body.shapes import Floats
from corcal.phantom.cohort.population import ArteryBurden, Population

_MEN = "male"


@dataclass(frozen=True)
class Patient:
    """One virtual patient.

    Attributes:
        name: "patient-0001", ...
        number: from 0.
        seed: of the patient's phantom.
        train: for training; else for testing.
        age_years, sex, group, hospital, scanner: columns to stratify by.
        contrast: scanned with contrast agent.
        grades: how much calcium each artery was given, as RCA, LAD, LCX.
        calcium_mm3: the visible volume that each artery shall have.
    """

    name: str
    number: int
    seed: int
    train: bool
    age_years: int
    sex: str
    group: str
    hospital: str
    scanner: str
    contrast: bool
    grades: tuple[Severity, Severity, Severity]
    calcium_mm3: tuple[float, float, float]

    @property
    def hypertension(self) -> bool:
        """True if the right heart and the pulmonary trunk are large."""
        return self.group != "none"


def draw_patients(population: Population, count: int, seed: int) -> tuple[Patient, ...]:
    """Return virtual patients; the first of many are those of fewer.

    Calcium follows a normal burden that arteries share in part, and that rises with age and is
    higher in men. An artery calcifies where its burden is among the highest `presence`; its grade
    follows the burden too, so that arteries resemble each other in severity. Volumes of a grade
    are log-normal with the mean and deviation of the population.

    Args:
        population: what to draw from.
        count: how many.
        seed: 0 or more.
    """
    return tuple(_patient(population, i, seed) for i in range(count))


def _patient(population: Population, number: int, seed: int) -> Patient:
    rng = np.random.default_rng([seed, number])
    people = population.people
    # Every so-manieth patient, so that the share is exact in every cohort.
    train = int((number + 1) * people.train + 1e-9) > int(number * people.train + 1e-9)
    man = bool(rng.random() < people.men)
    older = float(rng.standard_normal())
    age = int(np.clip(np.rint(people.age_years[0] + people.age_years[1] * older), 18, 95))
    burden = _burden(rng, population, older, man)
    grades, volumes = [], []
    for artery, value in zip(Artery, burden, strict=True):
        grade = grade_of(population.burden(artery), value)
        grades.append(grade)
        volumes.append(volume_of(population, artery, grade, float(rng.standard_normal())))
    contrast = people.contrast_train if train else people.contrast_test
    return Patient(
        name=f"patient-{number + 1:04d}",
        number=number,
        seed=int(rng.integers(2**31)),
        train=train,
        age_years=age,
        sex=_MEN if man else "female",
        group=_one_of(rng, people.groups),
        hospital=_one_of(rng, people.hospitals),
        scanner=_one_of(rng, people.scanners),
        contrast=bool(rng.random() < contrast),
        grades=(grades[0], grades[1], grades[2]),
        calcium_mm3=(volumes[0], volumes[1], volumes[2]),
    )


def _burden(rng: np.random.Generator, p: Population, older: float, man: bool) -> Floats:
    """Return the standard normal burden of the three arteries, (3,)."""
    spread = np.sqrt(p.people.men * (1 - p.people.men))
    male = (man - p.people.men) / spread if spread > 0 else 0.0
    rest = np.sqrt(p.alike - p.by_age**2 - p.by_sex**2)
    shared = p.by_age * older + p.by_sex * male + rest * rng.standard_normal()
    return np.asarray(shared + np.sqrt(1 - p.alike) * rng.standard_normal(3))


def grade_of(burden: ArteryBurden, value: float) -> Severity:
    """Return the grade of an artery whose standard normal burden is `value`."""
    mild, moderate, _ = np.cumsum(burden.shares)
    rank = (float(ndtr(value)) - (1 - burden.presence)) / max(burden.presence, 1e-9)
    if rank < 0 or burden.presence == 0:
        return Severity.NONE
    if rank < mild:
        return Severity.MILD
    return Severity.MODERATE if rank < moderate else Severity.SEVERE


def volume_of(population: Population, artery: Artery, grade: Severity, normal: float) -> float:
    """Return the volume in mm3 of a grade, at a standard normal deviate."""
    if grade is Severity.NONE:
        return 0.0
    mean, sd = getattr(population.burden(artery), grade.word)
    variance = np.log1p((sd / mean) ** 2)
    volume = 1000.0 * mean * np.exp(np.sqrt(variance) * normal - variance / 2)
    return float(np.clip(volume, population.least_mm3, population.most_mm3))


def volumes_ml(population: Population, artery: Artery, count: int = 4001) -> Floats:
    """Return volumes of calcified arteries, at even ranks of the whole distribution, mL."""
    burden = population.burden(artery)
    ranks = (np.arange(count) + 0.5) / count
    out = []
    for grade, share in zip(list(Severity)[1:], burden.shares, strict=True):
        kept = ranks[: round(share * count)]
        even = ndtri((np.arange(len(kept)) + 0.5) / max(len(kept), 1))
        out += [volume_of(population, artery, grade, float(n)) / 1000.0 for n in even]
    return np.array(out)


def _one_of(rng: np.random.Generator, shares: dict[str, float]) -> str:
    chance = np.array(list(shares.values()))
    return str(rng.choice(list(shares), p=chance / chance.sum()))
