"""What the rules share is let go when the last of them has been tested."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house_rules import sources


@pytest.fixture(scope="package", autouse=True)
def _syntax_trees() -> Iterator[None]:
    """Forget the syntax trees of all files, some 300 MB, before other tests run."""
    yield
    sources.nodes.cache_clear()
    sources.tree_of.cache_clear()
