"""The training loop: what a resumed run does is what an unbroken one would have done."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

import torch

from corcal.core.errors import TrainingStopped
from corcal.recipes.embedded.checkpoints import SmallWeights, WholeState
from corcal.recipes.embedded.loop import Batch, Run, Schedule, train
from corcal.recipes.embedded.pace import Span, Steps


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
    return Schedule(Steps(steps), batch=8, rate=0.05, warm_up=5, average=0.9)


def kept(folder: Path) -> WholeState:
    return WholeState(folder, every=10)


def test_it_learns(tmp_path: Path) -> None:
    network = train(line, Line(), schedule(300), Run(kept(tmp_path)))
    assert network.weight[0, 0].item() == pytest.approx(2.0, abs=0.05)


def test_a_stopped_run_ends_with_the_weights_of_an_unbroken_one(tmp_path: Path) -> None:
    whole = train(line, Line(), schedule(60), Run(kept(tmp_path / "whole")))

    class Stopped(Exception):
        pass

    def stop(step: int, loss: float, seconds: float) -> None:
        if step >= 50:
            raise Stopped

    with pytest.raises(Stopped):
        train(line, Line(), schedule(60), Run(kept(tmp_path / "broken"), on_step=stop))
    resumed = train(line, Line(), schedule(60), Run(kept(tmp_path / "broken")))
    for a, b in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_run_that_is_asked_to_stop_keeps_its_last_step(tmp_path: Path) -> None:
    whole = train(line, Line(), schedule(40), Run(kept(tmp_path / "whole")))
    asked = iter([False] * 16 + [True])
    with pytest.raises(KeyboardInterrupt):
        train(line, Line(), schedule(40), Run(kept(tmp_path / "a"), stop=lambda: next(asked)))
    state = torch.load(tmp_path / "a" / "checkpoint.pt", weights_only=True)
    assert state["step"] == 17
    resumed = train(line, Line(), schedule(40), Run(kept(tmp_path / "a")))
    assert torch.equal(resumed.weight, whole.weight)


def test_the_rate_rises_and_follows_the_share_of_the_run() -> None:
    plan = Schedule(Steps(1000), rate=2.0, warm_up=10)
    assert plan.rate_at(4, 0.0) == pytest.approx(1.0)
    assert plan.rate_at(500, 0.5) == pytest.approx(1.0)
    assert plan.rate_at(900, 1.0) == pytest.approx(0.02)
    assert Steps(1000).share(250) == 0.25


def test_a_span_goes_on_from_the_share_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [110.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    span = Span(100.0, 140.0, first=0.6)
    assert span.share(0) == pytest.approx(0.7)
    now[0] = 90.0
    assert span.share(0) == pytest.approx(0.6)
    now[0] = 200.0
    assert span.share(0) == 1.0


def test_a_run_of_a_time_ends_with_it_and_goes_on_from_small_weights(tmp_path: Path) -> None:
    steps = []

    class Clock:
        def share(self, step: int) -> float:
            return min(1.0, step / 200)

    plan = Schedule(Clock(), batch=8, rate=0.05, warm_up=5, average=0.9)
    weights = SmallWeights(tmp_path / "line.pt")
    asked = iter([False] * 99 + [True])
    with pytest.raises(KeyboardInterrupt):
        train(line, Line(), plan, Run(weights, stop=lambda: next(asked)))
    assert (weights.steps(), weights.share()) == (100, 0.5)
    network = train(line, Line(), plan, Run(weights, on_step=lambda step, *_: steps.append(step)))
    assert steps[0] == 125
    assert (weights.steps(), weights.share()) == (200, 1.0)
    assert network.weight[0, 0].item() == pytest.approx(2.0, abs=0.05)


def test_bfloat16_is_used_in_the_network_and_nowhere_else(tmp_path: Path) -> None:
    seen = []

    class Watched(Line):
        def loss(self, network: torch.nn.Module, batch: Batch) -> torch.Tensor:
            answer = network(batch["x"])
            seen.append((answer.dtype, network.weight.dtype))
            loss: torch.Tensor = ((answer.float() - batch["y"]) ** 2).mean()
            return loss

    for precision in ("float32", "bfloat16"):
        run = Run(kept(tmp_path / precision), precision=precision)
        train(line, Watched(), schedule(2), run)
    assert seen[0] == (torch.float32, torch.float32)
    assert seen[-1] == (torch.bfloat16, torch.float32)


class Overflowing(Line):
    """Gives a gradient that is not a number in some steps."""

    def __init__(self, steps: range) -> None:
        self.steps = steps
        self.made = 0

    def loss(self, network: torch.nn.Module, batch: Batch) -> torch.Tensor:
        self.made += 1
        factor = float("nan") if self.made - 1 in self.steps else 1.0
        return super().loss(network, batch) * factor


def test_a_step_whose_gradient_is_not_a_number_teaches_nothing(tmp_path: Path) -> None:
    seen: list[float] = []
    run = Run(kept(tmp_path), on_step=lambda step, loss, seconds: seen.append(loss))
    network = train(line, Overflowing(range(0, 300, 5)), schedule(300), run)
    assert network.weight[0, 0].item() == pytest.approx(2.0, abs=0.05)
    assert np.isfinite(seen).all()


def test_a_run_that_learns_nothing_more_ends_and_keeps_what_it_had(tmp_path: Path) -> None:
    with pytest.raises(TrainingStopped, match=r"step 45 gave gradients .* --precision float32"):
        train(line, Overflowing(range(25, 300)), schedule(300), Run(kept(tmp_path)))
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert torch.isfinite(state["network"]["weight"]).all()


def test_a_defect_in_the_data_ends_the_run(tmp_path: Path) -> None:
    class Broken(Line):
        def batch(self, rng: np.random.Generator, size: int) -> Batch:
            raise ValueError("no such scan")

    with pytest.raises(ValueError, match="no such scan"):
        train(line, Broken(), schedule(10), Run(kept(tmp_path)))
