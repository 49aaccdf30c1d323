"""The series to read among several: the best of one study, or the one that a user names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from corcal.core.errors import NoUsableSeries
from corcal.read.dicom.series import SeriesCandidate


def choose_series(
    candidates: Iterable[SeriesCandidate], where: str, series_uid: str | None = None
) -> SeriesCandidate:
    """Return the series to read.

    Args:
        candidates: all that there are.
        where: name of the file or folder that holds them, for messages.
        series_uid: the series that a user names; None for the best.

    Raises:
        NoUsableSeries: no series can be read, the named one is not there or cannot be read,
            or several patients are present and none is named.
    """
    known = list(candidates)
    if series_uid is not None:
        named = next((c for c in known if c.series_uid == series_uid), None)
        if named is None:
            raise NoUsableSeries(
                f"{where}: holds no series {series_uid}; `corcal inspect` lists those it holds"
            )
        if named.refusals:
            raise NoUsableSeries(
                f"{where}: series {series_uid} cannot be read: {_join(named.refusals)}"
            )
        return named
    usable = [c for c in known if c.accepted]
    if not usable:
        raise NoUsableSeries(f"{where}: holds no series that can be scored: {_why_not(known)}")
    if len({(c.patient, c.study) for c in usable}) > 1 or any(c.shares_uid for c in usable):
        raise NoUsableSeries(f"{where}: {_why_undecided(usable)}")
    return usable[0]


def _why_undecided(usable: list[SeriesCandidate]) -> str:
    """Return why no series is chosen among those of several people or studies."""
    patients = len({c.patient for c in usable})
    studies = len({c.study for c in usable})
    if any(c.shares_uid for c in usable) and len(usable) > 1:
        what = "slices of different patients, studies or frames of reference share one series UID"
    elif patients > 1:
        what = f"CT series of {patients} patients are mixed here"
    elif studies > 1:
        what = f"CT series of {studies} studies are mixed here"
    else:
        what = "slices of another patient, study or frame of reference share this series' UID"
    listed = "; ".join(f"{c.series_uid} ({c.slices} slices, {c.begins_with})" for c in usable[:4])
    more = f"; and {len(usable) - 4} more" if len(usable) > 4 else ""
    advice = "Name one: --series UID, or series_uid=UID from Python (`corcal inspect` lists them)"
    return f"{what}: {listed}{more}. {advice}"


def _why_not(known: list[SeriesCandidate]) -> str:
    whys: dict[str, int] = defaultdict(int)
    for one in known:
        whys[_join(one.refusals or one.named_only)] += 1
    return "; ".join(why + (f" ({n} series)" if n > 1 else "") for why, n in whys.items())


def _join(parts: tuple[str, ...]) -> str:
    return "; ".join(parts)
