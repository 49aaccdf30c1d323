"""Candidate lesions, before and after the second look keeps or drops them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.lesion_model import MEAN_PROBABILITY
from corcal.core.reading import Reading
from corcal.evaluate.publish import Table
from corcal.label import CandidateLabels, label_candidates
from corcal.prepare import prepare
from corcal.settings import Settings
from validation.clustered import ratio, share
from validation.compare import Record
from validation.goals import text
from validation.models import Watched
from validation.truth import Truth

SIZES_MM3 = (0.0, 5.0, 10.0, 30.0, 100.0, np.inf)


def compare_candidates(reading: Reading, truth: Truth, watched: Watched) -> Record:
    """Return every candidate lesion of a reading, with what it is and whether it was kept.

    Args:
        reading: what was reported.
        truth: on its voxels.
        watched: the segmenter that was used, with its last answer.

    Returns:
        "items": of each candidate "mm3", "probability", "kept" and "true" (it touches a true
        lesion, 26 neighbours; None where it touches only what is excused); and the volume of
        true lesions in candidates, "before_mm3", and in those that were kept, "after_mm3".
    """
    settings = Settings()
    assert reading.heart_mask is not None
    assert watched.regions is not None
    prepared = prepare(reading.scan, reading.heart_mask, settings.preparation)
    found = label_candidates(reading.scan, reading.heart_mask, prepared, watched.regions, settings)
    model = watched.lesion_model or MEAN_PROBABILITY
    probability = model.probability(found.candidates.features)
    kept = probability >= settings.segmentation.min_lesion_probability
    return {"items": _items(found, truth, probability, kept), **_volumes(found, truth, kept)}


def _items(
    found: CandidateLabels,
    truth: Truth,
    probability: NDArray[np.float64],
    kept: NDArray[np.bool_],
) -> list[Record]:
    true = _touching(found, truth.numbers > 0)
    excused = np.zeros_like(true) if truth.excused is None else _touching(found, truth.excused)
    sizes = np.bincount(found.candidates.lesion, minlength=len(true)) * found.whole.voxel_mm3
    return [
        {
            "mm3": round(float(size), 2),
            "probability": round(float(p), 4),
            "kept": bool(k),
            "true": True if t else None if x else False,
        }
        for size, p, k, t, x in zip(sizes, probability, kept, true, excused, strict=True)
    ]


def _touching(found: CandidateLabels, what: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which candidates touch something on the scan's voxels."""
    near = ndimage.binary_dilation(what[found.box.slices], np.ones((3, 3, 3), bool))
    candidates = found.candidates
    hits = near.ravel()[candidates.flat]
    return np.bincount(candidates.lesion, hits, len(candidates.features)) > 0


def _volumes(found: CandidateLabels, truth: Truth, kept: NDArray[np.bool_]) -> Record:
    candidates = found.candidates
    hit = (truth.numbers[found.box.slices] > 0).ravel()[candidates.flat]
    voxel = found.whole.voxel_mm3
    return {
        "before_mm3": float(hit.sum()) * voxel,
        "after_mm3": float((hit & kept[candidates.lesion]).sum()) * voxel,
    }


def candidate_tables(phantoms: Sequence[Record], scans: Sequence[Record]) -> list[Table]:
    """Return the tables of candidates: unseen real scans, all real scans, phantoms."""
    read = [r for r in scans if r["known"]]
    groups = (
        ("f_unseen", "Real scans, networks that never saw them", [r for r in read if r["unseen"]]),
        ("f_scans", "Real scans, all", read),
        ("f_phantoms", "Phantoms", phantoms),
    )
    return [
        _table(key, title, [r for r in records if "candidates" in r])
        for key, title, records in groups
        if any("candidates" in r for r in records)
    ]


def _table(key: str, title: str, records: Sequence[Record]) -> Table:
    rows = [_row("all", records, 0.0, np.inf)]
    for low, high in pairwise(SIZES_MM3):
        name = f"under {high:g} mm3" if low == 0 else f"{low:g} to {high:g} mm3"
        rows.append(_row(f"{low:g} mm3 and more" if np.isinf(high) else name, records, low, high))
    columns = (
        "candidates", "true", "of those kept", "kept, by volume", "false", "of those dropped",
    )  # fmt: skip
    before, after = (
        ratio((r["cluster"], r["candidates"][k], _true_mm3(r)) for r in records)
        for k in ("before_mm3", "after_mm3")
    )
    items = [x for r in records for x in r["candidates"]["items"]]
    false = [x["kept"] for x in items if x["true"] is False]
    cases = max(len(records), 1)
    note = (
        f"{len(records)} cases. Before the second look: {text(before)} of the true calcium, "
        f"{len(false) / cases:.2f} false candidates a case; after: {text(after)}, "
        f"{sum(false) / cases:.2f}."
    )
    return Table(key, title, columns, tuple(rows), (note,))


def _true_mm3(record: Record) -> float:
    return float(sum(x["truth_mm3"] for x in record["arteries"].values()))


def _row(label: str, records: Sequence[Record], low: float, high: float) -> tuple[str, ...]:
    mine = [
        (r["cluster"], x)
        for r in records
        for x in r["candidates"]["items"]
        if low <= x["mm3"] < high
    ]
    true = [(c, x) for c, x in mine if x["true"]]
    false = [(c, x) for c, x in mine if x["true"] is False]
    return (
        label,
        str(len(true)),
        text(share((c, x["kept"]) for c, x in true)),
        text(ratio((c, x["mm3"] * x["kept"], x["mm3"]) for c, x in true)),
        str(len(false)),
        text(share((c, not x["kept"]) for c, x in false)),
    )
