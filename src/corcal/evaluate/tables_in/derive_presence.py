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
    values: dict[str, Numbers], states: tuple[bool, ...], *, lines: list[list[int]], name: str
) -> tuple[dict[str, Numbers], tuple[Notice, ...]]:
    """Return the measures with everything that follows from them, and the doubts.

    Presence of a target follows from its volume, score or grade if the table has no column for it;
    an empty cell in such a column stays unknown. The patient's presence and numbers follow from
    the three arteries where all are known, else they are those that the table states.

    Args:
        values: arrays of shape (patients, 4) by measure, NaN where unknown.
        states: of each target, whether the table has a column for its presence.
        lines: for each patient the line of each target, 0 where there is none.
        name: the table's, for messages.

    Raises:
        TableRefused: a row for the whole patient contradicts the arteries, or a grade presence.
    """
    done = {m: v.copy() for m, v in values.items()}
    notices: list[Notice] = []
    place = _Lines(lines, name)
    _refuse_grades(done, place)
    if not all(states):
        notices += _infer_presence(done, states, name)
    notices += _contradictions(done, name)
    stated = done["present"][:, -1]
    derived = any_present(done["present"][:, :-1])
    place.refuse_total(np.isfinite(stated) & np.isfinite(derived) & (stated != derived), "present")
    # Complete cases alone: one artery would do for "present" and none for "absent", so that
    # patients with gaps would drift to the positive side.
    whole = np.where(np.isnan(done["present"][:, :-1]).any(axis=1), np.nan, derived)
    done["present"][:, -1] = np.where(np.isnan(whole), stated, whole)
    for measure in ("volume_mm3", "agatston"):
        _sum_up(done[measure], measure, place)
    highest = done["grade"][:, :-1].max(axis=1)
    done["grade"][:, -1] = np.where(np.isnan(highest), done["grade"][:, -1], highest)
    return done, tuple(notices)


class _Lines:
    """Names the line in which a contradiction stands."""

    def __init__(self, lines: list[list[int]], name: str) -> None:
        self._lines, self._name = lines, name

    def refuse(self, wrong: NDArray[np.bool_], why: str) -> None:
        """Refuse the first cell of (patients, targets) that is wrong."""
        if wrong.any():
            patient, target = (int(i) for i in np.argwhere(wrong)[0])
            line = self._lines[patient][target]
            raise TableRefused(
                f"{self._name}, line {line}: {why} ({int(wrong.sum())} cells); correct one of them"
            )

    def refuse_total(self, wrong: NDArray[np.bool_], measure: str) -> None:
        """Refuse the first patient whose total is wrong."""
        if wrong.any():
            line = self._lines[int(np.flatnonzero(wrong)[0])][-1]
            raise TableRefused(
                f"{self._name}, line {line}: {measure} of the whole patient contradicts the rows "
                f"of the arteries ({int(wrong.sum())} patients); correct one, or drop the total"
            )


def _refuse_grades(values: dict[str, Numbers], place: _Lines) -> None:
    """Refuse a grade that contradicts presence: both are somebody's word for the same thing."""
    present, grade = values["present"], values["grade"]
    place.refuse((present == 0) & (grade > 0), "absent, yet of a grade above none")
    place.refuse((present == 1) & (grade == 0), "present, yet of the grade none")


def _infer_presence(
    values: dict[str, Numbers], states: tuple[bool, ...], name: str
) -> list[Notice]:
    """Fill in the presence of targets for which the table has no column."""
    silent = ~np.array(states)
    used: list[str] = []
    where: list[str] = []
    for measure in _SIGNS:
        gap = np.isnan(values["present"]) & np.isfinite(values[measure]) & silent
        if gap.any():
            values["present"][gap] = values[measure][gap] > 0
            used.append(measure)
            where += [TARGETS[i] for i in np.flatnonzero(gap.any(axis=0))]
    if any(states) and not used:
        return []
    of = "" if not any(states) else f" of {', '.join(dict.fromkeys(where))}"
    text = (
        f"{name} has no column for presence{of}; calcium counts as present where "
        f"{' or else '.join(used) or 'nothing'} is above 0."
    )
    return [Notice("presence-inferred", text)]


def _contradictions(values: dict[str, Numbers], name: str) -> list[Notice]:
    above = (values["volume_mm3"] > 0) | (values["agatston"] > 0)
    nothing = (values["volume_mm3"] == 0) | (values["agatston"] == 0)
    kinds = (
        ("absent-with-calcium", (values["present"] == 0) & above, "absent", "above 0"),
        ("present-without-calcium", (values["present"] == 1) & nothing, "present", "of 0"),
    )
    notices = []
    for code, odd, word, amount in kinds:
        if odd.any():
            where = ", ".join(TARGETS[i] for i in np.flatnonzero(odd.any(axis=0)))
            text = (
                f"{name}: {int(odd.sum())} cells ({where}) say {word}, yet have a volume or score "
                f"{amount}. Each number is used as it is given."
            )
            notices.append(Notice(code, text))
    return notices


def _sum_up(values: Numbers, measure: str, place: _Lines) -> None:
    total, stated = values[:, :-1].sum(axis=1), values[:, -1]
    off = np.abs(total - stated) > _ROUNDING * np.maximum(1.0, total)
    place.refuse_total(np.isfinite(total) & np.isfinite(stated) & off, measure)
    values[:, -1] = np.where(np.isnan(total), stated, total)
