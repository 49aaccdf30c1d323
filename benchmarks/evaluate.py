"""Seconds and memory of `corcal evaluate` on a large made-up cohort.

python -m benchmarks.evaluate --patients 100000
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from corcal.evaluate.accuracy import Options, evaluate, publish_evaluation
from corcal.evaluate.tables_in import pair, read_results

HEADER = "patient,artery,present,volume_mm3,agatston,grade,hospital\n"
#: Mean volume of each artery, mm3.
ARTERIES = {"RCA": 100.0, "LAD": 150.0, "LCX": 40.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=100_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _write_tables(folder, wanted.patients)
        with _timed("all"):
            with _timed("read"):
                truth = read_results(folder / "ref.csv", groups=("hospital",))
                pairs = pair(read_results(folder / "pred.csv"), truth)
            with _timed("compute"):
                found = evaluate(pairs, Options(stratify=("hospital",)))
            with _timed("draw and write"):
                publish_evaluation(found).write(folder / "out")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{wanted.patients:,} patients, peak memory {peak:.2f} GiB")


@contextmanager
def _timed(step: str) -> Iterator[None]:
    began, busy = time.perf_counter(), time.process_time()
    yield
    cpu = time.process_time() - busy
    print(f"{step:16}{time.perf_counter() - began:8.2f} s{cpu:8.2f} s CPU")


def _write_tables(folder: Path, patients: int) -> None:
    rng = np.random.default_rng(0)
    burden = rng.gamma(0.7, size=patients)
    with (folder / "pred.csv").open("w") as pred, (folder / "ref.csv").open("w") as ref:
        pred.write(HEADER)
        ref.write(HEADER)
        for artery, mean in ARTERIES.items():
            mm3 = np.maximum(0, mean * burden * rng.gamma(1.2, size=patients) - 0.15 * mean)
            seen = np.maximum(
                0, mm3 * rng.lognormal(0, 0.25, patients) - rng.exponential(2, patients)
            )
            grade = np.where(mm3 > 0, 1 + (mm3 > 60) + (mm3 > 200), 0)
            # The predictions are amounts; grades are the reference's.
            for rows, amount, grades in ((pred, seen, [""] * patients), (ref, mm3, grade)):
                rows.writelines(
                    f"P{i},{artery},{int(x > 0)},{x:.2f},{x:.2f},{g},{'ABCDE'[i % 5]}\n"
                    for i, (x, g) in enumerate(zip(amount, grades, strict=True))
                )


if __name__ == "__main__":
    main()
