"""`corcal train`: the steps from annotated scans to a model, and the recipe of corcal's own."""

from __future__ import annotations

from importlib import import_module

import click

from corcal.cli.groups import Commands

#: Each step lives in the module of its name in `corcal.cli.training`, as the object of its name.
STEPS = (
    "estimate", "dataset", "plan", "fold", "folds", "validate", "export", "test", "variants",
    "default",
)  # fmt: skip


class _Steps(Commands):
    """Imports a step when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(STEPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in STEPS:
            return None
        command = getattr(import_module(f"corcal.cli.training.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.command(cls=_Steps, no_args_is_help=True)
def train() -> None:
    """Train a model on one's own annotated scans, as the paper did.

    The steps, in this order: dataset, plan, folds, validate, export, test. Then `corcal score
    --model`. They need `pip install ".[train]"` in the folder of corcal's source; docs/training.md
    says how on a computer without a GPU, and walks through them.
    """
