"""A request to stop is noticed, not obeyed at once."""

import os
import signal
from collections.abc import Iterator

import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.recipes.embedded.stop import stop_requests


@pytest.fixture(autouse=True)
def _same_answer_after() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_sigterm_is_noticed() -> None:
    stop = stop_requests()
    assert not stop()
    os.kill(os.getpid(), signal.SIGTERM)
    assert stop()
