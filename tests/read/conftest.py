from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corcal.core.scan import Scan
from corcal.read import read_scan
from corcal.settings import Settings

Read = Callable[..., Scan]


@pytest.fixture
def read() -> Read:
    """Read a scan with the default settings, or with changes of them as `Settings.with_` takes."""

    def _read(path: Path, series_uid: str | None = None, **changes: Any) -> Scan:
        return read_scan(path, settings=Settings().with_(**changes), series_uid=series_uid)

    return _read
