"""Records are kept, taken up and announced; models are chosen by what they were shown."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from corcal.core.errors import SettingsRefused
from corcal.segment.embedded import MODELS
from validation.__main__ import main
from validation.discriminator import separability
from validation.models import Models
from validation.phantoms import FIRST_SEED, options_of
from validation.report import BEGIN, END, put_between_markers, report
from validation.work import Record, Task, measured


def square(number: int) -> Record:
    return {"square": number**2}


def tasks(count: int, question: str = "old") -> list[Task]:
    return [
        Task("squares", f"n{i}", {"number": i, "question": (question,)}, square, {"number": i})
        for i in range(count)
    ]


def test_a_run_goes_on_where_it_was(tmp_path: Path) -> None:
    lines: list[str] = []
    first = measured(tasks(2), tmp_path, jobs=1, announce=lines.append)
    assert [r["square"] for r in first] == [0, 1]
    assert len(lines) == 2
    (tmp_path / "squares" / "n0.json").write_text(
        json.dumps({**first[0], "square": 77}), encoding="utf-8"
    )
    lines.clear()
    again = measured(tasks(3), tmp_path, jobs=1, announce=lines.append)
    assert [r["square"] for r in again] == [77, 1, 4]
    assert lines[0] == "2 of 3 cases were measured before"
    other = measured(tasks(3, "new"), tmp_path, jobs=1, announce=lines.append)
    assert [r["square"] for r in other] == [0, 1, 4]


@pytest.mark.slow
def test_cases_side_by_side_give_the_same_records(tmp_path: Path) -> None:
    made = measured(tasks(4), tmp_path, jobs=2, announce=lambda _: None)
    assert [r["square"] for r in made] == [0, 1, 4, 9]
    assert sorted(p.name for p in (tmp_path / "squares").iterdir()) == [
        f"n{i}.json" for i in range(4)
    ]


def test_fresh_phantoms_are_acquired_chests_from_seeds_that_training_leaves() -> None:
    assert FIRST_SEED >= 900_000
    options = [options_of(FIRST_SEED + i) for i in range(40)]
    assert {o.field for o in options} == {"chest"}
    assert {o.contrast for o in options} == {0.0}
    assert all(o.thickness_mm == o.spacing_mm[0] for o in options)
    assert len({o.thickness_mm for o in options}) > 3


def test_a_scan_is_scored_by_networks_that_never_saw_it(tmp_path: Path) -> None:
    manifest = json.loads((MODELS / "arteries.json").read_text(encoding="utf-8"))
    seen = manifest["trained_on"]["real"][0]
    assert Models().of(seen).unseen is False
    assert Models().of().unseen is True
    own = tmp_path / seen / "models"
    shutil.copytree(MODELS, own)
    manifest["trained_on"]["real"].remove(seen)
    manifest["version"] = "without"
    (own / "arteries.json").write_text(json.dumps(manifest), encoding="utf-8")
    pair = Models(without=tmp_path).of(seen)
    assert pair.unseen is True
    assert " without" in pair.segmenter.name
    # A folder's name does not make a network forget.
    shutil.copytree(MODELS, tmp_path / "again" / seen)
    assert Models(without=tmp_path / "again").of(seen).unseen is False
    assert " without" in Models(folder=own).of().segmenter.name


def test_folders_without_networks_are_refused_not_passed_over(tmp_path: Path) -> None:
    Models().check(["a"])
    Models(folder=MODELS).check(["a"])
    for wrong in (Models(folder=tmp_path / "none"), Models(without=MODELS)):
        with pytest.raises(SettingsRefused, match="no networks of corcal there"):
            wrong.check(["a"])
    shutil.copytree(MODELS, tmp_path / "a" / "models")
    Models(without=tmp_path).check(["a", "b"])


def test_a_study_without_scans_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["validation", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"no annotations/.*_heart\.nii\.gz there"):
        main()


def record(**changed: object) -> Record:
    artery = {
        "truth_present": True, "present": True, "truth_mm3": 50.0, "solid_mm3": 40.0,
        "truth_agatston": 60.0, "found_mm3": 45.0, "right_mm3": 45.0, "reported_mm3": 52.0,
        "agatston": 66.0,
    }  # fmt: skip
    none = dict.fromkeys(artery, 0.0) | {"truth_present": False, "present": False}
    lesion = {
        "artery": "RCA", "volume_mm3": 40.0, "visible_mm3": 50.0, "hu": 600.0, "found": True,
        "right": True,
    }  # fmt: skip
    return {
        "asked": {"models": {"heart": "a" * 16, "arteries": "b" * 16}}, "cluster": "x",
        "scan": "x", "unseen": True, "contrast": False, "known": True, "heart_inside": 1.0,
        "ostia_inside": None, "traced": ["RCA", "LAD", "LCX"], "agatston": 66.0, "category": 1,
        "arteries": {"RCA": artery, "LAD": none, "LCX": none}, "lesions": [lesion], "false": [],
        "patches": [], **changed,
    }  # fmt: skip


def test_the_report_holds_every_table_that_was_measured(tmp_path: Path) -> None:
    base = {
        "agatston": 66.0, "category": 1, "arteries": {"RCA": 66.0, "LAD": 0.0, "LCX": 0.0},
        "drawn": 1,
    }  # fmt: skip
    thick = {**base, "agatston": 20.0, "kind": "5 mm slices", "name": "slices-5", "drawn": 0}
    unread = [{**base, "drawn": None, "kind": kind} for kind in ("as acquired", "5 mm slices")]
    again = {**base, "kind": "as acquired", "name": "as acquired"}
    false = {"place": "aortic wall", "mm3": 8.0}
    text = report(
        {
            "a": [record(cluster="p", patches=[[0.0]])],
            "b": [record(), record(contrast=True, scan="y", cluster="y")],
            "c": [record(false=[false]), record(scan="z", cluster="z", known=False, unseen=False)],
            "d": [
                {**record(), "variations": [again, thick]},
                {**record(cluster="y", known=False), "variations": unread},
            ],
        }
    )
    assert "| kappa of presence, RCA | a | – | at least 0.90 | not measured |" in text
    assert "| reported / visible volume | a | 104.0 % | 90 % to 110 % | met, no interval |" in text
    assert "| false lesions per unseen scan | c | 1.00 | at most 1.00 | met, no interval |" in text
    assert "| Agatston category unchanged | d | 100.0 % (34.2 to 100.0)" in text
    assert "1, 8 mm3: 1 aortic wall" in text
    assert "not read for calcium" in text
    row = "| 5 mm slices | 2 | 100.0 % (34.2 to 100.0) | 0 of 1 | -46, -46 | 6 of 6 |"
    assert row in text
    only = report({"c": [record()]})
    assert "### c." in only
    assert "### a." not in only


def test_the_card_keeps_what_stands_around_the_markers(tmp_path: Path) -> None:
    card = tmp_path / "CARD.md"
    card.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n", encoding="utf-8")
    put_between_markers(card, "new")
    put_between_markers(card, "newer")
    assert card.read_text(encoding="utf-8") == f"above\n{BEGIN}\n\nnewer\n\n{END}\nbelow\n"
    card.write_text(f"{END}\n{BEGIN}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="once each, in order"):
        put_between_markers(card, "new")


@pytest.mark.slow
@pytest.mark.parametrize("classifier", ["logistic regression", "gradient boosting"])
def test_the_discriminator_tells_what_differs_and_only_that(classifier: str) -> None:
    pytest.importorskip("sklearn", reason="the discriminator needs scikit-learn")
    rng = np.random.default_rng(0)
    scan = np.repeat(np.arange(24), 12)
    synthetic = scan < 14
    alike = rng.normal(size=(len(scan), 5))
    # What belongs to a scan alone must not help: a whole scan is in one fold.
    alike += rng.normal(size=(24, 5))[scan]
    pieces, scans = separability(alike, synthetic, scan, classifier)
    assert pieces.value is not None
    assert 0.2 < pieces.value < 0.8
    pieces, scans = separability(alike + 6.0 * synthetic[:, None], synthetic, scan, classifier)
    assert pieces.value is not None
    assert pieces.value > 0.98
    assert scans.value == 1.0
