"""Step 5: six probabilities a voxel, by the embedded model or a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.segment.bundle.bundle import Bundle
    from corcal.segment.bundle.installed import (
        find_bundle,
        install,
        installed_bundles,
        models_folder,
        state,
    )
    from corcal.segment.bundle.manifest import (
        CARD,
        DATASET,
        EXCLUSIVE_NAMES,
        HEART_ORIGIN,
        PLANS,
        REGION_NAMES,
        BundleFacts,
        network_of,
        sha256_of,
        weights_of,
        write_manifest,
    )
    from corcal.segment.bundle.replace_card import replace_card
    from corcal.segment.embedded import EmbeddedSegmenter, member_name
    from corcal.segment.frame import heart_frame
    from corcal.segment.nnunet.bundle_files import write_network, write_weights
    from corcal.segment.nnunet.from_results import Origin, bundle_from_results
    from corcal.segment.nnunet.network import load_network
    from corcal.segment.nnunet.results_folder import predict_command, write_results_folder
    from corcal.segment.nnunet.segmenter import DEVICES, NnunetSegmenter
    from corcal.segment.nnunet.windows import ProgressCallback

__all__ = [
    "CARD",
    "DATASET",
    "DEVICES",
    "EXCLUSIVE_NAMES",
    "HEART_ORIGIN",
    "PLANS",
    "REGION_NAMES",
    "Bundle",
    "BundleFacts",
    "EmbeddedSegmenter",
    "NnunetSegmenter",
    "Origin",
    "ProgressCallback",
    "bundle_from_results",
    "find_bundle",
    "heart_frame",
    "install",
    "installed_bundles",
    "load_network",
    "member_name",
    "models_folder",
    "network_of",
    "predict_command",
    "replace_card",
    "sha256_of",
    "state",
    "weights_of",
    "write_manifest",
    "write_network",
    "write_results_folder",
    "write_weights",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "bundle.bundle": ("Bundle",),
        "bundle.installed": (
            "find_bundle",
            "install",
            "installed_bundles",
            "models_folder",
            "state",
        ),
        "bundle.manifest": (
            "CARD",
            "DATASET",
            "EXCLUSIVE_NAMES",
            "HEART_ORIGIN",
            "PLANS",
            "REGION_NAMES",
            "BundleFacts",
            "network_of",
            "sha256_of",
            "weights_of",
            "write_manifest",
        ),
        "bundle.replace_card": ("replace_card",),
        "embedded": ("EmbeddedSegmenter", "member_name"),
        "frame": ("heart_frame",),
        "nnunet.bundle_files": ("write_network", "write_weights"),
        "nnunet.from_results": ("Origin", "bundle_from_results"),
        "nnunet.network": ("load_network",),
        "nnunet.results_folder": ("predict_command", "write_results_folder"),
        "nnunet.segmenter": ("DEVICES", "NnunetSegmenter"),
        "nnunet.windows": ("ProgressCallback",),
    },
)
