"""Which models a user's choice stands for."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from corcal import models as chosen
from corcal.core.errors import ModelRefused
from corcal.locate.totalsegmentator import TotalSegmentatorLocator
from corcal.models import ModelChoice
from corcal.testing.small_bundles import write_small_bundle
from tests.locate.stand_in import write_release


def test_without_a_choice_both_are_the_embedded_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "EmbeddedLocator", lambda: "heart")
    monkeypatch.setattr(chosen, "EmbeddedSegmenter", lambda members: f"arteries {members}")
    assert str(ModelChoice().locator()) == "heart"
    assert str(ModelChoice().segmenter()) == "arteries 0"
    assert str(ModelChoice().segmenter(1)) == "arteries 1"


def test_a_bundle_has_no_members_to_choose_from(tmp_path: Path) -> None:
    choice = ModelChoice(str(write_small_bundle(tmp_path / "b")))
    with pytest.raises(ModelRefused, match="always runs whole: leave out --fast"):
        choice.segmenter(1)


def test_a_bundle_and_totalsegmentator_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(chosen, "NnunetSegmenter", lambda b, **more: asked.append((b.name, more)))
    choice = ModelChoice(
        str(write_small_bundle(tmp_path / "b")), "totalsegmentator", write_release(tmp_path), "cuda"
    )
    choice.segmenter(on_progress=print)
    assert asked == [("small 1", {"device": "cuda", "on_progress": print})]
    locator = choice.locator()
    assert isinstance(locator, TotalSegmentatorLocator)
    assert locator.device == "cuda"
    assert pickle.loads(pickle.dumps(choice)) == choice


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"heart": "mine"}, "heart 'mine' is not one of embedded, totalsegmentator"),
        ({"model": "x", "device": "tpu"}, "device 'tpu' is not one of cpu, cuda"),
        ({"device": "cuda"}, "corcal's own models run on the CPU: leave device out"),
        ({"heart_weights": Path("x.zip")}, "are for heart totalsegmentator; give both"),
    ],
)
def test_what_does_not_go_together_is_refused(choice: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelRefused, match=said):
        ModelChoice(**choice)
