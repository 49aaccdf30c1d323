"""The cells of a table: their allowed texts, the numbers they stand for, and doubts about them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from corcal.core.artery import Artery
from corcal.core.scan import Notice
from corcal.core.severity import Severity
from corcal.evaluate.tables_in.results import TARGETS

#: What stands for "not known", in lower case.
UNKNOWN = frozenset({"", "na", "n/a", "nan", "none given", "missing", "unknown", ".", "-"})

#: What stands for "not known" of a group; there a dash may be the opposite of a plus.
UNKNOWN_GROUP = UNKNOWN - {"-"}

#: The name of a row that a spreadsheet adds below a table, in lower case.
_SUMMARY = frozenset({"total", "totals", "grand total", "sum", "mean", "average", "median", "sd"})
_SUMMARY |= {"gesamt", "gesamtergebnis", "summe", "mittelwert", "somme", "moyenne", "suma"}

#: An identifier of many digits as a spreadsheet shows it in a narrow column.
_SHORTENED = re.compile(r"\d([.,]\d+)?[eE]\+\d+")

_PRESENT = dict.fromkeys(("1", "1.0", "yes", "true", "present"), 1.0)
_PRESENT |= dict.fromkeys(("0", "0.0", "no", "false", "absent"), 0.0)
_GRADES = {s.word: float(s) for s in Severity} | {str(s.value): float(s) for s in Severity}
_GRADES |= {f"{s.value}.0": float(s) for s in Severity}

_TARGETS = {a.value.lower(): TARGETS.index(a.value) for a in Artery}
_TARGETS |= {"any": TARGETS.index("any"), "total": TARGETS.index("any")}


#: What the measures with few values may say, by measure.
_VALUES = {"present": _PRESENT, "grade": _GRADES}
_ALLOWED = {
    "present": "1 or 0, yes or no, present or absent",
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


def require_patient(name: str) -> None:
    """Refuse what is no patient's identifier; the message does not show it.

    Raises:
        ValueError: nothing stands there, it names a sum or mean, or its digits are lost.
    """
    if not name:
        raise ValueError("no patient; every row needs one")
    if name.lower() in _SUMMARY:
        raise ValueError(
            f"{name!r} is no patient but a sum or mean below the table; delete the row"
        )
    if _SHORTENED.fullmatch(name):
        raise ValueError(
            "a spreadsheet has shortened the identifier to something like 1.23E+10, and digits are "
            "lost; format the column as text, and enter or export it again"
        )


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
        allowed = _ALLOWED.get(measure, "0 or more, a plain number with a decimal point")
        raise ValueError(
            f"{measure} {text!r} cannot be; it must be {allowed}, or empty where unknown"
        )
    return value


def _amount(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def note_alike(column: str, values: Iterable[str]) -> list[Notice]:
    """Return a notice if values of a column differ by capital letters alone.

    Args:
        column: its name.
        values: its values, in any number.
    """
    spelt: dict[str, list[str]] = {}
    for value in sorted(set(values)):
        spelt.setdefault(value.casefold(), []).append(value)
    alike = [" and ".join(names) for names in spelt.values() if len(names) > 1]
    if not alike:
        return []
    text = (
        f"{column}: {'; '.join(alike)} differ by capital letters alone and are counted apart. "
        "Write them in one way if they are one."
    )
    return [Notice("groups-alike", text)]
