from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("training") is None:
        yield
        return
    torch = pytest.importorskip("torch", reason="training needs torch")
    pytest.importorskip("nnunetv2", reason="training needs nnunetv2")
    pytest.importorskip("safetensors", reason="training needs safetensors")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
