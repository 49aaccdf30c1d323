"""Small weights: half the size, near enough, and the counters of BatchNorm as they are."""

import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch")

import torch

from corcal.recipes.embedded.checkpoints import Learner, SmallWeights
from corcal.recipes.embedded.networks.network import Locator, Segmenter


def learner(network: torch.nn.Module, mean: torch.nn.Module) -> Learner:
    return Learner(network, mean, torch.optim.AdamW(network.parameters()))


def test_a_network_comes_back_as_half_precision_keeps_it(tmp_path: Path) -> None:
    torch.manual_seed(0)
    mean, kept = Locator(), SmallWeights(tmp_path / "w" / "locator.pt")
    kept.save(learner(Locator(), mean), 7, 0.25)
    other = Locator()
    assert kept.load(other) == 7
    assert (kept.steps(), kept.share()) == (7, 0.25)
    for name, value in mean.state_dict().items():
        back = other.state_dict()[name]
        assert back.dtype == value.dtype
        assert torch.equal(back, value.half().float() if back.is_floating_point() else value)


def test_a_run_goes_on_with_the_mean_as_its_network(tmp_path: Path) -> None:
    kept = SmallWeights(tmp_path / "line.pt")
    fresh = learner(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1))
    assert kept.resume(fresh) == 0
    assert kept.share() == 0.0
    kept.save(fresh, 3, 0.5)
    after = learner(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1))
    assert kept.resume(after) == 3
    expected = fresh.mean.state_dict()["weight"].half().float()
    assert torch.equal(after.network.state_dict()["weight"], expected)
    assert torch.equal(after.mean.state_dict()["weight"], expected)


def test_the_largest_network_fits_into_a_file_of_16_mib(tmp_path: Path) -> None:
    network, kept = Segmenter(), SmallWeights(tmp_path / "segmenter.pt")
    kept.save(learner(network, network), 1, 1.0)
    assert kept.path.stat().st_size < 16 * 2**20


def test_it_is_written_every_so_many_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SmallWeights(tmp_path / "line.pt", every_seconds=120.0)
    kept.save(learner(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)), 1, 0.1)
    assert not kept.due(2)
    later = time.monotonic() + 121.0
    monkeypatch.setattr("time.monotonic", lambda: later)
    assert kept.due(2)
    kept.save(learner(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)), 2, 0.2)
    assert not kept.due(3)
