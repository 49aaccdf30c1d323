"""A mark for tests that export a network."""

import pytest

#: OpenVINO traces the network, which torch advises against.
IGNORE_TRACING = pytest.mark.filterwarnings(
    "ignore::torch.jit.TracerWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"
)
