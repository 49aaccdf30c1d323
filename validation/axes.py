"""Chests flipped in every way, and whether the check of their axes sees it.

python -m validation.axes ../shared/data/ct examples/data/LCTSC-Test-S1-201.zip --work axes_records

Each scan is looked at as it lies and flipped along one, two and all three of its axes; once whole,
and once cut to a small field around the heart as of a gated scan, where little but the heart is
there to go by. A record is kept for each scan, so that a study that was stopped goes on.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from corcal.core.box import Box
from corcal.core.errors import AxesRefused, HeartNotFound
from corcal.core.scan import Scan
from corcal.locate import EmbeddedLocator, check_axes, locate_heart
from corcal.read import read_scan, volume_kind
from corcal.settings import Axes
from validation.work import Record, Task, measured

#: What is flipped along (slice, row, column), by how it is called.
FLIPS = {
    "as it lies": (1, 1, 1),
    "left-right": (1, 1, -1),
    "head-foot": (-1, 1, 1),
    "front-back": (1, -1, 1),
    "half turn in the slice": (1, -1, -1),
    "head-foot and left-right": (-1, 1, -1),
    "head-foot and front-back": (-1, -1, 1),
    "all three": (-1, -1, -1),
}
#: The small field: this wide, and so much above and below the heart.
FIELD_MM, ABOVE_MM = 200.0, 12.0


def tasks(paths: list[Path]) -> list[Task]:
    """Return a task for each scan at the paths: files, DICOM folders, or folders of both."""
    scans = [found for path in paths for found in scans_at(path)]
    asked = {"flips": list(FLIPS), "settings": vars(Axes()), "field_mm": FIELD_MM}
    return [
        Task(
            "axes",
            scan.name,
            {"scan": scan.name, "network": EmbeddedLocator().sha256, **asked},
            measure,
            {"path": scan},
        )
        for scan in scans
    ]


def scans_at(path: Path) -> list[Path]:
    """Return the scans at a path: itself, or, of a folder of scans, each of them."""
    if path.is_file() or any(path.glob("*.dcm")):
        return [path]
    inside = sorted(path.iterdir())
    return [p for p in inside if p.is_dir() or volume_kind(p) or p.suffix == ".zip"]


def measure(path: Path) -> Record:
    """Look at one scan in every way, whole and in a small field."""
    locator, scan = EmbeddedLocator(), read_scan(path)
    cut = small_field(scan, locator)
    outcomes: Record = {}
    for (field, made), (flip, way) in product((("whole", scan), ("small", cut)), FLIPS.items()):
        outcomes[f"{field}, {flip}"] = outcome(flipped(made, way), locator)
    return {"scan": path.name, "outcomes": outcomes}


def small_field(scan: Scan, locator: EmbeddedLocator) -> Scan:
    """Return a scan cut to a field around its heart."""
    heart = locate_heart(scan, locator)
    points = heart.grid.to_lps(np.argwhere(heart.mask).astype(float))
    index = scan.grid.to_index(points)
    low, high = index.min(0), index.max(0)
    margin = np.array([ABOVE_MM, 0.0, 0.0]) / scan.grid.spacing_mm
    half = np.array([0.0, FIELD_MM / 2, FIELD_MM / 2]) / scan.grid.spacing_mm
    middle = (low + high) / 2
    start = np.maximum(0, np.where(half > 0, middle - half, low - margin)).astype(int)
    stop = np.ceil(np.where(half > 0, middle + half, high + margin)).astype(int)
    stop = np.minimum(scan.grid.shape, stop)
    box = Box(tuple(start.tolist()), tuple(stop.tolist()))
    return Scan(np.ascontiguousarray(scan.hu[box.slices]), scan.grid.cut(box), scan.acquisition)


def flipped(scan: Scan, way: tuple[int, int, int]) -> Scan:
    """Return a scan whose voxels were flipped and whose axes stayed."""
    turned = np.ascontiguousarray(scan.hu[tuple(slice(None, None, step) for step in way)])
    return replace(scan, hu=turned)


def outcome(scan: Scan, locator: EmbeddedLocator) -> str:
    """Return "refused", "doubted", "no heart" or "passed"."""
    try:
        heart = locate_heart(scan, locator)
    except HeartNotFound:
        heart = None
    try:
        doubts = check_axes(scan, heart, Axes())
    except AxesRefused:
        return "refused"
    return "no heart" if heart is None else "doubted" if doubts else "passed"


def table(records: list[Record]) -> str:
    """Return how often each flip was refused, doubted and passed, as Markdown."""
    kinds = ("refused", "doubted", "no heart", "passed")
    lines = ["| field | flipped | " + " | ".join(kinds) + " |", "|---|---|" + "---|" * len(kinds)]
    for field, flip in product(("whole", "small"), FLIPS):
        counts = Counter(r["outcomes"][f"{field}, {flip}"] for r in records)
        lines.append(f"| {field} | {flip} | " + " | ".join(str(counts[k]) for k in kinds) + " |")
    wrong = [
        f"{r['scan']}, {key}: {found}"
        for r in records
        for key, found in r["outcomes"].items()
        if (found == "passed") != key.endswith("as it lies")
    ]
    exceptions = "; ".join(wrong) or "none"
    return "\n".join([*lines, "", f"{len(records)} scans. Exceptions: {exceptions}.", ""])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m validation.axes", description=__doc__)
    add = parser.add_argument
    add("scans", type=Path, nargs="+", help="scans, or folders of scans")
    add("--work", type=Path, default=Path("axes_records"), help="where records are kept")
    add("--jobs", type=int, default=1, metavar="N", help="scans at once; 2 GB each (1)")
    given = parser.parse_args()
    records = measured(
        tasks(given.scans), given.work, jobs=given.jobs, announce=lambda s: print(s, flush=True)
    )
    print(table(records))


if __name__ == "__main__":
    main()
