"""The parameter vector of a phantom: every number that was drawn, ready for JSON."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.shapes import Tube
from corcal.phantom.calcium.mimics.solid import Mimic
from corcal.phantom.calcium.plaque import Plaque


def plain(value: Any) -> Any:
    """Return a value with dataclasses as dicts, arrays and tuples as lists, rounded to 1e-4."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.floating | float):
        return np.round(np.asarray(value, float), 4).tolist()
    return value.value if isinstance(value, Enum) else value


def plaque_numbers(plaque: Plaque) -> dict[str, Any]:
    """Return the numbers of a plaque; its host is named by `vessel`."""
    out = {f.name: plain(getattr(plaque, f.name)) for f in fields(plaque) if f.name != "host"}
    return {**out, "centre_mm": plain(plaque.centre_mm())}


def mimic_numbers(mimic: Mimic) -> dict[str, Any]:
    """Return the numbers of a mimic and of its solid."""
    solid = mimic.solid
    shape = plaque_numbers(solid) if isinstance(solid, Plaque) else plain(solid)
    out = {"kind": mimic.kind, "hu": plain(mimic.hu), "calcium": mimic.calcium}
    return {**out, type(solid).__name__.lower(): shape}


def anatomy_numbers(anatomy: Anatomy) -> dict[str, Any]:
    """Return the numbers of a patient: pose, chambers, courses, great vessels, chest.

    The branches of the lung vessels are counted, not listed: there are hundreds.
    """
    heart, tree, chest = anatomy.heart, anatomy.coronaries, anatomy.thorax
    return {
        "pose": plain(anatomy.pose),
        "fat_ml": plain(anatomy.fat_ml),
        "heart": plain(heart),
        "courses": {v.name: _tube(v.tube) for v in tree.vessels},
        "cardiac_veins": [_tube(tube) for tube in tree.veins],
        "dominance": tree.dominance,
        "chest": {
            **{f.name: plain(getattr(chest, f.name)) for f in fields(chest) if f.name not in _MANY},
            "lung_vessels": len(chest.lung_vessels),
        },
    }


_MANY = ("lung_vessels",)


def _tube(tube: Tube) -> dict[str, Any]:
    rows = np.column_stack([tube.points_mm, tube.radii_mm])[::2]
    return {"length_mm": plain(tube.length_mm), "x_y_z_radius_mm": np.round(rows, 2).tolist()}
