from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corcal.core.errors import TableRefused
from corcal.core.reading import Reading
from corcal.report import ReportOptions, write_reports
from corcal.report.prior import change_text, read_prior


def written(reading: Reading, folder: Path, **changes: Any) -> Path:
    write_reports(reading, folder)
    path = folder / "report.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return path


def test_the_change_stands_beside_each_artery(
    reading: Reading, clean: Reading, tmp_path: Path
) -> None:
    earlier = written(clean, tmp_path / "a")
    write_reports(reading, tmp_path / "b", options=ReportOptions(prior=earlier))
    html = (tmp_path / "b/report.html").read_text()
    for cell in ("0 (+118)", "0 (+27)", "0 (+0)", "0 (+146)"):
        assert f"<td>{cell}</td>" in html


@pytest.mark.parametrize(
    "changes", [{"schema": "corcal-annotation/1"}, {"total": {}}, {"arteries": []}]
)
def test_what_is_no_report_is_refused_before_the_work(
    reading: Reading, tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = written(reading, tmp_path, **changes)
    with pytest.raises(TableRefused, match=r"give the report\.json of the earlier scan"):
        read_prior(path)


@pytest.mark.parametrize(
    ("before", "now", "text"), [(204.0, 216.0, "204 (+12)"), (30.0, 4.5, "30 (-26)")]
)
def test_changes_as_printed(before: float, now: float, text: str) -> None:
    assert change_text(before, now) == text
