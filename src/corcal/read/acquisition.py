"""The acquisition of a scan, from the header of its first slice."""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from corcal.core.scan import Acquisition
from corcal.read.dicom.header import number, text, value, vector
from corcal.read.gating import header_gating, phase_percent

_NONE_GIVEN = re.compile(r"\s*(no|none|non.*|nil|without.*|w/?o.*|n/?a|0)\s*(contrast.*)?", re.I)


def acquisition_of(tags: Dataset) -> Acquisition:
    """Return how a slice was acquired; None or "" for what its header does not say."""
    factors = vector(tags, "CalciumScoringMassFactorPatient") or vector(
        tags, "CalciumScoringMassFactorDevice"
    )
    gated, source = header_gating(tags)
    return Acquisition(
        kvp_kv=number(tags, "KVP") or None,
        thickness_mm=number(tags, "SliceThickness") or None,
        kernel=text(tags, "ConvolutionKernel"),
        contrast=contrast_named(tags),
        gated=gated,
        gating_source=source,
        phase_percent=phase_percent(tags),
        manufacturer=text(tags, "Manufacturer"),
        model=text(tags, "ManufacturerModelName"),
        mass_factors=factors or (),
    )


def contrast_named(tags: Dataset) -> bool | None:
    """Tell whether the header names a contrast agent; None if it says nothing."""
    agent = text(tags, "ContrastBolusAgent")
    if agent:
        return _NONE_GIVEN.fullmatch(agent) is None
    return True if value(tags, "ContrastBolusAgentSequence") else None
