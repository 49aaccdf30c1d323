"""The plan of a cohort: the work on every case, and the share of the machine it may take."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from numbers import Integral, Real
from pathlib import Path

from corcal.core.arguments import wrong_kind
from corcal.core.errors import SettingsRefused
from corcal.core.steps import ModelSource
from corcal.models import ModelChoice
from corcal.quantify import SeverityModel
from corcal.settings import Settings
from corcal.storage import json_text

#: What is kept of each case: a report without its label map; its row alone; all files.
KEEP = ("report", "numbers", "all")


@dataclass(frozen=True)
class Plan:
    """The work on each case; plain values, sent to every worker.

    Attributes:
        out: the folder of the cohort; None where only numbers are asked for.
        settings: every number of the method.
        models: for heart and arteries.
        keep: one of `KEEP`.
        grading: grades each artery by its volume; None without.

    Raises:
        SettingsRefused: `keep` is unknown, or there is no folder to keep reports in.
    """

    out: Path | None = None
    settings: Settings = field(default_factory=Settings)
    models: ModelSource = field(default_factory=ModelChoice)
    keep: str = "report"
    grading: SeverityModel | None = None

    def __post_init__(self) -> None:
        if self.keep not in KEEP:
            raise SettingsRefused(f"keep {self.keep!r} is not one of {', '.join(KEEP)}")
        if self.out is None and self.keep != "numbers":
            raise SettingsRefused("reports need a folder: name one, or keep the numbers alone")

    def folder_of(self, case: str) -> Path | None:
        """Return where a case's report lies; None where only its numbers are kept."""
        if self.out is None or self.keep == "numbers":
            return None
        return self.out / "cases" / case

    def method_hash(self) -> str:
        """Return a hash of all settings that a result depends on."""
        used = {k: v for k, v in self.settings.as_dict().items() if k != "training"}
        return hashlib.sha256(f"{json_text(used)}{self.grading!r}".encode()).hexdigest()


@dataclass(frozen=True)
class Options:
    """The way in which a cohort is worked through; nothing here changes a number.

    Attributes:
        jobs: worker processes; None for as many as the cores and the memory allow.
        limit_seconds: a case that takes longer is stopped.
        limit_mb: a worker that holds more memory is replaced; None for its share of the machine's.
        retry_failed: try cases again that failed twice.
        ray: address of a Ray cluster to be joined; "" for processes of this machine.

    Raises:
        SettingsRefused: a number is not above 0.
        TypeError: it is no number.
    """

    jobs: int | None = None
    limit_seconds: float = 1800.0
    limit_mb: float | None = None
    retry_failed: bool = False
    ray: str = ""

    def __post_init__(self) -> None:
        for name, kind, needed in (
            ("jobs", Integral, "a whole number"),
            ("limit_seconds", Real, "a number"),
            ("limit_mb", Real, "a number"),
        ):
            value = getattr(self, name)
            of_kind = value is None or isinstance(value, kind)
            if not of_kind:
                raise wrong_kind(name, value, needed)
            if value is not None and not value > 0:
                raise SettingsRefused(f"{name} must be above 0, not {value}")
