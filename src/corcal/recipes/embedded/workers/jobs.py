"""The cases that workers make, in the order in which they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from corcal.core.preparation import Preparation
from corcal.locate import SPACING_MM
from corcal.recipes.embedded.cases.annotated import annotated_case, annotated_chest
from corcal.recipes.embedded.cases.bank import VARIANT, load_case, save_case
from corcal.recipes.embedded.cases.chest import save_chest
from corcal.recipes.embedded.cases.insertions import insert_everywhere
from corcal.recipes.embedded.cases.phantoms import (
    acquired_case,
    acquired_name,
    chest_name,
    phantom_case,
    phantom_chest,
    phantom_name,
)
from corcal.recipes.embedded.cases.scans import RealScans, Trust

#: Share of the parts of a real scan that get deposits and look-alikes.
_INSERT = 0.7
#: Chests that are made for each phantom, until there are enough: the locator trains first.
_CHESTS_A_PHANTOM = 4


@dataclass(frozen=True)
class JobPlan:
    """The cases that are wanted, and where they go.

    Attributes:
        bank: folder of cases.
        chests: folder of chests.
        phantoms: how many at most.
        acquired: how many more at most, in slices as scanners store them.
        made_chests: how many chests of phantoms.
        seed: of the deposits put into real scans.
        data: folder of the annotated scans; None where none are at hand.
        trust: of each annotated scan, by name; empty where those in the bank are all.
        real: names of the scans that get deposits.
    """

    bank: Path
    chests: Path
    phantoms: int
    acquired: int
    made_chests: int
    seed: int
    data: Path | None
    trust: dict[str, Trust]
    real: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the plan for a file."""
        paths = {"bank": str(self.bank), "chests": str(self.chests)}
        return {**asdict(self), **paths, "data": None if self.data is None else str(self.data)}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> JobPlan:
        """Return the plan of a file."""
        trust = {name: _trust(table) for name, table in document["trust"].items()}
        data = document["data"]
        return cls(
            **{
                **document,
                "bank": Path(document["bank"]),
                "chests": Path(document["chests"]),
                "data": None if data is None else Path(data),
                "trust": trust,
                "real": tuple(document["real"]),
            }
        )


@dataclass(frozen=True)
class Job:
    """One case to make.

    Attributes:
        path: what it is once it is made.
        make: makes it.
    """

    path: Path
    make: Callable[[], None]


def jobs(plan: JobPlan) -> Iterator[Job]:
    """Yield all jobs of a plan: of every kind some early, then more and more phantoms."""
    chests, scans, variants = _chests(plan), _scans(plan), _variants(plan)
    for seed in range(max(plan.phantoms, plan.acquired)):
        for _ in range(_CHESTS_A_PHANTOM):
            yield from _next(chests)
        if seed < plan.phantoms:
            yield _phantom(plan, seed)
        if seed < plan.acquired:
            yield _phantom_in_slices(plan, seed)
        early = next(scans, None)
        if early is not None:
            yield early
        elif seed % 2:
            yield from _next(variants)
    yield from chests
    yield from scans


def _trust(table: dict[str, Any]) -> Trust:
    points = tuple(tuple(point) for point in table["unsettled_mm"])
    lists = {name: tuple(table[name]) for name in ("complete", "partial")}
    return Trust(**lists, calcium_free=table["calcium_free"], unsettled_mm=points)


def _next(others: Iterator[Job]) -> Iterator[Job]:
    job = next(others, None)
    if job is not None:
        yield job


def _phantom(plan: JobPlan, seed: int) -> Job:
    def make() -> None:
        save_case(phantom_case(seed, Preparation().spacing_mm), plan.bank)

    return Job(plan.bank / phantom_name(seed), make)


def _phantom_in_slices(plan: JobPlan, number: int) -> Job:
    def make() -> None:
        save_case(acquired_case(number, Preparation()), plan.bank)

    return Job(plan.bank / acquired_name(number), make)


def _chests(plan: JobPlan) -> Iterator[Job]:
    for number in range(plan.made_chests):

        def make(number: int = number) -> None:
            save_chest(phantom_chest(number, SPACING_MM), plan.chests)

        yield Job(plan.chests / f"{chest_name(number)}.npz", make)


def _scans(plan: JobPlan) -> Iterator[Job]:
    if plan.data is None:
        return
    scans = RealScans(plan.data, plan.trust)
    for name in plan.trust:

        def make_chest(name: str = name) -> None:
            save_chest(annotated_chest(scans, name, SPACING_MM), plan.chests)

        def make_case(name: str = name) -> None:
            save_case(annotated_case(scans, name, Preparation()), plan.bank)

        yield Job(plan.chests / f"{name}.npz", make_chest)
        yield Job(plan.bank / name, make_case)


def _variants(plan: JobPlan) -> Iterator[Job]:
    """Yield jobs that put deposits into each real scan in turn."""
    for number in count():
        for index, name in enumerate(plan.real):
            yield _variant(plan, name, (index, number))
        if not plan.real:
            return


def _variant(plan: JobPlan, name: str, numbers: tuple[int, int]) -> Job:
    def make() -> None:
        # Another worker may still be at the scan itself; scans without traced arteries get none.
        case = load_case(plan.bank / name) if (plan.bank / name).exists() else None
        if case is not None and case.courses:
            rng = np.random.default_rng([plan.seed, *numbers])
            changed = insert_everywhere(case, _INSERT, rng)
            save_case(replace(changed, name=path.name), plan.bank)

    path = plan.bank / f"{name}{VARIANT}{numbers[1]:04d}"
    return Job(path, make)
