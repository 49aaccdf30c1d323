"""The tables of a cohort: who the patients are, what is true, and what readers say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from corcal.core.artery import Artery
from corcal.core.severity import Severity
from corcal.phantom.cohort.graders import grader_of
from corcal.phantom.cohort.patients import Patient
from corcal.phantom.cohort.population import Population
from corcal.storage import csv_bytes

#: Columns to stratify by, in every table.
STRATA = ("age", "sex", "group", "ph", "hospital", "scanner", "kernel", "contrast")
READERS = (1, 2)

Truth = dict[str, Any]


def tables_of(
    population: Population, patients: Sequence[Patient], truths: Sequence[Truth], seed: int
) -> dict[str, bytes]:
    """Return the tables of a cohort by file name.

    `manifest.csv` lists all scans and their labels, `train.csv` and `test.csv` those of each
    part; `contours.csv` lists the scans and what was drawn on them; `patients.csv` says who they
    are; `truth.csv` has a row for each patient and artery, and so have `reader-1.csv` and
    `reader-2.csv` with what simulated readers say.

    Args:
        population: gives the readers.
        patients: drawn from it.
        truths: truth.json of each, in the same order.
        seed: the cohort's.
    """
    made = list(zip(patients, truths, strict=True))
    train = [pair for pair in made if pair[0].train]
    test = [pair for pair in made if not pair[0].train]
    out = {
        "manifest.csv": _manifest(made),
        "train.csv": _manifest(train),
        "test.csv": _manifest(test),
        "contours.csv": _contours(made),
        "patients.csv": _patients(made),
        "truth.csv": _truth(made),
    }
    for reader in READERS:
        out[f"reader-{reader}.csv"] = _reader(population, made, seed, reader)
    return out


def kernel_of(sigma_mm: float) -> str:
    """Return a name for the blur of a kernel: "sharp", "medium" or "soft"."""
    if sigma_mm < 0.45:
        return "sharp"
    return "medium" if sigma_mm < 0.6 else "soft"


def _manifest(made: Iterable[tuple[Patient, Truth]]) -> bytes:
    rows = [
        (p.name, f"cases/{p.name}/ct.nii.gz", f"cases/{p.name}/labels.nii.gz", _yes(p.contrast))
        for p, _ in made
    ]
    return csv_bytes(("patient", "scan", "labels", "contrast"), rows)


def _contours(made: Iterable[tuple[Patient, Truth]]) -> bytes:
    rows = [
        (f"cases/{p.name}/ct.nii.gz", f"cases/{p.name}/contours.con", p.name, _yes(p.contrast))
        for p, _ in made
    ]
    return csv_bytes(("scan", "annotation", "patient", "contrast"), rows)


def _patients(made: Iterable[tuple[Patient, Truth]]) -> bytes:
    rows = []
    for patient, truth in made:
        thickness = truth["parameters"]["scanner"]["thickness_mm"]
        split = "train" if patient.train else "test"
        rows.append((patient.name, split, *_strata(patient, truth), f"{thickness:g}"))
    return csv_bytes(("patient", "split", *STRATA, "thickness_mm"), rows)


def _truth(made: Iterable[tuple[Patient, Truth]]) -> bytes:
    rows = []
    for patient, truth in made:
        for artery, grade in zip(Artery, patient.grades, strict=True):
            sums = truth["arteries"][artery.value]
            seen = sums["visible_mm3"]
            # What cannot be seen is not there to find.
            shown = grade if seen > 0 else Severity.NONE
            cells = (int(seen > 0), f"{seen:.3f}", f"{sums['agatston']:.3f}", shown.word)
            rows.append((patient.name, artery.value, *cells, *_strata(patient, truth)))
    columns = ("patient", "artery", "present", "volume_mm3", "agatston", "grade", *STRATA)
    return csv_bytes(columns, rows)


def _reader(
    population: Population, made: Iterable[tuple[Patient, Truth]], seed: int, reader: int
) -> bytes:
    graders = {artery: grader_of(population, artery) for artery in Artery}
    rows = []
    for patient, truth in made:
        rng = np.random.default_rng([seed, patient.number, reader])
        for artery, grader in graders.items():
            grade = grader.grade(rng, truth["arteries"][artery.value]["visible_mm3"])
            cells = (int(grade > Severity.NONE), grade.word)
            rows.append((patient.name, artery.value, *cells, *_strata(patient, truth)))
    return csv_bytes(("patient", "artery", "present", "grade", *STRATA), rows)


def _strata(patient: Patient, truth: Truth) -> tuple[object, ...]:
    return (
        patient.age_years,
        patient.sex,
        patient.group,
        _yes(patient.hypertension),
        patient.hospital,
        patient.scanner,
        kernel_of(truth["parameters"]["scanner"]["sigma_mm"]),
        _yes(patient.contrast),
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
