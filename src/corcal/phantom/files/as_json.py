"""truth.json: everything that is true of a phantom."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from corcal.core.artery import Artery
from corcal.phantom.case import PhantomCase
from corcal.phantom.truth import TrueLesion
from corcal.storage import json_text

STATEMENT = (
    "Synthetic. No patient and no scanner was involved: this scan was computed from random "
    "shapes. What it holds is known exactly, but it is not a population; figures on it tell "
    "nothing about accuracy in patients."
)


def case_truth(case: PhantomCase, version: str) -> dict[str, Any]:
    """Return what is true of a phantom, ready for JSON.

    Lesions with their artery, exact volume, attenuation, mass, visible volume and Agatston
    score; their sums per artery; the options, and every number that was drawn. `version` is
    corcal's.
    """
    return {
        "schema": "corcal-phantom/1",
        "statement": STATEMENT,
        "corcal": version,
        "seed": case.parameters["seed"],
        "grid": {
            "shape": list(case.grid.shape),
            "spacing_mm": [round(s, 6) for s in case.grid.spacing_mm],
            "affine_lps": case.grid.affine.round(6).tolist(),
        },
        "visible_from_hu": round(case.threshold_hu, 1),
        "arteries": {
            a.value: {
                **_sums([x for x in case.lesions if x.artery == a.value]),
                "agatston": round(case.agatston[a.value], 3),
            }
            for a in Artery
        },
        "total": {
            **_sums(list(case.lesions)),
            "agatston": round(sum(case.agatston.values()), 3),
        },
        "lesions": [_round(asdict(lesion)) for lesion in case.lesions],
        "parameters": _round(case.parameters),
    }


def _sums(lesions: list[TrueLesion]) -> dict[str, Any]:
    return {
        "lesions": len(lesions),
        "visible_lesions": sum(x.visible_mm3 > 0 for x in lesions),
        "volume_mm3": round(sum(x.volume_mm3 for x in lesions), 3),
        "mass_mg": round(sum(x.mass_mg for x in lesions), 3),
        "visible_mm3": round(sum(x.visible_mm3 for x in lesions), 3),
    }


def _round(value: Any) -> Any:
    """Return a value with every number to a millionth: enough for all, and readable."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _round(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_round(item) for item in value]
    return value


def truth_text(truth: dict[str, Any]) -> str:
    """Return the text of truth.json: indented, with rows of numbers on one line."""
    return _ROW.sub(lambda row: " ".join(row[0].split()), json_text(truth)) + "\n"


#: A list of numbers alone.
_ROW = re.compile(r"\[[-+0-9.,eE\s]+\]")
