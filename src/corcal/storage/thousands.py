"""Marks that may part thousands: the columns of a table whose numbers cannot be read safely.

A spreadsheet writes 1234 as "1.234" or "1,234" where cells are formatted so, and other programs
write 1.234 in just that way. Which is meant shows in the other numbers of the column, else of the
table; where it does not, no number is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+)")
_DECIMAL = re.compile(r"[-+]?\d*[.,]\d+(?:[eE][-+]?\d+)?")


def may_part_thousands(text: str) -> bool:
    """Tell whether a number's mark could part thousands: 1.234 and 1,234, not 0.234 or 1.23."""
    return _GROUPED.fullmatch(text) is not None


def unclear_columns(cells: Mapping[str, Sequence[str]], *, usual: str = "") -> frozenset[str]:
    """Return the columns in which a mark may part thousands.

    Args:
        cells: the texts of each column.
        usual: the mark that is a decimal mark where no number of the table says otherwise.
    """
    grouped = {c: _marks(t for t in texts if may_part_thousands(t)) for c, texts in cells.items()}
    if not any(grouped.values()):
        return frozenset()
    decimal = {c: _decimal_marks(texts) for c, texts in cells.items()}
    of_table = frozenset().union(*decimal.values()) or frozenset(usual)
    return frozenset(
        c
        for c, marks in grouped.items()
        if len(marks) > 1 or (marks and marks != (decimal[c] or of_table))
    )


def _decimal_marks(texts: Sequence[str]) -> frozenset[str]:
    return _marks(t for t in texts if _DECIMAL.fullmatch(t) and not may_part_thousands(t))


def _marks(numerals: Iterable[str]) -> frozenset[str]:
    return frozenset(mark for text in numerals for mark in ".," if mark in text)
