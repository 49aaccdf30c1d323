"""A list that grows with a folder."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.recipes.embedded.growing import Growing


def test_it_grows_with_the_folder_and_reads_each_file_once(tmp_path: Path) -> None:
    read = []

    def name(path: Path) -> str | None:
        read.append(path.name)
        return None if path.name.startswith("un") else path.name

    for file in ("b", "unwanted", ".corcal-0.partial"):
        (tmp_path / file).touch()
    items = Growing(tmp_path, name, every_seconds=0.0)
    assert list(items) == ["b"]
    (tmp_path / "a").touch()
    assert len(items) == 1
    assert list(items) == ["b", "a"]
    assert (len(items), items[1], items[:1]) == (2, "a", ["b"])
    assert sorted(read) == ["a", "b", "unwanted"]


def test_it_does_not_look_more_often_than_it_is_set_to(tmp_path: Path) -> None:
    items = Growing(tmp_path, lambda path: path.name, every_seconds=3600.0)
    (tmp_path / "a").touch()
    assert list(items) == []
    items.look()
    assert list(items) == ["a"]
