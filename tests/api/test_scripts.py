"""The scripts of examples/python do in five lines what their names say."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from corcal.api import scoring
from corcal.testing import TrueModels, score_phantom, tiny_phantom

SCRIPTS = sorted((Path(__file__).parents[2] / "examples" / "python").glob("*.py"))
CASE = tiny_phantom(3)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Return a function that runs a script beside scans of a phantom, with its truth as models."""
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ CASE.grid.affine[:, [2, 1, 0, 3]]
    nib.save(nib.Nifti1Image(CASE.scan.hu.T, affine), tmp_path / "scan.nii.gz")
    (tmp_path / "scans").mkdir()
    for name in ("a", "b"):
        shutil.copy(tmp_path / "scan.nii.gz", tmp_path / "scans" / f"{name}.nii.gz")
    monkeypatch.setattr(scoring, "choose_models", lambda models: TrueModels(CASE))
    monkeypatch.chdir(tmp_path)

    def run(name: str) -> None:
        (script,) = [s for s in SCRIPTS if s.stem == name]
        exec(compile(script.read_text(encoding="utf-8"), script.name, "exec"), {})

    return run


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: str(s.stem))
def test_a_script_has_five_lines_at_most(script: Path) -> None:
    lines = script.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 5


def test_nibabel_in(run: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    run("nibabel_in")
    assert capsys.readouterr().out.startswith("<Reading: Agatston ")


def test_folder_to_frame(run: Callable[[str], None], tmp_path: Path) -> None:
    run("folder_to_frame")
    table = pd.read_csv(tmp_path / "calcium.csv")
    assert list(table["artery"]) == ["RCA", "LAD", "LCX"] * 2
    expected = [a.agatston for a in score_phantom(CASE).report.score.arteries]
    assert list(table["agatston"]) == pytest.approx(expected * 2, abs=1e-3)


def test_masks(run: Callable[[str], None], tmp_path: Path) -> None:
    run("masks")
    codes = np.asarray(nib.load(tmp_path / "labels.nii.gz").dataobj)
    np.testing.assert_array_equal(np.load(tmp_path / "lad_calcium.npy"), codes == 5)
    assert (codes == 5).any()


def test_plot_a_lesion(run: Callable[[str], None], tmp_path: Path) -> None:
    run("plot_a_lesion")
    with Image.open(tmp_path / "lesion.png") as picture:
        assert picture.size == (480, 480)


def test_change_a_setting(run: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    run("change_a_setting")
    # Fewer voxels reach 150 HU than 130 HU.
    assert 0 < float(capsys.readouterr().out) < score_phantom(CASE).report.score.agatston
