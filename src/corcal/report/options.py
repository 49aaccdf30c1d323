"""The choices that a user has in a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from corcal.core.arguments import require_kind, require_path, wrong_kind
from corcal.core.errors import SettingsRefused

LANGUAGES = ("en", "de", "fr", "es")
_LONGEST_ID = 64


@dataclass(frozen=True)
class ReportOptions:
    """The parts of a report beside the result itself.

    Attributes:
        case_id: how the case is called in every file; "" for the PatientID of a de-identified
            scan, or a short hash of the voxels.
        scored_at: when it was scored; None leaves the date out, so that the same reading makes
            the same bytes.
        show_dates: whether the date of the scan is printed.
        language: of the text to paste: "en", "de", "fr" or "es".
        advice: whether the text to paste ends with the advice of the British societies.
        prior: report.json of an earlier scan, to show the change.
        pdf: whether report.pdf is written.
        dicom: whether DICOM objects are written.
        labels: whether the label map is written, as labels.nii.gz and labels.seg.nrrd.

    Raises:
        SettingsRefused: a language without text, or an identifier that cannot be printed.
        TypeError: a value is of another kind.
    """

    case_id: str = ""
    scored_at: datetime | None = None
    show_dates: bool = False
    language: str = "en"
    advice: bool = False
    prior: Path | None = None
    pdf: bool = False
    dicom: bool = False
    labels: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.case_id, str):
            raise wrong_kind("case_id", self.case_id, "a text")
        if self.scored_at is not None:
            require_kind("scored_at", self.scored_at, datetime, "datetime.now()")
        if self.prior is not None:
            object.__setattr__(self, "prior", require_path("prior", self.prior))
        if self.language not in LANGUAGES:
            raise SettingsRefused(
                f"no text in language {self.language!r}; there is {', '.join(LANGUAGES)}"
            )
        if len(self.case_id) > _LONGEST_ID or not (self.case_id.isprintable()):
            raise SettingsRefused(
                f"a case ID has at most {_LONGEST_ID} characters, all of them printable"
            )
