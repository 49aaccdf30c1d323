"""What a cell of a table of results may say, and what it means."""

from __future__ import annotations

import math

from corcal.core.artery import Artery
from corcal.core.errors import TableRefused
from corcal.core.severity import Severity
from corcal.evaluate.results import TARGETS

#: What stands for "not known", in lower case.
UNKNOWN = frozenset({"", "na", "n/a", "nan", "none given", "missing", "unknown", ".", "-"})

_PRESENT = {"1": 1.0, "yes": 1.0, "true": 1.0, "present": 1.0, "1.0": 1.0}
_ABSENT = {"0": 0.0, "no": 0.0, "false": 0.0, "absent": 0.0, "0.0": 0.0}
_GRADES = {s.word: float(s) for s in Severity} | {str(s.value): float(s) for s in Severity}
_GRADES |= {f"{s.value}.0": float(s) for s in Severity}

_TARGETS = {a.value.lower(): TARGETS.index(a.value) for a in Artery}
_TARGETS |= {"any": TARGETS.index("any"), "total": TARGETS.index("any")}


def target_index(text: str, where: str) -> int:
    """Return the column of `TARGETS` that an artery's name stands for.

    Args:
        text: RCA, LAD, LCX, or any (also: total) for the whole patient, in upper or lower case.
        where: file and line, for the message.

    Raises:
        TableRefused: another name.
    """
    try:
        return _TARGETS[text.lower()]
    except KeyError:
        raise TableRefused(
            f"{where}: unknown artery {text!r}; known are RCA, LAD (with the left main), LCX, and "
            "any or total for the whole patient. Calcium of the left main belongs in the row LAD"
        ) from None


def number(text: str, measure: str, where: str) -> float:
    """Return what a cell says of a measure; NaN where it says that nothing is known.

    Args:
        text: the cell.
        measure: present, grade, agatston, volume_mm3 or mask_volume_ml.
        where: file and line, for the message.

    Raises:
        TableRefused: a value that the measure cannot have.
    """
    word = text.lower()
    if word in UNKNOWN:
        return math.nan
    if measure == "present":
        found = (_PRESENT | _ABSENT).get(word)
        return _known(found, text, "present", "1 or 0, yes or no, or empty where unknown", where)
    if measure == "grade":
        found = _GRADES.get(word)
        return _known(found, text, "grade", "0 to 3, or none, mild, moderate, severe", where)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    good = math.isfinite(value) and value >= 0
    return _known(value if good else None, text, measure, "0 or more, with a decimal point", where)


def _known(value: float | None, text: str, measure: str, allowed: str, where: str) -> float:
    if value is None:
        raise TableRefused(f"{where}: {measure} {text!r} cannot be; it must be {allowed}")
    return value
