"""The split: nobody on both sides, everybody somewhere, both kinds everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.errors import DatasetRefused
from corcal.settings import Training
from corcal.train.dataset.manifest import ManifestRow
from corcal.train.dataset.split import split_rows

PAPER = Training()


def row(number: int, patient: str, contrast: bool | None = None) -> ManifestRow:
    return ManifestRow(number, number + 1, patient, Path("ct"), Path("labels"), contrast)


def cohort(contrast: int, plain: int) -> list[ManifestRow]:
    kinds = [True] * contrast + [False] * plain
    return [row(i, f"patient {i}", kind) for i, kind in enumerate(kinds, start=1)]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([True, False, None])), min_size=20),
    st.integers(0, 5),
)
def test_every_scan_goes_to_one_place_and_every_patient_whole(
    drawn: list[tuple[int, bool | None]], seed: int
) -> None:
    rows = [row(i, str(patient), contrast) for i, (patient, contrast) in enumerate(drawn, start=1)]
    if len({r.patient for r in rows}) < 12:
        return
    split = split_rows(rows, replace(PAPER, seed=seed))
    places = [split.test, *split.held_out]
    assert sorted(case for place in places for case in place) == sorted(r.case for r in rows)
    homes: dict[str, set[str]] = {}
    for r in rows:
        homes.setdefault(r.patient, set()).add(split.part_of(r.case))
    assert all(len(parts) == 1 for parts in homes.values())
    for fold, said in zip(split.held_out, split.as_nnunet(), strict=True):
        assert set(said["val"]) == set(fold)
        assert set(said["train"]) == set(split.trained) - set(fold)
    assert split == split_rows(rows, replace(PAPER, seed=seed))


def test_the_papers_69_scans() -> None:
    # 85 % of 69 is 58.65; the paper's own counts, 56 and 13, are 81 and 19 %.
    split = split_rows(cohort(27, 42), PAPER)
    assert (len(split.trained), len(split.test)) == (59, 10)
    split = split_rows(cohort(27, 42), replace(PAPER, test_share=13 / 69))
    assert (len(split.trained), len(split.test)) == (56, 13)
    assert sorted(len(fold) for fold in split.held_out) == [11, 11, 11, 11, 12]


def test_both_kinds_are_spread_evenly() -> None:
    rows = cohort(27, 42)
    enhanced = {r.case for r in rows if r.contrast}
    split = split_rows(rows, PAPER)
    assert len(enhanced & set(split.test)) == 4
    assert {len(enhanced & set(fold)) for fold in split.held_out} == {4, 5}


def test_another_seed_is_another_split() -> None:
    rows = cohort(10, 10)
    assert split_rows(rows, PAPER) != split_rows(rows, replace(PAPER, seed=1))


def test_no_test_set_when_none_is_wanted() -> None:
    split = split_rows(cohort(5, 5), replace(PAPER, test_share=0.0))
    assert split.test == ()
    assert len(split.trained) == 10


def test_too_few_patients_are_refused() -> None:
    rows = [row(i, f"patient {i % 4}") for i in range(20)]
    with pytest.raises(DatasetRefused, match=r"4 patients, . without the test set, .* 5 folds"):
        split_rows(rows, PAPER)
