from __future__ import annotations

from pathlib import Path

import pytest

from tests.evaluate.on_disk import write_phantom

#: Names that say who somebody is: nothing of them may reach a reader.
NAMES = ("DOE_JANE_19430312", "ROE_JOHN_19510824", "POE_EDGAR_18090119")


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with scans/ and results/ of three patients."""
    root = tmp_path_factory.mktemp("cases")
    for seed, name in enumerate(NAMES):
        write_phantom(root, name, seed)
    return root
