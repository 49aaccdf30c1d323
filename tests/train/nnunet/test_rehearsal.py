"""The rehearsal: from contours to a scored scan, and calcium in the right arteries."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from corcal import Artery

EXAMPLE = Path(__file__).parents[3] / "examples" / "rehearsal.py"


@pytest.mark.training
@pytest.mark.slow
def test_calcium_is_found_in_the_right_arteries(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("rehearsal", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    rehearsal = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rehearsal)
    total: np.ndarray = rehearsal.rehearse(tmp_path)
    drawn, found = total.sum(1), total.sum(0)
    assert (drawn[:3] > 0.3).all()
    for i, artery in enumerate(Artery):
        right = total[i, i]
        wrong = total[i, :3].sum() - right
        assert right > 0.5 * drawn[i], f"{artery.value}: {right:.2f} of {drawn[i]:.2f} mL found"
        assert right > 0.5 * found[i], f"{artery.value}: {right:.2f} of {found[i]:.2f} mL right"
        assert wrong < 0.1 * drawn[i], f"{artery.value}: {wrong:.2f} mL called another artery"
