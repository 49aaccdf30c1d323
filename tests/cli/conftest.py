from __future__ import annotations

import sys

import pytest

from tests.cli.stand_ins import Steps, install


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Stand-ins in the place of reading, scoring and reporting."""
    acting = Steps()
    install(acting, lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    return acting
