from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from corcal.core.artery import REGIONS  # noqa: E402
from corcal.engine import Engine  # noqa: E402
from corcal.train.network import Locator, Segmenter  # noqa: E402
from corcal.train.to_openvino import export_locator, export_segmenter  # noqa: E402

CARD: dict[str, object] = {"name": "untrained", "version": "0"}

# OpenVINO traces the network, which torch advises against.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore::torch.jit.TracerWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"
    ),
]


def test_the_exported_locator_answers_as_torch_does(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = Locator().eval()
    hu = np.random.default_rng(1).normal(0, 300, (1, 1, 16, 48, 32)).astype(np.float32)
    with torch.no_grad():
        expected = torch.sigmoid(network(torch.from_numpy(hu))).numpy()
    export_locator(network, tmp_path, CARD)
    found = Engine(tmp_path, "heart").run({"hu": hu})
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3)
    assert operations(tmp_path / "heart.xml") >= {"SpaceToDepth", "DepthToSpace"}


def test_the_exported_segmenter_answers_as_torch_does(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = Segmenter().eval()
    rng = np.random.default_rng(2)
    hu = rng.normal(0, 300, (1, 1, 32, 64, 32)).astype(np.float32)
    frame = rng.normal(0, 1, (1, 3, 16, 32, 16)).astype(np.float32)
    with torch.no_grad():
        logits = network(torch.from_numpy(hu), torch.from_numpy(frame))
    expected = torch.sigmoid(logits).numpy()[:, : len(REGIONS)]
    export_segmenter(network, tmp_path, CARD)
    found = Engine(tmp_path, "arteries").run({"hu": hu, "frame": frame})
    assert found.shape == expected.shape == (1, len(REGIONS), 32, 64, 32)
    # The bias of an untrained head lies at -4: looked at as logits, small differences show.
    np.testing.assert_allclose(np.log(found), np.log(expected), rtol=0, atol=1e-2)
    assert operations(tmp_path / "arteries.xml") >= {"SpaceToDepth", "DepthToSpace"}
    assert "Transpose" not in operations(tmp_path / "arteries.xml")


def operations(path: Path) -> set[str]:
    return set(re.findall(r'type="(\w+)"', path.read_text(encoding="utf-8")))
