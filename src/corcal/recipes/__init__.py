"""Recipes of the models that come with corcal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.recipes.embedded.by_steps import train_default
    from corcal.recipes.embedded.cases.phantoms import training_options
    from corcal.recipes.embedded.cases.scans import (
        RealScans,
        read_scans,
    )
    from corcal.recipes.embedded.devices import choose_device, choose_precision
    from corcal.recipes.embedded.recipe import PARTS, Recipe
    from corcal.recipes.embedded.step_times import step_times
    from corcal.recipes.embedded.tasks.roughen import Ranges, draw_roughness
    from corcal.recipes.embedded.timed import train_in_minutes
    from corcal.recipes.embedded.timetable import Limits

__all__ = [
    "PARTS",
    "Limits",
    "Ranges",
    "RealScans",
    "Recipe",
    "choose_device",
    "choose_precision",
    "draw_roughness",
    "read_scans",
    "step_times",
    "train_default",
    "train_in_minutes",
    "training_options",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "embedded.cases.phantoms": ("training_options",),
        "embedded.step_times": ("step_times",),
        "embedded.tasks.roughen": ("Ranges", "draw_roughness"),
        "embedded.devices": ("choose_device", "choose_precision"),
        "embedded.by_steps": ("train_default",),
        "embedded.recipe": ("PARTS", "Recipe"),
        "embedded.timed": ("train_in_minutes",),
        "embedded.timetable": ("Limits",),
        "embedded.cases.scans": ("RealScans", "read_scans"),
    },
)
