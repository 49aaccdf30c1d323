"""A cohort's loop, journal and tables, scored in this process."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from corcal.cohort import Options, Plan, check_new, find_cases, run_cohort
from corcal.cohort.workers.scorer import Scorer
from corcal.core.errors import OutputRefused, SettingsRefused
from corcal.report import REPORT_FILES
from corcal.storage import read_json, read_json_lines
from tests.cohort.inline import Start, table_rows
from tests.cohort.tiny import SETTINGS, TinyModels, write_scan, write_scans
from tests.read.dicom.dicom_files import Series


def test_every_case_has_a_row(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 3)
    (tmp_path / "scans" / "DOE_JANE_damaged.nii").write_bytes(b"nothing")
    outcomes, executor = start()
    rows = table_rows(tmp_path / "out" / "results.csv")
    assert len(rows) == len(outcomes) == len(executor.tasks) == 4
    assert {r["patient"] for r in rows} == {o.case for o in outcomes}
    scored = {o.case: o.row for o in outcomes if o.row is not None}
    assert {r["patient"]: float(r["total_agatston"]) for r in rows if r["state"] == "scored"} == {
        name: row["total_agatston"] for name, row in scored.items()
    }
    [refused] = table_rows(tmp_path / "out" / "refused.csv")
    assert (refused["state"], refused["kind"]) == ("refused", "unreadable")
    [excluded] = [r["excluded"] for r in rows if r["excluded"]]
    assert excluded == "unreadable"


def test_two_patients_in_a_folder_are_named_and_parted_by_a_table(
    tmp_path: Path, start: Start
) -> None:
    folder = tmp_path / "scans" / "mixed"
    hu = np.full((24, 24, 24), 40, np.int16)
    hu[:, :2] = -1000
    wide = {"PixelSpacing": [5.0, 5.0]}
    patients = [Series(hu=hu, step_mm=5.0, patient=name, tags=wide) for name in ("P1", "P2")]
    for series in patients:
        series.write(folder)
    [outcome], _ = start()
    assert (outcome.state, outcome.kind) == ("refused", "no usable series")
    [named] = table_rows(tmp_path / "out" / "refused.csv")
    assert named["case"] == outcome.case
    assert "P1" not in named["reason"]
    table = tmp_path / "list.csv"
    lines = [f"scans/mixed,{name},{s.uid}" for name, s in zip("ab", patients, strict=True)]
    table.write_text("\n".join(["scan,case,series", *lines]), encoding="utf-8")
    cases = find_cases([table])
    assert [(c.name, c.series_uid) for c in cases] == [
        (name, s.uid) for name, s in zip("ab", patients, strict=True)
    ]
    scorer = Scorer(Plan(None, SETTINGS, TinyModels(), "numbers"))
    assert [scorer.score(case).kind for case in cases] == ["", ""]


def test_nobody_is_named_but_in_cases_csv(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 2)
    (tmp_path / "scans" / "DOE_JANE_damaged.nii").write_bytes(b"nothing")
    folder = tmp_path / "scans" / "DOE_JANE_folder"
    folder.mkdir()
    (folder / "DOE_JANE.dcm").write_bytes(b"\0" * 128 + b"DICM damaged")
    start(keep="all")
    naming = [
        path.relative_to(tmp_path / "out").as_posix()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file() and b"DOE_JANE" in path.read_bytes()
    ]
    assert naming == ["cases.csv"]
    cases = table_rows(tmp_path / "out" / "cases.csv")
    assert Path(cases[0]["scan"]).name == "DOE_JANE_0000.nii.gz"


def test_nothing_is_done_twice(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 2)
    first, _ = start()
    before = (tmp_path / "out" / "results.csv").read_bytes()
    write_scan(tmp_path / "scans" / "new.nii.gz", 9)
    outcomes, executor = start()
    assert len(executor.tasks) == 1
    assert [o.earlier for o in outcomes] == [True, True, False]
    assert [o.case for o in outcomes[:2]] == [o.case for o in first]
    assert (tmp_path / "out" / "results.csv").read_bytes().startswith(before)


@pytest.mark.parametrize(
    "changes",
    [
        {"models": TinyModels("other")},
        {"settings": replace(SETTINGS, scoring=replace(SETTINGS.scoring, threshold_hu=200.0))},
        {"keep": "report"},
    ],
    ids=["model", "setting", "keep more"],
)
def test_what_a_change_invalidates_is_done_again(
    tmp_path: Path, start: Start, changes: dict[str, object]
) -> None:
    write_scans(tmp_path / "scans", 2)
    start()
    _, executor = start(**changes)
    assert len(executor.tasks) == 2
    _, executor = start(**changes)
    assert executor.tasks == []


def test_a_changed_scan_is_scored_again(tmp_path: Path, start: Start) -> None:
    path, _ = write_scans(tmp_path / "scans", 2)
    start()
    write_scan(path, 77)
    _, executor = start()
    assert [task.case.path for task in executor.tasks] == [path]


def test_training_settings_invalidate_nothing(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 1)
    start()
    training = replace(SETTINGS.training, elastic_share=0.1)
    _, executor = start(settings=replace(SETTINGS, training=training))
    assert executor.tasks == []


def test_a_failed_case_is_tried_twice_and_named(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 2)
    outcomes, executor = start(("failed", "", "failed"))
    assert [task.attempt for task in executor.tasks] == [1, 1, 2]
    assert sorted(o.state for o in outcomes) == ["failed", "scored"]
    [named] = table_rows(tmp_path / "out" / "refused.csv")
    assert (named["state"], named["reason"]) == ("failed", "failed by script")
    _, executor = start()
    assert executor.tasks == []
    outcomes, executor = start(options=Options(retry_failed=True))
    assert [task.attempt for task in executor.tasks] == [1]
    assert [o.state for o in outcomes] == ["scored", "scored"]


def test_a_failure_that_passes_leaves_no_trace_in_the_tables(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 1)
    outcomes, _ = start(("failed",))
    assert [o.state for o in outcomes] == ["scored"]
    assert table_rows(tmp_path / "out" / "refused.csv") == []


def test_a_full_disk_stops_the_cohort_which_goes_on(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 3)
    with pytest.raises(OutputRefused, match="can go on"):
        start(("", "halted"))
    states = [r["state"] for r in table_rows(tmp_path / "out" / "results.csv")]
    assert sorted(states) == ["scored", "waiting", "waiting"]
    outcomes, executor = start()
    assert [task.attempt for task in executor.tasks] == [1, 1]
    assert [o.state for o in outcomes] == ["scored"] * 3


def test_the_journal_has_a_line_for_the_start_and_the_end(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 1)
    start(("failed",))
    lines = list(read_json_lines(tmp_path / "out" / "journal.jsonl"))
    states = [(line["state"], line["attempt"]) for line in lines]
    assert states == [("started", 1), ("failed", 1), ("started", 2), ("scored", 2)]
    assert lines[-1]["models"] == {"heart": "c3", "arteries": "d4"}
    assert lines[-1]["row"]["total_vessels"] >= 0


@pytest.mark.parametrize(
    ("keep", "files"),
    [
        ("report", sorted(n for n in REPORT_FILES if not n.startswith("labels."))),
        ("all", sorted(REPORT_FILES)),
        ("numbers", []),
    ],
)
def test_what_is_kept(tmp_path: Path, start: Start, keep: str, files: list[str]) -> None:
    write_scans(tmp_path / "scans", 1)
    [outcome], _ = start(keep=keep)
    folder = tmp_path / "out" / "cases" / outcome.case
    assert (sorted(p.name for p in folder.iterdir()) if files else []) == files
    assert folder.exists() == bool(files)


def test_the_summary_counts_every_case_once(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 4)
    (tmp_path / "scans" / "damaged.nii").write_bytes(b"nothing")
    outcomes, _ = start()
    facts = read_json(tmp_path / "out" / "cohort.json")
    counts = [facts[k] for k in ("cases", "scored", "refused", "failed", "waiting")]
    assert counts == [5, 4, 1, 0, 0]
    assert sum(facts["severity"].values()) == sum(facts["agatston"]["ranges"].values()) == 4
    rows = [o.row for o in outcomes if o.row]
    assert facts["with_calcium"]["LAD"] == sum(bool(r["LAD_present"]) for r in rows)
    page = (tmp_path / "out" / "cohort.html").read_text(encoding="utf-8")
    assert facts["disclaimer"] in page
    assert all(row.case in page for row in outcomes)
    assert "<script" not in page
    # One frame: what stands in the head of a report's page stands in that of the cohort.
    frame = files("corcal.report.page").joinpath("frame.html").read_text(encoding="utf-8")
    head = frame.partition("-#}\n")[2].partition("<title>")[0]
    assert page.startswith(head)
    assert frame.partition("<style>")[2].partition("{%")[0] in page


def test_without_a_folder_only_numbers(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 1)
    [outcome], _ = start(out=None)
    assert outcome.state == "scored"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["scans"]
    with pytest.raises(SettingsRefused, match="folder"):
        Plan(None)


def test_windows_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_scans(tmp_path / "scans", 1)
    cases = find_cases([tmp_path / "scans"])
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SettingsRefused, match="processes that Windows cannot start; score them"):
        run_cohort(cases, Plan(tmp_path / "out", SETTINGS, TinyModels()), Options())
    assert not (tmp_path / "out").exists()


def test_a_second_parent_is_refused(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 1)
    plan = Plan(tmp_path / "out", SETTINGS, TinyModels())
    going = run_cohort(find_cases([tmp_path / "scans"]), plan, Options())
    with pytest.raises(OutputRefused, match="another process"):
        start()
    going.close()


def test_a_folder_is_new_or_resumed(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 1)
    out = tmp_path / "out"
    check_new(out, resume=False)
    check_new(out, resume=True)
    start()
    with pytest.raises(OutputRefused, match="--resume"):
        check_new(out, resume=False)
    check_new(out, resume=True)
    with pytest.raises(OutputRefused, match="no cohort"):
        check_new(tmp_path / "scans", resume=True)


@pytest.mark.parametrize("values", [{"jobs": 0}, {"limit_seconds": 0.0}, {"limit_mb": -1.0}])
def test_limits_are_above_zero(values: dict[str, float]) -> None:
    with pytest.raises(SettingsRefused, match="above 0"):
        Options(**values)  # type: ignore[arg-type]
