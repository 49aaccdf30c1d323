"""Settings of training: every number of section 2.4 of the paper, by name."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require, require_range


@dataclass(frozen=True)
class Training:
    """The training of a model by nnU-Net v2; the numbers of the paper, section 2.4.

    What the paper does not give is nnU-Net's own default. Not used in scoring.

    Attributes:
        patch_voxels: (slice, row, column) of what the network sees at once.
        batch: patches in a step.
        stages: the most resolutions of the network; a small patch allows fewer.
        convolutions: in each stage, on the way down and up.
        features: channels of the first stage; each further stage doubles them.
        max_features: where the doubling ends.
        epochs: how long.
        iterations: training steps in an epoch.
        val_iterations: validation steps in an epoch.
        learning_rate: of the first epoch; it falls with the power 0.9 of what is left.
        weight_decay: of the optimiser, SGD with momentum 0.99.
        dice_weight: of the Dice loss.
        cross_entropy_weight: of the cross-entropy.
        foreground_share: share of patches that surely show an artery or calcium.
        elastic_share: share of patches that are bent elastically. nnU-Net v2 bends none; the
            paper names elastic deformations, `Settings.paper()` has the share of nnU-Net v1.
        elastic_voxels: the largest displacement of a bent patch is drawn up to this. nnU-Net v1
            displaced up to about 6 voxels at its default (alpha to 900, sigma 9 to 13 voxels):
            more than the width of a coronary artery, so that its course visibly changes.
        mirror: flip patches along all axes in training; scoring then averages the flips.
        merge_regions: learn each artery together with its calcium; False learns six labels
            that exclude each other, as the paper's ablation does.
        folds: networks, each trained without its share of the training patients.
        test_share: share of scans that no fold sees.
        seed: of the split.
        save_every: epochs between two saved states.
        min_inside_share: least share of drawn arteries that lies in the prepared crop.
    """

    patch_voxels: tuple[int, int, int] = (112, 128, 160)
    batch: int = 2
    stages: int = 6
    convolutions: int = 2
    features: int = 32
    max_features: int = 320
    epochs: int = 250
    iterations: int = 250
    val_iterations: int = 50
    learning_rate: float = 0.01
    weight_decay: float = 3e-5
    dice_weight: float = 1.0
    cross_entropy_weight: float = 1.0
    foreground_share: float = 0.33
    elastic_share: float = 0.0
    elastic_voxels: float = 6.0
    mirror: bool = True
    merge_regions: bool = True
    folds: int = 5
    test_share: float = 0.15
    seed: int = 0
    save_every: int = 5
    min_inside_share: float = 0.8

    def __post_init__(self) -> None:
        require_range(
            "training",
            self,
            at_least_1=(
                "batch",
                "stages",
                "convolutions",
                "features",
                "max_features",
                "epochs",
                "iterations",
                "val_iterations",
                "save_every",
            ),
            share=("foreground_share", "elastic_share", "min_inside_share"),
            share_below_1=("test_share",),
            positive=("learning_rate",),
            not_negative=(
                "elastic_voxels",
                "weight_decay",
                "dice_weight",
                "cross_entropy_weight",
                "seed",
            ),
        )
        rules = (
            (min(self.patch_voxels) >= 8, "patch_voxels must be at least 8 on each side"),
            (
                self.dice_weight + self.cross_entropy_weight > 0,
                "one of dice_weight and cross_entropy_weight must count",
            ),
            (self.folds >= 2, "folds must be at least 2"),
        )
        for holds, message in rules:
            require("training", holds, message)
