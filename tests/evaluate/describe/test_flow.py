"""The flow of patients: counts that add up, and clear words where they do not."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.describe.cohort import read_cohort
from corcal.evaluate.describe.flow import (
    FlowBox,
    check_against,
    check_flow,
    flow_of,
    read_flow,
)
from tests.evaluate.describe.test_cohort import COLUMNS, N, write

#: Figure 1 of the paper: three cohorts, the first divided into training and test.
PAPER = """box,parent,n,kind
Scans,,642,
Stage 1: development,Scans,69,
Stage 2: visual assessment,Scans,100,
Stage 3: detection,Scans,473,kept
Training,Stage 1: development,56,
Test,Stage 1: development,13,
"""


def read(folder: Path, text: str) -> FlowBox:
    path = folder / "flow.csv"
    path.write_text(text, encoding="utf-8")
    return read_flow(path)


def test_the_papers_flow_adds_up(tmp_path: Path) -> None:
    top = read(tmp_path, PAPER)
    assert (top.text, top.n, len(top.kept)) == ("Scans", 642, 3)
    assert [(b.text, b.n) for b in top.kept[0].kept] == [("Training", 56), ("Test", 13)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("13", "12"), "'Stage 1: development' holds 69, but 56 'Training' + 12 'Test' make 68; "
                       "correct the counts, or add a box for the 1 that are missing"),
        (("473", "474"), "make 643; correct the counts, or add a box for the 1 too many"),
        (("13,", "-13,"), "line 7: n is a whole number of patients, not '-13'"),
        (("13,", "1.5,"), "line 7: n is a whole number"),
        (("Test,Stage 1: development", "Test,Stage 4"), "line 7: no box is named 'Stage 4'"),
        (("Test,", "Training,"), "line 6: every box needs a text of its own: 'Training'"),
        (("Scans,,642", "Scans,Test,642"), "one box has no parent, the first; here: none"),
        (("Test,Stage 1: development", "Test,"), "here: 'Scans', 'Test'"),
        (("kept", "lost"), "line 5: kind is kept or excluded, not 'lost'"),
        (("box,parent", "name,parent"), "no column box"),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_said(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match=re.escape(said)):
        read(tmp_path, PAPER.replace(*change))


def test_a_circle_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match=r"2 boxes are not reached from 'a'.* circle"):
        read(tmp_path, "box,parent,n\na,,5\nb,c,5\nc,b,5\n")


def test_a_flow_from_the_data_adds_up(tmp_path: Path) -> None:
    reasons = ["motion"] * 3 + ["too few slices"] * 5 + [""] * (N - 8)
    cohort = read_cohort(write(tmp_path, COLUMNS | {"excluded": list(reasons)}), by="split")
    top = flow_of(cohort, ["sex", "split"])
    check_flow(top, "cohort.csv")
    assert (top.n, [(b.text, b.n) for b in top.excluded]) == (
        N,
        [("too few slices", 5), ("motion", 3)],
    )
    (included,) = top.kept
    assert included.n == N - 8
    assert [b.text for b in included.kept] == ["f", "m"]
    assert {b.text for sex in included.kept for b in sex.kept} == {"test", "train"}
    assert sum(b.n for sex in included.kept for b in sex.kept) == N - 8


def test_without_exclusions_the_first_box_is_everybody(tmp_path: Path) -> None:
    cohort = read_cohort(write(tmp_path, COLUMNS), by="split")
    top = flow_of(cohort)
    assert (top.text, top.n, top.excluded) == ("Patients", N, ())
    assert [(b.text, b.n) for b in top.kept] == [("test", 10), ("train", 30)]


def test_an_empty_cell_is_a_group_of_its_own(tmp_path: Path) -> None:
    cohort = read_cohort(write(tmp_path, COLUMNS | {"sex": ["", *COLUMNS["sex"][1:]]}))
    assert ("not stated", 1) in [(b.text, b.n) for b in flow_of(cohort, ["sex"]).kept]


def test_a_flow_that_contradicts_the_table_is_said(tmp_path: Path) -> None:
    cohort = read_cohort(write(tmp_path, COLUMNS), by="split")
    top = FlowBox("all", 41, (FlowBox("train", 31), FlowBox("test", 10)))
    said = "flow.csv: 'train' holds 31, but cohort.csv has 30 patients with split 'train'"
    with pytest.raises(TableRefused, match=said):
        check_against(top, cohort, "flow.csv")
    check_against(FlowBox("all", 30, (FlowBox("train", 30),)), cohort, "flow.csv")


def test_less_than_nobody_is_refused() -> None:
    with pytest.raises(TableRefused, match="holds -1 patients"):
        check_flow(FlowBox("a", -1), "x")


def test_every_box_is_drawn_inside_the_figure(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from corcal.evaluate.describe.flow_figure import flow_plot

    text = PAPER.replace("642", "700") + "No CT,Scans,40,excluded\nMotion,Scans,18,excluded\n"
    plot = flow_plot(read(tmp_path, text))
    svg = plot.svg.decode()
    wide, tall = (float(x) for x in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    # The first closed path is the white ground; then six boxes, and that of those who leave.
    boxes = re.findall(r'<path d="(M [^"]*)z\s*"', svg)[1:]
    corners = [np.array(re.findall(r"[\d.-]+", box), float).reshape(-1, 2) for box in boxes]
    frames = [c for c in corners if len(c) == 4]
    assert len(frames) == 7
    for frame in frames:
        assert (frame >= 0).all()
        assert (frame <= [wide, tall]).all()
    middles = [frame.mean(axis=0) for frame in frames]
    assert all(np.abs(a - b).max() > 20 for a, b in combinations(middles, 2))
