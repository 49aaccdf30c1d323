"""Grades from volumes, by a severity model that `corcal evaluate` fitted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corcal.core.artery import Artery
from corcal.core.errors import ModelRefused
from corcal.core.grid import MM3_PER_ML
from corcal.core.reading import ModelStamp, Reading
from corcal.core.score import ArteryScore
from corcal.core.severity import ArteryGrade, ArteryGrading, Severity
from corcal.storage import json_bytes, parse_json

SCHEMA_ID = "corcal-severity/1"

#: The volume of an artery in mL, by the name of its column.
_VOLUMES_ML = {
    "volume_mm3": lambda a: a.volume_mm3 / MM3_PER_ML,
    "mask_volume_ml": lambda a: a.mask_volume_ml,
}


@dataclass(frozen=True)
class SeverityModel:
    """A severity model: an ordinal logit model for each artery that has one.

    Attributes:
        volume: the volume it was fitted on, "volume_mm3" or "mask_volume_ml"; in mL.
        arteries: by artery.
        sha256: of its file, "" for a model that was never in one.

    Raises:
        ValueError: another volume.
    """

    volume: str
    arteries: Mapping[Artery, ArteryGrading]
    sha256: str = ""

    def __post_init__(self) -> None:
        if self.volume not in _VOLUMES_ML:
            raise ValueError(f"no such volume: {self.volume!r}")

    def as_json(self) -> bytes:
        """Return the model as the content of its file."""
        document = {
            "schema": SCHEMA_ID,
            "model": "logit P(grade <= j) = threshold_j - slope_per_ml x volume in mL",
            "volume": self.volume,
            "arteries": {
                artery.value: {
                    "slope_per_ml": g.slope_per_ml,
                    "grades": [s.word for s in g.grades],
                    "thresholds": list(g.thresholds),
                }
                for artery, g in self.arteries.items()
            },
        }
        return json_bytes(document)


def read_severity_model(path: Path) -> SeverityModel:
    """Return the severity model in a file.

    Raises:
        ModelRefused: the file is absent, or not a severity model.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelRefused(f"{path}: cannot be read ({error.strerror or error})") from error
    document = parse_json(content, path, refusal=ModelRefused)
    found = document.get("schema") if isinstance(document, dict) else None
    if found != SCHEMA_ID:
        raise ModelRefused(
            f"{path}: its schema is {found!r}, not {SCHEMA_ID!r}; give the severity_model.json "
            "that `corcal evaluate` wrote"
        )
    try:
        arteries = {Artery(name): _grading(entry) for name, entry in document["arteries"].items()}
        return SeverityModel(document["volume"], arteries, hashlib.sha256(content).hexdigest())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelRefused(f"{path}: not a whole severity model ({error})") from error


def _grading(entry: dict[str, Any]) -> ArteryGrading:
    return ArteryGrading(
        float(entry["slope_per_ml"]),
        tuple(Severity[g.upper()] for g in entry["grades"]),
        tuple(float(t) for t in entry["thresholds"]),
    )


def with_grades(reading: Reading, model: SeverityModel) -> Reading:
    """Return a reading whose report grades each artery that the model knows.

    An artery without calcium is graded only by a model that was fitted with the grade none, an
    unseen one by none.
    """
    grades = tuple(
        ArteryGrade(score.artery, grading.grade(ml), grading.probabilities(ml))
        for score in reading.report.score.arteries
        if (grading := model.arteries.get(score.artery)) is not None and _applies(grading, score)
        if score.artery not in reading.report.unseen
        for ml in (_VOLUMES_ML[model.volume](score),)
    )
    stamp = reading.report.provenance
    models = (*stamp.models, ModelStamp("severity", SCHEMA_ID, model.sha256))
    report = replace(reading.report, grades=grades, provenance=replace(stamp, models=models))
    return replace(reading, report=report)


def _applies(grading: ArteryGrading, score: ArteryScore) -> bool:
    return score.present or Severity.NONE in grading.grades
