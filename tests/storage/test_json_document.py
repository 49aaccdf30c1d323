"""JSON: one form out, and nothing in that two programs could take in two ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.errors import DatasetRefused, InputRefused, UnreadableScan
from corcal.storage.json_document import json_bytes, json_text, parse_json, read_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def test_the_form() -> None:
    assert json_bytes({"b": [1, 2.5], "a": "κ"}) == (
        '{\n  "b": [\n    1,\n    2.5\n  ],\n  "a": "κ"\n}\n'.encode()
    )
    assert json_text({"a": 1}) == '{\n  "a": 1\n}'


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_does_not_know_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_bytes([value])


def test_half_a_character_is_kept() -> None:
    assert json_bytes(["\udcff"]) == b'[\n  "\\udcff"\n]\n'
    assert parse_json(json_bytes(["\udcff"]), "x.json") == ["\udcff"]


@given(values)
def test_what_is_written_is_read(value: Any) -> None:
    assert parse_json(json_bytes(value), "x.json") == value


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{\n"a": 1,\n}', r"^x\.json, line 3: damaged: it is not JSON \(Expecting property name"),
        (b"", r"^x\.json, line 1: damaged"),
        (b'{"a": "NaN",\n "b":\n NaN}', r"^x\.json, line 3: damaged: NaN is no number of JSON"),
        (b"[\n-Infinity]", r"^x\.json, line 2: damaged: -Infinity is no number"),
        (
            b'{"b": {"a": 1}, "a": 1,\n "c": "a",\n\n "a": 2, "d": {"a": 2}}',
            r"^x\.json, line 4: damaged: 'a' stands a second time in one object",
        ),
        (
            b'{"a": "\n'.replace(b"\n", b"\\n") + b'",\n"b\xff": 1}',
            r"^x\.json, line 2: .*not UTF-8",
        ),
        (b"[" * 100_000, r"^x\.json: damaged: it is nested too deeply"),
    ],
)
def test_faults_are_named_with_their_line(content: bytes, complaint: str) -> None:
    with pytest.raises(UnreadableScan, match=complaint):
        parse_json(content, "x.json")


def test_a_key_may_stand_in_two_objects() -> None:
    content = b'[{"a": 1, "b": {"a": 2}}, {"a": 3}]'
    assert parse_json(content, "x.json") == json.loads(content)


def test_a_byte_order_mark_is_taken() -> None:
    assert parse_json("\ufeff[1]".encode(), "x.json") == [1]


def test_the_caller_says_which_error_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with pytest.raises(DatasetRefused, match=r"x\.json: missing or damaged .*; make it again$"):
        read_json(path, refusal=DatasetRefused, remedy="make it again")
    path.write_bytes(b"{")
    with pytest.raises(DatasetRefused, match=r"x\.json, line 1: .*; make it again$"):
        read_json(path, refusal=DatasetRefused, remedy="make it again")
    path.write_bytes(b'{"a": 1}')
    assert read_json(path, refusal=InputRefused) == {"a": 1}
