"""A training from dataset to bundle: reported live, stopped anywhere, damaged, and continued."""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")

from corcal.core.errors import DatasetRefused, SettingsRefused, TrainingStopped
from corcal.storage import replace_file
from corcal.train.bundle.card import read_curve
from corcal.train.events import Began, EpochDone, Event, Noted, Prepared
from corcal.train.labels import channel_names
from corcal.train.nnunet.folds import missing_folds, plan_and_preprocess, train_folds
from corcal.train.nnunet.preprocess import is_preprocessed, trained_cases
from corcal.train.nnunet.states import epochs_done, load_state, save_state
from corcal.train.training_folder import TrainingFolder
from tests.train.cohort import SMALL
from tests.train.heard import MACHINE, Heard

pytestmark = pytest.mark.training


def states(work: TrainingFolder, fold: int = 0) -> list[Path]:
    return sorted(work.fold(fold).glob("state_*.pt"))


def test_the_scans_are_preprocessed_once(planned: TrainingFolder) -> None:
    assert all(is_preprocessed(planned, case) for case in trained_cases(planned))
    before = {p: p.stat().st_mtime_ns for p in planned.cases.iterdir()}
    events: list[Event] = []
    plan_and_preprocess(planned, MACHINE, events.append)
    assert {p: p.stat().st_mtime_ns for p in planned.cases.iterdir()} == before
    assert [e for e in events if isinstance(e, Prepared)] == [Prepared(n, 5) for n in range(1, 6)]


def test_preprocessing_changes_no_grid(planned: TrainingFolder) -> None:
    import blosc2
    import SimpleITK as sitk

    intensities = __import__("json").loads(planned.plans_file.read_text())
    intensities = intensities["foreground_intensity_properties_per_channel"]["0"]
    for case in trained_cases(planned):
        image = sitk.ReadImage(str(planned.raw / "imagesTr" / f"{case}_0000.nii.gz"))
        hu = sitk.GetArrayFromImage(image)
        stored = blosc2.open(urlpath=str(planned.cases / f"{case}.b2nd"))[:][0]
        clipped = np.clip(hu, intensities["percentile_00_5"], intensities["percentile_99_5"])
        expected = (clipped - intensities["mean"]) / intensities["std"]
        assert stored.shape == hu.shape
        assert np.abs(stored - expected).max() < 1e-3


def test_every_epoch_is_reported_and_kept(trained: tuple[TrainingFolder, Heard]) -> None:
    work, heard = trained
    for fold in (0, 1):
        assert heard.of(Began, fold) == [Began(0, 2)]
        epochs = heard.of(EpochDone, fold)
        assert [(e.epoch, e.epochs, e.saved) for e in epochs] == [(1, 2, True), (2, 2, True)]
        for e in epochs:
            assert list(e.dice) == list(channel_names(SMALL))
            assert all(v is None or 0 <= v <= 1 for v in e.dice.values())
            assert math.isfinite(e.train_loss)
            assert math.isfinite(e.val_loss)
            assert e.seconds > 0
        assert epochs[0].seconds_left > 0
        assert epochs[1].seconds_left == 0
        assert epochs[0].learning_rate == 0.01
        assert epochs[1].learning_rate == pytest.approx(0.01 * 0.5**0.9)
        assert list(read_curve(work.fold(fold))) == epochs
        assert (work.fold(fold) / "progress.png").is_file()
    assert missing_folds(work) == []


def test_only_two_states_are_kept_and_no_computer_is_named(
    trained: tuple[TrainingFolder, Heard],
) -> None:
    work, _ = trained
    assert [p.name[:11] for p in states(work)] == ["state_00001", "state_00002"]
    names = {p.name for p in work.fold(0).iterdir()}
    assert not names & {"debug.json", "checkpoint_final.pth", "checkpoint_best.pth"}


def test_a_finished_fold_is_not_trained_again(trained: tuple[TrainingFolder, Heard]) -> None:
    work, _ = trained
    before = {p: p.stat().st_mtime_ns for p in states(work)}
    heard = Heard()
    train_folds(work, [0], MACHINE, on_progress=heard)
    assert heard.of(Began) == [Began(2, 2)]
    assert heard.of(EpochDone) == []
    assert {p: p.stat().st_mtime_ns for p in states(work)} == before


