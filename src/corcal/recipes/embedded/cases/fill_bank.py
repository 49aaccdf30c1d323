"""Fill a bank with all cases that a training of so many steps needs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from corcal.core.preparation import Preparation
from corcal.recipes.embedded.cases.annotated import annotated_case
from corcal.recipes.embedded.cases.bank import VARIANT, Case, load_bank, save_case
from corcal.recipes.embedded.cases.phantoms import (
    acquired_case,
    acquired_name,
    phantom_case,
    phantom_name,
)
from corcal.recipes.embedded.cases.scans import RealScans


def fill_bank(
    scans: RealScans,
    bank: Path,
    *,
    phantoms: int,
    acquired: int,
    ablate: Collection[str] = (),
    on_progress: Callable[[str], None],
) -> tuple[Case, ...]:
    """Return all prepared cases; those that are not there yet are made.

    Args:
        scans: the annotated scans.
        bank: folder of cases.
        phantoms: how many.
        acquired: how many more, in slices as scanners store them.
        ablate: what phantoms are made without: see `recipe.PARTS`.
        on_progress: called with one line of progress at a time.
    """
    bank.mkdir(parents=True, exist_ok=True)
    for name in scans.trust:
        if not (bank / name).exists():
            on_progress(f"preparing {name}")
            save_case(annotated_case(scans, name, Preparation()), bank)
    for seed in range(phantoms):
        if not (bank / phantom_name(seed)).exists():
            on_progress(f"making phantom {seed + 1} of {phantoms}")
            save_case(phantom_case(seed, Preparation().spacing_mm, ablate), bank)
    for number in range(acquired):
        if not (bank / acquired_name(number)).exists():
            on_progress(f"making phantom in a scanner's slices {number + 1} of {acquired}")
            save_case(acquired_case(number, Preparation(), ablate), bank)
    return tuple(c for c in load_bank(bank) if VARIANT not in c.name)
