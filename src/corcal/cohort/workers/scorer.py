"""The models of a process, and one case after the other scored by them."""

from __future__ import annotations

import errno
import time
import traceback
from pathlib import Path

from corcal.cohort.cases.case import Case
from corcal.cohort.plan import Plan
from corcal.cohort.workers.row import NumbersRow, row_of
from corcal.cohort.workers.task import FAILED, HALTED, REFUSED, SCORED, Outcome
from corcal.core.errors import (
    AxesRefused,
    GeometryRefused,
    HeartCutOff,
    HeartNotFound,
    InputRefused,
    ModelRefused,
    NoUsableSeries,
    OutputRefused,
    ScanNotAdmitted,
    UnreadableScan,
)
from corcal.pipeline import score_scan
from corcal.quantify import with_grades
from corcal.read import read_scan
from corcal.report import ReportOptions, write_reports

#: In a few words, for counting; the narrower kind first.
_KINDS: tuple[tuple[type[InputRefused], str], ...] = (
    (HeartNotFound, "no heart found"),
    (HeartCutOff, "heart cut off"),
    (ScanNotAdmitted, "scan not admitted"),
    (AxesRefused, "axes contradicted by the anatomy"),
    (GeometryRefused, "slices missing or uneven"),
    (NoUsableSeries, "no usable series"),
    (UnreadableScan, "unreadable"),
    (ModelRefused, "model cannot run"),
)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_PACKAGE = Path(__file__).parents[2]


class Scorer:
    """Scores cases one by one with models that are made once."""

    def __init__(self, plan: Plan) -> None:
        """Make the models.

        Raises:
            ModelRefused: their files are absent, damaged or changed, or they cannot run here.
            SettingsRefused: the segmenter has fewer members.
        """
        self._plan, members = plan, plan.settings.segmentation.members
        self._locator, self._segmenter = plan.models.locator(), plan.models.segmenter(members)

    def score(self, case: Case) -> Outcome:
        """Return what became of a case; nothing is raised for its sake."""
        began = time.perf_counter()
        state, kind, reason, row = SCORED, "", "", None
        try:
            row = self._row(case)
        except Exception as error:
            state, kind, reason = _words(error)
            reason = without_names(reason, case)
        return Outcome(case.name, state, time.perf_counter() - began, kind, reason, row)

    def _row(self, case: Case) -> NumbersRow:
        plan = self._plan
        scan = read_scan(case.path, settings=plan.settings, series_uid=case.series_uid)
        reading = score_scan(
            scan, settings=plan.settings, locator=self._locator, segmenter=self._segmenter
        )
        if plan.grading is not None:
            reading = with_grades(reading, plan.grading)
        row, folder = row_of(reading), plan.folder_of(case.name)
        if folder is not None:
            options = ReportOptions(labels=plan.keep == "all")
            write_reports(reading, folder, force=True, options=options)
        return row


def _words(error: Exception) -> tuple[str, str, str]:
    """Return (state, kind, reason) of what ended an attempt."""
    match error:
        case OutputRefused():
            return HALTED, "output", str(error)
        case OSError() if error.errno in _FULL:
            return HALTED, "output", "the disk is full; free some space"
        case InputRefused():
            kind = next((words for of, words in _KINDS if isinstance(error, of)), "refused")
            state = FAILED if isinstance(error, ModelRefused) else REFUSED
            return state, kind, str(error)
        case MemoryError():
            return FAILED, "out of memory", "the scan needs more memory than there is"
    # The text of an unexpected error may quote a header: the kind and the place are enough.
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if _PACKAGE in Path(f.filename).parents] or frames
    place = f" ({Path(ours[-1].filename).name}, line {ours[-1].lineno})" if ours else ""
    return FAILED, "defect", f"unexpected {type(error).__name__}{place}"


def without_names(text: str, case: Case) -> str:
    """Return a message in which the case's name stands for its path, and "file" for its files.

    Folders and files may be named after patients.
    """
    text = text.replace(str(case.path), case.name).replace(case.path.name, case.name)
    if case.path.is_dir():
        names = {p.name for p in case.path.rglob("*")}
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "file") if name in text and len(name) > 2 else text
    return " ".join(text.split())
