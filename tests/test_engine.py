from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.engine import Engine, load_openvino

SIDE = 16
#: Exact in float32; bfloat16 would round it to 1.
FINE = 1.0 + 2.0**-10


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return a network of one convolution that sums 16 channels, each times FINE."""
    openvino = load_openvino()
    opset = openvino.opset13
    hu = opset.parameter([1, 16, -1, -1, -1], np.float32, "hu")
    kernel = opset.constant(np.full((1, 16, 1, 1, 1), FINE, np.float32))
    nowhere = [0, 0, 0]
    found = opset.convolution(hu, kernel, [1, 1, 1], nowhere, nowhere, [1, 1, 1])
    model = openvino.Model([found], [hu], "sum")
    model.input(0).get_tensor().set_names({"hu"})
    openvino.save_model(model, tmp_path / "sum.xml", compress_to_fp16=False)
    files = [tmp_path / "sum.xml", tmp_path / "sum.bin"]
    hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    manifest = {"name": "sum", "version": "1", "files": hashes}
    (tmp_path / "sum.json").write_text(json.dumps(manifest), encoding="utf-8")
    return Engine(tmp_path, "sum")


def filled(value: float) -> NDArray[np.float32]:
    return np.full((1, 16, SIDE, SIDE, SIDE), value, np.float32)


def test_it_computes_in_float32_on_every_machine(engine: Engine) -> None:
    found = engine.run({"hu": filled(1.0)})
    assert found.shape == (1, 1, SIDE, SIDE, SIDE)
    assert np.array_equal(found, np.full_like(found, 16 * FINE))


def test_a_result_outlives_its_network_and_the_next_run(engine: Engine) -> None:
    first = engine.run({"hu": filled(1.0)})
    second = engine.run({"hu": filled(2.0)})
    del engine
    assert np.array_equal(first, np.full_like(first, 16 * FINE))
    assert np.array_equal(second, 2 * first)
