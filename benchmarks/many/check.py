"""A cohort's tables checked: every case once, with the numbers of the scan scored alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from corcal import read_scan, score
from corcal.cohort import Case, Plan
from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.report import report_document
from corcal.runtime import limit_threads
from corcal.storage import Row, read_csv, read_json_lines

_OF_ARTERY = ("agatston", "volume_mm3", "mask_volume_ml", "peak_hu", "confidence")


def check(cases: Sequence[Case], plan: Plan, threads: int, *, compared: int) -> None:
    """Print how the tables compare with the cases.

    Args:
        cases: of the cohort.
        plan: of the cohort, with a folder.
        threads: of a worker; the last digits of a network's answer hang on their number.
        compared: of so many cases, drawn by chance, the numbers are compared.

    Raises:
        SystemExit: a case is not there exactly once, or a number differs.
    """
    assert plan.out is not None
    limit_threads(threads)
    table = read_csv(plan.out / "results.csv").rows
    rows = {row.require("patient"): row for row in table}
    exact = len(table) == len(rows) and set(rows) == {case.name for case in cases}
    states = Counter(row.require("state") for row in table)
    voxels = {row.require("voxel_sha256") for row in table if row.text("voxel_sha256")}
    lines = list(read_json_lines(plan.out / "journal.jsonl"))
    ends = Counter(line["case"] for line in lines if line["state"] == "scored")
    twice = sum(count > 1 for count in ends.values())
    begun = sum(line["state"] == "started" for line in lines)
    print(f"{len(cases)} cases, {len(table)} rows, {len(rows)} of them distinct cases")
    print(f"states {dict(states)}; {len(voxels)} distinct scans")
    print(f"{begun} attempts begun; {twice} cases scored twice in the journal")
    chosen = np.random.default_rng(0).permutation(len(cases))[:compared]
    differing = sum(_differs(cases[i], rows[cases[i].name], plan) for i in chosen)
    print(f"{len(chosen)} cases scored alone: {differing} with other numbers")
    if not exact or twice or differing:
        raise SystemExit("the cohort is not what it should be")


def _differs(case: Case, row: Row, plan: Plan) -> bool:
    if row.require("state") != "scored":
        return False
    scan = read_scan(case.path, settings=plan.settings, series_uid=case.series_uid)
    reading = score(scan, settings=plan.settings, models=plan.models)
    return any((row.text(name) or None) != value for name, value in _cells(reading).items())


def _cells(reading: Reading) -> dict[str, str | None]:
    """Return numbers of a reading as they stand in results.csv, by column."""
    arteries = report_document(reading)["arteries"]
    values = {f"{a.value}_{n}": arteries[a.value][n] for a in Artery for n in _OF_ARTERY}
    return {name: None if value is None else str(value) for name, value in values.items()}
