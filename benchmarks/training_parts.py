"""What each part of the embedded segmenter's training brings: trained without it, from nothing.

    python -m benchmarks.training_parts DATA -o WORK [--part motion]

For "nothing" (the whole recipe, far shorter), each of `corcal.recipes.PARTS` and "real-scans",
networks are trained in WORK/PART: two, each without half of the annotated scans, and for
"real-scans" one without any. Each ends with a lesion model that is fitted on phantoms alone, which
beat and have look-alikes whatever the network was trained without. Some 35 minutes on one core for
each part, 20 where the base is that of "nothing"; a run that was stopped goes on. Prints the
commands that measure them. Needs torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from corcal.recipes import PARTS, RealScans, Recipe, read_scans, train_default

#: LIDC-IDRI-0001, with contrast agent, is in both trainings.
HALVES = (
    ("LCTSC-Test-S1-104", "LCTSC-Test-S1-202", "LCTSC-Test-S1-101", "Lung_Dx-A0001_kB"),
    ("LCTSC-Test-S1-201", "LIDC-IDRI-0002", "LIDC-IDRI-0314", "CPTAC-PDA-C3N-00249"),
)
ALL, NO_REAL = "nothing", "real-scans"
#: Parts that the base, learnt on patches of phantoms, does not hang on.
SAME_BASE = ("insertions", "context", NO_REAL)
SHORT = Recipe(
    phantoms=80, acquired=80, base_steps=2000, steps=0, heart_steps=400, blend=1.0, members=1,
    locator_steps=0, lesion_phantoms=40, threads=1,
)  # fmt: skip


def main() -> None:
    """Train what was chosen, and print how it is measured."""
    given = _parser().parse_args()
    scans = read_scans(given.scans, given.data)
    for part in given.part or (ALL, *PARTS, NO_REAL):
        work = given.out / part
        if part in SAME_BASE:
            _share(given.out / ALL, work)
        for recipe in _recipes(part, scans):
            train_default(scans, work, recipe, on_progress=_announce)
        blind = work / "without"
        print(
            f"python -m validation {given.data} --tables a,c --phantoms 40 --without {blind} "
            f"--models {blind / HALVES[0][0]}/models --work {work}/records -o {work}/tables.md"
        )


def _recipes(part: str, scans: RealScans) -> Iterator[Recipe]:
    """Yield the trainings without a part."""
    if part == NO_REAL:
        yield replace(SHORT, leave_out=tuple(scans.trust))
        return
    for half in HALVES:
        yield replace(SHORT, leave_out=half, ablate=() if part == ALL else (part,))


def _share(source: Path, work: Path) -> None:
    """Let a training take cases and base of another, which are or will be made there."""
    work.mkdir(parents=True, exist_ok=True)
    for name in ("bank", "base"):
        (source / name).mkdir(parents=True, exist_ok=True)
        if not (work / name).exists():
            (work / name).symlink_to((source / name).resolve(), target_is_directory=True)


def _announce(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.training_parts",
        description="Train the embedded segmenter without each part of its training.",
    )
    parser.add_argument("data", type=Path, help="folder with ct/ and annotations/")
    parser.add_argument("-o", "--out", type=Path, required=True, help="work folder")
    parser.add_argument(
        "--scans", type=Path, default=Path("recipes/embedded/scans.toml"), help="list of scans"
    )
    parser.add_argument(
        "--part", action="append", choices=(ALL, *PARTS, NO_REAL), help="only these (all)"
    )
    return parser


if __name__ == "__main__":
    main()
