"""From a radiologist's contours to a scored scan, on made-up patients, with corcal's commands.

    python examples/rehearsal.py OUT [--seed N] [--broken WAY]

Draws phantoms and their contours (`.con`), then runs every command of docs/training.md: six
classes, dataset, plan, two small folds, a model, and `corcal score --model` on the scans kept for
tests. Prints each command and, at the end, drawn beside found calcium by artery; OUT/scored holds
the reports. Ends with exit code 1 where the model did not learn: less than half of an artery's
calcium found, or more wrong than right. `--broken` breaks it on purpose, to see that it then fails.
Needs `pip install ".[train]"`; about ten minutes on two processor cores that do nothing else.

The model is a toy for toy scans: it shows that the steps fit together, and nothing about patients.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

import corcal
from corcal import Artery
from corcal.cli.main import main as run_corcal
from corcal.phantom import PhantomOptions, make_case, write_con
from corcal.settings import Settings, Training
from corcal.storage import csv_bytes, read_csv, replace_file, write_nifti

SETTINGS = Path(__file__).with_suffix(".toml")
#: The meanings of the contours' type ids.
TYPES = "6=RCA,7=LAD,8=LCX,9=calcium"
#: The same with two arteries exchanged.
EXCHANGED = "6=LAD,7=RCA,8=LCX,9=calcium"
#: Ways to break the training itself.
BROKEN: dict[str, Callable[[Training], Training]] = {
    "rate": lambda training: replace(training, learning_rate=100.0),
    # Moved by thousands of voxels, hardly one of a patch is of its scan: nothing can be learnt.
    "augmentation": lambda training: replace(training, elastic_share=1.0, elastic_voxels=10000.0),
}
#: Made-up patients of one rehearsal.
PATIENTS = 30
#: Least and most calcium of an artery: far more than patients have, for voxels of 4 mm.
CALCIUM_MM3 = (900.0, 1500.0)
#: Width by which a contour runs outside its artery, as a reader's contour goes round it.
GENEROUS_MM = 2.3
#: Least share of an artery's drawn calcium that is found in it, and of its found that is right.
LEAST = 0.5


def main() -> None:
    """Run the rehearsal, print its table, and fail where the model did not learn."""
    arguments = argparse.ArgumentParser(description="A training from contours to a scored scan.")
    arguments.add_argument("out", type=Path, help="receives everything; made if absent")
    arguments.add_argument("--seed", type=int, default=0, help="of patients and split")
    arguments.add_argument(
        "--broken",
        choices=["exchanged", *BROKEN],
        help="exchange two arteries, take a learning rate of 100, or bend patches beyond measure",
    )
    given = arguments.parse_args()
    types = EXCHANGED if given.broken == "exchanged" else TYPES
    change = BROKEN.get(given.broken, lambda training: training)
    table = rehearse(given.out, seed=given.seed, types=types, change=change)
    print("\nCalcium of the scans kept for tests, mL; rows as drawn, columns as found:\n")
    print("        " + "".join(f"{a.value:>8}" for a in Artery) + "    none")
    for name, row in zip([*(a.value for a in Artery), "none"], table, strict=True):
        print(f"{name:>8}" + "".join(f"{v:8.3f}" for v in row))
    failures = shortfalls(table)
    if failures:
        print("\nThe model did not learn: " + "; ".join(failures))
        sys.exit(1)
    print("\nThe model learnt all three arteries.")


def rehearse(
    out: Path,
    *,
    seed: int = 0,
    types: str = TYPES,
    change: Callable[[Training], Training] = lambda training: training,
) -> NDArray[np.float64]:
    """Run all steps into a folder and return drawn against found calcium.

    Args:
        out: receives everything.
        seed: of patients and split.
        types: the meanings of the contours' type ids.
        change: of the settings of the training.

    Returns:
        float64 (4, 4), mL: row i is calcium drawn in artery i or in none, column j what of it was
        found as that of artery j or of none. The last cell is 0.

    Raises:
        SystemExit: a command refused.
    """
    drawn = draw_patients(out / "patients", seed)
    manifest = out / "labels" / "manifest.csv"
    if not manifest.exists():
        corcal_runs("annotate", "--manifest", drawn, "-o", out / "labels", "--map", types)
    work, model = out / "work", out / "rehearsal.corcal"
    seeded = write_settings(out / "settings.toml", seed, change)
    corcal_runs("train", "dataset", manifest, "-o", work, "--settings", seeded)
    corcal_runs("train", "plan", work)
    train_both_folds(work)
    if not model.exists():
        corcal_runs("train", "export", work, "-o", model)
    corcal_runs("models", "verify", model)
    table = np.zeros((4, 4))
    for scan, labels in kept_scans(work, manifest):
        report = out / "scored" / scan.parent.name
        corcal_runs("score", scan, "-o", report, "--model", model, "--settings", seeded, "--force")
        table += calcium_by_artery(scan, labels, report / "labels.nii.gz")
    return table


def shortfalls(table: NDArray[np.float64]) -> list[str]:
    """Return in which arteries too little was found, or too much of the found is wrong."""
    failures = []
    for i, artery in enumerate(Artery):
        right, drawn, found = table[i, i], table[i].sum(), table[:, i].sum()
        if not right >= LEAST * drawn:
            failures.append(f"{artery.value}: {right:.2f} of {drawn:.2f} mL found")
        if not right >= LEAST * found:
            failures.append(f"{artery.value}: {right:.2f} of {found:.2f} mL found are right")
    return failures


def draw_patients(folder: Path, seed: int) -> Path:
    """Make scans and the contours a radiologist would draw, and return their list."""
    plain = replace(PhantomOptions.tiny(), contrast=0.0, mimics=0.0)
    lines = []
    for number in range(PATIENTS):
        home = folder / f"patient-{number:02d}"
        lines.append((f"{home.name}/ct.nii.gz", f"{home.name}/drawn.con", home.name, "no"))
        if not (home / "drawn.con").exists():
            home.mkdir(parents=True, exist_ok=True)
            # Plenty in every artery: that nothing is there is what a network learns last.
            rca, lad, lcx = np.random.default_rng([seed, number]).uniform(*CALCIUM_MM3, 3).tolist()
            options = replace(plain, calcium_mm3=(rca, lad, lcx))
            case = make_case(1000 * seed + number, options=options)
            write_nifti(home / "ct.nii.gz", case.hu, case.grid.affine)
            write_con(home / "drawn.con", widen(case.labels, case.grid.spacing_mm), case.grid)
    columns = ("scan", "annotation", "patient", "contrast")
    replace_file(folder / "drawn.csv", csv_bytes(columns, lines))
    return folder / "drawn.csv"


def widen(labels: NDArray[np.uint8], spacing_mm: tuple[float, float, float]) -> NDArray[np.uint8]:
    """Return labels whose arteries are wider; their calcium stays as it is."""
    outside_mm, nearest = distance_transform_edt(
        labels == 0, sampling=spacing_mm, return_indices=True
    )
    code = labels[tuple(nearest)]
    vessel = np.where(code > len(Artery), code - len(Artery), code)
    return np.where((labels == 0) & (outside_mm <= GENEROUS_MM), vessel, labels).astype(np.uint8)


def write_settings(out: Path, seed: int, change: Callable[[Training], Training]) -> Path:
    """Write the rehearsal's settings with a seed and a change, and return their file."""
    made = Settings.from_toml(SETTINGS)
    changed = replace(made, training=replace(change(made.training), seed=seed))
    replace_file(out, changed.to_toml().encode())
    return out


