"""A choice of models for heart and arteries: those in the wheel, or those that a user names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from corcal.core.arguments import require_function, require_path, require_whole_number, wrong_kind
from corcal.core.errors import ModelRefused
from corcal.core.steps import ArterySegmenter, HeartLocator, ModelSource
from corcal.locate import EmbeddedLocator, TotalSegmentatorLocator, Weights, find_weights
from corcal.segment import (
    DEVICES,
    EmbeddedSegmenter,
    NnunetSegmenter,
    ProgressCallback,
    find_bundle,
)

HEARTS = ("embedded", "totalsegmentator")
_MODEL = "the name, folder or zip of a trained model"


@dataclass(frozen=True)
class ModelChoice:
    """A user's choice of models; plain values, so that it can be sent to other processes.

    Attributes:
        model: a bundle's folder, zip or name; "" for the embedded segmenter.
        heart: one of `HEARTS`.
        heart_weights: TotalSegmentator's weights, a folder or zip; None looks where they belong.
        device: "cpu" or "cuda", for a bundle and TotalSegmentator; the embedded models run on
            the CPU.

    Raises:
        ModelRefused: the values do not go together.
        TypeError: a value is of another kind.
    """

    model: str = ""
    heart: str = "embedded"
    heart_weights: Path | None = None
    device: str = "cpu"

    def __post_init__(self) -> None:
        if not isinstance(self.model, str):
            object.__setattr__(self, "model", str(require_path("model", self.model, _MODEL)))
        if self.heart_weights is not None:
            path = require_path("heart_weights", self.heart_weights)
            object.__setattr__(self, "heart_weights", path)
        embedded = self.heart == "embedded"
        rules = (
            (self.heart in HEARTS, f"heart {self.heart!r} is not one of {', '.join(HEARTS)}"),
            (
                self.device in DEVICES,
                f"device {self.device!r} is not one of {', '.join(DEVICES)}",
            ),
            (
                self.device == "cpu" or bool(self.model) or not embedded,
                "device cuda is for a trained model and for heart totalsegmentator; corcal's own "
                "models run on the CPU: leave device out",
            ),
            (
                self.heart_weights is None or not embedded,
                "heart weights are for heart totalsegmentator; give both or neither",
            ),
        )
        for holds, message in rules:
            if not holds:
                raise ModelRefused(message)

    def locator(self) -> HeartLocator:
        """Return what finds the heart.

        Raises:
            ModelRefused: its files are absent, damaged or changed.
        """
        if self.heart == "embedded":
            return EmbeddedLocator()
        weights = Weights.open(self.heart_weights) if self.heart_weights else find_weights()
        return TotalSegmentatorLocator(weights, device=self.device)

    def segmenter(
        self, members: int = 0, on_progress: ProgressCallback | None = None
    ) -> ArterySegmenter:
        """Return what finds the arteries.

        Args:
            members: the first so many of the embedded networks are run; 0 runs all.
            on_progress: called after each window of a bundle with how many are done and how many
                there are.

        Raises:
            ModelRefused: its files are absent, damaged or changed, or it cannot be run here; or
                members of a bundle are counted.
            SettingsRefused: there are not so many members, or their number is negative.
            TypeError: `members` is no whole number, or `on_progress` no function.
        """
        require_whole_number("members", members)
        if on_progress is not None:
            require_function("on_progress", on_progress, "a function of two whole numbers")
        if not self.model:
            return EmbeddedSegmenter(members=members)
        if members:
            raise ModelRefused(
                f"model {self.model} always runs whole: leave out --fast and the setting "
                "segmentation.members, which count the networks of corcal's own segmenter"
            )
        return NnunetSegmenter(find_bundle(self.model), device=self.device, on_progress=on_progress)


def choose_models(models: ModelSource | Path | str | None) -> ModelSource:
    """Return the models that a user named, or those that come with corcal for None.

    Args:
        models: name, folder or zip of a trained model; or what makes the models of both steps.

    Raises:
        InputRefused: a name or path is empty.
        TypeError: it is none of these.
    """
    if models is None:
        return ModelChoice()
    if isinstance(models, str | os.PathLike):
        require_path("models", models)
        return ModelChoice(os.fspath(models))
    if isinstance(models, type) or not isinstance(models, ModelSource):
        raise wrong_kind("models", models, f"a ModelChoice, or {_MODEL},")
    return models
