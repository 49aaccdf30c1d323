from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="training needs torch")

from corcal.core.artery import REGIONS  # noqa: E402
from corcal.core.grid import Grid  # noqa: E402
from corcal.recipes.embedded.networks.from_openvino import read_segmenter  # noqa: E402
from corcal.recipes.embedded.networks.network import (  # noqa: E402
    REGION_LOGITS,
    Locator,
    Segmenter,
    region_probabilities,
)
from corcal.recipes.embedded.networks.to_openvino import export_locator, export_segmenter  # noqa: E402
from corcal.runtime.openvino import Engine  # noqa: E402
from corcal.segment import EmbeddedSegmenter  # noqa: E402
from tests.tracing import IGNORE_TRACING  # noqa: E402

CARD: dict[str, object] = {"name": "untrained", "version": "0"}

# OpenVINO traces the network, which torch advises against.
pytestmark = [
    pytest.mark.slow,
    IGNORE_TRACING,
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
    expected = region_probabilities(logits).numpy()
    export_segmenter([network], tmp_path, CARD)
    found = Engine(tmp_path, "arteries").run({"hu": hu, "frame": frame})
    assert found.shape == expected.shape == (1, len(REGIONS), 32, 64, 32)
    # Where two arteries are equally likely the last digit decides which of them gets it all.
    np.testing.assert_allclose(by_size(found), by_size(expected), rtol=0, atol=1e-3)
    assert (by_artery(found).argmax(1) == by_artery(expected).argmax(1)).mean() > 0.999
    assert operations(tmp_path / "arteries.xml") >= {"SpaceToDepth", "DepthToSpace"}
    assert "Transpose" not in operations(tmp_path / "arteries.xml")


def test_two_members_are_exported_and_answer_with_their_mean(tmp_path: Path) -> None:
    torch.manual_seed(4)
    networks = [drawn_segmenter(), drawn_segmenter()]
    export_segmenter(networks, tmp_path, CARD)
    segmenter = EmbeddedSegmenter(tmp_path)
    assert segmenter.name == "untrained 0 (2 of 2 members)"
    hu = np.random.default_rng(4).normal(0, 300, (32, 64, 32)).astype(np.float32)
    heart, grid = np.ones(hu.shape, bool), Grid.axial(hu.shape, (0.8, 0.73, 0.73))
    answers = []
    for number, network in enumerate(networks, start=1):
        export_segmenter([network], tmp_path / str(number), CARD)
        answers.append(EmbeddedSegmenter(tmp_path / str(number)).probabilities(hu, heart, grid))
        back = read_segmenter(tmp_path, number).state_dict()
        torch.testing.assert_close(back["mix.weight"], network.mix.weight, rtol=2e-3, atol=2e-3)
    found = segmenter.probabilities(hu, heart, grid)
    np.testing.assert_allclose(found, (answers[0] + answers[1]) / 2, rtol=0, atol=1e-6)
    assert np.abs(answers[0] - answers[1]).max() > 0.01


def drawn_segmenter() -> Segmenter:
    """Return a network whose every weight is drawn: biases and norms begin as 0 and 1."""
    network = Segmenter()
    for value in network.parameters():
        torch.nn.init.normal_(value, 0.0, 0.1)
    network.eval()
    return network


def by_artery(regions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (vessel or calcium, artery, ...)."""
    return regions.reshape(2, 3, *regions.shape[2:])


def by_size(regions: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.sort(by_artery(regions), axis=1)


def operations(path: Path) -> set[str]:
    return set(re.findall(r'type="(\w+)"', path.read_text(encoding="utf-8")))


def test_training_can_go_on_from_the_exported_segmenter(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = drawn_segmenter()
    export_segmenter([network], tmp_path, CARD)
    before, after = network.state_dict(), read_segmenter(tmp_path).state_dict()
    exported = [8 * k + n for k in REGION_LOGITS for n in range(8)]
    for state in (before, after):
        state.update({n: v[exported] for n, v in state.items() if n.startswith("head.")})
    assert before.keys() == after.keys()
    for name, value in before.items():
        torch.testing.assert_close(after[name], value, rtol=2e-3, atol=2e-3)
