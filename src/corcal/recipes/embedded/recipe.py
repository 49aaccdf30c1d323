"""The numbers of the default training, and what is said of a model that comes of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from corcal import __version__
from corcal.core.errors import SettingsRefused
from corcal.recipes.embedded.cases.scans import RealScans
from corcal.recipes.embedded.devices import choose_device
from corcal.recipes.embedded.tasks.roughen import Ranges
from corcal.recipes.embedded.tasks.sampler import Augmentation
from corcal.runtime import Engine

#: Parts of the training that an ablation leaves out: phantoms' beating hearts; what resembles
#: calcium, in phantoms and put into real scans; all that is put into real scans; whole hearts, in
#: whose place as much time goes on patches of 5 cm.
PARTS = ("motion", "look-alikes", "insertions", "context")


@dataclass(frozen=True)
class Recipe:
    """Every number of the default training.

    Attributes:
        phantoms: synthetic scans for the segmenter.
        chests: synthetic low-resolution chests for the locator.
        base_steps: training steps of the segmenter on phantoms alone.
        steps: its steps after that, on phantoms and real scans; 0 goes on with the next part.
        acquired: more phantoms for its last part, in slices as scanners store them.
        heart_steps: steps of that part, on whole hearts: see `whole_hearts`.
        go_on_from: folder of an exported segmenter to go on from with the last part; None trains
            the parts before it.
        members: networks of the segmenter; those after the first go on from it on whole hearts,
            in wide ranges.
        member_steps: steps of each of them, on whole hearts.
        member_phantoms: phantoms that they see and the first does not, in slices as scanners
            store them.
        blend: how far the weights lie from those before a part with real scans (0) to those after
            it (1): see `between`.
        locator_steps: training steps of the locator; 0 trains none.
        lesion_phantoms: fresh phantoms to fit the lesion model on; it is fitted
            on the scans of earlier runs that left them out as well, where none are left out in
            this one. 0 fits none.
        leave_out: real scans that the segmenter is not shown, to be measured on them.
        ablate: parts of `PARTS` to train without; each such set needs a folder of its own.
        seed: of everything random.
        device: "cpu" or "cuda".
        precision: "float32", or "bfloat16" for the networks' own work while they train.
        batch: patches a step.
        wide: images are made rough in wide ranges; see `tasks.roughen.Ranges`.
        threads: CPU threads; 0 leaves torch its own choice.
    """

    phantoms: int = 160
    chests: int = 40
    base_steps: int = 9000
    steps: int = 1400
    acquired: int = 90
    heart_steps: int = 2300
    go_on_from: Path | None = None
    members: int = 2
    member_steps: int = 1500
    member_phantoms: int = 160
    blend: float = 0.5
    locator_steps: int = 1500
    lesion_phantoms: int = 160
    leave_out: tuple[str, ...] = ()
    ablate: tuple[str, ...] = ()
    seed: int = 0
    device: str = "cpu"
    precision: str = "float32"
    batch: int = 2
    wide: bool = False
    threads: int = 0


def augmentation(recipe: Recipe) -> Augmentation:
    """Return how far patches are changed."""
    return Augmentation(ranges=Ranges.wide() if recipe.wide else Ranges())


def check(scans: RealScans, recipe: Recipe) -> None:
    """Refuse at once what a training would refuse after hours.

    Raises:
        SettingsRefused: a scan to leave out or a part to ablate that nobody knows, or a device
            that is not there.
        ModelRefused: no segmenter to go on from, or a damaged one.
    """
    unknown = sorted(set(recipe.leave_out) - set(scans.trust))
    if unknown:
        raise SettingsRefused(
            f"no annotated scan {unknown[0]!r} to leave out; known: {list(scans.trust)}"
        )
    if strange := sorted(set(recipe.ablate) - set(PARTS)):
        raise SettingsRefused(f"no part {strange[0]!r} to ablate; known: {list(PARTS)}")
    choose_device(recipe.device)
    if recipe.go_on_from:
        Engine(recipe.go_on_from, "arteries")


def card(name: str, scans: RealScans, recipe: Recipe) -> dict[str, object]:
    """Return what a manifest says of a model: name, version, what it was trained on."""
    return {
        "name": name,
        "version": __version__,
        "trained_on": {
            "real": list(scans.without(recipe.leave_out).trust),
            "held_out": list(recipe.leave_out),
            "recipe": {**asdict(recipe), "go_on_from": _name_of(recipe.go_on_from)},
        },
    }


def _name_of(folder: Path | None) -> str | None:
    """Return name, version and hash of an exported segmenter: a card holds no paths."""
    if folder is None:
        return None
    engine = Engine(folder, "arteries")
    return f"{engine.name}, SHA-256 {engine.sha256}"
