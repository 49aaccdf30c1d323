"""The range of what training images show, measured on draws of the generator and of patches.

    python -m benchmarks.training_ranges [--phantoms 60] [--patches 2000]

Draws the numbers of training phantoms (on a few voxels) and of rough patches, in the usual ranges
and in the wide ones of `corcal train default --wide`, and prints them beside what is wanted as a
Markdown table. A minute on one core. Needs torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from corcal.phantom import make_case
from corcal.recipes import Ranges, draw_roughness, training_options

#: Millimetres of a voxel along slices, and in the plane.
SLICE_MM, PLANE_MM = 0.8, 0.73


def main() -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(description="Print the ranges of training images.")
    parser.add_argument("--phantoms", type=int, default=60)
    parser.add_argument("--patches", type=int, default=2000)
    given = parser.parse_args()
    print("| image | phantoms | usual patches add | wide patches add |\n|---|---|---|---|")
    usual, wide = (_patches(ranges, given.patches) for ranges in (Ranges(), Ranges.wide()))
    for name, made in _phantoms(given.phantoms).items():
        print(f"| {name} | {made} | {usual.get(name, 'nothing')} | {wide.get(name, 'nothing')} |")


def _phantoms(count: int) -> dict[str, str]:
    """Return what phantoms show: each number from 5 % to 95 %, and how many have it."""
    drawn = []
    for seed in range(count):
        options = training_options(seed, np.random.default_rng([seed, 1]), (8.0, 8.0, 8.0))
        # As few voxels as can be: only what was drawn is looked at.
        drawn.append(make_case(seed, options=replace(options, shape=(16, 16, 16))).parameters)
    scanners, tissues = [d["scanner"] for d in drawn], [d["tissue"] for d in drawn]
    beats = [d["beat"] for d in drawn if d["beat"] is not None]
    metal = {"prosthesis", "stent", "wires", "clips", "lead", "port"}
    return {
        "slice thickness, mm": _span(s["thickness_mm"] for s in scanners),
        "blur in the plane, mm": _span(s["sigma_mm"] for s in scanners),
        "edge enhancement": _share([s["edge"] > 0 for s in scanners])
        + f" of scans, to {max(s['edge'] for s in scanners):.2f}",
        "noise, HU": _span(s["noise_hu"] for s in scanners),
        "factor on calcium (tube voltage)": "1 (120 kV)",
        "blood, HU": _span(t["left_blood"] for t in tissues),
        "contrast agent": _share([d["contrast"] for d in drawn]) + " of scans",
        "epicardial fat, mL": _span(d["fat_ml"] for d in drawn),
        "fat, HU": _span(t["fat"] for t in tissues),
        "motion of the base, mm": _span(b["descent_mm"] for b in beats)
        + f" in {len(beats) / count:.0%} of scans",
        "metal": _share([bool(set(d["mimics"]) & metal) for d in drawn]) + " of scans",
        "field of view ends in the patch": "nowhere",
    }


def _patches(ranges: Ranges, count: int) -> dict[str, str]:
    rng = np.random.default_rng(1)
    plans = [draw_roughness(rng, ranges) for _ in range(count)]
    thick = [SLICE_MM * p.slices for p in plans if p.slices > 1]
    thick += [SLICE_MM * p.thick_voxels for p in plans if p.thick_voxels > 1]
    rows: dict[str, Sequence[float]] = {
        "slice thickness, mm": thick,
        "blur in the plane, mm": [PLANE_MM * p.blur_voxels for p in plans if p.blur_voxels],
        "edge enhancement": [p.sharpen for p in plans if p.sharpen],
        "noise, HU": [p.noise_hu for p in plans if p.noise_hu],
        "factor on calcium (tube voltage)": [p.stretch for p in plans if p.stretch != 1],
        "fat, HU": [-105.0 * (1.0 - p.lean) for p in plans if p.lean],
    }
    out = {
        name: f"{_span(values)} in {len(values) / count:.0%}"
        for name, values in rows.items()
        if values
    }
    cut = sum(np.isfinite(p.field_voxels) for p in plans)
    return {**out, **({"field of view ends in the patch": f"in {cut / count:.0%}"} if cut else {})}


def _span(values: Iterable[float]) -> str:
    low, high = np.percentile(list(values), [5, 95])
    return f"{low:.3g} to {high:.3g}"


def _share(values: Sequence[bool]) -> str:
    return f"{np.mean(values):.0%}"


if __name__ == "__main__":
    main()
