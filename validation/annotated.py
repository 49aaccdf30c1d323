"""The annotated scans: read with what is known of their hearts, arteries and calcium."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read import read_scan, read_volume
from corcal.recipes import RealScans, read_scans
from corcal.settings import Settings
from corcal.space import components
from corcal.storage import lps_of_ras, read_json
from validation.truth import Calcium, Traced, Truth

#: The scans that the embedded models were trained on, and those that no training uses.
SCANS = Path(__file__).parents[1] / "recipes" / "embedded" / "scans.toml"
UNSEEN = Path(__file__).parent / "unseen_scans.toml"
#: What the annotation's codes for look-alikes mean.
PLACES = {
    10: "aortic wall",
    11: "aortic valve",
    12: "mitral annulus",
    13: "pericardium",
    14: "other calcium",
    20: "noise",
}
UNCERTAIN = 30
#: Confidence from which a traced point counts: 3 is clearly seen, 2 probable, 1 interpolated.
CLEAR = 2


@dataclass(frozen=True, eq=False)
class Annotated:
    """A scan and what a reader drew on it.

    Attributes:
        name: of the scan.
        scan: as acquired.
        heart: bool, the heart with its sac.
        truth: its calcium.
        known: False where nobody looked for calcium.
        free: True if the scan holds no drawn or uncertain coronary calcium at all.
        ostia_mm: (n, 3) LPS, the mouths of the traced arteries.
    """

    name: str
    scan: Scan
    heart: NDArray[np.bool_]
    truth: Truth
    known: bool
    free: bool
    ostia_mm: NDArray[np.float64]


def _listed(data: Path) -> RealScans:
    """Return the scans that the embedded models were trained on, then those they were not."""
    trained, unseen = read_scans(SCANS, data), read_scans(UNSEEN, data)
    return replace(trained, trust={**trained.trust, **unseen.trust})


def names(data: Path) -> list[str]:
    """Return the annotated scans that lie in a data folder."""
    scans = _listed(data)
    return [name for name in scans.trust if scans.path(name).exists()]


def usable(data: Path, name: str) -> tuple[str, ...]:
    """Return the arteries of a scan that were traced well enough to go by."""
    trust = _listed(data).trust[name]
    traced = (data / "annotations" / f"{name}_centrelines.json").exists()
    return trust.complete + trust.partial if traced else ()


def annotated(data: Path, name: str) -> Annotated:
    """Return one annotated scan."""
    scans = _listed(data)
    scan = read_scan(scans.path(name), settings=Settings())
    heart = _drawn(data, name, "heart", scan.grid)
    assert heart is not None
    calcium = _drawn(data, name, "calcium", scan.grid)
    codes = np.zeros(scan.grid.shape, np.uint8) if calcium is None else calcium
    courses, ostia = _traced(data, name)
    heart_index = np.argwhere(heart[::2, ::2, ::2]).mean(0) * 2.0
    numbers, lesions = _lesions(codes, scan)
    places = np.where(codes == UNCERTAIN, np.uint8(0), codes)
    places[numbers > 0] = 0
    excused = codes == UNCERTAIN
    truth = Truth(
        numbers=numbers,
        lesions=lesions,
        excused=excused,
        places=places,
        names=PLACES,
        heart_mm=scan.grid.to_lps(heart_index[None])[0],
        courses=courses,
    )
    known = calcium is not None or scans.trust[name].calcium_free
    free = known and not lesions and not excused.any()
    return Annotated(name, scan, heart > 0, truth, known, free, ostia)


def _drawn(data: Path, name: str, what: str, grid: Grid) -> NDArray[np.uint8] | None:
    path = data / "annotations" / f"{name}_{what}.nii.gz"
    if not path.exists():
        return None
    volume = read_volume(path)
    if volume.values.shape != grid.shape:
        raise ValueError(f"{path.name} has {volume.values.shape} voxels, its scan {grid.shape}")
    return np.ascontiguousarray(volume.values).astype(np.uint8)


def _lesions(codes: NDArray[np.uint8], scan: Scan) -> tuple[NDArray[np.uint8], tuple[Calcium, ...]]:
    """Return the drawn lesions: the connected pieces (26 neighbours) of each artery's calcium."""
    numbers = np.zeros(codes.shape, np.uint8)
    out: list[Calcium] = []
    for artery in Artery:
        found = np.flatnonzero(codes == artery.vessel_code)
        index = np.stack(np.unravel_index(found, codes.shape), axis=1)
        part = components(index, 26)
        for i in range(int(part.max()) + 1 if len(part) else 0):
            mine = index[part == i]
            number = len(out) + 1
            numbers[tuple(mine.T)] = number
            x, y, z = scan.grid.to_lps(mine.astype(np.float64)).mean(0)
            out.append(
                Calcium(
                    number=number,
                    artery=artery,
                    vessel="",
                    centre_mm=(float(x), float(y), float(z)),
                    visible_mm3=len(mine) * scan.grid.voxel_mm3,
                    peak_hu=float(scan.hu[tuple(mine.T)].max()),
                )
            )
    return numbers, tuple(out)


def _traced(data: Path, name: str) -> tuple[dict[str, Traced], NDArray[np.float64]]:
    """Return the course of every traced artery, and the mouths of the RCA and the left main."""
    path = data / "annotations" / f"{name}_centrelines.json"
    if not path.exists():
        return {}, np.empty((0, 3))
    trust, usable_ones = _listed(data).trust[name], usable(data, name)
    traced = read_json(path)["arteries"]
    courses = {}
    for artery in Artery:
        vessels = [v for v in traced.values() if v["group_label"] == artery.vessel_code]
        if not vessels:
            continue
        ras = np.concatenate([np.array(v["points_ras_mm"]) for v in vessels])
        confidence = np.concatenate([np.array(v["confidence"]) for v in vessels])
        clear = (confidence >= CLEAR) & (artery.value in usable_ones)
        courses[artery.value] = Traced(lps_of_ras(ras), clear, artery.value in trust.complete)
    mouths = [np.array(traced[v]["points_ras_mm"][0]) for v in ("RCA", "LM+LAD") if v in traced]
    return courses, lps_of_ras(np.array(mouths).reshape(-1, 3))