def train_both_folds(work: Path) -> None:
    """Train the two folds side by side, a process and a thread each; more would only wait."""
    words = [
        ["train", "fold", str(work), str(k), "--device", "cpu", "--threads", "1"] for k in (0, 1)
    ]
    children = []
    for spoken in words:
        print(f"\n$ corcal {shlex.join(spoken)} &", flush=True)
        children.append(subprocess.Popen([sys.executable, "-m", "corcal", *spoken]))
    codes = [child.wait() for child in children]
    if any(codes):
        raise SystemExit(max(codes))


def corcal_runs(*words: object) -> None:
    """Run a command of corcal as a shell would, and stop where it refuses."""
    spoken = [str(word) for word in words]
    print(f"\n$ corcal {shlex.join(spoken)}", flush=True)
    code = run_corcal(spoken)
    if code != 0:
        raise SystemExit(code)


def kept_scans(work: Path, manifest: Path) -> list[tuple[Path, Path]]:
    """Return scan and labels of each case that no fold was trained on."""
    scans = {row.line: row for row in read_csv(manifest).rows}
    split = read_csv(work / "split.csv").rows
    kept = [scans[row.integer("line")] for row in split if row.text("part") == "test"]
    home = manifest.parent
    return [(home / row.require("scan"), home / row.require("labels")) for row in kept]


def calcium_by_artery(scan: Path, drawn: Path, found: Path) -> NDArray[np.float64]:
    """Return mL of calcium: rows as drawn, columns as found, the last of each for none."""
    ct = corcal.read_scan(scan, settings=Settings())
    by_artery = [
        [labels.calcium(artery) for artery in Artery] + [labels.codes < 4]
        for labels in (corcal.read_labels(path, ct) for path in (drawn, found))
    ]
    counts = np.array([[np.count_nonzero(a & b) for b in by_artery[1]] for a in by_artery[0]])
    counts[-1, -1] = 0
    return counts * (ct.grid.voxel_mm3 / 1000.0)


if __name__ == "__main__":
    main()
