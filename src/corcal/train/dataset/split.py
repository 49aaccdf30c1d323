"""The split into folds and a test set: by patient, seeded, balanced by contrast agent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from corcal.core.errors import DatasetRefused
from corcal.settings import Training
from corcal.train.dataset.manifest import ManifestRow


@dataclass(frozen=True)
class Split:
    """The cases of the test set and of each fold.

    Attributes:
        test: seen by no fold.
        held_out: for each fold the cases it is validated on; together, all that is trained on.
    """

    test: tuple[str, ...]
    held_out: tuple[tuple[str, ...], ...]

    @property
    def trained(self) -> tuple[str, ...]:
        """All cases that some fold is trained on."""
        return tuple(sorted(case for fold in self.held_out for case in fold))

    def as_nnunet(self) -> list[dict[str, list[str]]]:
        """Return the content of nnU-Net's splits_final.json."""
        return [
            {"train": [c for c in self.trained if c not in fold], "val": sorted(fold)}
            for fold in self.held_out
        ]

    def without(self, cases: Collection[str]) -> Split:
        """Return the split when some cases are left out; the others stay where they are.

        Raises:
            DatasetRefused: a fold has none left.
        """
        kept = tuple(tuple(c for c in fold if c not in cases) for fold in self.held_out)
        if not all(kept):
            raise DatasetRefused(
                f"{len(cases)} scans are set aside, and a fold has none left to be validated on; "
                "correct some of them, or lower training.folds in the settings"
            )
        return Split(tuple(c for c in self.test if c not in cases), kept)

    def part_of(self, case: str) -> str:
        """Return "test", or the fold that a case is validated in."""
        if case in self.test:
            return "test"
        return str(next(k for k, fold in enumerate(self.held_out) if case in fold))


def split_rows(rows: Sequence[ManifestRow], training: Training) -> Split:
    """Return the split of a manifest; the same rows and seed give the same split.

    All scans of a patient go to one place. Scans with and without contrast agent are spread
    evenly over the test set and the folds.

    Args:
        rows: of the manifest.
        training: folds, test share and seed.

    Raises:
        DatasetRefused: there are fewer patients than folds.
    """
    rng = np.random.default_rng(training.seed)
    order = _interleave(_patients(rows), rng)
    wanted = training.test_share * len(rows)
    test: list[ManifestRow] = []
    rest: list[list[ManifestRow]] = []
    for scans in order:
        # A patient with several scans may take the test set past its share, or stay out.
        better = abs(len(test) + len(scans) - wanted) < abs(len(test) - wanted)
        if better:
            test += scans
        else:
            rest.append(scans)
    if len(rest) < training.folds:
        raise DatasetRefused(
            f"{len(order)} patients, {len(rest)} without the test set, are too few for "
            f"{training.folds} folds; annotate more, or lower training.folds or "
            "training.test_share in the settings"
        )
    folds: list[list[ManifestRow]] = [[] for _ in range(training.folds)]
    for scans in rest:
        kind = _contrast(scans)
        min(folds, key=lambda fold: (_alike(fold, kind), len(fold))).extend(scans)
    return Split(_names(test), tuple(_names(fold) for fold in folds))


def _patients(rows: Sequence[ManifestRow]) -> list[list[ManifestRow]]:
    scans: dict[str, list[ManifestRow]] = {}
    for row in rows:
        scans.setdefault(row.patient, []).append(row)
    return list(scans.values())


def _interleave(
    patients: list[list[ManifestRow]], rng: np.random.Generator
) -> list[list[ManifestRow]]:
    """Return the patients in random order, every stretch of it with its share of each kind."""
    kinds: dict[bool, list[list[ManifestRow]]] = {}
    for i in rng.permutation(len(patients)):
        scans = patients[i]
        kinds.setdefault(_contrast(scans), []).append(scans)
    placed = [
        ((rank + 0.5) / len(alike), scans)
        for alike in kinds.values()
        for rank, scans in enumerate(alike)
    ]
    return [scans for _, scans in sorted(placed, key=lambda p: (p[0], p[1][0].number))]


def _contrast(scans: Sequence[ManifestRow]) -> bool:
    return any(row.contrast for row in scans)


def _alike(fold: Sequence[ManifestRow], kind: bool) -> int:
    return sum(bool(row.contrast) is kind for row in fold)


def _names(rows: list[ManifestRow]) -> tuple[str, ...]:
    return tuple(sorted(row.case for row in rows))
