"""Studies that both train and evaluate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.studies.ablation.ablation import (
        compare_models,
        publish_ablation,
    )
    from corcal.studies.ablation.variants import (
        Runner,
        choose_variants,
        run_variants,
    )

__all__ = [
    "Runner",
    "choose_variants",
    "compare_models",
    "publish_ablation",
    "run_variants",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "ablation.ablation": ("compare_models", "publish_ablation"),
        "ablation.variants": ("Runner", "choose_variants", "run_variants"),
    },
)
