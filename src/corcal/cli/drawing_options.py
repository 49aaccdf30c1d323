"""Options of the commands that read a drawing: what its codes mean, and how contours lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli.options import Command

if TYPE_CHECKING:
    from corcal.annotate import AnnotateOptions

#: What a code can mean, for the help of --map.
MEANINGS = (
    "RCA, LAD, LCX, calcium (of any artery), RCA-calcium, LAD-calcium, LCX-calcium, coronary "
    "(all arteries as one) or ignore"
)


@dataclass(frozen=True)
class DrawingChoice:
    """Decisions about a drawing, as given on the command line."""

    classes: tuple[str, ...]
    label_names: Path | None
    slices: str
    origin: str
    slice_offset: int | None
    union: bool
    phase: int | None

    def options(self) -> AnnotateOptions:
        """Return the options of `corcal.annotate`."""
        from corcal.annotate import AnnotateOptions, parse_map, read_label_names

        return AnnotateOptions(
            classes=parse_map(self.classes),
            names=None if self.label_names is None else read_label_names(self.label_names),
            slices=self.slices,
            origin=self.origin,
            offset=self.slice_offset,
            union=self.union,
            phase=self.phase,
        )


def drawing_options(map_help: str) -> tuple[Callable[[Command], Command], ...]:
    """Return the options that `DrawingChoice` holds.

    Args:
        map_help: what --map is for.
    """
    return (
        click.option("--map", "classes", multiple=True, metavar="6=RCA,...", help=map_help),
        click.option(
            "--label-names",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Names of a label map's codes: ITK-SNAP's label descriptions, or a colour table "
            "of 3D Slicer.",
        ),
        click.option(
            "--slices",
            type=click.Choice(["auto", "up", "down"]),
            default="auto",
            show_default=True,
            help=".con: slice numbers rise to the head (up) or the feet (down).",
        ),
        click.option(
            "--origin",
            type=click.Choice(["auto", "corner", "centre"]),
            default="auto",
            show_default=True,
            help=".con: where the first pixel has its (0, 0).",
        ),
        click.option(
            "--slice-offset",
            type=int,
            metavar="N",
            help=".con: add N to its slice numbers; without it, -1, 0 or 1, as the scan shows.",
        ),
        click.option(
            "--union",
            is_flag=True,
            help="Contours of one class in one slice add up; else one inside another is a hole.",
        ),
        click.option(
            "--phase", type=click.IntRange(min=0), metavar="N", help=".con: the phase to read."
        ),
    )
