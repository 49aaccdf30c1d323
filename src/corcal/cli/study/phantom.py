"""`corcal phantom`: synthetic chest CT whose coronary calcium is exactly known."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corcal import __version__
from corcal.cli import options
from corcal.cli.groups import Commands
from corcal.cli.options import Output
from corcal.cli.progress import Announce, steps
from corcal.cli.study import phantom_options
from corcal.storage import json_text

if TYPE_CHECKING:
    from corcal.phantom import PhantomCase, PhantomOptions

#: What a person reads for the steps of `corcal.phantom.make_case`.
TITLES = {
    "draw": "drawing a patient",
    "paint": "painting the chest",
    "beat": "letting the heart beat",
    "scan": "scanning",
    "truth": "noting the truth",
    "write": "writing",
}
_CONTRAST = {"yes": 1.0, "no": 0.0}


@dataclass(frozen=True)
class PhantomChoice:
    """The phantoms that were asked for, as given on the command line."""

    burden: str
    contrast: str
    thickness: float
    chest: bool
    format: str

    def options(self) -> PhantomOptions:
        """Return the options of `make_case`."""
        from dataclasses import replace

        from corcal.phantom import PhantomOptions

        field = "chest" if self.chest else "heart"
        made = PhantomOptions.as_acquired(thickness_mm=self.thickness, field=field)
        chance = _CONTRAST.get(self.contrast, made.contrast)
        return replace(made, burden=self.burden, contrast=chance)


class _Phantoms(Commands):
    """Takes options without a command as those of `make`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names:
            args = ["make", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["make", "insert", "cohort"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ("insert", "cohort"):
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"corcal.cli.study.phantom_{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Phantoms)
def phantom() -> None:
    """Make scans whose coronary calcium is exactly known.

    `corcal phantom -o OUT` is short for `corcal phantom make -o OUT`.
    """


@phantom.command()
@options.output_of("the phantoms", "a phantom that is there already", "the truth of all phantoms")
@phantom_options.seed("the first one")
@click.option(
    "--count",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many; seeds follow on.",
)
@options.bundle(
    "choice",
    PhantomChoice,
    click.option(
        "--burden",
        type=click.Choice(["mix", "zero", "few", "some", "many"]),
        default="mix",
        show_default=True,
        help="Plaques: none, 1-3, 4-9, 10-30; mix has a quarter without any.",
    ),
    click.option(
        "--contrast",
        type=click.Choice(["yes", "no", "mix"]),
        default="no",
        show_default=True,
        help="Contrast agent in the blood; mix has it in four of ten.",
    ),
    *phantom_options.field(),
    click.option(
        "--format",
        type=click.Choice(["nifti", "dicom"]),
        default="nifti",
        show_default=True,
        help="Of the scan.",
    ),
)
def make(output: Output, seed: int, count: int, choice: PhantomChoice) -> None:
    """Make synthetic chest CTs whose coronary calcium is exactly known.

    Each goes to its own folder, OUT/phantom-00001 for seed 1: the scan (ct.nii.gz, or a DICOM
    series in ct), labels.nii.gz with the calcium that can be seen, and truth.json with every
    lesion. The same seed and options give the same phantom. They are for tests and
    demonstrations: figures on them say nothing about patients.
    """
    from corcal.phantom import make_case, phantom_folder, write_phantom
    from corcal.storage import check_folder

    seeds = range(seed, seed + count)
    for one in seeds:
        check_folder(phantom_folder(output.folder, one), force=output.force)
    rows: list[dict[str, Any]] = []
    for one in seeds:
        folder = phantom_folder(output.folder, one)
        with steps(output.quiet) as begin:
            announce = _title_steps(begin, folder.name)
            case = make_case(one, options=choice.options(), progress=announce)
            announce("write")
            write_phantom(case, folder, kind=choice.format, version=__version__, force=output.force)
        rows += _print_case(case, folder, choice, output)
    if output.as_json:
        click.echo(json_text(rows))


def _title_steps(begin: Announce, name: str) -> Announce:
    """Return `begin` for the steps of one phantom, called by their own names."""
    return lambda step: begin(f"{name}: {TITLES[step]}")


def _print_case(
    case: PhantomCase, folder: Path, choice: PhantomChoice, output: Output
) -> list[dict[str, Any]]:
    """Say in one line what was made; return it where all is to be printed as JSON."""
    from corcal.phantom import SCAN_NAMES, case_truth

    truth = case_truth(case, __version__)
    scan = folder / SCAN_NAMES[choice.format]
    if output.as_json:
        return [{"scan": str(scan), "labels": str(folder / "labels.nii.gz"), "truth": truth}]
    if not output.quiet:
        total = truth["total"]
        click.echo(
            f"{scan}: {total['lesions']} lesions of {total['volume_mm3']:.1f} mm\u00b3, "
            f"visible {total['visible_mm3']:.1f} mm\u00b3"
        )
    return []
