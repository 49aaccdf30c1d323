"""Scans whose coronary calcium is exactly known.

`make_case` makes a scan of the heart and `make_chest` a coarse one of the whole chest. In the
order of the work: `body` builds a patient of solids, `calcium` puts plaques and bright things
that only resemble them into it, `paint` makes voxels of it, `scanner` adds motion, blur and
noise, and `case` leads through all of them. `inserting` puts calcium into real scans, `cohort`
draws virtual patients, and `files` writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.phantom.body.coronaries import Vessel
    from corcal.phantom.calcium.agatston import agatston
    from corcal.phantom.case import STEPS, PhantomCase, make_case, make_chest
    from corcal.phantom.cohort.cohort_folder import Cohort, write_cohort
    from corcal.phantom.cohort.patient_phantom import phantom_of
    from corcal.phantom.cohort.patients import Patient, draw_patients
    from corcal.phantom.cohort.population import Population
    from corcal.phantom.files.as_con import ConOptions, write_con
    from corcal.phantom.files.as_dicom import write_dicom
    from corcal.phantom.files.as_json import case_truth
    from corcal.phantom.files.folder import (
        SCAN_NAMES,
        phantom_folder,
        write_phantom,
    )
    from corcal.phantom.inserting.centrelines import label_centrelines, read_centrelines
    from corcal.phantom.inserting.deposit import insert_deposit, sample_deposit
    from corcal.phantom.inserting.insert_lesions import insert_lesions
    from corcal.phantom.inserting.insertion_folder import (
        Insertion,
        insertion_truth,
        write_insertion,
    )
    from corcal.phantom.inserting.insertion_plan import InsertedLesion, InsertionPlan
    from corcal.phantom.options import PhantomOptions
    from corcal.phantom.scanner.physics import THICKNESSES
    from corcal.phantom.truth import TrueLesion

__all__ = [
    "SCAN_NAMES",
    "STEPS",
    "THICKNESSES",
    "Cohort",
    "ConOptions",
    "InsertedLesion",
    "Insertion",
    "InsertionPlan",
    "Patient",
    "PhantomCase",
    "PhantomOptions",
    "Population",
    "TrueLesion",
    "Vessel",
    "agatston",
    "case_truth",
    "draw_patients",
    "insert_deposit",
    "insert_lesions",
    "insertion_truth",
    "label_centrelines",
    "make_case",
    "make_chest",
    "phantom_folder",
    "phantom_of",
    "read_centrelines",
    "sample_deposit",
    "write_cohort",
    "write_con",
    "write_dicom",
    "write_insertion",
    "write_phantom",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "body.coronaries": ("Vessel",),
        "calcium.agatston": ("agatston",),
        "case": ("STEPS", "PhantomCase", "make_case", "make_chest"),
        "cohort.cohort_folder": ("Cohort", "write_cohort"),
        "cohort.patient_phantom": ("phantom_of",),
        "cohort.patients": ("Patient", "draw_patients"),
        "cohort.population": ("Population",),
        "files.as_con": ("ConOptions", "write_con"),
        "files.as_dicom": ("write_dicom",),
        "files.as_json": ("case_truth",),
        "files.folder": (
            "SCAN_NAMES",
            "phantom_folder",
            "write_phantom",
        ),
        "inserting.centrelines": ("label_centrelines", "read_centrelines"),
        "inserting.deposit": ("insert_deposit", "sample_deposit"),
        "inserting.insert_lesions": ("insert_lesions",),
        "inserting.insertion_folder": ("Insertion", "insertion_truth", "write_insertion"),
        "inserting.insertion_plan": ("InsertedLesion", "InsertionPlan"),
        "options": ("PhantomOptions",),
        "scanner.physics": ("THICKNESSES",),
        "truth": ("TrueLesion",),
    },
)
