from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import OutputRefused, TableRefused
from corcal.storage import JsonLines, read_json_lines


def test_lines_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "below" / "log.jsonl"
    with JsonLines(path) as log:
        log.append({"a": 1})
        log.append({"b": "ä\n"})
    assert list(read_json_lines(path)) == [{"a": 1}, {"b": "ä\n"}]


def test_no_file_is_no_lines(tmp_path: Path) -> None:
    assert list(read_json_lines(tmp_path / "none")) == []


@pytest.mark.parametrize("torn", [b'{"b": 2', b'{"b": 2}', b"\xff" * 70000])
def test_a_torn_last_line_is_left_out_and_cut_off(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"a": 1}\n' + torn)
    assert list(read_json_lines(path)) == [{"a": 1}]
    with JsonLines(path) as log:
        log.append({"c": 3})
    assert list(read_json_lines(path)) == [{"a": 1}, {"c": 3}]


def test_a_file_of_one_torn_line_is_emptied(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"a')
    JsonLines(path).close()
    assert path.read_bytes() == b""


def test_a_damaged_line_within_is_refused_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"a": 1}\n{"b\n{"c": 3}\n')
    with pytest.raises(TableRefused, match="line 2 of it"):
        list(read_json_lines(path))


def test_two_cannot_have_it_open(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with JsonLines(path), pytest.raises(OutputRefused, match="another process"):
        JsonLines(path)
    JsonLines(path).close()


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputRefused, match="cannot be written"):
        JsonLines(tmp_path)


def test_a_full_disk_is_refused() -> None:
    with pytest.raises(OutputRefused, match="No space left"), JsonLines(Path("/dev/full")) as log:
        log.append({"a": 1})
