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
    from corcal.studies.held_out.parts import (
        cross_validate,
        score_test_set,
    )
    from corcal.studies.held_out.score_cases import (
        Scorer,
    )

__all__ = [
    "Runner",
    "Scorer",
    "choose_variants",
    "compare_models",
    "cross_validate",
    "publish_ablation",
    "run_variants",
    "score_test_set",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "ablation.ablation": ("compare_models", "publish_ablation"),
        "ablation.variants": ("Runner", "choose_variants", "run_variants"),
        "held_out.parts": ("cross_validate", "score_test_set"),
        "held_out.score_cases": ("Scorer",),
    },
)
