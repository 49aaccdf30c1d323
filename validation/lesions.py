"""The figures that tables a and b share: both have lesions of known size at known places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from corcal.core.artery import Artery
from corcal.evaluate.publish import Table
from corcal.evaluate.statistics import Estimate
from validation.clustered import kappa_of, median, ratio, share
from validation.compare import Record
from validation.goals import text

ARTERIES = tuple(a.value for a in Artery)
SIZES_MM3 = (0.0, 2.0, 5.0, 10.0, 30.0, 100.0, np.inf)
HU = (0.0, 300.0, 500.0, 800.0, np.inf)
#: The bounds of the CAC-DRS categories.
_CATEGORIES = (0.0, 100.0, 300.0)
#: Calcium of less is no base for a relative error.
_LEAST_MM3, _LEAST_AGATSTON = 5.0, 1.0


def sides(records: Sequence[Record], artery: str) -> list[tuple[Record, Record]]:
    """Return each record with what it says of an artery, where that artery is known."""
    return [
        (r, r["arteries"][artery])
        for r in records
        if "refused" not in r and artery in r.get("examined", ARTERIES)
    ]


def presence(records: Sequence[Record], artery: str) -> tuple[Estimate, Estimate, Estimate]:
    """Return kappa, sensitivity and specificity of the presence of calcium."""
    pairs = [(r["cluster"], x["present"], x["truth_present"]) for r, x in sides(records, artery)]
    kappa, _ = kappa_of(pairs)
    with_it = share((c, found) for c, found, true in pairs if true)
    without = share((c, not found) for c, found, true in pairs if not true)
    return kappa, with_it, without


def found_share(records: Sequence[Record], arteries: Sequence[str]) -> Estimate:
    """Return the share of the visible volume that is reported, on whichever artery."""
    return ratio(
        (r["cluster"], x["found_mm3"], x["truth_mm3"])
        for a in arteries
        for r, x in sides(records, a)
    )


def volume_ratio(records: Sequence[Record], arteries: Sequence[str], truth: str) -> Estimate:
    """Return reported over true, summed over all cases; `truth` is a key of an artery's record."""
    shown = "agatston" if truth == "truth_agatston" else "reported_mm3"
    return ratio((r["cluster"], x[shown], x[truth]) for a in arteries for r, x in sides(records, a))


def typical_error(records: Sequence[Record], truth: str) -> Estimate:
    """Return the median over the calcified cases of |reported - true| / true."""
    shown, least = "reported_mm3", _LEAST_MM3
    if truth == "truth_agatston":
        shown, least = "agatston", _LEAST_AGATSTON
    errors = []
    for r in records:
        if "refused" in r:
            continue
        known = [r["arteries"][a] for a in r.get("examined", ARTERIES)]
        true = sum(x[truth] for x in known)
        if true >= least:
            errors.append((r["cluster"], abs(sum(x[shown] for x in known) - true) / true))
    return median(errors)


def same_category(records: Sequence[Record]) -> Estimate:
    """Return the share of cases whose reported score is in the category of the true one."""
    items = []
    for r in records:
        if "refused" in r or not r.get("examined", ARTERIES):
            continue
        known = [r["arteries"][a] for a in r.get("examined", ARTERIES)]
        found, true = (sum(x[k] for x in known) for k in ("agatston", "truth_agatston"))
        items.append((r["cluster"], _category(found) == _category(true)))
    return share(items)


def _category(agatston: float) -> int:
    return sum((agatston > b) if b == 0 else (agatston >= b) for b in _CATEGORIES)


def visible(records: Sequence[Record]) -> list[tuple[str, Record]]:
    """Return all lesions of which a voxel is visible, with their cluster."""
    return [
        (r["cluster"], x)
        for r in records
        if "refused" not in r
        for x in r["lesions"]
        if x["visible_mm3"] > 0
    ]


