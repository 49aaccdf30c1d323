"""nnU-Net's trainer with the numbers of the settings, safe states, and a voice.

Imported by the training process alone: nnU-Net is not light, and reads its environment.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from pathlib import Path
from typing import Any

import torch
from batchgeneratorsv2.transforms.spatial.spatial import SpatialTransform
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

from corcal.core.errors import TrainingStopped
from corcal.settings import Training
from corcal.train.events import Began, EpochDone, Noted, Stepped, encode
from corcal.train.labels import channel_names
from corcal.train.nnunet.process import Send
from corcal.train.nnunet.states import epochs_done as epochs_done_of
from corcal.train.nnunet.states import load_state, save_state
from corcal.train.training_folder import CONFIGURATION

#: Steps are reported at most this often.
_REPORT_EVERY_SECONDS = 2.0
_MIRRORED = (0, 1, 2)
#: Smoothness of elastic deformations, as in nnU-Net v1: finer ones would tear arteries.
_ELASTIC_SIGMA_VOXELS = (9.0, 13.0)


class CorcalTrainer(nnUNetTrainer):
    """Trains one fold.

    The class is made here and never looked up by name: nnU-Net's search for trainers imports
    modules that a CPU build of torch cannot load.
    """

    # nnU-Net reads the names of its own arguments off __init__, so that stays as it is.
    training: Training
    send: Send
    plan_sha256: str
    #: Set from outside: save and end at the next step.
    stop_requested = False
    _learning_rates: dict[str, float]
    _lowest_val_loss = math.inf
    _began = _last_report = 0.0
    _step = _epochs_of_this_run = 0

    @classmethod
    def of(
        cls,
        plans: dict[str, Any],
        dataset: dict[str, Any],
        fold: int,
        *,
        training: Training,
        device: str,
        send: Send,
    ) -> CorcalTrainer:
        """Return a trainer of nnU-Net's plan and the numbers that the plan does not hold."""
        # nnU-Net takes the added key out again; it concerns an outside logger.
        given = plans | {"continue_training": False}
        trainer = cls(given, CONFIGURATION, fold, dataset, torch.device(device))
        trainer.training = training
        trainer.send = send
        trainer.plan_sha256 = _identity(plans, training)
        trainer.num_epochs = training.epochs
        trainer.num_iterations_per_epoch = training.iterations
        trainer.num_val_iterations_per_epoch = training.val_iterations
        trainer.initial_lr = training.learning_rate
        trainer._learning_rates = {"0": training.learning_rate}
        trainer.weight_decay = training.weight_decay
        trainer.oversample_foreground_percent = training.foreground_share
        return trainer

    @property
    def folder(self) -> Path:
        """The folder of this fold."""
        return Path(self.output_folder)

    def resume(self) -> None:
        """Go on from the last good state, if there is one, and say where training begins."""
        self.initialize()
        found = load_state(self.folder, str(self.device), note=lambda t: self.send(Noted(t)))
        if found is not None:
            self._restore(*found)
        self.send(Began(self.current_epoch, self.num_epochs))

    def _restore(self, epochs_done: int, state: dict[str, Any]) -> None:
        if state["plan"] != self.plan_sha256:
            raise TrainingStopped(
                f"fold {self.fold}: was begun with another plan or other settings; go back to "
                "those, or delete its folder in results/ to train it again from the start"
            )
        self._require_no_higher_rate(epochs_done, dict(state["learning_rates"]))
        self._lowest_val_loss = state["lowest_val_loss"]
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimiser"])
        if self.grad_scaler is not None and state["scaler"] is not None:
            self.grad_scaler.load_state_dict(state["scaler"])
        self.logger.load_checkpoint(state["curve"])
        self.current_epoch = epochs_done

    def _require_no_higher_rate(self, epochs_done: int, before: dict[str, float]) -> None:
        """Take the learning rates of a state over, and note a lower one from here on."""
        rate, last = self.training.learning_rate, list(before.values())[-1]
        if rate > last:
            raise TrainingStopped(
                f"fold {self.fold}: goes on with a learning rate of {last:g} or a lower one, not "
                f"with {rate:g}; delete its folder in results/ to train it again from the start"
            )
        if rate < last:
            before[str(epochs_done)] = rate
            self.send(
                Noted(f"from epoch {epochs_done + 1} with learning rate {rate:g}, not {last:g}")
            )
        self._learning_rates = before

    def save_checkpoint(self, filename: str) -> None:
        """Save the state after the current epoch, under corcal's name for it."""
        self._save(self.current_epoch + 1)

    def _save(self, epochs_done: int, *, best: bool = False) -> None:
        self._require_finite_weights(epochs_done)
        scaler = self.grad_scaler
        state = {
            "plan": self.plan_sha256,
            "network": _plain_network(self.network).state_dict(),
            "optimiser": self.optimizer.state_dict(),
            "scaler": None if scaler is None else scaler.state_dict(),
            "curve": _plain(self.logger.get_checkpoint()),
            "learning_rates": self._learning_rates,
            "lowest_val_loss": self._lowest_val_loss,
        }
        save_state(self.folder, epochs_done, state, best=best)

    def _require_finite_weights(self, epochs_done: int) -> None:
        values = self.network.state_dict().values()
        if not all(bool(torch.isfinite(v).all()) for v in values if v.dtype.is_floating_point):
            raise self._not_a_number(f"the weights after epoch {epochs_done} are not all numbers")

    def _not_a_number(self, what: str) -> TrainingStopped:
        kept = epochs_done_of(self.folder)
        state = f"the state after epoch {kept} is kept" if kept else "no earlier state is there"
        return TrainingStopped(
            f"fold {self.fold}: {what}; {state}. Take a lower training.learning_rate with `corcal "
            "train plan WORK --settings TOML` and call again"
        )

    def _build_loss(self) -> Any:
        loss = super()._build_loss()
        inner = getattr(loss, "loss", loss)
        inner.weight_dice = self.training.dice_weight
        inner.weight_ce = self.training.cross_entropy_weight
        return loss

    def get_training_transforms(self, *given: Any, **named: Any) -> Any:
        """Return nnU-Net's augmentation, with elastic deformation where that is wanted."""
        transforms = super().get_training_transforms(*given, **named)
        edge = sum(self.training.patch_voxels) / len(self.training.patch_voxels)
        for transform in transforms.transforms:
            if isinstance(transform, SpatialTransform):
                transform.p_elastic_deform = self.training.elastic_share
                # The library's own magnitude, 0 to 0.2 voxels, bends nothing that can be seen.
                transform.elastic_deform_magnitude = (0.0, self.training.elastic_voxels)
                transform.elastic_deform_scale = tuple(s / edge for s in _ELASTIC_SIGMA_VOXELS)
        return transforms

    def configure_rotation_dummyDA_mirroring_and_inital_patch_size(self) -> Any:
        """Return nnU-Net's augmentation, without mirroring where that is not wanted."""
        rotation, flat, initial, _ = (
            super().configure_rotation_dummyDA_mirroring_and_inital_patch_size()
        )
        axes = _MIRRORED if self.training.mirror else None
        self.inference_allowed_mirroring_axes = axes
        return rotation, flat, initial, axes

    def plot_network_architecture(self) -> None:
        """Do nothing: it needs a package that nnU-Net does not bring."""

    def _save_debug_information(self) -> None:
        """Do nothing: it notes the name of the computer."""

    def on_epoch_start(self) -> None:
        """Note the time."""
        super().on_epoch_start()
        self._began = time.monotonic()
        self._step = 0

    def train_step(self, batch: dict[str, Any]) -> Any:
        """Train on a batch, and now and then tell how far the epoch is."""
        result = super().train_step(batch)
        self._report_step()
        if self.stop_requested:
            self._stop()
        return result

    def validation_step(self, batch: dict[str, Any]) -> Any:
        """Validate on a batch, and now and then tell how far the epoch is."""
        result = super().validation_step(batch)
        self._report_step()
        return result

    def _stop(self) -> None:
        """Save what the finished epochs learnt, and end."""
        done = self.current_epoch
        text = "stopped in its first epoch, of which nothing is kept"
        if done:
            self._save(done)
            text = f"stopped; its state after epoch {done} is saved, call again to go on"
        self.send(Noted(text))
        raise TrainingStopped(f"fold {self.fold}: {text}")

    def _report_step(self) -> None:
        self._step += 1
        if time.monotonic() - self._last_report >= _REPORT_EVERY_SECONDS:
            self._last_report = time.monotonic()
            steps = self.num_iterations_per_epoch + self.num_val_iterations_per_epoch
            self.send(Stepped(self.current_epoch + 1, self._step, steps))

    def on_epoch_end(self) -> None:
        """Check the epoch, save every few, draw the curve, and report how it went."""
        self.logger.log("epoch_end_timestamps", time.time(), self.current_epoch)
        done = self.current_epoch + 1
        last = done == self.num_epochs
        saved = last or done % self.training.save_every == 0
        # First: a state that is not a number must not push out a good one.
        event = self._epoch_event(done, saved)
        # The last one is saved by nnU-Net when training ends.
        if saved and not last:
            self._save(done)
        if saved and event.val_loss < self._lowest_val_loss:
            self._lowest_val_loss = event.val_loss
            self._save(done, best=True)
        with (self.folder / "progress.jsonl").open("a", encoding="utf-8") as file:
            file.write(encode(event))
        if saved:
            self.logger.plot_progress_png(self.output_folder)
        self.send(event)
        self.current_epoch = done

    def _epoch_event(self, done: int, saved: bool) -> EpochDone:
        names = channel_names(self.training)
        latest = {
            key: self.logger.get_value(key, step=-1)
            for key in ("train_losses", "val_losses", "dice_per_class_or_region", "lrs")
        }
        seconds = time.monotonic() - self._began
        self._epochs_of_this_run += 1
        starts = self.logger.get_value("epoch_start_timestamps", step=None)
        ends = self.logger.get_value("epoch_end_timestamps", step=None)
        recent = [b - a for a, b in zip(starts, ends, strict=True)][-self._epochs_of_this_run :]
        pace = sum(recent) / len(recent)
        for key in ("train_losses", "val_losses"):
            if not math.isfinite(latest[key]):
                raise self._not_a_number(f"the loss of epoch {done} is {latest[key]}")
        return EpochDone(
            epoch=done,
            epochs=self.num_epochs,
            train_loss=float(latest["train_losses"]),
            val_loss=float(latest["val_losses"]),
            dice=dict(zip(names, map(_finite, latest["dice_per_class_or_region"]), strict=True)),
            learning_rate=float(latest["lrs"]),
            seconds=round(seconds, 3),
            seconds_left=round(pace * (self.num_epochs - done), 1),
            saved=saved,
        )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _identity(plans: dict[str, Any], training: Training) -> str:
    """Return a hash that changes with the plan and with what the settings add to it."""
    unimportant = {"save_every", "min_inside_share", "learning_rate"}
    added = {k: v for k, v in vars(training).items() if k not in unimportant}
    text = json.dumps([plans, {k: added[k] for k in sorted(added)}])
    return hashlib.sha256(text.encode()).hexdigest()


def _plain_network(network: Any) -> Any:
    """Return the network itself where torch has compiled it."""
    return getattr(network, "_orig_mod", network)


def _plain(value: Any) -> Any:
    """Return lists and numbers of Python in the place of numpy's."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, str | bool | int) else float(value)
