"""Options by which a command gets its settings: --settings, --paper, --fast, and single ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli.options import Command, bundle

if TYPE_CHECKING:
    from corcal.settings import Settings


def settings(command: Command) -> Command:
    """Add --settings and --paper; the command receives `settings: Settings`."""

    def plain(file: Path | None, paper: bool) -> Settings:
        return _settings(file, paper)

    return bundle("settings", plain, *_usual())(command)


def every_settings(command: Command) -> Command:
    """Add --settings, --paper and --fast; the command receives `settings: Settings`."""
    return bundle("settings", _settings, *_usual(), _fast())(command)


def scan_settings(command: Command) -> Command:
    """Add --settings, --paper and --gating; the command receives `settings: Settings`."""

    def of_scan(file: Path | None, paper: bool, gating: str | None) -> Settings:
        return _with_gating(_settings(file, paper), gating)

    return bundle("settings", of_scan, *_usual(), _gating())(command)


def scoring_settings(command: Command) -> Command:
    """Add these, --fast and --accept-axes; the command receives `settings: Settings`."""

    def of_scoring(
        file: Path | None, paper: bool, fast: bool, gating: str | None, accept_axes: bool
    ) -> Settings:
        chosen = _with_gating(_settings(file, paper, fast), gating)
        return replace(chosen, axes=replace(chosen.axes, accept=chosen.axes.accept or accept_axes))

    accept = click.option(
        "--accept-axes",
        is_flag=True,
        help="Score a chest whose anatomy contradicts its axes (situs inversus), with a notice.",
    )
    return bundle("settings", of_scoring, *_usual(), _fast(), _gating(), accept)(command)


def _usual() -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option(
            "--settings",
            "file",
            type=click.Path(path_type=Path),
            metavar="TOML",
            help="Settings that differ from the defaults, or from those of --paper or --fast.",
        ),
        click.option("--paper", is_flag=True, help="Use the values of the published method."),
    )


def _fast() -> Callable[[Command], Command]:
    return click.option(
        "--fast",
        is_flag=True,
        help="Find the arteries with one of corcal's networks: faster, less accurate.",
    )


def _gating() -> Callable[[Command], Command]:
    return click.option(
        "--gating",
        type=click.Choice(["yes", "no"]),
        help="The scan was ECG-gated or not, whatever its header says.",
    )


def _settings(file: Path | None, paper: bool, fast: bool = False) -> Settings:
    from corcal.settings import Settings

    if paper and fast:
        raise click.UsageError(
            "--paper asks for the published method, --fast for less than corcal's own: "
            "give one of them."
        )
    chosen = Settings.paper() if paper else Settings.fast() if fast else Settings()
    return chosen if file is None else Settings.from_toml(file, base=chosen)


def _with_gating(settings: Settings, gating: str | None) -> Settings:
    if gating is None:
        return settings
    return replace(settings, admission=replace(settings.admission, gating=gating))
