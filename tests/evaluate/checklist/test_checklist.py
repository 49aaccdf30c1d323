"""The checklists: every item of the guidelines, and only what the results say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.checklist.checklist import (
    AUTHORS,
    checklist_files,
    checklist_tables,
    count_filled,
    read_run,
)
from corcal.evaluate.checklist.checklist_facts import state_fact

EVALUATION: dict[str, Any] = {
    "schema": "corcal-evaluation/1",
    "software": {"version": "0.1.0"},
    "input": {"patients": 473, "left_out": 2},
    "options": {"confidence": 0.95, "interval": "wilson"},
    "detection": {
        "any": {
            "sensitivity": {"value": 0.951, "low": 0.92, "high": 0.97, "n": 348},
            "specificity": {"value": 0.976, "low": 0.93, "high": 0.99, "n": 125},
            "kappa": {"value": 0.9, "low": 0.85, "high": 0.94, "n": 473},
            "counts": {"tp": 331, "fp": 3, "fn": 17, "tn": 122},
            "attrition": {"n_in": 479, "n_used": 473},
        }
    },
    "strata": {"hospital": []},
    "severity": {"RCA": {"n": 30, "volumes": [{"grade": "mild", "n": 30}]}},
}
DESCRIBE: dict[str, Any] = {
    "schema": "corcal-describe/1",
    "patients": 473,
    "excluded": {"motion": 7},
    "groups": {"train": 400, "test": 73},
    "characteristics": {"age": {}, "sex": {}},
}


def rows(name: str, run: dict[str, Any]) -> dict[str, str]:
    table = next(t for t in checklist_tables(run) if t.name == f"checklist_{name}")
    return {row[0]: row[3] for row in table.rows}


def test_every_item_of_both_guidelines_is_there_once() -> None:
    stard, claim = rows("stard", {}), rows("claim", {})
    assert list(claim) == [str(i) for i in range(1, 45)]
    letters = [
        f"{n}{x}" for n in range(1, 31) for x in (("a", "b") if n in (10, 12, 13, 21) else ("",))
    ]
    assert list(stard) == letters


def test_without_results_everything_is_left_to_the_authors() -> None:
    for table in checklist_tables({}):
        assert count_filled(table) == 0


def test_an_evaluation_fills_in_what_it_knows() -> None:
    stard = rows("stard", {"corcal-evaluation": EVALUATION})
    assert stard["1"] == AUTHORS
    assert rows("claim", {"corcal-evaluation": EVALUATION})["37"] == (
        "Calcium in any artery: sensitivity 95.1 (92.0–97.0) %, specificity 97.6 (93.0–99.0) %, "
        "κ 0.90 (0.85–0.94)."
    )
    # Whose test it was, an evaluation of two tables does not know.
    assert stard["10a"] == stard["12a"] == AUTHORS
    assert stard["14"].startswith("95 % Wilson's score intervals of proportions")
    assert stard["16"] == (
        "Patients used for detection: any 473 of 479. Missing is never counted as absent."
    )
    assert stard["17"] == "Detection by hospital: tables strata_*."
    assert stard["21a"].startswith("Arteries by grade, RCA: mild 30;")
    assert "331 true and 3 false positive, 17 false and 122 true negative" in stard["23"]
    assert stard["19"] == stard["7"] == AUTHORS


def test_the_cohort_fills_in_flow_and_characteristics() -> None:
    claim = rows("claim", {"corcal-describe": DESCRIBE})
    assert claim["8"] == "Excluded: motion (7)."
    assert claim["19"] == "train 400; test 73."
    assert claim["35"] == "473 patients in the study, 7 excluded: figure1_flow."
    assert claim["36"] == "age, sex: table1_cohort."
    assert claim["37"] == AUTHORS


def test_files_are_csv_and_markdown() -> None:
    names = ("stard", "claim", "stard_ai", "tripod_ai")
    assert set(checklist_files({})) == {
        f"checklist_{name}.{end}" for name in names for end in ("csv", "md")
    }


def test_a_matter_that_is_not_known_is_a_defect() -> None:
    with pytest.raises(KeyError):
        state_fact("weather", {})


def write(folder: Path, name: str, document: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(document))
    return folder


def test_documents_are_found_by_their_names(tmp_path: Path) -> None:
    first = write(tmp_path / "a", "evaluation.json", EVALUATION)
    second = write(tmp_path / "b", "describe.json", DESCRIBE)
    assert set(read_run([first, second])) == {"corcal-evaluation", "corcal-describe"}
    third = write(tmp_path / "c", "describe.json", DESCRIBE)
    with pytest.raises(TableRefused, match=r"a second describe\.json"):
        read_run([second, third])


@pytest.mark.parametrize("document", [{}, [], {"schema": "corcal-report/1"}, {"schema": 3}])
def test_what_is_no_document_is_refused(document: object, tmp_path: Path) -> None:
    folder = write(tmp_path / "a", "evaluation.json", document)
    with pytest.raises(TableRefused, match=r"evaluation\.json"):
        read_run([folder])


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="holds none of evaluation"):
        read_run([tmp_path])


def test_the_numbers_are_those_of_the_guidelines() -> None:
    stard_ai = "1 3 6 7 11 12 13 14 15b 15d 23 25 28 29 35 39 40a 40b"
    tripod_ai = (
        "1 2 3a 3b 3c 4 5a 5b 6a 6b 6c 7 8a 8b 8c 9a 9b 9c 10 11 12a 12b 12c 12d 12e 12f 12g "
        "13 14 15 16 17 18a 18b 18c 18d 18e 18f 19 20a 20b 20c 21 22 23a 23b 24 25 26 27a 27b 27c"
    )
    assert list(rows("stard_ai", {})) == stard_ai.split()
    assert list(rows("tripod_ai", {})) == tripod_ai.split()
    assert len(rows("tripod_ai", {})) == 52
