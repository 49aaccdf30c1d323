"""Learn: annotated and synthetic scans in, models out. The only part that needs torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.train.bundle.accuracy import (
        Assessment,
        HeldOut,
        is_of,
        keep_accuracy,
        renew_card,
        weights_sha256,
    )
    from corcal.train.bundle.export import (
        ModelName,
        export_bundle,
    )
    from corcal.train.dataset.crop_geometry import (
        put_back,
    )
    from corcal.train.dataset.dataset import (
        Acceptance,
        make_dataset,
    )
    from corcal.train.dataset.expected_crops import (
        ExpectedCrops,
        expected_crops,
    )
    from corcal.train.dataset.manifest import (
        ManifestRow,
        read_manifest,
    )
    from corcal.train.estimate import (
        estimate_manifest,
        estimate_training,
    )
    from corcal.train.events import (
        Began,
        EpochDone,
        Event,
        Noted,
        Prepared,
        Refused,
        Stepped,
    )
    from corcal.train.nnunet.child import (
        Machine,
    )
    from corcal.train.nnunet.devices import (
        Devices,
        choose_devices,
        visible_gpus,
    )
    from corcal.train.nnunet.folds import (
        missing_folds,
        plan_and_preprocess,
        require_nnunet,
        train_folds,
    )
    from corcal.train.nnunet.plan import (
        change_training,
    )
    from corcal.train.training_folder import (
        TrainingFolder,
    )

__all__ = [
    "Acceptance",
    "Assessment",
    "Began",
    "Devices",
    "EpochDone",
    "Event",
    "ExpectedCrops",
    "HeldOut",
    "Machine",
    "ManifestRow",
    "ModelName",
    "Noted",
    "Prepared",
    "Refused",
    "Stepped",
    "TrainingFolder",
    "change_training",
    "choose_devices",
    "estimate_manifest",
    "estimate_training",
    "expected_crops",
    "export_bundle",
    "is_of",
    "keep_accuracy",
    "make_dataset",
    "missing_folds",
    "plan_and_preprocess",
    "put_back",
    "read_manifest",
    "renew_card",
    "require_nnunet",
    "train_folds",
    "visible_gpus",
    "weights_sha256",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "bundle.accuracy": (
            "Assessment",
            "HeldOut",
            "is_of",
            "keep_accuracy",
            "renew_card",
            "weights_sha256",
        ),
        "bundle.export": ("ModelName", "export_bundle"),
        "dataset.crop_geometry": ("put_back",),
        "dataset.dataset": ("Acceptance", "make_dataset"),
        "dataset.expected_crops": ("ExpectedCrops", "expected_crops"),
        "dataset.manifest": ("ManifestRow", "read_manifest"),
        "events": ("Began", "EpochDone", "Event", "Noted", "Prepared", "Refused", "Stepped"),
        "nnunet.child": ("Machine",),
        "nnunet.devices": ("Devices", "choose_devices", "visible_gpus"),
        "estimate": ("estimate_manifest", "estimate_training"),
        "nnunet.folds": ("missing_folds", "plan_and_preprocess", "require_nnunet", "train_folds"),
        "nnunet.plan": ("change_training",),
        "training_folder": ("TrainingFolder",),
    },
)