def found(lesions: Sequence[tuple[str, Record]]) -> Estimate:
    """Return the share of lesions found."""
    return share((c, x["found"]) for c, x in lesions)


def placed(lesions: Sequence[tuple[str, Record]]) -> Estimate:
    """Return the share of the found lesions that are on the right artery."""
    return share((c, x["right"]) for c, x in lesions if x["found"])


def false_lesions(records: Sequence[Record]) -> Estimate:
    """Return false lesions per case."""
    return ratio((r["cluster"], len(r["false"]), 1.0) for r in records if "refused" not in r)


def places(records: Sequence[Record]) -> str:
    """Return where the false lesions lie, the commonest first."""
    counts = Counter(x["place"] for r in records if "refused" not in r for x in r["false"])
    return ", ".join(f"{n} {place}" for place, n in counts.most_common()) or "none"


def presence_table(name: str, records: Sequence[Record]) -> Table:
    """Return presence per artery."""
    rows = []
    for artery in ARTERIES:
        all_of = sides(records, artery)
        with_it = sum(x["truth_present"] for _, x in all_of)
        kappa, sensitivity, specificity = presence(records, artery)
        rows.append(
            (
                artery,
                f"{with_it} / {len(all_of) - with_it}",
                text(kappa, percent=False),
                text(sensitivity),
                text(specificity),
            )
        )
    columns = ("artery", "with / without calcium", "kappa", "sensitivity", "specificity")
    return Table(f"{name}_presence", "Presence of calcium", columns, tuple(rows))


def amount_table(name: str, records: Sequence[Record]) -> Table:
    """Return volume and Agatston score against the truth."""
    rows = []
    for label, arteries in (*((a, (a,)) for a in ARTERIES), ("all", ARTERIES)):
        ratios = [
            volume_ratio(records, arteries, truth)
            for truth in ("truth_mm3", "solid_mm3", "truth_agatston")
        ]
        rows.append((label, *(text(e) for e in (found_share(records, arteries), *ratios))))
    errors = [typical_error(records, t) for t in ("truth_mm3", "solid_mm3", "truth_agatston")]
    rows.append(("median error of a case", "", *(text(e) for e in errors)))
    columns = (
        "artery", "visible volume found", "reported / visible volume", "reported / solid volume",
        "Agatston / true",
    )  # fmt: skip
    return Table(f"{name}_amount", "Volume and Agatston score", columns, tuple(rows))


def lesion_table(name: str, records: Sequence[Record]) -> Table:
    """Return lesions found and on the right artery, by size, attenuation and artery."""
    every = visible(records)
    rows = [("all", *_counts(every))]
    groups = [
        *_bins("solid of {} mm3", "volume_mm3", SIZES_MM3, every),
        *_bins("visible {} mm3", "visible_mm3", SIZES_MM3, every),
        *_bins("{} HU", "hu", HU, every),
        *((a, [p for p in every if p[1]["artery"] == a]) for a in ARTERIES),
    ]
    rows += [(label, *_counts(group)) for label, group in groups]
    columns = ("lesions", "number", "found", "of those on the right artery")
    return Table(f"{name}_lesions", "Lesions found", columns, tuple(rows))


def _bins(
    label: str, key: str, edges: Sequence[float], lesions: Sequence[tuple[str, Record]]
) -> list[tuple[str, list[tuple[str, Record]]]]:
    """Return the lesions between each two edges of a number in their records."""
    return [
        (label.format(_span(low, high)), [p for p in lesions if low <= p[1][key] < high])
        for low, high in pairwise(edges)
    ]


def _counts(lesions: Sequence[tuple[str, Record]]) -> tuple[str, str, str]:
    return str(len(lesions)), text(found(lesions)), text(placed(lesions))


def _span(low: float, high: float) -> str:
    if low == 0:
        return f"under {high:g}"
    return f"{low:g} and more" if np.isinf(high) else f"{low:g} to {high:g}"
