"""Options of the steps that train: what they may use, and how much they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.cli.options import Command, bundle

if TYPE_CHECKING:
    from corcal.train import Devices, Machine


@dataclass(frozen=True)
class Use:
    """The means of a training, as given on the command line.

    Attributes:
        device: "auto", "cpu" or "cuda".
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

    def devices(self) -> Devices:
        """Return where the folds are trained.

        Raises:
            SettingsRefused: a GPU is asked for that is not there.
        """
        from corcal.train import choose_devices, visible_gpus

        visible = 0 if self.device == "cpu" else visible_gpus()
        return choose_devices(self.device, self.gpus, visible=visible)

    def machine(self, devices: Devices) -> Machine:
        """Return the means of each process on these devices."""
        from corcal.train import Machine

        # On a CPU the processes would only take the cores from the training.
        suits = 0 if devices.device == "cpu" else 8
        return Machine(
            device=devices.device,
            workers=suits if self.workers is None else self.workers,
            threads=self.threads,
            compiled=self.compiled,
        )


def use(command: Command) -> Command:
    """Add --device, --gpus, --workers, --threads, --compile and --quiet."""
    add: Callable[[Command], Command] = bundle(
        "use",
        _use,
        click.option(
            "--device",
            type=click.Choice(["auto", "cpu", "cuda"]),
            default="auto",
            show_default=True,
            help="auto takes all GPUs that torch finds, and the CPU where there is none.",
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
        options.quiet_option(result=False),
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
