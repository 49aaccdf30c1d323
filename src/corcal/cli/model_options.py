"""Options of the commands that run models: which, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli.options import Command, bundle

if TYPE_CHECKING:
    from corcal.core.steps import HeartLocator
    from corcal.models import ModelChoice


def models(command: Command) -> Command:
    """Add --model, --heart, --heart-weights and --device; it receives `models: ModelChoice`."""
    model = click.option(
        "--model",
        metavar="MODEL",
        help="Find the arteries with a trained model: a bundle's folder or zip, or the name "
        "of an installed one (`corcal models`).",
    )
    where = device_option("Where --model and TotalSegmentator run.")
    return bundle("models", _models, model, *heart_options(), where)(command)


def hearts(command: Command) -> Command:
    """Add --heart, --heart-weights and --device; it receives `models: ModelChoice`."""
    where = device_option("Where TotalSegmentator runs.")
    return bundle("models", _hearts, *heart_options(), where)(command)


@dataclass(frozen=True)
class HeartChoice:
    """The heart locator of a command that has a --device of its own.

    Attributes:
        heart: its name.
        heart_weights: TotalSegmentator's weights; None looks where they belong.
    """

    heart: str
    heart_weights: Path | None

    def locator(self, device: str) -> HeartLocator:
        """Return the locator; the embedded one runs on the CPU whatever the device."""
        on = device if self.heart == "totalsegmentator" else "cpu"
        return _hearts(self.heart, self.heart_weights, on).locator()


def heart(command: Command) -> Command:
    """Add --heart and --heart-weights; it receives `heart: HeartChoice`."""
    return bundle("heart", HeartChoice, *heart_options())(command)


def heart_options() -> tuple[Callable[[Command], Command], ...]:
    """Return --heart and --heart-weights."""
    return (
        click.option(
            "--heart",
            type=click.Choice(["embedded", "totalsegmentator"], case_sensitive=False),
            default="embedded",
            help="What finds the heart; the default comes with corcal.",
        ),
        click.option(
            "--heart-weights",
            type=click.Path(path_type=Path),
            metavar="PATH",
            help="TotalSegmentator's weights of sub-task 293, a folder or zip.",
        ),
    )


def device_option(where: str) -> Callable[[Command], Command]:
    """Return --device, which says `where` in its help."""
    return click.option(
        "--device",
        type=click.Choice(["cpu", "cuda"], case_sensitive=False),
        default="cpu",
        help=where,
    )


def _models(model: str | None, heart: str, heart_weights: Path | None, device: str) -> ModelChoice:
    from corcal.models import ModelChoice

    return ModelChoice(model or "", heart, heart_weights, device)


def _hearts(heart: str, heart_weights: Path | None, device: str) -> ModelChoice:
    return _models(None, heart, heart_weights, device)


def severity_model(command: Command) -> Command:
    """Add --severity-model; the command receives `severity_model: Path | None`."""
    return click.option(
        "--severity-model",
        type=click.Path(path_type=Path),
        metavar="JSON",
        help="Grade each artery by the severity_model.json of `corcal evaluate`.",
    )(command)
