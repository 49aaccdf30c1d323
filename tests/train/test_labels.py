"""dataset.json: the one order of its keys that is right, and that any other is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.errors import DatasetRefused
from corcal.segment.bundle.plan import check_dataset
from corcal.settings import Training
from corcal.storage import json_bytes
from corcal.train.labels import channel_names, dataset_json, load_dataset_json

MERGED, PLAIN = Training(), replace(Training(), merge_regions=False)


def test_the_papers_regions_in_its_order() -> None:
    said = dataset_json(MERGED, 56)
    assert list(said["labels"].items()) == [
        ("background", 0),
        ("whole_RCA", [1, 4]),
        ("whole_LAD", [2, 5]),
        ("whole_LCX", [3, 6]),
        ("RCA_calcification", 4),
        ("LAD_calcification", 5),
        ("LCX_calcification", 6),
    ]
    assert said["regions_class_order"] == [1, 2, 3, 4, 5, 6]
    assert said["channel_names"] == {"0": "CT"}
    assert (said["numTraining"], said["file_ending"]) == (56, ".nii.gz")


@pytest.mark.parametrize("training", [MERGED, PLAIN])
def test_what_is_written_is_loaded_and_fits_a_bundle(training: Training, tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_bytes(json_bytes(dataset_json(training, 3)))
    said = load_dataset_json(tmp_path / "dataset.json", training)
    assert said == dataset_json(training, 3)
    check_dataset(said, "dataset.json", exclusive=not training.merge_regions)
    assert len(channel_names(training)) == 6


@given(st.permutations(list(dataset_json(MERGED, 3)["labels"])))
def test_any_other_order_of_the_keys_is_refused(order: list[str]) -> None:
    said = dataset_json(MERGED, 3)
    if order == list(said["labels"]):
        return
    said["labels"] = {name: said["labels"][name] for name in order}
    with pytest.raises(DatasetRefused, match="the order decides which artery is which"):
        load_text(json.dumps(said))


def load_text(text: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        path = Path(place) / "dataset.json"
        path.write_text(text, encoding="utf-8")
        load_dataset_json(path, MERGED)


def test_sorted_keys_and_other_regions_are_refused() -> None:
    with pytest.raises(DatasetRefused, match="labels is LAD_calcification, LCX_calcification"):
        load_text(json.dumps(dataset_json(MERGED, 3), sort_keys=True))
    with pytest.raises(DatasetRefused, match=r"labels is background, RCA, LAD"):
        load_text(json.dumps(dataset_json(PLAIN, 3)))
    painted = dataset_json(MERGED, 3) | {"regions_class_order": [6, 5, 4, 3, 2, 1]}
    with pytest.raises(DatasetRefused, match="regions_class_order is"):
        load_text(json.dumps(painted))


@pytest.mark.parametrize("text", ["", "[]", '{"labels": 3}', "{"])
def test_a_damaged_file_is_refused(text: str) -> None:
    with pytest.raises(DatasetRefused, match=r"dataset\.json"):
        load_text(text)
