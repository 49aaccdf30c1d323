"""Tables of results made for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.tables_in.pairs import Known, Pairs
from corcal.evaluate.tables_in.results import MEASURES, TARGETS, Results, any_present

COLUMNS = ("patient", "artery", "present", "volume_mm3", "agatston", "grade")


def results(n: int, name: str = "made.csv", **measures: Mapping[str, Sequence[float]]) -> Results:
    """Return results with the given measures by target; the rest is unknown."""
    arrays = {m: np.full((n, len(TARGETS)), np.nan) for m in MEASURES}
    for measure, by_target in measures.items():
        for target, values in by_target.items():
            arrays[measure][:, TARGETS.index(target)] = values
    arteries, stated = arrays["present"][:, :-1], arrays["present"][:, -1]
    whole = np.where(np.isnan(arteries).any(axis=1), np.nan, any_present(arteries))
    arrays["present"][:, -1] = np.where(np.isnan(stated), whole, stated)
    patients = tuple(f"p{i}" for i in range(n))
    return Results(
        name, patients, arrays["present"], arrays["volume_mm3"], arrays["agatston"], arrays["grade"]
    )


def from_counts(tp: int, fp: int, fn: int, tn: int, target: str = "RCA") -> Pairs:
    """Return pairs whose 2x2 table of one artery has these counts."""
    counts = [tp, fp, fn, tn]
    predicted = np.repeat([1.0, 1.0, 0.0, 0.0], counts)
    truth = np.repeat([1.0, 0.0, 1.0, 0.0], counts)
    n = sum(counts)
    return Pairs(
        results(n, "predicted.csv", present={target: list(predicted)}),
        results(n, "reference.csv", present={target: list(truth)}),
    )


def known(predicted: NDArray[np.float64], reference: NDArray[np.float64]) -> Known:
    """Return two measurements of the same patients, all known."""
    n = len(predicted)
    return Known(predicted, reference, np.arange(n), Attrition(n))


def graded(volumes_mm3: NDArray[np.float64], grades: NDArray[np.float64]) -> Pairs:
    """Return pairs with a predicted volume and a reference grade of the RCA."""
    n = len(volumes_mm3)
    return Pairs(
        results(n, volume_mm3={"RCA": list(volumes_mm3)}),
        results(n, grade={"RCA": list(grades)}),
    )


def write_csv(
    path: Path, rows: Sequence[Sequence[object]], columns: Sequence[str] = COLUMNS
) -> str:
    """Write a table and return its path as text."""
    lines = [",".join(map(str, row)) for row in (columns, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def write_cohort(folder: Path, n: int, seed: int = 0) -> tuple[str, str, str]:
    """Write a system, the reference and a worse system for n patients; return their paths."""
    rng = np.random.default_rng(seed)
    first: list[tuple[object, ...]] = []
    truth: list[tuple[object, ...]] = []
    second: list[tuple[object, ...]] = []
    for patient in range(n):
        hospital = "A" if patient % 3 else "B"
        burden = rng.gamma(0.7)
        for artery, share in (("RCA", 100.0), ("LAD", 150.0), ("LCX", 40.0)):
            mm3 = max(0.0, share * burden * rng.gamma(1.2) - 0.15 * share)
            grade = 0 if mm3 == 0 else 1 + int(mm3 > 60) + int(mm3 > 200)
            seen, other = (
                max(0.0, mm3 * rng.lognormal(0, s) - 3 * rng.random()) for s in (0.2, 0.6)
            )
            seen += 4 * (rng.random() < 0.05)
            other += 4 * (rng.random() < 0.12)
            truth.append(
                (patient, artery, int(mm3 > 0), round(mm3, 2), round(mm3, 2), grade, hospital)
            )
            for rows, x in ((first, seen), (second, other)):
                rows.append((patient, artery, int(x > 0), round(x, 2), round(x, 2)))
    return (
        write_csv(folder / "pred.csv", first, COLUMNS[:5]),
        write_csv(folder / "ref.csv", truth, (*COLUMNS, "hospital")),
        write_csv(folder / "worse.csv", second, COLUMNS[:5]),
    )
