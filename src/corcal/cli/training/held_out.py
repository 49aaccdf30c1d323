"""Options and means of the steps that score a training on scans that it did not see."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.cli.model_options import HeartChoice, heart_options
from corcal.cli.options import Command

if TYPE_CHECKING:
    from corcal.segment import Bundle
    from corcal.studies import Scorer
    from corcal.train import TrainingFolder


@dataclass(frozen=True)
class Means:
    """The means of scoring, as given on the command line.

    Attributes:
        device: "cpu" or "cuda".
        heart: finds the heart.
        heart_weights: TotalSegmentator's weights.
        quiet: say nothing on the way.
    """

    device: str
    heart: str
    heart_weights: Path | None
    quiet: bool

    def scorer(self, folder: TrainingFolder) -> Scorer:
        """Return what scores with the settings of a training."""
        from corcal.studies import Scorer
        from corcal.train import require_nnunet

        require_nnunet()
        locator = HeartChoice(self.heart, self.heart_weights).locator(self.device)
        return Scorer(locator, self.device, folder.settings(), self.say)

    def say(self, line: str) -> None:
        """Say a line of progress."""
        if not self.quiet:
            click.echo(line, err=True)


def card_line(model: Bundle) -> str:
    """Return where the tables went, in a sentence for people."""
    return f"The card of {model.path} holds this now; the model's sha256 is now {model.sha256}"


def scoring_options(command: Command) -> Command:
    """Add WORK, MANIFEST, --output, and what makes `means: Means`."""
    command = options.bundle(
        "means",
        Means,
        click.option(
            "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True
        ),
        *heart_options(),
        options.quiet_option(result=False),
    )(command)
    for add in (
        options.place_option("out", "Receives label maps and tables."),
        click.argument("manifest", type=click.Path(path_type=Path)),
        click.argument("work", type=click.Path(path_type=Path)),
    ):
        command = add(command)
    return command
