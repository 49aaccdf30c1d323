"""Options of the steps that train: what they may use, and how much they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from corcal.cli.options import Command, bundle

if TYPE_CHECKING:
    from corcal.train.nnunet.child import Machine


@dataclass(frozen=True)
class Use:
    """The means of a training, as given on the command line.

    Attributes:
        device: "cpu" or "cuda".
        gpus: which of the visible GPUs; empty for all of them.
        workers: processes that augment patches; None for a number that suits the device.
        threads: of the CPU; 0 leaves torch its own choice.
        compiled: let torch compile the network.
        quiet: say nothing on the way.
    """

    device: str
    gpus: tuple[int, ...]
    workers: int | None
    threads: int
    compiled: bool
    quiet: bool

    @property
    def machine(self) -> Machine:
        """The means of each process."""
        from corcal.train.nnunet.child import Machine

        # On a CPU the processes would only take the cores from the training.
        suits = 0 if self.device == "cpu" else 8
        return Machine(
            device=self.device,
            workers=suits if self.workers is None else self.workers,
            threads=self.threads,
            compiled=self.compiled,
        )

    def places(self) -> tuple[int, ...]:
        """Return the GPUs that are used, or one place for the CPU."""
        from corcal.train.nnunet.folds import visible_gpus

        if self.device == "cpu":
            return (0,)
        return self.gpus or visible_gpus()


def use(command: Command) -> Command:
    """Add --device, --gpus, --workers, --threads, --compile and --quiet."""
    add: Callable[[Command], Command] = bundle(
        "use",
        _use,
        click.option(
            "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True
        ),
        click.option(
            "--gpus", metavar="0,1,...", default="", help="Which GPUs; without it, all of them."
        ),
        click.option(
            "--workers",
            type=click.IntRange(min=0),
            help="Processes that augment patches, for each fold; 0 on a CPU, 8 beside a GPU.",
        ),
        click.option(
            "--threads",
            type=click.IntRange(min=0),
            default=0,
            help="Of the CPU, for each fold; without it, what torch chooses.",
        ),
        click.option(
            "--compile",
            "compiled",
            is_flag=True,
            help="Have torch compile the network: faster on a GPU, needs a C compiler.",
        ),
        click.option("--quiet", is_flag=True, help="No progress; errors still show."),
    )
    return add(command)


def _use(
    device: str, gpus: str, workers: int | None, threads: int, compiled: bool, quiet: bool
) -> Use:
    return Use(device, numbers(gpus, "--gpus"), workers, threads, compiled, quiet)


def numbers(text: str, option: str) -> tuple[int, ...]:
    """Return the numbers of a list such as "0,1"; none for an empty text."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise click.UsageError(f"{option} {text!r} is not a list such as 0,1,2")
    if len(set(parts)) != len(parts):
        raise click.UsageError(f"{option} {text!r} names one twice")
    return tuple(int(part) for part in parts)
