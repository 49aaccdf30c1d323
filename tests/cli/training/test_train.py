"""`corcal train`: what its steps are given, what they say, and how they refuse."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from corcal.cli import main as cli
from corcal.cli.training.machine import Use, numbers
from corcal.cli.training.show_events import ProgressDisplay, epoch_line, span
from corcal.cli.training.train import STEPS
from corcal.train.events import Began, EpochDone, Noted, Prepared, Stepped
from corcal.train.nnunet.child import Machine
from corcal.train.nnunet.devices import Devices
from tests.train.cohort import small_settings, write_cohort

EPOCH = EpochDone(
    12, 250, -0.412, -0.388, {"whole_RCA": 0.611, "RCA_calcification": None}, 0.01, 85.2, 20280.0
)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    manifest = write_cohort(tmp_path / "in")
    (tmp_path / "mine.toml").write_text(small_settings().to_toml())
    return manifest


def run(*words: object) -> int:
    return cli.main(["train", *(str(w) for w in words)])


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_help(step: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(step, "--help") == 0
    assert capsys.readouterr().out.startswith(f"Usage: corcal train {step} ")


def test_the_embedded_models_are_not_trained_without_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert run("default", "--minutes", 1, "-o", tmp_path / "work") == 2
    said = capsys.readouterr().err
    assert said.startswith("corcal: training needs torch, which is not installed; install it with")


@pytest.mark.parametrize("time", [(), ("--minutes", 1)])
def test_annotated_scans_without_their_list_are_not_passed_over(
    time: tuple[object, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))
    assert run("default", *time, "--data", tmp_path, "-o", tmp_path / "work") == 2
    assert "must be said with --scans TOML" in capsys.readouterr().err


def test_the_steps_are_listed_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    said = capsys.readouterr().out
    listed = [line.split()[0] for line in said.partition("Commands:")[2].splitlines() if line]
    assert [word for word in listed if word in STEPS] == list(STEPS)


def test_dataset_and_what_comes_next(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    assert run("dataset", cohort, "-o", work, "--settings", tmp_path / "mine.toml") == 0
    said = capsys.readouterr()
    assert "5 scans to train on, in folds of 3, 2; 1 kept for tests." in said.out
    assert f"Next: corcal train plan {work}" in said.out
    assert "preparing scan 6 of 6" in said.err
    assert run("dataset", cohort, "-o", work) == 2
    assert "holds a dataset of other scans, labels or settings" in capsys.readouterr().err


def test_quiet_says_nothing(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--settings", tmp_path / "mine.toml", "--quiet")
    assert run("dataset", cohort, "-o", tmp_path / "work", *given) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_without_nnunet_the_steps_say_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    commands: list[tuple[object, ...]] = [
        ("plan", tmp_path),
        ("fold", tmp_path, "0"),
        ("export", tmp_path, "-o", tmp_path / "x"),
        ("variants", tmp_path / "m.csv", "-o", tmp_path / "v"),
    ]
    for words in commands:
        assert run(*words) == 2
        said = capsys.readouterr().err
        assert 'pip install ".[train]" in the folder of corcal\'s source' in said
        assert "CPU" in said or "GPU" in said


def test_a_folder_without_a_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("folds", tmp_path) == 2
    assert "holds no dataset; make one with" in capsys.readouterr().err


def test_an_unknown_variant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("variants", tmp_path, "-o", tmp_path, "--only", "full,half") == 2
    assert "no variant 'half'; there are full, no_crop, no_regions" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "expected"), [("", ()), ("0", (0,)), ("2, 0", (2, 0))])
def test_lists_of_numbers(text: str, expected: tuple[int, ...]) -> None:
    assert numbers(text, "--gpus") == expected


@pytest.mark.parametrize("text", ["a", "0,0", "-1", "1;2"])
def test_lists_that_are_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("folds", "work", "--gpus", text) == 2
    assert "--gpus" in capsys.readouterr().err


def test_the_means_of_each_process() -> None:
    cpu = Use("cpu", (), None, 1, False, False)
    assert cpu.devices() == Devices("cpu")
    assert cpu.machine(Devices("cpu")) == Machine("cpu", 0, 0, 1, False)
    gpu = Use("cuda", (0, 2), None, 0, True, False)
    assert gpu.machine(Devices("cuda", (0, 2))) == Machine("cuda", 0, 8, 0, True)
    assert Use("auto", (), 3, 0, False, False).machine(Devices("cuda", (0,))).workers == 3


def test_an_epoch_in_one_line() -> None:
    assert epoch_line(0, EPOCH) == (
        "fold 0: epoch 12 of 250, loss -0.412, held out -0.388; Dice on patches: whole_RCA 0.61, "
        "RCA_calcification -; 85 s, 5 h 38 min left"
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (119, "119 s"), (121, "2 min"), (7199, "2 h 00 min"), (7000, "117 min")],
)
def test_spans_of_time(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_what_is_said_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    tell = ProgressDisplay(quiet=False, bars=None)
    tell.show_prepared(Prepared(1, 3))
    tell(1, Began(0, 250))
    tell(1, Stepped(1, 3, 300))
    tell(1, Noted("a state is damaged"))
    tell(2, Began(5, 250))
    tell(3, Began(250, 250))
    assert capsys.readouterr().err.splitlines() == [
        "preprocessed scan 1 of 3",
        "fold 1: begins, 250 epochs",
        "fold 1: a state is damaged",
        "fold 2: goes on after epoch 5 of 250",
        "fold 3: all 250 epochs are done",
    ]


def test_bars_on_a_terminal() -> None:
    from io import StringIO

    from rich.console import Console
    from rich.progress import Progress, TextColumn

    paper = StringIO()
    columns = (TextColumn("{task.description} {task.completed:.2f} {task.fields[left]}"),)
    bars = Progress(*columns, console=Console(file=paper, width=200), transient=False)
    with bars:
        tell = ProgressDisplay(quiet=False, bars=bars)
        tell(0, Began(11, 250))
        tell(0, Stepped(12, 150, 300))
        assert bars.tasks[0].completed == 11.5
        tell(0, EPOCH)
        assert bars.tasks[0].completed == 12
    assert "fold 0: epoch 12 of 250" in paper.getvalue()
    assert "5 h 38 min left" in paper.getvalue()
