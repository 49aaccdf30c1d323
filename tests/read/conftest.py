from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corcal.core.scan import Scan
from corcal.read import read_scan
from corcal.settings import Admission

Read = Callable[..., Scan]


@pytest.fixture
def read() -> Read:
    """Read a scan with the default settings."""

    def _read(path: Path, series_uid: str | None = None) -> Scan:
        return read_scan(path, settings=Admission(), series_uid=series_uid)

    return _read
