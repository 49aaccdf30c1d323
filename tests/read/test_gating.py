"""ECG gating by what scanners write, and by what the user says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from corcal.core.errors import SettingsRefused
from corcal.core.grid import Grid
from corcal.core.scan import Acquisition, Scan
from corcal.read import state_gating
from corcal.read.gating import header_gating, phase_percent
from corcal.settings import Admission


def header(**tags: Any) -> Dataset:
    ds = Dataset()
    for keyword, content in tags.items():
        setattr(ds, keyword, content)
    return ds


@pytest.mark.parametrize(
    ("tags", "source"),
    [
        ({"CardiacSynchronizationTechnique": "PROSPECTIVE"}, "CardiacSynchronizationTechnique"),
        ({"CardiacSynchronizationTechnique": "RETROSPECTIVE"}, "CardiacSynchronizationTechnique"),
        ({"NominalPercentageOfCardiacPhase": 0.0}, "NominalPercentageOfCardiacPhase"),
        ({"CardiacSignalSource": "ECG"}, "CardiacSignalSource"),
        ({"TriggerTime": 650.0}, "TriggerTime"),
        ({"HeartRate": 61}, "HeartRate"),
        ({"ScanOptions": ["HELIX", "TP70PC", "OSCRATE61BPM"]}, "ScanOptions"),
        ({"ScanOptions": "TP75PC0000"}, "ScanOptions"),
        ({"ScanOptions": "OSCRATE61BPM"}, "ScanOptions"),
        ({"ScanOptions": "CARDIAC"}, "ScanOptions"),
        ({"ScanOptions": "ECG_GATED"}, "ScanOptions"),
        ({"ScanOptions": ["AXIAL MODE", "GATED"]}, "ScanOptions"),
        ({"SeriesDescription": "CaSc 3.0 Qr36 BestDiast 68 %"}, "SeriesDescription"),
        ({"CardiacSynchronizationTechnique": "NONE", "HeartRate": 61}, "HeartRate"),
    ],
)
def test_traces_of_gating_are_recognised(tags: dict[str, Any], source: str) -> None:
    assert header_gating(header(**tags)) == (True, source)


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"ScanOptions": ["HELIX", "TM50PC"]},
        {"ScanOptions": "TM50PC"},
        {"ScanOptions": "HELICAL MODE"},
        {"ScanOptions": "NON_GATED"},
        {"ScanOptions": "NO ECG"},
        {"ScanOptions": "UNGATED"},
        {"ScanOptions": "RESP_GATED"},
        {"ScanOptions": "DISCARDED"},
        {"CardiacSynchronizationTechnique": "REALTIME"},
        {"TriggerTime": 0.0, "HeartRate": 0, "NominalInterval": 0},
        {"SeriesDescription": "Thorax 1.0 70 %"},
    ],
)
def test_what_is_no_trace_says_nothing(tags: dict[str, Any]) -> None:
    assert header_gating(header(**tags)) == (None, "")


def test_a_header_can_deny_it() -> None:
    denied = header(CardiacSynchronizationTechnique="NONE")
    assert header_gating(denied) == (False, "CardiacSynchronizationTechnique")


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("CaSc 3.0 B35f 70%", 70),
        ("75 % 3.0 Qr36", 75),
        ("CaSc 68%", None),
        ("Thorax ASIR 30%", None),
        ("CHEST SS40 40%", 40),
        ("Chest ASIR-V 50 %", None),
        ("Thorax 1.0", None),
        ("0%", None),
        ("100%", None),
    ],
)
def test_the_phase_in_the_name_of_a_series(name: str, phase: int | None) -> None:
    assert phase_percent(header(SeriesDescription=name)) == phase


def scan(field_mm: float = 220.0, **given: Any) -> Scan:
    step = field_mm / 4
    return Scan(
        np.zeros((3, 4, 4), dtype=np.int16),
        Grid.axial((3, 4, 4), (3.0, step, step)),
        acquisition=Acquisition(**given),
    )


def test_a_phase_counts_where_the_field_is_small() -> None:
    stated = state_gating(scan(phase_percent=70), Admission())
    assert (stated.acquisition.gated, stated.acquisition.gating_source) == (True, "phase")
    assert [n.text for n in stated.notices] == [
        "Taken as ECG-gated: its series is named after a phase of 70 % and its field is 220 mm; if "
        "it was not, say --gating no (the setting admission.gating)."
    ]
    assert state_gating(stated, Admission()) is stated
    for other in (scan(350.0, phase_percent=70), scan(), scan(gated=False, phase_percent=70)):
        assert state_gating(other, Admission()) is other


@pytest.mark.parametrize("said", ["yes", "no"])
def test_the_user_knows_better(said: str) -> None:
    settings = replace(Admission(), gating=said)
    for header_says in (None, said == "yes"):
        stated = state_gating(scan(gated=header_says), settings)
        made = stated.acquisition
        assert (made.gated, made.gating_source) == (said == "yes", "user")
        assert stated.notices == ()
    against = scan(gated=said == "no", gating_source="ScanOptions")
    stated = state_gating(against, settings)
    assert stated.acquisition.gated == (said == "yes")
    words = ("not ECG-gated", "ECG-gated") if said == "yes" else ("ECG-gated", "not ECG-gated")
    assert [n.text for n in stated.notices] == [
        f"The header says that the scan is {words[0]} (ScanOptions); taken as {words[1]}, as the "
        "user says."
    ]


def test_another_word_is_refused() -> None:
    with pytest.raises(SettingsRefused, match='gating is "header", "yes" or "no", not \'maybe\''):
        Admission(gating="maybe")
