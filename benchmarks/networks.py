"""CPU seconds to make the networks ready for a shape, and those that a cache on disk would save."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from corcal.locate import EmbeddedLocator
from corcal.runtime import Engine, openvino_core
from corcal.segment import EmbeddedSegmenter

#: Shapes of the 300-slice series: the chest at 4 mm, and its heart.
_SHAPES = {"heart": (80, 96, 96), "arteries": (160, 192, 224)}
_ROUNDS = 3


def network_costs(threads: int) -> str:
    """Return a Markdown table: each network compiled, loaded from a cache, and run."""
    rows = [
        "| network | compiled | from a cache on disk | first run | later runs | cache, MB |",
        "|---|---|---|---|---|---|",
    ]
    engines: tuple[Engine, ...] = (EmbeddedLocator(), *EmbeddedSegmenter().members)
    for engine in engines:
        rounds = [_costs(engine, threads) for _ in range(_ROUNDS)]
        cells = " | ".join(f"{value:.2f}" for value in np.median(rounds, axis=0))
        rows.append(f"| {engine.name}, {engine.path.stem} | {cells} |")
    return "CPU seconds of the networks:\n\n" + "\n".join(rows)


def _costs(engine: Engine, threads: int) -> tuple[float, ...]:
    compiled_s, network = _compile(engine, threads, {})
    first_s, later_s = _run(network), _run(network)
    with tempfile.TemporaryDirectory(prefix="corcal-networks-") as folder:
        cache = {"CACHE_DIR": folder}
        _compile(engine, threads, cache)
        loaded_s, _ = _compile(engine, threads, cache)
        size_mb = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
    return compiled_s, loaded_s, first_s, later_s, size_mb


def _compile(engine: Engine, threads: int, more: dict[str, str]) -> tuple[float, Any]:
    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", **more}
    core = openvino_core()
    began = time.process_time()
    model = core.read_model(engine.path)
    shape = _SHAPES["heart" if isinstance(engine, EmbeddedLocator) else "arteries"]
    shapes = {
        given.any_name: [1, size, *(shape if size == 1 else (n // 2 for n in shape))]
        for given in model.inputs
        for size in [given.partial_shape[1].get_length()]
    }
    model.reshape(shapes)
    network = core.compile_model(model, "CPU", settings)
    return time.process_time() - began, network


def _run(network: Any) -> float:
    inputs = {given.any_name: np.zeros(given.shape, np.float32) for given in network.inputs}
    began = time.process_time()
    network.create_infer_request().infer(inputs)
    return time.process_time() - began
