"""A model that nnU-Net's own commands planned, trained and applied gives the same labels here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")
pytest.importorskip("safetensors", reason="training needs safetensors")

from corcal import read_labels, read_scan
from corcal.cli.main import main
from corcal.phantom import PhantomOptions, make_case
from corcal.segment import Bundle
from corcal.settings import Settings
from corcal.storage import csv_bytes, json_bytes, read_csv, replace_file, write_nifti
from corcal.train import TrainingFolder, put_back, read_manifest
from tests.segment.nnunet.trained import without_networks
from tests.tracing import IGNORE_TRACING

pytestmark = [
    pytest.mark.training,
    pytest.mark.slow,
    IGNORE_TRACING,
]

TRAINER = "nnUNetTrainer_1epoch"
#: Few steps: many probabilities are still near one half, where labels are hardest to keep alike.
STEPS = 12
#: nnU-Net's commands as they are, but for three things: one of its trainers needs torchvision that
#: need not be there, an epoch has 250 steps, and draws are not seeded.
COMMAND = f"""
import functools, importlib, random, sys, types
import numpy, torch
sys.modules["nnunetv2.training.nnUNetTrainer.primus.primus_trainers"] = types.ModuleType("x")

def shorten():
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
    made = nnUNetTrainer.__init__

    @functools.wraps(made)
    def begin(self, *given, **named):
        made(self, *given, **named)
        self.num_iterations_per_epoch, self.num_val_iterations_per_epoch = {STEPS}, 1

    nnUNetTrainer.__init__ = begin

if __name__ == "__main__":
    module, entry = sys.argv.pop(1).split(":")
    # The same draws in every run.
    for seed in (random.seed, numpy.random.seed, torch.manual_seed):
        seed(0)
    shorten()
    getattr(importlib.import_module(module), entry)()
"""
PLANNING = "nnunetv2.experiment_planning.plan_and_preprocess_entrypoints"


def write_phantoms(folder: Path) -> Path:
    """Write four annotated scans of one size, and return their manifest."""
    folder.mkdir()
    plain = replace(PhantomOptions.tiny(), contrast=0.0, mimics=0.0)
    lines = []
    for seed in range(4):
        case = make_case(seed, options=replace(plain, calcium_mm3=(1000.0, 1100.0, 1200.0)))
        for kind, voxels in (("ct", case.hu), ("labels", case.labels)):
            write_nifti(folder / f"{kind}-{seed}.nii.gz", voxels, case.grid.affine)
        lines.append((f"P{seed}", f"ct-{seed}.nii.gz", f"labels-{seed}.nii.gz"))
    replace_file(folder / "manifest.csv", csv_bytes(("patient", "scan", "labels"), lines))
    return folder / "manifest.csv"


def settings_file(path: Path) -> Path:
    """Write the paper's settings, for scans of 64 slices and voxels of 4 mm."""
    paper, default = Settings.paper(), Settings()
    preparation = replace(paper.preparation, spacing_mm=(4.0, 4.0, 4.0), padding_voxels=(2, 2, 2))
    training = replace(paper.training, folds=2, test_share=0.25)
    made = replace(paper, admission=default.admission, preparation=preparation, training=training)
    replace_file(path, made.to_toml().encode())
    return path


class Stock:
    """nnU-Net's own commands on a dataset."""

    def __init__(self, work: TrainingFolder, home: Path) -> None:
        self.folders = {
            "nnUNet_raw": str(work.folder / "raw"),
            "nnUNet_preprocessed": str(home / "preprocessed"),
            "nnUNet_results": str(home / "results"),
        }
        self.dataset = home / "preprocessed" / work.raw.name
        self.model = home / "results" / work.raw.name / f"{TRAINER}__nnUNetPlans__3d_fullres"
        self.script = home / "command.py"
        replace_file(self.script, COMMAND.encode())

    def run(self, entry: str, *words: str, workers: int = 1) -> None:
        """Run one of nnU-Net's commands as its program does."""
        variables = {
            **os.environ, **self.folders, "nnUNet_n_proc_DA": str(workers),
            "nnUNet_def_n_proc": "1", "nnUNet_compile": "f", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        subprocess.run(
            [sys.executable, str(self.script), entry, *words],
            env=variables,
            check=True,
            capture_output=True,
        )

    def train(self, work: TrainingFolder) -> None:
        """Plan, preprocess and train fold 0, with a network a CPU can train."""
        self.run(f"{PLANNING}:extract_fingerprint_entry", "-d", "501", "-np", "1")
        self.run(f"{PLANNING}:plan_experiment_entry", "-d", "501")
        plans = json.loads((self.dataset / "nnUNetPlans.json").read_text(encoding="utf-8"))
        network = plans["configurations"]["3d_fullres"]["architecture"]["arch_kwargs"]
        network["features_per_stage"] = [4 * 2**k for k in range(network["n_stages"])]
        (self.dataset / "nnUNetPlans.json").write_bytes(json_bytes(plans))
        shutil.copyfile(work.raw / "splits_final.json", self.dataset / "splits_final.json")
        self.run(f"{PLANNING}:preprocess_entry", "-d", "501", "-c", "3d_fullres", "-np", "1")
        self.run(
            "nnunetv2.run.run_training:run_training_entry",
            "501", "3d_fullres", "0", "-tr", TRAINER, "-device", "cpu",
            workers=0,
        )  # fmt: skip

    def predict(self, scans: Path, out: Path) -> None:
        """Predict a folder of crops."""
        self.run(
            "nnunetv2.inference.predict_from_raw_data:predict_entry_point",
            "-d", "501", "-c", "3d_fullres", "-tr", TRAINER, "-f", "0", "-i", str(scans),
            "-o", str(out), "-device", "cpu", "-npp", "1", "-nps", "1",
        )  # fmt: skip


def test_a_whole_scan_gets_the_labels_of_nnunetv2_predict(tmp_path: Path) -> None:
    manifest, settings = write_phantoms(tmp_path / "in"), settings_file(tmp_path / "paper.toml")
    work = TrainingFolder(tmp_path / "work")
    given = ["--settings", str(settings), "--quiet"]
    assert main(["train", "dataset", str(manifest), "-o", str(work.folder), *given]) == 0
    stock = Stock(work, tmp_path / "stock")
    stock.train(work)
    stock.predict(work.raw / "imagesTs", tmp_path / "predicted")
    bundle = tmp_path / "theirs.corcal"
    given = ["--padding", "2", "2", "2"]
    assert main(["models", "from-nnunet", str(stock.model), "-o", str(bundle), *given]) == 0
    assert Bundle.open(bundle).facts.trainer == TRAINER

    (case,) = [r.text("case") for r in read_csv(work.split_file).rows if r.text("part") == "test"]
    row = next(row for row in read_manifest(manifest) if row.case == case)
    out = tmp_path / "report"
    # By torch, as nnU-Net runs it: another engine decides labels where a probability is one half.
    bare = without_networks(Bundle.open(bundle), tmp_path / "bare.corcal")
    words = ["score", str(row.scan), "-o", str(out), "--model", str(bare.path)]
    assert main([*words, "--settings", str(settings), "--quiet"]) == 0
    scan = read_scan(row.scan)
    ours = read_labels(out / "labels.nii.gz", scan).codes
    theirs = put_back(tmp_path / "predicted" / f"{case}.nii.gz", case, work).codes
    assert len(np.unique(theirs)) >= 4
    np.testing.assert_array_equal(ours, theirs)
