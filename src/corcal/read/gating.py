"""ECG gating, from what scanners write into their headers and from what the user says.

The standard has one attribute for it that few scanners of old fill (Cardiac Synchronization
Technique). The others leave traces: the phase or trigger of a reconstruction, the heart rate that
was met, words among the scan options, and the phase in the name of a series.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pydicom.dataset import Dataset

from corcal.core.scan import Notice, Scan
from corcal.read.dicom.header import number, text, value
from corcal.settings import Admission

#: Cardiac Synchronization Technique (0018,9037): thresholds were set, or a pacemaker beat.
_SYNCHRONISED = ("PROSPECTIVE", "RETROSPECTIVE", "PACED")
#: Numbers that only a scan with an ECG has; 0 is written by scans without.
_RHYTHM = (
    "TriggerTime",
    "HeartRate",
    "LowRRValue",
    "HighRRValue",
    "IntervalsAcquired",
    "NominalInterval",
    "CardiacRRIntervalSpecified",
)
#: Scan Options: Philips names the phase (TP70PC) and the heart rate (OSCRATE61BPM), others write
#: words. TM50PC of a chest scan is a tube modulation, no phase.
_OPTIONS = re.compile(r"\bTP\d{1,3}PC|OSCRATE\d+BPM|(?<![A-Z])CARD|\bECG|(?<![A-Z])GATED\b")
_DENIED = re.compile(r"\b(NON|NO|NOT|UN|W/?O|WITHOUT)[\s_-]*(ECG|CARD\w*|GATED)[\s_-]*(GATED)?")
_BREATHING = re.compile(r"\bRESP\w*[\s_-]*GATED")
#: Siemens names the phase that moves least, and so only where it was looked for.
_BEST_PHASE = re.compile(r"\bBEST ?(DIAST|SYST)", re.I)
#: A percentage of the cycle; that of iterative reconstruction (ASIR 30 %, SS40) is none.
_PHASE = re.compile(r"(?<![\w.%-])(\d{1,2}) ?%")
_MIXED = re.compile(r"\b(A?SIR\w*|ASIR-?V?|SS|DLIR|IR|ADMIRE|SAFIRE)[\s-]*\d{1,3} ?%", re.I)
#: Phases are reconstructed in steps of 5 %.
_PHASE_STEP = 5


def header_gating(tags: Dataset) -> tuple[bool | None, str]:
    """Return whether a slice was gated, None where its header says nothing, and what says so."""
    technique = text(tags, "CardiacSynchronizationTechnique").upper()
    evidence = {
        "CardiacSynchronizationTechnique": technique in _SYNCHRONISED,
        "NominalPercentageOfCardiacPhase": value(tags, "NominalPercentageOfCardiacPhase")
        is not None,
        "CardiacSignalSource": bool(text(tags, "CardiacSignalSource")),
        **{keyword: (number(tags, keyword) or 0.0) > 0.0 for keyword in _RHYTHM},
        "ScanOptions": _names_gating(text(tags, "ScanOptions").upper()),
        "SeriesDescription": bool(_BEST_PHASE.search(text(tags, "SeriesDescription"))),
        "ImageComments": bool(_BEST_PHASE.search(text(tags, "ImageComments"))),
    }
    source = next((keyword for keyword, holds in evidence.items() if holds), "")
    if source:
        return True, source
    return (False, "CardiacSynchronizationTechnique") if technique == "NONE" else (None, "")


def _names_gating(options: str) -> bool:
    return bool(_OPTIONS.search(_BREATHING.sub("", _DENIED.sub("", options))))


def phase_percent(tags: Dataset) -> int | None:
    """Return the phase of the heart's cycle that the name of a series states, or None."""
    for keyword in ("SeriesDescription", "ImageComments", "ProtocolName"):
        for found in _PHASE.finditer(_MIXED.sub("", text(tags, keyword))):
            if int(found[1]) % _PHASE_STEP == 0 and int(found[1]) > 0:
                return int(found[1])
    return None


def state_gating(scan: Scan, settings: Admission) -> Scan:
    """Return a scan with its gating as the user says it, or as all evidence together says it.

    Args:
        scan: as read.
        settings: `gating`, and `small_field_mm`: a phase in the name of a series counts where the
            field is small, too.
    """
    made = scan.acquisition
    if settings.gating != "header":
        gated = settings.gating == "yes"
        said = replace(made, gated=gated, gating_source="user")
        if made.gated is None or made.gated == gated:
            return replace(scan, acquisition=said)
        stated = {True: "ECG-gated", False: "not ECG-gated"}
        text_ = (
            f"The header says that the scan is {stated[made.gated]} ({made.gating_source}); taken "
            f"as {stated[gated]}, as the user says."
        )
        return _with_notice(replace(scan, acquisition=said), Notice("gating-said", text_))
    if made.gated is not None or made.phase_percent is None:
        return scan
    _, rows, columns = scan.grid.shape
    _, down_mm, across_mm = scan.grid.spacing_mm
    field_mm = min(rows * down_mm, columns * across_mm)
    if field_mm >= settings.small_field_mm:
        return scan
    gated_scan = replace(scan, acquisition=replace(made, gated=True, gating_source="phase"))
    sentence = (
        f"Taken as ECG-gated: its series is named after a phase of {made.phase_percent} % and its "
        f"field is {field_mm:.0f} mm; if it was not, say --gating no (the setting "
        "admission.gating)."
    )
    return _with_notice(gated_scan, Notice("gating-by-phase", sentence))


def _with_notice(scan: Scan, notice: Notice) -> Scan:
    return scan if notice in scan.notices else replace(scan, notices=(*scan.notices, notice))
