"""corcal's plan beside nnU-Net's own planner and classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytest.importorskip("nnunetv2", reason="training needs nnunetv2")

from corcal.core.errors import SettingsRefused
from corcal.settings import Settings, Training
from corcal.train.nnunet.fingerprint import fingerprint_of
from corcal.train.nnunet.plan import plans_json
from corcal.train.nnunet.topology import topology_of
from tests.train.nnunet.test_plan import SOME

pytestmark = pytest.mark.training

sides = st.integers(1, 20).map(lambda n: 8 * n)


@settings(max_examples=200)
@given(st.tuples(sides, sides, sides), st.tuples(*[st.floats(0.3, 6.0)] * 3))
def test_the_topology_is_nnunets(
    patch: tuple[int, int, int], spacing: tuple[float, float, float]
) -> None:
    from nnunetv2.experiment_planning.experiment_planners.network_topology import (
        get_pool_and_conv_props,
    )

    _, strides, kernels, padded, _ = get_pool_and_conv_props(spacing, patch, 4, 999)
    training = replace(Training(), patch_voxels=patch, stages=99)
    try:
        found = topology_of(training, spacing)
    except SettingsRefused:
        # nnU-Net pads a patch that does not divide, and its loss fails on two stages; corcal has
        # the user choose another.
        assert tuple(padded) != patch or len(strides) < 3
        assume(False)
    assert tuple(padded) == patch
    assert found.strides == strides
    assert found.kernels == kernels


def test_nnunets_planner_makes_the_papers_network_of_the_papers_patch() -> None:
    from nnunetv2.experiment_planning.experiment_planners.network_topology import (
        get_pool_and_conv_props,
    )

    _, strides, kernels, patch, _ = get_pool_and_conv_props(
        (0.8, 0.73, 0.73), (112, 128, 160), 4, 999
    )
    network = _network(plans_json(Settings.paper(), SOME))
    assert tuple(patch) == (112, 128, 160)
    assert [tuple(s) for s in network["strides"]] == list(strides)
    assert [tuple(k) for k in network["kernel_sizes"]] == list(kernels)


def test_nnunets_planner_has_the_same_defaults() -> None:
    from nnunetv2.experiment_planning.experiment_planners.default_experiment_planner import (
        ExperimentPlanner,
    )

    planner = ExperimentPlanner.__new__(ExperimentPlanner)
    chosen = plans_json(Settings.paper(), SOME)["configurations"]["3d_fullres"]
    for key, (function, arguments) in {
        "data": ExperimentPlanner.determine_resampling(planner)[:2],
        "seg": ExperimentPlanner.determine_resampling(planner)[2:],
        "probabilities": ExperimentPlanner.determine_segmentation_softmax_export_fn(planner),
    }.items():
        assert chosen[f"resampling_fn_{key}"] == function.__name__
        assert chosen[f"resampling_fn_{key}_kwargs"] == arguments


def test_the_papers_network_is_built() -> None:
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

    plans = plans_json(Settings.paper(), SOME)
    made = plans["configurations"]["3d_fullres"]["architecture"]
    built = get_network_from_plans(
        made["network_class_name"],
        made["arch_kwargs"],
        made["_kw_requires_import"],
        1,
        6,
        deep_supervision=True,
    )
    assert round(sum(p.numel() for p in built.parameters()) / 1e6, 2) == 30.79


def test_intensities_are_what_nnunets_draw_tends_to() -> None:
    from nnunetv2.experiment_planning.dataset_fingerprint.fingerprint_extractor import (
        DatasetFingerprintExtractor,
    )

    rng = np.random.default_rng(0)
    scans, drawn = [], []
    for size in (30, 8, 15):
        hu = rng.normal(10 * size, 60, (size, 20, 20)).astype(np.float32)
        codes = (rng.random(hu.shape) < 0.3).astype(np.uint8)
        scans.append((hu, codes))
        found, _ = DatasetFingerprintExtractor.collect_foreground_intensities(
            codes[None], hu[None], num_samples=200_000
        )
        drawn.append(found[0])
    pooled = np.concatenate(drawn)
    ours = fingerprint_of(scans).intensities
    expected = {
        "mean": pooled.mean(),
        "std": pooled.std(),
        "median": np.median(pooled),
        "percentile_00_5": np.percentile(pooled, 0.5),
        "percentile_99_5": np.percentile(pooled, 99.5),
    }
    for name, value in expected.items():
        assert ours[name] == pytest.approx(value, abs=3.0), name


def _network(plans: dict[str, object]) -> dict[str, list[list[int]]]:
    return plans["configurations"]["3d_fullres"]["architecture"]["arch_kwargs"]  # type: ignore
