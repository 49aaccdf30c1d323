"""Recipes of the models that come with corcal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.recipes.embedded.cases.scans import (
        RealScans,
        read_scans,
    )
    from corcal.recipes.embedded.recipe import (
        Recipe,
        train_default,
    )

__all__ = [
    "RealScans",
    "Recipe",
    "read_scans",
    "train_default",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "embedded.recipe": ("Recipe", "train_default"),
        "embedded.cases.scans": ("RealScans", "read_scans"),
    },
)
