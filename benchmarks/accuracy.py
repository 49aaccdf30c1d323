"""How well the embedded models do on real annotated chest CT.

    python -m benchmarks.accuracy ../shared/data -o accuracy.md

Needs a folder of scans (`ct/`) and annotations (`annotations/`): hearts, calcium voxels of
130 HU and more, traced arteries. The annotations were drawn by a non-radiologist reader.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.errors import InputRefused
from corcal.core.reading import Reading
from corcal.pipeline import score_scan
from corcal.read import read_scan
from corcal.settings import Settings
from corcal.train.annotated import HELD_OUT, TRUST

#: What the annotation's codes for look-alikes mean.
PLACES = {
    10: "aortic wall",
    11: "aortic valve",
    12: "mitral annulus",
    13: "pericardium",
    14: "other calcium",
    20: "noise",
    0: "unmarked",
}
UNCERTAIN = 30


@dataclass(frozen=True)
class ArteryRow:
    """One artery of one scan: all volumes in mm3."""

    artery: str
    truth_mm3: float
    found_mm3: float
    right_artery_mm3: float
    reported_mm3: float


@dataclass(frozen=True)
class ScanRow:
    """One scan."""

    name: str
    trained_on: bool
    calcium_known: bool
    heart_inside: float
    ostia_inside: bool | None
    arteries: tuple[ArteryRow, ...]
    false_mm3: float
    false_lesions: int
    false_places: str
    agatston: float


def measure(data: Path, name: str) -> ScanRow:
    """Score one annotated scan and compare."""
    scan_path = data / "ct" / f"{name}.nii.gz"
    path = scan_path if scan_path.exists() else data / "ct" / f"{name}_dicom"
    reading = score_scan(read_scan(path, settings=Settings().admission))
    heart = _annotation(data, name, "heart")
    calcium = _annotation(data, name, "calcium")
    assert heart is not None
    truth = np.zeros(heart.shape, np.uint8) if calcium is None else calcium
    false, lesions, places = _false(reading, truth)
    return ScanRow(
        name=name,
        trained_on=name not in HELD_OUT,
        calcium_known=calcium is not None or TRUST[name].calcium_free,
        heart_inside=_inside(reading, heart > 0),
        ostia_inside=_ostia_inside(data, name, reading),
        arteries=tuple(_artery(reading, truth, artery) for artery in Artery),
        false_mm3=false,
        false_lesions=lesions,
        false_places=places,
        agatston=reading.report.score.agatston,
    )


def _annotation(data: Path, name: str, what: str) -> NDArray[np.uint8] | None:
    path = data / "annotations" / f"{name}_{what}.nii.gz"
    if not path.exists():
        return None
    array: NDArray[np.uint8] = sitk.GetArrayFromImage(sitk.ReadImage(str(path))).astype(np.uint8)
    return array


def _inside(reading: Reading, heart: NDArray[np.bool_]) -> float:
    """Return the share of the annotated heart inside the located, padded box."""
    assert reading.heart is not None
    box = _padded_box(reading)
    return float(heart[box].sum() / heart.sum())


def _padded_box(reading: Reading) -> tuple[slice, slice, slice]:
    assert reading.heart is not None
    preparation = Settings().preparation
    spans = []
    for axis in range(3):
        pad = preparation.padding_voxels[axis] * preparation.spacing_mm[axis]
        extra = round(pad / reading.scan.grid.spacing_mm[axis])
        low, high = reading.heart.start[axis] - extra, reading.heart.stop[axis] + extra
        spans.append(slice(max(0, low), high))
    return spans[0], spans[1], spans[2]


def _ostia_inside(data: Path, name: str, reading: Reading) -> bool | None:
    """Tell whether the first points of the traced RCA and left main are in the box."""
    path = data / "annotations" / f"{name}_centrelines.json"
    if not path.exists():
        return None
    box = _padded_box(reading)
    traced = json.loads(path.read_text(encoding="utf-8"))["arteries"]
    for vessel in ("RCA", "LM+LAD"):
        point = np.array(traced[vessel]["points_ras_mm"][:1]) * (-1.0, -1.0, 1.0)
        index = reading.scan.grid.to_index(point)[0]
        if any(not s.start <= i < s.stop for i, s in zip(index, box, strict=True)):
            return False
    return True


def _artery(reading: Reading, truth: NDArray[np.uint8], artery: Artery) -> ArteryRow:
    voxel = reading.scan.grid.voxel_mm3
    own = truth == artery.vessel_code
    found = own & (reading.labels.codes >= 4)
    right = own & reading.labels.calcium(artery)
    reported = reading.report.score.of(artery).volume_mm3
    return ArteryRow(
        artery.value,
        float(own.sum() * voxel),
        float(found.sum() * voxel),
        float(right.sum() * voxel),
        reported,
    )


def _false(reading: Reading, truth: NDArray[np.uint8]) -> tuple[float, int, str]:
    """Return volume, lesions and places of reported calcium that is no coronary calcium."""
    scan = reading.scan
    reported = (reading.labels.codes >= 4) & (scan.hu >= 130)
    parts, count = ndimage.label(reported, np.ones((3, 3, 3)))
    real = (truth >= 1) & (truth <= 3) | (truth == UNCERTAIN)
    near = ndimage.binary_dilation(real, iterations=1)
    volume, lesions, places = 0.0, 0, []
    for part in range(1, count + 1):
        where = parts == part
        if (where & near).any():
            continue
        volume += float(where.sum() * scan.grid.voxel_mm3)
        lesions += 1
        marks = np.bincount(truth[where])
        places.append(PLACES.get(int(marks.argmax()), str(marks.argmax())))
    return volume, lesions, ", ".join(f"{places.count(p)} {p}" for p in sorted(set(places)))


def table(rows: list[ScanRow]) -> str:
    """Return the Markdown table."""
    lines = [
        "| scan | in training | heart in box | ostia in box | "
        "RCA / LAD / LCX: drawn, found, on right artery (mm3) | false (mm3, lesions) | Agatston |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        ostia = {True: "yes", False: "NO", None: "not traced"}[r.ostia_inside]
        arteries = "; ".join(
            f"{a.artery} {a.truth_mm3:.0f}, {a.found_mm3:.0f}, {a.right_artery_mm3:.0f}"
            for a in r.arteries
        )
        where = f" ({r.false_places})" if r.false_places else ""
        false = f"{r.false_mm3:.0f}, {r.false_lesions}{where}"
        if not r.calcium_known:
            false = f"not read for calcium; reported {r.false_mm3:.0f}"
        lines.append(
            f"| {r.name} | {'yes' if r.trained_on else 'no'} | {r.heart_inside:.1%} | {ostia} | "
            f"{arteries} | {false} | {r.agatston:.0f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--out", type=Path)
    arguments = parser.parse_args()
    rows, refused = [], []
    for name in TRUST:
        try:
            rows.append(measure(arguments.data, name))
        except InputRefused as error:
            refused.append(f"{name}: {error}")
        print(f"{name} done", flush=True)
    text = table(rows) + "".join(f"\nRefused: {r}\n" for r in refused)
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
