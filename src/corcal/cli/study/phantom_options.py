"""Options that the commands about phantoms share."""

from __future__ import annotations

from collections.abc import Callable

import click

from corcal.cli.options import Command, seed_option

#: The number of a phantom's folder has five digits.
_LARGEST_SEED = 99_999


def seed(of: str) -> Callable[[Command], Command]:
    """Return --seed, of what it says in its help."""
    return seed_option(of, default=1, largest=_LARGEST_SEED)


def field() -> tuple[Callable[[Command], Command], ...]:
    """Return --thickness and --chest/--heart-only."""
    return (
        click.option(
            "--thickness",
            type=click.FloatRange(0.5, 5.0),
            default=1.0,
            show_default=True,
            metavar="MM",
            help="Thickness of the slices, which are contiguous.",
        ),
        click.option(
            "--chest/--heart-only",
            default=True,
            show_default=True,
            help="Lung tops to upper abdomen, or the heart with a margin (four times faster).",
        ),
    )


def span(name: str, default: tuple[float, float], says: str) -> Callable[[Command], Command]:
    """Return an option that takes the least and the largest of something; its help is `says`."""
    return click.option(
        name,
        type=(float, float),
        default=default,
        show_default=True,
        metavar="MIN MAX",
        help=says,
    )
