"""What trains is answered at the door, as in tests/api: by the argument's name, before any work."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import corcal.train as public
from corcal.core.errors import InputRefused, SettingsRefused
from corcal.settings import Settings

# Untyped: a type checker would refuse most of these calls, too.
door: Any = public
WORK = door.TrainingFolder("no such folder")
FOLDER = "work: a TrainingFolder, such as TrainingFolder('work'), is needed, not {}"
MACHINE = "machine: a Machine, such as Machine(), is needed, not str"
ONE_TEXT = "on_progress: a function of one text, such as print, is needed, not int"
NUMBERS = "{}: a list of whole numbers, such as [0, 1], is needed, not {}"
EMPTY = "the path is empty: is a variable not set? The current folder is '.'"

make = partial(door.make_dataset, "manifest.csv", WORK, Settings())
train = partial(door.train_folds, WORK, [0], door.Machine())
export = partial(door.export_bundle, WORK, "out", door.ModelName("mine"))
put_back = door.put_back


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: door.make_dataset(5, WORK, Settings()), "manifest: a path is needed, not int"),
        (lambda: door.make_dataset("m.csv", "work", Settings()), FOLDER.format("str")),
        (
            lambda: door.make_dataset("m.csv", WORK, "paper"),
            "settings: a Settings, such as Settings.paper(), is needed, not str",
        ),
        (lambda: make(locator="embedded"), "locator: what finds the heart is needed, not str"),
        (
            lambda: make(acceptance=True),
            "acceptance: an Acceptance, such as Acceptance(), is needed, not bool",
        ),
        (lambda: make(on_progress=1), ONE_TEXT),
        (lambda: door.plan_and_preprocess("work", door.Machine(), print), FOLDER.format("str")),
        (lambda: door.plan_and_preprocess(WORK, "cpu", print), MACHINE),
        (lambda: door.train_folds("work", [0], door.Machine()), FOLDER.format("str")),
        (lambda: door.train_folds(WORK, [0], "cpu"), MACHINE),
        (lambda: door.train_folds(WORK, 0, door.Machine()), NUMBERS.format("folds", "int")),
        (lambda: door.train_folds(WORK, "01", door.Machine()), NUMBERS.format("folds", "str")),
        (
            lambda: door.train_folds(WORK, ["0"], door.Machine()),
            "folds: a whole number is needed, not str",
        ),
        (lambda: train(gpus=0), NUMBERS.format("gpus", "int")),
        (
            lambda: train(on_progress=1),
            "on_progress: a function of a fold and an event is needed, not int",
        ),
        (lambda: door.export_bundle("work", "out", door.ModelName("x")), FOLDER.format("str")),
        (
            lambda: door.export_bundle(WORK, None, door.ModelName("x")),
            "out: a path is needed, not NoneType",
        ),
        (
            lambda: door.export_bundle(WORK, "out", "mine"),
            "named: a ModelName, such as ModelName('mine'), is needed, not str",
        ),
        (lambda: export(on_progress=1), ONE_TEXT),
        (lambda: door.ModelName(5), "name: a text, such as 'mine', is needed, not int"),
        (lambda: door.ModelName("x", 1), "version: a text, such as '1', is needed, not int"),
        (lambda: put_back(None, "case_0001", WORK), "prediction: a path is needed, not NoneType"),
        (
            lambda: put_back("p.nii", 1, WORK),
            "case: a text, such as 'case_0001', is needed, not int",
        ),
        (lambda: put_back("p.nii", "case_0001", "work"), FOLDER.format("str")),
        (lambda: door.Machine(5), "device: a text, such as 'cpu', is needed, not int"),
        (lambda: door.Machine(gpu="0"), "gpu: a whole number is needed, not str"),
        (lambda: door.Machine(workers=1.5), "workers: a whole number is needed, not float"),
        (lambda: door.Machine(threads=None), "threads: a whole number is needed, not NoneType"),
        (lambda: door.Machine(compiled="no"), "compiled: True or False is needed, not str"),
    ],
)
def test_another_kind_is_refused_by_name(call: Callable[[], Any], text: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(text)}$"):
        call()


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: door.Machine("gpu"), SettingsRefused, "device 'gpu' is not one of cpu, cuda"),
        (lambda: door.Machine(threads=-1), SettingsRefused, "threads must not be negative, not -1"),
        (
            lambda: door.train_folds(WORK, [-1], door.Machine()),
            SettingsRefused,
            "folds must not be negative, not -1",
        ),
        (lambda: door.make_dataset("", WORK, Settings()), InputRefused, f"manifest: {EMPTY}"),
        (lambda: door.export_bundle(WORK, "", door.ModelName("x")), InputRefused, f"out: {EMPTY}"),
        (lambda: put_back("", "case_0001", WORK), InputRefused, f"prediction: {EMPTY}"),
    ],
)
def test_what_lies_outside_is_refused_by_name(
    call: Callable[[], Any],
    kind: type[Exception],
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=f"^{re.escape(text)}$"):
        call()
    assert not list(tmp_path.iterdir())
