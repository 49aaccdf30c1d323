"""Sharpness of a reconstruction kernel, from its name.

The lists follow the vendors' naming: Siemens numbers rise with sharpness, GE and Canon use
fixed names and families. They are a guide for choosing and warning, never a measurement.
"""

from __future__ import annotations

import re
from enum import Enum


class Sharpness(Enum):
    """Effect of a kernel on noise and edges."""

    SOFT = "soft"
    SHARP = "sharp"
    UNKNOWN = "unknown"


_SIEMENS = re.compile(r"(B|BR|BL|BV|BF|QR|I|HR|SA|D|U|T)(\d{2})[A-Z]?", re.IGNORECASE)
_CANON = re.compile(r"FC(\d{2})", re.IGNORECASE)
_SOFT_NAMES = {"STANDARD", "STND", "SOFT", "DETAIL", "A", "B", "C", "XCA"}
_SHARP_NAMES = {"LUNG", "BONE", "BONEPLUS", "EDGE", "ULTRA", "D", "E", "L", "YC", "YD"}


def sharpness(kernel: str) -> Sharpness:
    """Return how sharp a kernel is; of several values, the first tells."""
    name = kernel.partition("\\")[0].strip().upper()
    canon, siemens = _CANON.match(name), _SIEMENS.fullmatch(name)
    soft, sharp = name in _SOFT_NAMES, name in _SHARP_NAMES
    if canon:
        family = int(canon[1])
        soft, sharp = 1 <= family <= 19, family == 30 or family >= 50
    elif siemens:
        # Kernels between 45 and 49 are medium: neither preferred nor warned of.
        strength = int(siemens[2])
        soft, sharp = strength <= 44, strength >= 50
    return Sharpness.SOFT if soft else Sharpness.SHARP if sharp else Sharpness.UNKNOWN
