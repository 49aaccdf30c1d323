"""A cohort of virtual patients on disk; a run that was stopped goes on where it was."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import tomli_w

from corcal.core.artery import Artery
from corcal.core.errors import OutputRefused
from corcal.phantom.case import PhantomCase, PhantomOptions
from corcal.phantom.cohort.cohort_tables import tables_of
from corcal.phantom.cohort.patient_phantom import phantom_of, visible_mm3
from corcal.phantom.cohort.patients import Patient, draw_patients
from corcal.phantom.cohort.population import Population
from corcal.phantom.files.as_con import write_con
from corcal.phantom.files.as_dicom import write_dicom
from corcal.phantom.files.as_json import case_truth
from corcal.phantom.files.as_nifti import write_nifti
from corcal.phantom.files.folder import LABELS, SCAN_NAMES, TRUTH
from corcal.storage import json_bytes, read_json, remove_partials, replace_file, replace_files

CASES, CONTOURS, SERIES = "cases", "contours.con", "dicom"
#: What the cohort is: its population, as `Population.from_toml` reads it, and all else.
POPULATION, DESCRIPTION = "population.toml", "cohort.toml"


@dataclass(frozen=True)
class Cohort:
    """A cohort to write.

    Attributes:
        population: what patients are drawn from.
        count: how many.
        seed: of everything random.
        options: how they are scanned.
        dicom: write every scan as a DICOM series too.
        version: corcal's; another version may make other scans of the same seed.
    """

    population: Population
    count: int
    seed: int
    options: PhantomOptions
    dicom: bool
    version: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all that the folder of a patient holds; the series is a folder."""
        files = (SCAN_NAMES["nifti"], LABELS, CONTOURS, TRUTH)
        return (*files, f"{SERIES}/") if self.dicom else files

    def to_toml(self) -> str:
        """Return what decides about the cases beside their population and number, as TOML."""
        options = {k: v for k, v in asdict(self.options).items() if v is not None}
        head: dict[str, Any] = {"corcal": self.version, "seed": self.seed, "dicom": self.dicom}
        head["scan"] = {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()}
        return tomli_w.dumps(head)


def write_cohort(
    out: Path,
    cohort: Cohort,
    *,
    jobs: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write a cohort: a folder for every patient in `cases`, and tables beside it.

    A patient whose folder is there whole is kept. More patients can be asked for later: the first
    ones stay the same.

    Args:
        out: the cohort's folder; made if absent.
        cohort: which.
        jobs: processes, each of which needs the memory of one scan.
        on_progress: called after every patient with how many are made, and how many were missing.

    Returns:
        How many patients were "made" and "kept".

    Raises:
        OutputRefused: the folder holds another cohort or cannot be written, or a process was
            ended from outside.
    """
    _begin(out, cohort)
    patients = draw_patients(cohort.population, cohort.count, cohort.seed)
    missing = [p for p in patients if not _is_whole(out / CASES / p.name, cohort)]
    for done, _ in enumerate(_make_patients(out, cohort, missing, jobs), start=1):
        if on_progress is not None:
            on_progress(done, len(missing))
    truths = [read_json(out / CASES / p.name / TRUTH) for p in patients]
    for name, content in tables_of(cohort.population, patients, truths, cohort.seed).items():
        replace_file(out / name, content)
    return {"made": len(missing), "kept": len(patients) - len(missing)}


def _begin(out: Path, cohort: Cohort) -> None:
    """Write into the folder which cohort it holds, or check that it is this one."""
    texts = {POPULATION: cohort.population.to_toml(), DESCRIPTION: cohort.to_toml()}
    try:
        if (out / DESCRIPTION).exists():
            for name, text in texts.items():
                if not (out / name).exists() or (out / name).read_text("utf-8") != text:
                    raise OutputRefused(
                        f"{out}: holds another cohort: its {name} differs (population, seed, "
                        "scan, --dicom or version of corcal); name another folder"
                    )
        elif out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise OutputRefused(f"{out}: exists and holds no cohort; name another folder")
        else:
            out.mkdir(parents=True, exist_ok=True)
            for name, text in texts.items():
                replace_file(out / name, text.encode())
        (out / CASES).mkdir(exist_ok=True)
        remove_partials(out / CASES)
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputRefused(
            f"{out}: the cohort cannot be written there ({why}); name another folder"
        ) from error


def _is_whole(folder: Path, cohort: Cohort) -> bool:
    return all((folder / name).exists() for name in cohort.names)


def _make_patients(out: Path, cohort: Cohort, patients: list[Patient], jobs: int) -> Iterator[str]:
    """Make the cases of patients and yield their names as they are done."""
    if jobs == 1 or len(patients) < 2:
        for patient in patients:
            yield make_patient(out, cohort, patient)
        return
    # Not forked: libraries may hold threads. Ctrl-C is for this process, which stops the others.
    count, context = min(jobs, len(patients)), get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_ignore_interrupts) as pool:
        running = [pool.submit(make_patient, out, cohort, patient) for patient in patients]
        try:
            for done in as_completed(running):
                yield done.result()
        except BrokenProcessPool as error:
            raise OutputRefused(
                f"{out}: a process was ended from outside, most likely for want of memory; use "
                "fewer --jobs. What is done is kept"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def make_patient(out: Path, cohort: Cohort, patient: Patient) -> str:
    """Make and write the case of one patient; return its name."""
    case = phantom_of(patient, cohort.options)
    case = replace(case, parameters={**case.parameters, "name": patient.name})
    with replace_files(out / CASES / patient.name, cohort.names, force=True) as stage:
        _fill(stage, case, patient, cohort)
    return patient.name


def _fill(folder: Path, case: PhantomCase, patient: Patient, cohort: Cohort) -> None:
    write_nifti(folder / SCAN_NAMES["nifti"], case.hu, case.grid)
    write_nifti(folder / LABELS, case.labels, case.grid)
    write_con(folder / CONTOURS, case.labels, case.grid)
    if cohort.dicom:
        write_dicom(folder / SERIES, case, cohort.version)
    seen = visible_mm3(case).round(3).tolist()
    person = {k: v for k, v in asdict(patient).items() if k not in ("number", "seed")}
    person["grades"] = [grade.word for grade in patient.grades]
    person["visible_mm3"] = dict(zip([a.value for a in Artery], seen, strict=True))
    truth = {**case_truth(case, cohort.version), "patient": person}
    (folder / TRUTH).write_bytes(json_bytes(truth))
