"""The cells of a table of results: their allowed texts and the numbers they stand for."""

from __future__ import annotations

import math

from corcal.core.artery import Artery
from corcal.core.severity import Severity
from corcal.evaluate.tables_in.results import TARGETS

#: What stands for "not known", in lower case.
UNKNOWN = frozenset({"", "na", "n/a", "nan", "none given", "missing", "unknown", ".", "-"})

_PRESENT = dict.fromkeys(("1", "1.0", "yes", "true", "present"), 1.0)
_PRESENT |= dict.fromkeys(("0", "0.0", "no", "false", "absent"), 0.0)
_GRADES = {s.word: float(s) for s in Severity} | {str(s.value): float(s) for s in Severity}
_GRADES |= {f"{s.value}.0": float(s) for s in Severity}

_TARGETS = {a.value.lower(): TARGETS.index(a.value) for a in Artery}
_TARGETS |= {"any": TARGETS.index("any"), "total": TARGETS.index("any")}


#: What the measures with few values may say, by measure.
_VALUES = {"present": _PRESENT, "grade": _GRADES}
_ALLOWED = {
    "present": "1 or 0, yes or no, or empty where unknown",
    "grade": "0 to 3, or none, mild, moderate, severe",
}


def target_index(text: str) -> int:
    """Return the column of `TARGETS` that an artery's name stands for.

    Args:
        text: RCA, LAD, LCX, or any (also: total) for the whole patient, in upper or lower case.

    Raises:
        ValueError: another name.
    """
    index = _TARGETS.get(text.lower())
    if index is None:
        raise ValueError(
            f"unknown artery {text!r}; known are RCA, LAD (with the left main), LCX, and any or "
            "total for the whole patient. Calcium of the left main belongs in the row LAD"
        )
    return index


def number(text: str, measure: str) -> float:
    """Return the number in a cell; NaN where the cell says that nothing is known.

    Args:
        text: the cell.
        measure: present, grade, agatston, volume_mm3 or mask_volume_ml.

    Raises:
        ValueError: a value that the measure cannot have.
    """
    word = text.lower()
    if word in UNKNOWN:
        return math.nan
    value = _VALUES[measure].get(word) if measure in _VALUES else _amount(text)
    if value is None:
        allowed = _ALLOWED.get(measure, "0 or more, with a decimal point")
        raise ValueError(f"{measure} {text!r} cannot be; it must be {allowed}")
    return value


def _amount(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
