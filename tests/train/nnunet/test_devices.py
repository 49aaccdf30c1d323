"""The device of a training: no GPU is passed over in silence, and none that is absent is taken."""

from __future__ import annotations

import pytest

from corcal.core.errors import SettingsRefused
from corcal.train.nnunet.devices import Devices, choose_devices


@pytest.mark.parametrize(
    ("asked", "gpus", "visible", "expected", "text"),
    [
        ("auto", (), 0, Devices("cpu", (0,)), "the CPU"),
        ("auto", (), 2, Devices("cuda", (0, 1)), "GPU 0, 1"),
        ("auto", (1,), 2, Devices("cuda", (1,)), "GPU 1"),
        ("cuda", (), 1, Devices("cuda", (0,)), "GPU 0"),
        ("cpu", (), 2, Devices("cpu", (0,)), "the CPU"),
    ],
)
def test_where_a_training_runs(
    asked: str, gpus: tuple[int, ...], visible: int, expected: Devices, text: str
) -> None:
    devices = choose_devices(asked, gpus, visible=visible)
    assert devices == expected
    assert devices.text == text


@pytest.mark.parametrize(
    ("asked", "gpus", "visible", "words"),
    [
        ("cuda", (), 0, "torch finds no CUDA device; use --device cpu"),
        ("auto", (0,), 0, "--gpus 0 names GPUs, but torch finds no CUDA device"),
        ("cpu", (0, 1), 2, "--gpus 0,1 names GPUs, but --device cpu was given"),
        ("auto", (0, 3), 2, "there is no GPU 3; torch sees GPUs 0 to 1"),
        ("cuda", (1,), 1, "there is no GPU 1; torch sees GPU 0"),
    ],
)
def test_a_wrong_device_is_refused(
    asked: str, gpus: tuple[int, ...], visible: int, words: str
) -> None:
    with pytest.raises(SettingsRefused, match=words):
        choose_devices(asked, gpus, visible=visible)
