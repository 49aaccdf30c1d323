"""The computer that trains, as far as not said."""

import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.core.errors import SettingsRefused
from corcal.recipes.embedded.devices import (
    choose_device,
    choose_precision,
    hearts_a_step,
    share_cores,
    usual_hearts_gb,
)


def test_a_gpu_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert choose_device("auto") == "cpu"
    with pytest.raises(SettingsRefused, match="finds no CUDA device"):
        choose_device("cuda")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert (choose_device("auto"), choose_device("cuda"), choose_device("cpu")) == (
        "cuda",
        "cuda",
        "cpu",
    )


def test_precision_stays_as_it_is_without_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda: True)
    assert choose_precision("auto", "cuda", timed=False) == "float32"
    assert choose_precision("auto", "cuda", timed=True) == "bfloat16"
    assert choose_precision("float32", "cuda", timed=True) == "float32"
    assert choose_precision("bfloat16", "cpu", timed=False) == "bfloat16"
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda: False)
    assert choose_precision("auto", "cuda", timed=True) == "float32"


@pytest.mark.parametrize(
    ("workers", "threads", "device", "expected"),
    [
        (None, 0, "cuda", (15, 1)),
        (None, 0, "cpu", (8, 8)),
        (3, 0, "cpu", (3, 13)),
        (0, 4, "cpu", (0, 4)),
        (20, 0, "cpu", (20, 1)),
    ],
)
def test_cores_are_shared(
    workers: int | None,
    threads: int,
    device: str,
    expected: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)), raising=False)
    assert share_cores(workers, threads, device) == expected


@pytest.mark.parametrize(("free_gb", "kept_gb", "hearts"), [(80, 40, 4), (30, 17, 3), (30, 29, 1)])
def test_a_step_sees_as_many_whole_hearts_as_memory_holds(
    free_gb: int, kept_gb: float, hearts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.empty_cache", lambda: None)
    monkeypatch.setattr("torch.cuda.mem_get_info", lambda: (free_gb * 10**9, 85 * 10**9))
    assert hearts_a_step("cuda", kept_gb) == hearts
    assert hearts_a_step("cpu", kept_gb) == 1


def test_hearts_take_half_of_a_gpu_and_nothing_of_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.mem_get_info", lambda: (int(80e9), int(85e9)))
    assert usual_hearts_gb("cuda") == 40.0
    assert usual_hearts_gb("cpu") == 0.0
