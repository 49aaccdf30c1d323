"""`corcal settings`: every number of the method as a TOML file, or explained as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from corcal.cli import settings_options

if TYPE_CHECKING:
    from corcal.settings import Settings


@click.command("settings")
@settings_options.every_settings
@click.option("--page", is_flag=True, help="Print what each setting means, as Markdown.")
def settings(settings: Settings, page: bool) -> None:
    """Print every setting as TOML, to be saved and changed.

    Whatever a file given with --settings leaves out is printed with its default.
    """
    from corcal.settings import settings_page

    click.echo(settings_page() if page else settings.to_toml(), nl=False)