def test_killed_at_any_moment_it_goes_on(
    own: TrainingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    popen = subprocess.Popen

    def noted(*given: Any, **named: Any) -> object:
        started.append(popen(*given, **named))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)

    def kill(_: int, event: Event) -> None:
        if isinstance(event, EpochDone):
            started[-1].kill()  # type: ignore[attr-defined]

    words = ""
    try:
        train_folds(own, [0], MACHINE, on_progress=kill)
    except TrainingStopped as error:
        words = str(error)
    # The kill falls somewhere after the first epoch, perhaps while the second is saved; on a busy
    # machine the training may be at its end before.
    done = epochs_done(own.fold(0))
    assert re.match(r"fold 0: .* ended by SIGKILL", words) or (words, done) == ("", 2)
    heard = Heard()
    train_folds(own, [0], MACHINE, on_progress=heard)
    assert heard.of(Began) == [Began(done, 2)]
    assert done >= 1
    assert [e.epoch for e in read_curve(own.fold(0))] == [1, 2]
    assert not list(own.fold(0).glob(".*.partial"))


def test_a_damaged_state_is_passed_over_and_trained_again(half_done: TrainingFolder) -> None:
    _, second = states(half_done)
    content = bytearray(second.read_bytes())
    content[len(content) // 2] ^= 1
    second.write_bytes(content)
    assert missing_folds(half_done) == [0]
    heard = Heard()
    train_folds(half_done, [0], MACHINE, on_progress=heard)
    assert heard.of(Noted) == [Noted("the state after epoch 2 is damaged and is passed over")]
    assert heard.of(Began) == [Began(1, 2)]
    assert [e.epoch for e in heard.of(EpochDone)] == [2]
    assert missing_folds(half_done) == []
    assert [p.name[:11] for p in states(half_done)] == ["state_00001", "state_00002"]


def test_a_state_cut_short_is_passed_over(half_done: TrainingFolder) -> None:
    _, second = states(half_done)
    second.write_bytes(second.read_bytes()[:1000])
    notes: list[str] = []
    found = load_state(half_done.fold(0), "cpu", note=notes.append)
    assert found is not None
    assert found[0] == 1
    assert notes == ["the state after epoch 2 is damaged and is passed over"]


def test_all_states_damaged_is_an_error(half_done: TrainingFolder) -> None:
    for path in half_done.fold(0).glob("*.pt"):
        path.write_bytes(b"nothing")
    with pytest.raises(TrainingStopped, match="all 2 saved states are damaged"):
        load_state(half_done.fold(0), "cpu")


def test_a_training_is_not_gone_on_with_under_another_plan(half_done: TrainingFolder) -> None:
    settings = half_done.settings()
    longer = replace(settings, training=replace(settings.training, epochs=3))
    replace_file(half_done.settings_file, longer.to_toml().encode())
    with pytest.raises(TrainingStopped, match="begun with another plan or other settings"):
        train_folds(half_done, [0], MACHINE)


def test_a_full_disk_stops_with_the_last_state_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from corcal.core.errors import OutputRefused

    save_state(tmp_path, 1, {"x": torch.ones(3)})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputRefused, match="No space left on device"):
        save_state(tmp_path, 2, {"x": torch.zeros(3)})
    found = load_state(tmp_path, "cpu")
    assert found is not None
    assert found[0] == 1
    assert found[1]["x"].tolist() == [1, 1, 1]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_state_holds_no_pickle_of_anything_but_tensors(tmp_path: Path) -> None:
    import hashlib
    import io
    import pickle

    import torch

    content = io.BytesIO()
    torch.save({"plan": Path("x")}, content)
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    (tmp_path / f"state_00001_{digest}.pt").write_bytes(content.getvalue())
    with pytest.raises(pickle.UnpicklingError):
        load_state(tmp_path, "cpu")


def test_folds_run_side_by_side(own: TrainingFolder) -> None:
    heard = Heard()
    train_folds(own, [0, 1], MACHINE, gpus=(0, 1), on_progress=heard)
    assert missing_folds(own) == []
    kinds = [fold for fold, event in heard.events if isinstance(event, Began)]
    assert sorted(kinds) == [0, 1]


def test_what_cannot_be_trained_is_refused_before_a_process_starts(
    own: TrainingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(SettingsRefused, match="no fold 7; this training has folds 0 to 1"):
        train_folds(own, [7], MACHINE)
    (own.cases / f"{trained_cases(own)[0]}.pkl").unlink()
    with pytest.raises(DatasetRefused, match="1 scans are not preprocessed"):
        train_folds(own, [0], MACHINE)


def test_a_cuda_device_that_is_not_there(own: TrainingFolder) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(TrainingStopped, match="torch finds no CUDA device"):
        train_folds(own, [0], replace(MACHINE, device="cuda"))


def test_permuted_keys_are_noticed_by_the_process_that_trains(own: TrainingFolder) -> None:
    import json

    path = own.preprocessed / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
    with pytest.raises(TrainingStopped, match="A program that sorts keys"):
        train_folds(own, [0], MACHINE)
