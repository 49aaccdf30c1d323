"""From a radiologist's contours to a scored scan, on made-up patients, with corcal's commands.

    python examples/rehearsal.py OUT

Draws phantoms and their contours (`.con`), then runs every command of docs/training.md: six
classes, dataset, plan, two small folds, a model, and `corcal score --model` on the scans kept for
tests. Prints each command and, at the end, drawn beside found calcium by artery; OUT/scored holds
the reports. Needs `pip install "corcal[train]"`; about ten minutes on two processor cores.

The model is a toy for toy scans: it shows that the steps fit together, and nothing about patients.
"""

from __future__ import annotations

import argparse
import csv
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np

import corcal
from corcal import Artery
from corcal.cli.main import main as run_corcal
from corcal.phantom import PhantomOptions, make_case, write_con
from corcal.settings import Settings
from corcal.storage import write_nifti

SETTINGS = Path(__file__).with_suffix(".toml")
#: What the type ids of the contours mean.
TYPES = "6=RCA,7=LAD,8=LCX,9=calcium"
#: Seeds of the made-up patients.
PATIENTS = range(18)
#: Least and most calcium of an artery.
CALCIUM_MM3 = (300.0, 600.0)


def main() -> None:
    """Run the rehearsal and print what came out."""
    arguments = argparse.ArgumentParser(description="A training from contours to a scored scan.")
    arguments.add_argument("out", type=Path, help="receives everything; made if absent")
    given = arguments.parse_args()
    found = rehearse(given.out)
    print("\nCalcium of the scans kept for tests, mL; rows as drawn, columns as found:\n")
    print("        " + "".join(f"{a.value:>8}" for a in Artery) + "    none")
    for artery, row in zip(Artery, found[:-1], strict=True):
        print(f"{artery.value:>8}" + "".join(f"{v:8.3f}" for v in row))
    print(f"{'none':>8}" + "".join(f"{v:8.3f}" for v in found[-1]))


def rehearse(out: Path, *, settings: Path = SETTINGS) -> np.ndarray:
    """Run all steps into a folder and return drawn against found calcium.

    Returns:
        float64 (4, 4), mL: row i is calcium drawn in artery i or in none, column j what of it was
        found as that of artery j or of none. The last cell is 0.
    """
    drawn = draw_patients(out / "patients")
    manifest = out / "labels" / "manifest.csv"
    if not manifest.exists():
        corcal_says("annotate", "--manifest", drawn, "-o", out / "labels", "--map", TYPES)
    work, model = out / "work", out / "rehearsal.corcal"
    corcal_says("train", "dataset", manifest, "-o", work, "--settings", settings)
    corcal_says("train", "plan", work)
    # One thread: more would only wait for each other on patches this small.
    corcal_says("train", "folds", work, "--threads", "1")
    if not model.exists():
        corcal_says("train", "export", work, "-o", model)
    corcal_says("models", "verify", model)
    total = np.zeros((4, 4))
    for scan, labels in kept_scans(work, manifest):
        report = out / "scored" / scan.parent.name
        corcal_says(
            "score", scan, "-o", report, "--model", model, "--settings", settings, "--force"
        )
        total += calcium_by_artery(scan, labels, report / "labels.nii.gz")
    return total


def draw_patients(folder: Path) -> Path:
    """Make scans and the contours a radiologist would draw, and return their list."""
    plain = replace(PhantomOptions.tiny(), contrast=0.0, mimics=0.0)
    lines = [("scan", "annotation", "patient", "contrast")]
    for seed in PATIENTS:
        home = folder / f"patient-{seed:02d}"
        lines.append((f"{home.name}/ct.nii.gz", f"{home.name}/drawn.con", home.name, "no"))
        if not (home / "drawn.con").exists():
            home.mkdir(parents=True, exist_ok=True)
            # Plenty in every artery: that nothing is there is what a network learns last.
            amounts = np.random.default_rng(seed).uniform(*CALCIUM_MM3, 3)
            options = replace(plain, calcium_mm3=tuple(float(mm3) for mm3 in amounts))
            case = make_case(seed, options=options)
            write_nifti(home / "ct.nii.gz", case.hu, case.grid.affine)
            write_con(home / "drawn.con", case.labels, case.grid)
    with (folder / "drawn.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    return folder / "drawn.csv"


def corcal_says(*words: object) -> None:
    """Run a command of corcal as a shell would, and stop where it refuses."""
    spoken = [str(word) for word in words]
    print(f"\n$ corcal {shlex.join(spoken)}", flush=True)
    code = run_corcal(spoken)
    if code != 0:
        raise SystemExit(code)


def kept_scans(work: Path, manifest: Path) -> list[tuple[Path, Path]]:
    """Return scan and labels of each case that no fold was trained on."""
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (work / "split.csv").open(newline="", encoding="utf-8") as file:
        kept = [int(row["line"]) - 2 for row in csv.DictReader(file) if row["part"] == "test"]
    home = manifest.parent
    return [(home / rows[i]["scan"], home / rows[i]["labels"]) for i in kept]


def calcium_by_artery(scan: Path, drawn: Path, found: Path) -> np.ndarray:
    """Return mL of calcium: rows as drawn, columns as found, the last of each for none."""
    ct = corcal.read_scan(scan, settings=Settings().admission)
    one, other = (corcal.read_labels(path, ct) for path in (drawn, found))
    by_artery = [
        [labels.calcium(artery) for artery in Artery] + [labels.codes < 4]
        for labels in (one, other)
    ]
    counts = [[np.count_nonzero(a & b) for b in by_artery[1]] for a in by_artery[0]]
    counts[-1][-1] = 0
    return np.array(counts) * ct.grid.voxel_mm3 / 1000.0


if __name__ == "__main__":
    main()
