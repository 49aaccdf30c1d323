"""Networks that ship with corcal: checked before they run."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corcal.core.errors import ModelRefused
from corcal.runtime.openvino import Engine, pad_to_multiple
from corcal.testing.small_networks import FINE, write_manifest, write_small_locator, write_sum
from tests.grids import shapes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_small_locator(tmp_path)
    return tmp_path


def changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_whole_model_runs(folder: Path) -> None:
    engine = Engine(folder, "heart")
    hu = np.array([-500, 0, 20, 50, 400, 90], np.float32).reshape(1, 1, 1, 2, 3)
    found = engine.run({"hu": hu})
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.ravel(), [0, 0, 0.2, 0.5, 1, 0.9], atol=1e-6)


def filled(value: float) -> NDArray[np.float32]:
    return np.full((1, 16, 16, 16, 16), value, np.float32)


def test_it_computes_in_float32_on_every_machine(tmp_path: Path) -> None:
    write_sum(tmp_path)
    found = Engine(tmp_path, "sum").run({"hu": filled(1.0)})
    assert found.shape == (1, 1, 16, 16, 16)
    assert np.array_equal(found, np.full_like(found, 16 * FINE))


def test_a_result_outlives_its_network_and_the_next_run(tmp_path: Path) -> None:
    write_sum(tmp_path)
    engine = Engine(tmp_path, "sum")
    first = engine.run({"hu": filled(1.0)})
    second = engine.run({"hu": filled(2.0)})
    del engine
    assert np.array_equal(first, np.full_like(first, 16 * FINE))
    assert np.array_equal(second, 2 * first)


def test_a_signal_is_answered_after_networks_went_in_the_order_of_their_coming(
    tmp_path: Path,
) -> None:
    # In a process of its own, since a failure would kill this one.
    write_sum(tmp_path)
    code = f"""
import os, signal
from pathlib import Path
import numpy as np
from corcal.runtime import Engine

signal.signal(signal.SIGTERM, lambda *_: print("answered"))
engines = [Engine(Path({str(tmp_path)!r}), "sum") for _ in range(3)]
for engine in engines:
    engine.run({{"hu": np.zeros((1, 16, 16, 16, 16), np.float32)}})
del engine
while engines:
    engines.pop(0)
os.kill(os.getpid(), signal.SIGTERM)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "answered\n"), ended.stderr


def test_inputs_of_many_sizes_in_turn_are_each_run_at_their_size(tmp_path: Path) -> None:
    write_sum(tmp_path)
    engine = Engine(tmp_path, "sum")
    for side in (2, 3, 4, 5, 6, 7, 2, 7):
        found = engine.run({"hu": np.ones((1, 16, side, 2, 2), np.float32)})
        assert np.array_equal(found, np.full((1, 1, side, 2, 2), 16 * FINE, np.float32))


def test_name_and_hash_tell_models_apart(folder: Path) -> None:
    before = Engine(folder, "heart")
    assert before.name == "small heart 1"
    assert len(before.sha256) == 64
    assert Engine(folder, "heart").sha256 == before.sha256
    (folder / "heart.bin").write_bytes(b"other weights")
    write_manifest(folder, "heart")
    assert Engine(folder, "heart").sha256 != before.sha256


def test_what_a_manifest_adds_changes_the_hash_and_its_names_do_not(folder: Path) -> None:
    path = folder / "heart.json"
    manifest = json.loads(path.read_text())

    def hash_with(**more: object) -> str:
        path.write_text(json.dumps(manifest | more))
        return Engine(folder, "heart").sha256

    plain = hash_with()
    assert hash_with(name="renamed", version="2", trained_on={"seed": 1}) == plain
    fitted, again = (hash_with(lesion_model={"bias": bias}) for bias in (-2.0, -2.5))
    assert len({plain, fitted, again}) == 3


@pytest.mark.parametrize("file", ["heart.xml", "heart.bin"])
def test_a_changed_byte_is_refused_with_the_file_named(folder: Path, file: str) -> None:
    changed(folder / file)
    with pytest.raises(ModelRefused, match=rf"{file} has SHA-256 .*changed or damaged; reinstall"):
        Engine(folder, "heart")


@pytest.mark.parametrize("file", ["heart.xml", "heart.bin", "heart.json"])
def test_a_missing_file_is_refused_with_the_file_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(ModelRefused, match=rf"{file} is missing .*reinstall corcal"):
        Engine(folder, "heart")


@pytest.mark.parametrize("file", ["heart.xml", "heart.bin", "heart.json"])
def test_a_file_that_cannot_be_read_is_refused_with_the_file_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (folder / file).mkdir()
    with pytest.raises(ModelRefused, match=rf"{file} is missing or .*reinstall corcal"):
        Engine(folder, "heart")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"7",
        b'{"name": "heart", "version": "1"}',
        b'{"files": {"heart.xml": "", "heart.bin": ""}, "version": "1"}',
        b'{"files": {"heart.xml": "", "heart.bin": ""}, "name": "heart"}',
        b'{"files": 7, "name": "heart", "version": "1"}',
        b'{"files": null, "name": "heart", "version": "1"}',
    ],
)
def test_a_damaged_manifest_is_refused(folder: Path, content: bytes) -> None:
    (folder / "heart.json").write_bytes(content)
    with pytest.raises(ModelRefused, match=r"heart.json is missing or damaged .*reinstall"):
        Engine(folder, "heart")


@pytest.mark.parametrize("files", [{}, {"heart.xml": ""}, ["heart.xml", "heart.bin"]])
def test_a_manifest_without_hashes_of_every_file_is_refused(folder: Path, files: object) -> None:
    manifest = {"name": "heart", "version": "1", "files": files}
    (folder / "heart.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"heart.json does not name the hashes"):
        Engine(folder, "heart")


@given(
    shape=shapes(9),
    channels=st.sampled_from([(), (2,), (1, 3)]),
    multiple=st.sampled_from([1, 2, 4, 16]),
)
def test_padding_fills_up_the_far_ends(
    shape: tuple[int, int, int], channels: tuple[int, ...], multiple: int
) -> None:
    array = np.random.default_rng(0).normal(size=(*channels, *shape)).astype(np.float32)
    padded = pad_to_multiple(array, multiple, -1000.0)
    assert padded.shape[: len(channels)] == channels
    for side, old in zip(padded.shape[-3:], shape, strict=True):
        assert side % multiple == 0
        assert old <= side < old + multiple
    a, b, c = shape
    np.testing.assert_array_equal(padded[..., :a, :b, :c], array)
    assert (padded == -1000.0).sum() == padded.size - array.size
    assert padded.dtype == np.float32
    assert not np.shares_memory(padded, array)
