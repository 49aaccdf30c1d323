"""`corcal train default`: make the embedded models."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.cli.options import Command
from corcal.core.errors import SettingsRefused

if TYPE_CHECKING:
    from corcal.recipes import Recipe
from corcal.runtime import INSTALL, need


@dataclass(frozen=True)
class Amount:
    """The amount of training of the embedded models, and of cases.

    Attributes:
        base_steps: of the segmenter, on phantoms alone.
        steps: of the segmenter after that.
        heart_steps: of the segmenter after that, on whole hearts.
        go_on_from: folder of a segmenter to go on from with that part.
        members: networks of the segmenter; None: 2, and 1 with --minutes.
        member_steps: of each of them after the first, on whole hearts.
        member_phantoms: phantoms that these see and the first does not.
        locator_steps: of the heart locator.
        lesion_phantoms: phantoms to fit the lesion model on.
        phantoms: phantoms for the segmenter.
        acquired: more of them, in slices as scanners store them.
    """

    base_steps: int
    steps: int
    heart_steps: int
    go_on_from: Path | None
    members: int | None
    member_steps: int
    member_phantoms: int
    locator_steps: int
    lesion_phantoms: int
    phantoms: int
    acquired: int


def _number(
    name: str, default: int, text: str, *, least: int | None = None
) -> Callable[[Command], Command]:
    """Return an option that takes a whole number, and shows which it takes unless given."""
    kind = click.INT if least is None else click.IntRange(min=least)
    return click.option(name, type=kind, default=default, show_default=True, help=text)


_amount = options.bundle(
    "amount",
    Amount,
    _number("--base-steps", 9000, "Of the segmenter, on phantoms alone."),
    _number("--steps", 1400, "Of the segmenter after that, on phantoms and real scans."),
    _number(
        "--heart-steps",
        2300,
        "Of the segmenter after that, on whole hearts; 0 ends with the patches.",
        least=0,
    ),
    click.option(
        "--go-on-from",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Folder of a finished segmenter, such as corcal/segment/models: only --heart-steps "
        "are trained, from its weights.",
    ),
    click.option(
        "--members",
        type=click.IntRange(min=1),
        help="Networks of the segmenter; each after the first goes on from it, on whole hearts "
        "in wide ranges. 2, unless given; with --minutes there is one.",
    ),
    _number("--member-steps", 1500, "Of each of those.", least=1),
    _number("--member-phantoms", 160, "Phantoms that those see and the first does not.", least=0),
    _number("--locator-steps", 1500, "Of the heart locator; 0 trains none."),
    _number(
        "--lesion-phantoms", 160, "Fresh synthetic scans to fit the lesion model on; 0 fits none."
    ),
    _number("--phantoms", 160, "Synthetic scans."),
    _number(
        "--acquired",
        90,
        "More of them, in slices as scanners store them, for --heart-steps.",
        least=0,
    ),
)


@dataclass(frozen=True)
class Machine:
    """The time that the embedded models are trained for, and the computer that trains.

    Attributes:
        minutes: the time for everything; None counts steps instead.
        workers: processes that make cases while networks learn; None: all cores but one
            beside a GPU, half of them on a CPU.
        no_export: end with weights.
        device: "auto", "cpu" or "cuda".
        precision: "auto", "float32" or "bfloat16".
        batch: patches a step.
        wide: rough images in wide ranges.
        device_gb: memory that hearts may take on the device; None: half of what it has.
    """

    minutes: float | None
    workers: int | None
    no_export: bool
    device: str
    precision: str
    batch: int
    wide: bool
    device_gb: float | None


_machine = options.bundle(
    "machine",
    Machine,
    click.option(
        "--minutes",
        type=click.FloatRange(min=0, min_open=True),
        help="Train everything within this time, in place of so many steps.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=0),
        help="With --minutes: processes that make cases meanwhile; unless given, all cores but one "
        "beside a GPU, half of them on a CPU.",
    ),
    click.option(
        "--no-export",
        is_flag=True,
        help="With --minutes: end with the weights, where OpenVINO is not installed. The same "
        "command without it finishes elsewhere.",
    ),
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda"]),
        default="cpu",
        show_default=True,
        help="auto: a GPU where there is one.",
    ),
    click.option(
        "--precision",
        type=click.Choice(["auto", "float32", "bfloat16"]),
        default="auto",
        show_default=True,
        help="auto: bfloat16 with --minutes where the device calculates in it, else float32.",
    ),
    _number("--batch", 2, "Patches a step.", least=1),
    click.option(
        "--wide",
        is_flag=True,
        help="Make images rough in wide ranges: slices to 6 mm, noise to 60 HU, 80 to 140 kV, "
        "little fat, small fields.",
    ),
    click.option(
        "--device-gb",
        type=click.FloatRange(min=0),
        help="With --minutes: memory of the device that hearts may take; half of it, unless "
        "given. The others are read from disk.",
    ),
)


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Annotated scans: a folder with ct/ and annotations/.",
)
@click.option(
    "--scans",
    type=click.Path(path_type=Path),
    metavar="TOML",
    help="The list of annotated scans: a table for each. That of corcal's own models is "
    "recipes/embedded/scans.toml in its source.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="Work folder.")
@_amount
@click.option(
    "--leave-out",
    multiple=True,
    metavar="SCAN",
    help="A real scan that the segmenter is not shown; may be given again.",
)
@_machine
def default(
    data: Path | None,
    scans: Path | None,
    out: Path,
    amount: Amount,
    leave_out: tuple[str, ...],
    machine: Machine,
) -> None:
    """Train the embedded heart locator and segmenter from annotated scans and phantoms.

    Which scans those are, and how far their annotations can be trusted, --scans says.

    A run that was stopped goes on where it was when it is called again. Everything random comes
    from one fixed seed. The finished files are in OUT/models, or in OUT/without/SCAN/models
    where scans are left out.

    With --minutes the time is given, and the learning rate follows it: processes make cases
    while the networks learn, averaged weights and a log are written to OUT/weights every two
    minutes, and the end comes before the limit. Without --data it learns from phantoms alone.
    """
    begin_seconds = time.monotonic()
    need("torch", "training", install=f"{INSTALL} (for a CPU, the CPU build of torch first)")
    from corcal import recipes

    phantoms_alone = machine.minutes is not None and scans is None and data is None
    listed = recipes.RealScans(None) if phantoms_alone else recipes.read_scans(scans, data)
    recipe = _recipe(recipes, amount, machine, leave_out)
    if machine.minutes is None:
        models = recipes.train_default(listed, out, recipe, on_progress=_say)
    else:
        limits = recipes.Limits(
            machine.minutes, machine.workers, not machine.no_export, machine.device_gb
        )
        models = recipes.train_in_minutes(
            listed, out, recipe, limits, on_progress=_say, begin_seconds=begin_seconds
        )
    click.echo(str(models))


def _recipe(
    recipes: ModuleType, amount: Amount, machine: Machine, leave_out: tuple[str, ...]
) -> Recipe:
    timed = machine.minutes is not None
    if timed and amount.go_on_from:
        raise SettingsRefused("--go-on-from trains so many --heart-steps: not with --minutes")
    if timed and (amount.members or 1) > 1:
        raise SettingsRefused(
            "--minutes trains one network: leave out --members; without --minutes it trains more"
        )
    device = recipes.choose_device(machine.device)
    recipe: Recipe = recipes.Recipe(
        **{**asdict(amount), "members": 1 if timed else amount.members or 2},
        leave_out=leave_out,
        device=device,
        precision=recipes.choose_precision(machine.precision, device, timed=timed),
        batch=machine.batch,
        wide=machine.wide,
    )
    return recipe


def _say(line: str) -> None:
    click.echo(line, err=True)
