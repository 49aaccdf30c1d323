"""The training loop: what a resumed run does is what an unbroken one would have done."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

import torch

from corcal.recipes.embedded.loop import Batch, Run, Schedule, train


class Line:
    """Learn y = 2 x."""

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        x = torch.from_numpy(rng.standard_normal((size, 1)).astype(np.float32))
        return {"x": x, "y": 2 * x}

    def loss(self, network: torch.nn.Module, batch: Batch) -> torch.Tensor:
        loss: torch.Tensor = ((network(batch["x"]) - batch["y"]) ** 2).mean()
        return loss


def line() -> torch.nn.Module:
    return torch.nn.Linear(1, 1)


def schedule(steps: int) -> Schedule:
    return Schedule(steps, batch=8, rate=0.05, warm_up=5, save_every=10, average=0.9)


def test_it_learns(tmp_path: Path) -> None:
    network = train(line, Line(), schedule(300), Run(tmp_path))
    assert network.weight[0, 0].item() == pytest.approx(2.0, abs=0.05)


def test_a_stopped_run_ends_with_the_weights_of_an_unbroken_one(tmp_path: Path) -> None:
    whole = train(line, Line(), schedule(60), Run(tmp_path / "whole"))

    class Stopped(Exception):
        pass

    def stop(step: int, loss: float, seconds: float) -> None:
        if step >= 50:
            raise Stopped

    with pytest.raises(Stopped):
        train(line, Line(), schedule(60), Run(tmp_path / "broken", on_step=stop))
    resumed = train(line, Line(), schedule(60), Run(tmp_path / "broken"))
    for a, b in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_defect_in_the_data_ends_the_run(tmp_path: Path) -> None:
    class Broken(Line):
        def batch(self, rng: np.random.Generator, size: int) -> Batch:
            raise ValueError("no such scan")

    with pytest.raises(ValueError, match="no such scan"):
        train(line, Broken(), schedule(10), Run(tmp_path))
