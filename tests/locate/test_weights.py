"""Where TotalSegmentator's weights may lie, and what is said where they do not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from corcal.core.errors import ModelRefused
from corcal.locate import totalsegmentator
from corcal.locate.weights import DATASET, Weights
from tests.locate.stand_in import MODEL, write_release, zipped


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "weights")


@pytest.mark.parametrize("inside", ["", MODEL, "..", "zip"])
def test_a_release_is_found_in_any_of_its_forms(release: Path, inside: str) -> None:
    path = zipped(release) if inside == "zip" else release / inside
    weights = Weights.open(path)
    assert weights.sha256 == hashlib.sha256(b"weights").hexdigest()
    weights.copy_to(release.parent / "copy")
    copied = sorted(
        p.relative_to(release.parent / "copy").as_posix()
        for p in (release.parent / "copy").rglob("*")
        if p.is_file()
    )
    assert copied == ["dataset.json", "fold_0/checkpoint_final.pth", "plans.json"]


def test_among_many_models_it_is_picked_by_its_name(release: Path) -> None:
    other = write_release(release.parent / "more")
    other.rename(release.parent / "Dataset294_TotalSegmentator_part4_muscles_1559subj")
    assert Weights.open(release.parent).sha256 == Weights.open(release).sha256


@pytest.mark.parametrize("name", ["absent", "empty", "broken.zip"])
def test_what_holds_no_weights_is_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK")
    with pytest.raises(ModelRefused, match=r"cannot be read as .* download https://github.com/.*"):
        Weights.open(tmp_path / name)


def test_another_task_is_refused(release: Path) -> None:
    path = release / MODEL / "dataset.json"
    path.write_text(json.dumps({"labels": {"background": 0, "liver": 1}}), encoding="utf-8")
    with pytest.raises(ModelRefused, match="does not name label 1 the heart"):
        Weights.open(release)


def test_they_are_looked_for_where_they_belong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    with pytest.raises(ModelRefused, match=r"are not on this computer .* or leave out heart total"):
        totalsegmentator.find_weights()
    own = write_release(tmp_path / ".totalsegmentator" / "nnunet" / "results", b"theirs")
    assert totalsegmentator.find_weights().path == own
    write_release(totalsegmentator.weights_folder(), b"ours")
    assert totalsegmentator.find_weights().path == totalsegmentator.weights_folder() / DATASET
