"""Stand-ins for the steps that the commands call: what is tested here is the command line alone.

They take the place of whole modules, so that no test of the command line reads a scan, loads a
model or depends on their state.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from corcal.core.errors import LabelsRefused
from corcal.core.reading import Reading
from corcal.core.scan import Scan
from tests.cli.readings import empty_scan, reading

REPORT = {"schema": "corcal-report/1", "total": {"agatston": 1322.4}}


class ModelChoice(NamedTuple):
    model: str
    heart: str
    heart_weights: Path | None
    device: str

    def locator(self) -> str:
        return f"the locator {self.heart}"

    def segmenter(self, told: Callable[[int, int], None]) -> str:
        told(1, 2)
        return f"the segmenter {self.model}"


class Steps:
    """Records the calls of the commands in order: (function, its arguments by name)."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.raises: BaseException | None = None
        self.report_text = json.dumps(REPORT)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def arguments(self, name: str) -> dict[str, Any]:
        (found,) = [given for called, given in self.calls if called == name]
        return found

    def check_output(self, out: Path, *, force: bool) -> None:
        self.calls.append(("check_output", {"out": out, "force": force}))

    def read_scan(self, path: Path, **given: Any) -> Scan:
        self.calls.append(("read_scan", {"path": path, **given}))
        return empty_scan()

    def parse_mapping(self, text: str) -> dict[int, int]:
        self.calls.append(("parse_mapping", {"text": text}))
        if "=" not in text:
            raise LabelsRefused(f"{text!r} is not like 1=RCA")
        return {1: 4}

    def read_labels(self, path: Path, scan: Scan, **given: Any) -> str:
        self.calls.append(("read_labels", {"path": path, "scan": scan, **given}))
        return "the labels"

    def score_scan(self, scan: Scan, *, progress: Callable[[str], None], **given: Any) -> Reading:
        self.calls.append(("score_scan", {"scan": scan, **given}))
        progress("heart")
        if self.raises is not None:
            raise self.raises
        return reading()

    def quantify_labels(self, scan: Scan, labels: str, **given: Any) -> Reading:
        del given["progress"]
        self.calls.append(("quantify_labels", {"scan": scan, "labels": labels, **given}))
        return reading()

    def write_reports(self, result: Reading, out: Path, *, force: bool) -> None:
        self.calls.append(("write_reports", {"reading": result, "out": out, "force": force}))
        out.mkdir(parents=True)
        (out / "report.json").write_text(self.report_text + "\n", encoding="utf-8")


def install(steps: Steps, put: Callable[[str, ModuleType], None]) -> None:
    """Put the stand-ins in the place of the modules that the commands import.

    Args:
        steps: what to call instead.
        put: sets an entry of `sys.modules`.
    """
    homes: dict[str, tuple[str, ...]] = {
        "corcal.pipeline": ("score_scan", "quantify_labels"),
        "corcal.read": ("parse_mapping", "read_labels", "read_scan"),
        "corcal.report": ("check_output", "write_reports"),
    }
    chosen = ModuleType("corcal.models")
    chosen.__dict__["ModelChoice"] = ModelChoice
    put("corcal.models", chosen)
    for home, names in homes.items():
        module = ModuleType(home)
        for name in names:
            setattr(module, name, getattr(steps, name))
        put(home, module)
