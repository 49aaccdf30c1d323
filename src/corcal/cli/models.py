"""`corcal models`: what finds the heart and the arteries, and whether its files are whole."""

from __future__ import annotations

import click


@click.command()
def models() -> None:
    """List the models that come with corcal, and check their files."""
    from corcal.locate.embedded import EmbeddedLocator
    from corcal.segment.embedded import EmbeddedSegmenter

    # Making a model checks its files against the manifest, and refuses changed ones.
    for step, model in (("heart", EmbeddedLocator()), ("arteries", EmbeddedSegmenter())):
        click.echo(f"{step:<10}{model.name}\n{'':<10}sha256 {model.sha256}")
    click.echo("All files are as released.")
