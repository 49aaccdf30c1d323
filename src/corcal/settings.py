"""Every number of the method, with the paper's values by name.

The paper: Alnasser et al., Diagnostics 2026, 16, 646.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

import tomli_w

from corcal.core.errors import SettingsRefused
from corcal.core.preparation import Preparation
from corcal.core.training import Training

__all__ = ["Admission", "Preparation", "Scoring", "Segmentation", "Settings", "Training"]


@dataclass(frozen=True)
class Admission:
    """What is accepted, and when a doubt is noted.

    Attributes:
        min_slices: fewest slices; the paper asks for 100.
        min_coverage_mm: shortest extent along the slices.
        thick_slices_mm: slices thicker than this are read, with a notice.
        contrast_blood_hu: median HU inside the heart above which contrast is suspected
            (unenhanced blood is 30 to 60).
        metal_hu: voxels this bright near the heart are noted as metal.
        small_field_mm: an in-plane field of view below this is noted as zoomed.
        min_heart_ml: a heart with its sac is not smaller; what is, is no heart.
        max_heart_ml: and not larger.
        max_cut_face: the heart is cut off where the scan ends in more than this share of its
            largest cross-section.
        blood_depth_mm: contrast is looked for this far inside the heart's outline, away from
            fat and lung.
        blood_step_mm: and on voxels about this far apart.
        metal_reach_mm: metal is looked for this far around the heart's box.
        min_metal_mm3: less of it is not noted.
    """

    min_slices: int = 12
    min_coverage_mm: float = 80.0
    thick_slices_mm: float = 3.0
    contrast_blood_hu: float = 90.0
    metal_hu: int = 2500
    small_field_mm: float = 260.0
    min_heart_ml: float = 150.0
    max_heart_ml: float = 2500.0
    max_cut_face: float = 0.30
    blood_depth_mm: float = 10.0
    blood_step_mm: float = 3.0
    metal_reach_mm: float = 20.0
    min_metal_mm3: float = 1.0


@dataclass(frozen=True)
class Segmentation:
    """How region probabilities become labels.

    Attributes:
        threshold: probability above which a voxel belongs to a region.
        fill_calcium: complete each calcium label on the scan as acquired: voxels at or above
            the scoring threshold that connect to it inside its reach join it, others leave.
        reach_mm: how far such a completion may go from the network's label.
        over_blood_hu: calcium is completed from this far above the brightest blood, where that
            is more than the scoring threshold: contrast agent would join it otherwise.
        min_lesion_voxels: smaller calcium components are dropped as noise.
        min_lesion_mm3: the same by volume.
        min_artery_mm3: smaller parts of an artery without calcium are dropped.
        heart_margin_mm: labels farther than this from the located heart are dropped; 0 keeps all.
        candidate_probability: probability of calcium from which a voxel starts a candidate
            lesion, which is kept or dropped as a whole; the paper's is that of `threshold`.
        min_lesion_probability: candidates that are less probably coronary calcium are dropped;
            0 keeps all.
        uncertain_below: an artery of which the reading is less certain is called uncertain.
        connectivity_3d: 26, 18 or 6, for parts of arteries and for candidate lesions.
        blood_percentile: of the heart's voxels that is taken for its brightest blood.
        blood_average_voxels: side of the cube over which they are averaged before, against noise.
        blood_every_voxels: only every so many of them along each axis are looked at.
        max_artery_log_odds: from here on an artery is plainly there, and more belief in it says
            no more about a candidate. The embedded lesion model was fitted with 2.
        peak_reference_hu: to which a candidate's peak is set in proportion. The embedded lesion
            model was fitted with 130.
    """

    threshold: float = 0.5
    fill_calcium: bool = True
    reach_mm: float = 4.0
    over_blood_hu: float = 60.0
    min_lesion_voxels: int = 2
    min_lesion_mm3: float = 2.0
    min_artery_mm3: float = 30.0
    heart_margin_mm: float = 8.0
    candidate_probability: float = 0.25
    min_lesion_probability: float = 0.35
    uncertain_below: float = 0.8
    connectivity_3d: int = 26
    blood_percentile: float = 95.0
    blood_average_voxels: int = 5
    blood_every_voxels: int = 3
    max_artery_log_odds: float = 2.0
    peak_reference_hu: float = 130.0


@dataclass(frozen=True)
class Scoring:
    """How calcium is counted on the voxels as acquired (Agatston 1990 and its conventions).

    Attributes:
        threshold_hu: candidate voxels are at or above this.
        weight_bounds_hu: lower bounds of weights 2, 3 and 4.
        min_area_mm2: smallest lesion area in a slice that counts.
        connectivity_2d: 8 or 4, for lesions in a slice.
        connectivity_3d: 26, 18 or 6, for counting lesions.
        slab_mm: slices both thinner and closer together than `slab_below_mm` are averaged to
            slabs this thick before the Agatston score is taken.
        slab_below_mm: see above; 0 scores every scan on its own slices.
        reference_mm: slice distance of the scanner on which the Agatston score was defined.
        cac_drs_bounds: Agatston scores from which CAC-DRS categories 2 and 3 begin; category 1
            is everything above exactly 0.
    """

    threshold_hu: float = 130.0
    weight_bounds_hu: tuple[float, float, float] = (200.0, 300.0, 400.0)
    min_area_mm2: float = 1.0
    connectivity_2d: int = 8
    connectivity_3d: int = 26
    slab_mm: float = 3.0
    slab_below_mm: float = 2.5
    reference_mm: float = 3.0
    cac_drs_bounds: tuple[float, float] = (100.0, 300.0)


@dataclass(frozen=True)
class Settings:
    """Every number of the method."""

    admission: Admission = field(default_factory=Admission)
    preparation: Preparation = field(default_factory=Preparation)
    segmentation: Segmentation = field(default_factory=Segmentation)
    scoring: Scoring = field(default_factory=Scoring)
    training: Training = field(default_factory=Training)

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def paper(cls) -> Self:
        """Return the paper's values: 100 slices, padding in-plane only, labels as painted.

        The training's defaults are the paper's already, but for elastic deformations.
        """
        default = cls()
        return replace(
            default,
            admission=replace(default.admission, min_slices=100),
            preparation=replace(default.preparation, padding_voxels=(0, 10, 10)),
            segmentation=replace(
                default.segmentation,
                fill_calcium=False,
                min_lesion_voxels=1,
                min_lesion_mm3=0.0,
                min_artery_mm3=0.0,
                heart_margin_mm=0.0,
                candidate_probability=0.5,
                min_lesion_probability=0.0,
            ),
            training=replace(default.training, elastic_share=0.2),
        )

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read settings from a TOML file; what it leaves out keeps its default.

        Raises:
            SettingsRefused: the file is not TOML, names a setting that does not exist, or gives
                one a value of another kind or out of range.
        """
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsRefused(f"{path}: cannot be read as TOML settings: {error}") from error
        return cls.from_dict(tables, str(path))

    @classmethod
    def from_dict(cls, tables: dict[str, Any], where: str) -> Self:
        """Read settings from nested plain values; what they leave out keeps its default.

        Args:
            tables: as `as_dict` returns them, or a part of it.
            where: they come from, for messages.

        Raises:
            SettingsRefused: as `from_toml`.
        """
        settings = cls()
        known = {f.name for f in fields(cls)}
        for name, table in tables.items():
            if name not in known or not isinstance(table, dict):
                raise SettingsRefused(
                    f"{where}: no settings table [{name}]; known: {sorted(known)}"
                )
            group = _updated(getattr(settings, name), table, f"{where}: [{name}]")
            try:
                settings = replace(settings, **{name: group})
            except SettingsRefused as error:
                raise SettingsRefused(f"{where}: {error}") from None
        return settings

    def as_dict(self) -> dict[str, Any]:
        """Return nested plain values, for JSON and TOML."""
        plain = dataclasses.asdict(self)
        return {
            group: {k: list(v) if isinstance(v, tuple) else v for k, v in table.items()}
            for group, table in plain.items()
        }

    def to_toml(self) -> str:
        """Return the settings as TOML text that `from_toml` reads back."""
        return tomli_w.dumps(self.as_dict())


