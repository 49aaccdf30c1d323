"""Cells derived from others: presence from numbers, the whole patient from the arteries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import TableRefused
from corcal.core.scan import Notice
from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.tables_in.results import TARGETS, any_present

#: From which measure presence follows where no column states it, the first that is known.
_SIGNS = ("volume_mm3", "agatston", "grade")

#: By how much a stated total may differ from the sum of the arteries: rounding.
_ROUNDING = 0.01


def derive_presence(
    values: dict[str, Numbers], states_presence: bool, *, lines: list[list[int]], name: str
) -> tuple[dict[str, Numbers], tuple[Notice, ...]]:
    """Return the measures with everything that follows from them, and the doubts.

    Presence follows from a volume, score or grade above zero if the table has no column for it;
    an empty cell in such a column stays unknown. The patient's numbers follow from the three
    arteries where all are known, else they are those that the table states.

    Args:
        values: arrays of shape (patients, 4) by measure, NaN where unknown.
        states_presence: the table has a column for presence.
        lines: for each patient the line of each target, 0 where there is none.
        name: the table's, for messages.

    Raises:
        TableRefused: a row for the whole patient contradicts the arteries.
    """
    done = {m: v.copy() for m, v in values.items()}
    notices: list[Notice] = []
    if not states_presence:
        notices.append(_infer_presence(done, name))
    notices += _contradictions(done, name)
    place = _Lines(lines, name)
    stated = done["present"][:, -1]
    derived = any_present(done["present"][:, :-1])
    place.refuse(np.isfinite(stated) & np.isfinite(derived) & (stated != derived), "present")
    done["present"][:, -1] = np.where(np.isnan(derived), stated, derived)
    for measure in ("volume_mm3", "agatston"):
        _sum_up(done[measure], measure, place)
    highest = done["grade"][:, :-1].max(axis=1)
    done["grade"][:, -1] = np.where(np.isnan(highest), done["grade"][:, -1], highest)
    return done, tuple(notices)


class _Lines:
    """Names the line in which a contradiction stands."""

    def __init__(self, lines: list[list[int]], name: str) -> None:
        self._lines, self._name = lines, name

    def refuse(self, wrong: NDArray[np.bool_], measure: str) -> None:
        if wrong.any():
            line = self._lines[int(np.flatnonzero(wrong)[0])][-1]
            raise TableRefused(
                f"{self._name}, line {line}: {measure} of the whole patient contradicts the rows "
                f"of the arteries ({int(wrong.sum())} patients); correct one, or drop the total"
            )


def _infer_presence(values: dict[str, Numbers], name: str) -> Notice:
    used = []
    for measure in _SIGNS:
        gap = np.isnan(values["present"]) & np.isfinite(values[measure])
        if gap.any():
            values["present"][gap] = values[measure][gap] > 0
            used.append(measure)
    text = f"{name} has no column for presence; calcium counts as present where {{}} is above 0."
    return Notice("presence-inferred", text.format(" or else ".join(used) or "nothing"))


def _contradictions(values: dict[str, Numbers], name: str) -> list[Notice]:
    odd = np.zeros(values["present"].shape, dtype=bool)
    for measure in _SIGNS:
        odd |= (values["present"] == 0) & (values[measure] > 0)
    if not odd.any():
        return []
    where = ", ".join(TARGETS[i] for i in np.flatnonzero(odd.any(axis=0)))
    text = (
        f"{name}: {int(odd.sum())} rows ({where}) say absent, yet have a volume, score or grade "
        "above 0. Each number is used as it is given."
    )
    return [Notice("absent-with-calcium", text)]


def _sum_up(values: Numbers, measure: str, place: _Lines) -> None:
    total, stated = values[:, :-1].sum(axis=1), values[:, -1]
    off = np.abs(total - stated) > _ROUNDING * np.maximum(1.0, total)
    place.refuse(np.isfinite(total) & np.isfinite(stated) & off, measure)
    values[:, -1] = np.where(np.isnan(total), stated, total)
