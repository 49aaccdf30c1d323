"""The rehearsal: from contours to a scored scan, and calcium in the right arteries."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from corcal.settings import Settings

EXAMPLE = Path(__file__).parents[3] / "examples" / "rehearsal.py"


@pytest.fixture(scope="module")
def rehearsal() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rehearsal", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.training
@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_calcium_is_found_in_the_right_arteries(
    rehearsal: ModuleType, seed: int, tmp_path: Path
) -> None:
    table: np.ndarray = rehearsal.rehearse(tmp_path, seed=seed)
    assert (table.sum(axis=1)[:3] > 0.3).all()
    assert rehearsal.shortfalls(table) == []


@pytest.mark.slow
def test_exchanged_arteries_are_refused_before_anything_is_learnt(
    rehearsal: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(rehearsal, "PATIENTS", 2)
    with pytest.raises(SystemExit, match="2"):
        rehearsal.rehearse(tmp_path, types=rehearsal.EXCHANGED)
    assert "the middle of the RCA lies" in capfd.readouterr().err
    assert not (tmp_path / "work").exists()


@pytest.mark.training
@pytest.mark.slow
def test_a_learning_rate_of_100_fails(rehearsal: ModuleType, tmp_path: Path) -> None:
    # Its gradients are clipped: the loss grows, but stays a number to the end.
    table: np.ndarray = rehearsal.rehearse(tmp_path, change=rehearsal.BROKEN["rate"])
    assert rehearsal.shortfalls(table) != []


@pytest.mark.training
@pytest.mark.usefixtures("same_draws")
def test_patches_bent_beyond_measure_hold_nothing_of_their_scan(
    rehearsal: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch", reason="training needs torch")
    from tests.train.nnunet.trainers import augmentation, make_trainer

    sound = Settings.from_toml(rehearsal.SETTINGS).training
    shares = []
    for training in (sound, rehearsal.BROKEN["augmentation"](sound)):
        patch = list(training.patch_voxels)
        bend = augmentation(make_trainer(tmp_path, monkeypatch, training), patch)[
            "SpatialTransform"
        ]
        image, drawn = torch.zeros((1, *patch)), torch.zeros((1, *patch))
        drawn[0, 8:-8, 8:-8, 8:-8] = 1
        after = [bend(image=image, segmentation=drawn)["segmentation"] for _ in range(20)]
        # Counted, for what lies outside the patch comes back as -1.
        shares.append(float(np.mean([float((a > 0).sum() / drawn.sum()) for a in after])))
    # A sound patch is scaled by 0.7 to 1.4 and turned, so that a part of the box may leave it.
    assert shares[0] > 0.2
    assert shares[1] < 0.02


def test_a_model_that_learnt_is_let_pass(rehearsal: ModuleType) -> None:
    table = np.array([[2, 0, 0, 1], [0, 2, 0.5, 1], [0.5, 0, 2, 1], [1, 0, 1, 0]])
    assert rehearsal.shortfalls(table) == []


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (0, 3, "RCA: 0.00 of 3.00 mL found"),
        (1, 2, "LAD: 0.00 of 3.00 mL found"),
        (2, 0, "LCX: 0.00 of 3.00 mL found"),
    ],
)
def test_an_artery_that_was_not_learnt_fails(
    rehearsal: ModuleType, row: int, column: int, words: str
) -> None:
    table = np.diag([3.0, 3.0, 3.0, 0.0])
    table[row, row], table[row, column] = 0.0, 3.0
    assert words in rehearsal.shortfalls(table)


def test_nothing_found_and_too_much_found_fail(rehearsal: ModuleType) -> None:
    nothing = np.zeros((4, 4))
    nothing[:3, 3] = 1.0
    assert len(rehearsal.shortfalls(nothing)) == 3
    flooded = np.diag([1.0, 1.0, 1.0, 0.0])
    flooded[3, 1] = 2.0
    assert rehearsal.shortfalls(flooded) == ["LAD: 1.00 of 3.00 mL found are right"]