def _updated(group: Any, table: dict[str, Any], where: str) -> Any:
    changes: dict[str, Any] = {}
    for key, value in table.items():
        if key not in {f.name for f in fields(group)}:
            raise SettingsRefused(f"{where} has no setting {key!r}")
        old = getattr(group, key)
        if isinstance(old, tuple):
            if not isinstance(value, list) or len(value) != len(old):
                raise SettingsRefused(f"{where} {key} needs {len(old)} numbers, not {value!r}")
            changes[key] = tuple(
                _number(v, o, f"{where} {key}") for v, o in zip(value, old, strict=True)
            )
        else:
            changes[key] = _number(value, old, f"{where} {key}")
    try:
        return replace(group, **changes)
    except SettingsRefused as error:
        raise SettingsRefused(f"{where}: {error}") from None


def _number(value: Any, like: Any, where: str) -> Any:
    """Return the value in the type of the default it replaces."""
    if isinstance(like, bool) != isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsRefused(f"{where}: {value!r} is not like {like!r}")
    if not math.isfinite(value):
        raise SettingsRefused(f"{where} must be finite, not {value!r}")
    if isinstance(like, int) and not isinstance(like, bool) and value != int(value):
        raise SettingsRefused(f"{where} needs a whole number, not {value!r}")
    return type(like)(value)


def _check(s: Settings) -> None:
    bounds = (s.scoring.threshold_hu, *s.scoring.weight_bounds_hu)
    rules = (
        (min(s.preparation.spacing_mm) > 0, "preparation.spacing_mm must be positive"),
        (min(s.preparation.padding_voxels) >= 0, "preparation.padding_voxels must not be negative"),
        (0 < s.segmentation.threshold < 1, "segmentation.threshold must lie between 0 and 1"),
        (s.segmentation.reach_mm >= 0, "segmentation.reach_mm must not be negative"),
        (s.segmentation.heart_margin_mm >= 0, "segmentation.heart_margin_mm must not be negative"),
        (
            0 < s.segmentation.candidate_probability < 1,
            "segmentation.candidate_probability must lie between 0 and 1",
        ),
        (
            0 <= s.segmentation.min_lesion_probability < 1,
            "segmentation.min_lesion_probability must lie between 0 and 1",
        ),
        (
            0 <= s.segmentation.uncertain_below <= 1,
            "segmentation.uncertain_below must lie between 0 and 1",
        ),
        (list(bounds) == sorted(bounds), "scoring.weight_bounds_hu must rise from threshold_hu"),
        (s.scoring.connectivity_2d in (4, 8), "scoring.connectivity_2d is 4 or 8"),
        (s.scoring.connectivity_3d in (6, 18, 26), "scoring.connectivity_3d is 6, 18 or 26"),
        (s.scoring.slab_mm > 0, "scoring.slab_mm must be positive"),
        (s.admission.min_slices >= 1, "admission.min_slices must be at least 1"),
    )
    for holds, message in rules:
        if not holds:
            raise SettingsRefused(message)
