"""The frame of a child process: its environment, its log, its lock and its last words."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from corcal.core.errors import DatasetRefused, TrainingStopped
from corcal.train.events import Event
from corcal.train.nnunet import process
from corcal.train.nnunet.child import Machine, environment, run_child
from corcal.train.nnunet.process import alone, refusal
from corcal.train.training_folder import TrainingFolder


def test_a_child_has_an_environment_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("nnUNet_results", "elsewhere")
    monkeypatch.setenv("nnUNet_wandb_enabled", "1")
    monkeypatch.setenv("KEPT", "yes")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    work = TrainingFolder(tmp_path / "w")
    variables = environment(work, Machine(workers=3, threads=2))
    assert variables["nnUNet_results"] == str(tmp_path / "w" / "results")
    assert variables["nnUNet_preprocessed"] == str(work.preprocessed.parent)
    assert "nnUNet_wandb_enabled" not in variables
    assert variables["nnUNet_n_proc_DA"] == "3"
    assert variables["nnUNet_compile"] == "f"
    assert variables["OMP_NUM_THREADS"] == "2"
    assert variables["KEPT"] == "yes"
    assert "CUDA_VISIBLE_DEVICES" not in variables


@pytest.mark.parametrize(("given", "gpu", "expected"), [("", 1, "1"), ("3,5,7", 1, "5")])
def test_each_child_sees_one_gpu(
    given: str, gpu: int, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    variables = environment(TrainingFolder(tmp_path), Machine(device="cuda", gpu=gpu))
    assert variables["CUDA_VISIBLE_DEVICES"] == expected


def test_a_childs_refusal_is_raised_here(tmp_path: Path) -> None:
    # There is no dataset, which the child finds out before it needs torch.
    events: list[Event] = []
    with pytest.raises(TrainingStopped, match="holds no dataset; make one"):
        run_child("fold", ["0", "cpu", "1"], TrainingFolder(tmp_path), Machine(), events.append)
    assert events == []
    log = TrainingFolder(tmp_path).fold(0) / "console.log"
    assert "DatasetRefused" in log.read_text()


def test_a_child_that_cannot_begin(tmp_path: Path) -> None:
    with pytest.raises(TrainingStopped, match="could not begin"):
        run_child("no_such_step", [], TrainingFolder(tmp_path), Machine(), lambda _: None)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from corcal.train.nnunet.process import alone\n"
        "with alone(Path(sys.argv[1])): print('in', flush=True); time.sleep(600)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        with (
            pytest.raises(TrainingStopped, match="another process is at work there"),
            alone(tmp_path),
        ):
            pass
    finally:
        other.kill()
        other.communicate()
    # However it ended, it has let go.
    with alone(tmp_path):
        pass


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from corcal.train.nnunet.process import run\n"
        "def job(send):\n"
        "    Path(sys.argv[1], 'begun').touch(); time.sleep(600)\n"
        "    Path(sys.argv[1], 'survived').touch()\n"
        "sys.exit(run(job, Path(sys.argv[1], 'log')))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    while not (tmp_path / "begun").exists():
        assert child.poll() is None
        time.sleep(0.02)
    child.communicate()
    assert child.returncode != 0
    assert not (tmp_path / "survived").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    ("then", "code", "text"),
    [
        ("pass", 0, "Finished"),
        ("raise DatasetRefused('no')", 3, '"text": "no"'),
        ("sys.stdout.flush()", 3, "the disk is full"),
    ],
)
def test_a_log_on_a_full_disk_silences_nobody(then: str, code: int, text: str) -> None:
    program = (
        "import sys; from pathlib import Path; from corcal.train.nnunet.process import run\n"
        "from corcal.core.errors import DatasetRefused\n"
        f"def job(send):\n    print('much')\n    {then}\n"
        "sys.exit(run(job, Path('/dev/full')))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        # Else the first word fails, and not what is left at the end.
        env={k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert text in child.stdout.read()
        assert child.wait() == code


@pytest.mark.parametrize(
    ("free", "text"), [(5e6, "the disk has only 5 MB left, which may be why"), (5e9, "unexpected")]
)
def test_a_defect_on_a_disk_that_is_nearly_full_says_so(
    free: float, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    try:
        raise RuntimeError("error while appending")
    except RuntimeError as error:
        said = vars(process)["_defect"](error, tmp_path / "log")
    assert text in said
    assert ("MB left" in said) == (free < 1e8)
    assert "test_process.py" in said


def test_errors_in_words_for_a_person() -> None:
    assert refusal(DatasetRefused("no")) == "no"
    assert "disk is full" in str(refusal(OSError(errno.ENOSPC, "No space")))
    assert "GPU has too little memory" in str(refusal(RuntimeError("CUDA out of memory. Tried")))
    assert "too little memory" in str(refusal(MemoryError()))
    assert refusal(KeyError("x")) is None
