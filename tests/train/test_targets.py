"""Packed targets: what is packed comes out again, and only what is known is trained."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from corcal.core.artery import Artery  # noqa: E402
from corcal.train import targets  # noqa: E402


def unpack(
    codes: list[int], flags: dict[int, list[bool]] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    where = {bit: np.array(mask)[None, None] for bit, mask in (flags or {}).items()}
    packed = targets.encode(np.array(codes, np.uint8)[None, None], where)
    t, w = targets.decode(torch.from_numpy(packed.astype(np.int32))[None])
    return t[0, :, 0, 0].numpy(), w[0, :, 0, 0].numpy()


def test_regions_unite_vessel_and_calcium() -> None:
    t, w = unpack([0, 1, 2, 3, 4, 5, 6])
    expected = {
        "whole_RCA": [0, 1, 0, 0, 1, 0, 0],
        "whole_LAD": [0, 0, 1, 0, 0, 1, 0],
        "whole_LCX": [0, 0, 0, 1, 0, 0, 1],
        "RCA_calcification": [0, 0, 0, 0, 1, 0, 0],
        "LAD_calcification": [0, 0, 0, 0, 0, 1, 0],
        "LCX_calcification": [0, 0, 0, 0, 0, 0, 1],
    }
    for name, row in expected.items():
        assert t[targets.CHANNELS.index(name)].tolist() == row
    assert (w == 1).all()


@pytest.mark.parametrize("artery", list(Artery))
def test_an_unknown_course_is_not_trained_but_labelled_voxels_are(artery: Artery) -> None:
    _, w = unpack([0, 5], {targets.UNKNOWN_VESSEL[artery]: [True, True]})
    channel = targets.CHANNELS.index(f"whole_{artery.value}")
    assert w[channel].tolist() == [0, 1]
    assert (np.delete(w, channel, 0) == 1).all()


def test_flags_reach_their_channels() -> None:
    t, w = unpack(
        [0, 0, 0],
        {
            targets.HEART: [True, False, False],
            targets.OTHER: [False, True, False],
            targets.UNKNOWN_CALCIUM: [False, False, True],
            targets.UNKNOWN_AORTA: [True, True, True],
        },
    )
    assert t[targets.CHANNELS.index("heart")].tolist() == [1, 0, 0]
    assert t[targets.CHANNELS.index("other_calcification")].tolist() == [0, 1, 0]
    assert w[3:6].tolist() == [[1, 1, 0]] * 3
    assert w[targets.CHANNELS.index("aorta")].tolist() == [0, 0, 0]
