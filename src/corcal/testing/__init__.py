"""Help for tests of programs that use corcal: small phantoms, their truth as models, small bundles.

Only the core installation is needed, and no test framework.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.testing.linear_bundle import write_linear_bundle
    from corcal.testing.phantoms import QUIET, TINY, tiny_phantom
    from corcal.testing.small_bundles import DATASET, write_small_bundle
    from corcal.testing.small_networks import write_small_locator, write_small_segmenter
    from corcal.testing.truth import TrueArteries, TrueHeart, TrueModels, score_phantom

__all__ = [
    "DATASET",
    "QUIET",
    "TINY",
    "TrueArteries",
    "TrueHeart",
    "TrueModels",
    "score_phantom",
    "tiny_phantom",
    "write_linear_bundle",
    "write_small_bundle",
    "write_small_locator",
    "write_small_segmenter",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "linear_bundle": ("write_linear_bundle",),
        "phantoms": ("QUIET", "TINY", "tiny_phantom"),
        "small_bundles": ("DATASET", "write_small_bundle"),
        "small_networks": ("write_small_locator", "write_small_segmenter"),
        "truth": ("TrueArteries", "TrueHeart", "TrueModels", "score_phantom"),
    },
)
