"""Packed targets: what is packed comes out again, and only what is known is trained."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

import torch

from corcal.core.artery import Artery
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.tasks.decode import decode, territories


def unpack(
    codes: list[int], flags: dict[int, list[bool]] | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    where = {bit: np.array(mask)[None, None] for bit, mask in (flags or {}).items()}
    packed = targets.encode(np.array(codes, np.uint8)[None, None], where)
    tensor = torch.from_numpy(packed.astype(np.int32))[None]
    t, w = decode(tensor)
    return (
        t[0, :, 0, 0].numpy(),
        w[0, :, 0, 0].numpy(),
        territories(tensor)[0, 0, 0].numpy(),
    )


def row(name: str) -> int:
    return targets.DETECTED.index(name)


def test_vessel_and_calcium_unite_and_keep_their_territory() -> None:
    t, w, ground = unpack([0, 1, 2, 3, 4, 5, 6])
    assert t[row("artery")].tolist() == [0, 1, 1, 1, 1, 1, 1]
    assert t[row("calcification")].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert ground.tolist() == [-100, 0, 1, 2, 0, 1, 2]
    assert (w == 1).all()


@pytest.mark.parametrize("artery", list(Artery))
def test_an_unknown_course_is_not_trained_but_labelled_voxels_are(artery: Artery) -> None:
    _, w, _ = unpack([0, 5], {targets.UNKNOWN_VESSEL[artery]: [True, True]})
    assert w[row("artery")].tolist() == [0, 1]
    assert (np.delete(w, row("artery"), 0) == 1).all()


def test_flags_reach_their_channels() -> None:
    t, w, _ = unpack(
        [0, 0, 0],
        {
            targets.HEART: [True, False, False],
            targets.OTHER: [False, True, False],
            targets.UNKNOWN_CALCIUM: [False, False, True],
            targets.UNKNOWN_AORTA: [True, True, True],
        },
    )
    assert t[row("heart")].tolist() == [1, 0, 0]
    assert t[row("other_calcification")].tolist() == [0, 1, 0]
    assert w[row("calcification")].tolist() == [1, 1, 0]
    assert w[row("aorta")].tolist() == [0, 0, 0]
