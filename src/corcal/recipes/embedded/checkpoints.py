"""The state of a run on disk: all of it every few steps, or small weights every few minutes."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from corcal.storage import replace_file


@dataclass(frozen=True, eq=False)
class Learner:
    """A network in training.

    Attributes:
        network: as it learns.
        mean: the running mean of its weights, which is what is exported.
        optimiser: of the network.
    """

    network: nn.Module
    mean: nn.Module
    optimiser: torch.optim.Optimizer


class Keeper(Protocol):
    """Keeps a run, so that it can go on."""

    def resume(self, learner: Learner) -> int:
        """Set a learner to what was kept, if anything was; return the steps it has made."""

    def due(self, step: int) -> bool:
        """Return whether it is time to keep the run after so many steps."""

    def save(self, learner: Learner, step: int, share: float) -> None:
        """Keep the run after so many steps, of which this share is over."""


@dataclass(frozen=True)
class WholeState:
    """Everything, so that a resumed run ends with the weights of an unbroken one.

    Attributes:
        folder: of checkpoint.pt.
        device: where a resumed run goes on.
        every: steps.
    """

    folder: Path
    device: str = "cpu"
    every: int = 200

    def resume(self, learner: Learner) -> int:
        """Set a learner to what was kept, if anything was; return the steps it has made."""
        if not self._path.exists():
            return 0
        state = torch.load(self._path, map_location=self.device, weights_only=True)
        learner.network.load_state_dict(state["network"])
        learner.mean.load_state_dict(state["mean"])
        learner.optimiser.load_state_dict(state["optimiser"])
        return int(state["step"])

    def due(self, step: int) -> bool:
        """Return whether it is time to keep the run after so many steps."""
        return step % self.every == 0

    def save(self, learner: Learner, step: int, share: float) -> None:
        """Keep the run after so many steps."""
        del share
        state = {
            "step": step,
            "network": learner.network.state_dict(),
            "mean": learner.mean.state_dict(),
            "optimiser": learner.optimiser.state_dict(),
        }
        _write(self._path, state)

    @property
    def _path(self) -> Path:
        return self.folder / "checkpoint.pt"


@dataclass
class SmallWeights:
    """The averaged weights in half precision, small enough to carry home.

    A run that goes on from them has a fresh optimiser.

    Attributes:
        path: the file.
        every_seconds: how often it is written.
    """

    path: Path
    every_seconds: float = 120.0
    _written: float = field(default_factory=time.monotonic, init=False)

    def share(self) -> float:
        """Return the share of the run that was over when the file was written; 0 without one."""
        return float(self._read()["share"]) if self.path.exists() else 0.0

    def steps(self) -> int:
        """Return how many steps the weights of the file have made."""
        return int(self._read()["step"])

    def load(self, network: nn.Module) -> int:
        """Set a network to the weights of the file; return the steps they have made."""
        state = self._read()
        network.load_state_dict({k: _single(v) for k, v in state["weights"].items()})
        return int(state["step"])

    def resume(self, learner: Learner) -> int:
        """Set a learner to the weights of the file, if there is one; return the steps made."""
        if not self.path.exists():
            return 0
        step = self.load(learner.mean)
        learner.network.load_state_dict(learner.mean.state_dict())
        return step

    def due(self, step: int) -> bool:
        """Return whether it is time to write the file."""
        del step
        return time.monotonic() - self._written >= self.every_seconds

    def save(self, learner: Learner, step: int, share: float) -> None:
        """Write the file."""
        weights = {k: _half(v) for k, v in learner.mean.state_dict().items()}
        _write(self.path, {"step": step, "share": share, "weights": weights})
        self._written = time.monotonic()

    def _read(self) -> dict[str, Any]:
        state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        return state


def _half(tensor: torch.Tensor) -> torch.Tensor:
    tensor = tensor.detach().cpu()
    return tensor.half() if tensor.dtype.is_floating_point else tensor


def _single(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.dtype.is_floating_point else tensor


def _write(path: Path, state: dict[str, Any]) -> None:
    content = io.BytesIO()
    torch.save(state, content)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content.getbuffer())
