"""The tables of the benchmark, from the records of its cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from corcal.evaluate.publish import Table
from corcal.evaluate.statistics import Estimate
from validation.clustered import ratio, share
from validation.compare import Record
from validation.goals import Goal, text
from validation.lesions import (
    ARTERIES,
    amount_table,
    false_lesions,
    found,
    lesion_table,
    placed,
    places,
    presence,
    presence_table,
    same_category,
    visible,
    volume_ratio,
)
from validation.robustness import AS_ACQUIRED

#: Lesions that no one should miss.
LARGE_MM3 = 10.0


def phantom_tables(records: Sequence[Record]) -> list[Table]:
    """Return table a."""
    return [
        _noted(presence_table("a", records), records),
        amount_table("a", records),
        lesion_table("a", records),
    ]


def phantom_goals(records: Sequence[Record]) -> list[Goal]:
    """Return what is asked of table a."""
    kappas = [
        Goal("a", f"kappa of presence, {a}", presence(records, a)[0], least=0.9, percent=False)
        for a in ARTERIES
    ]
    volume = volume_ratio(records, ARTERIES, "truth_mm3")
    return [*kappas, Goal("a", "reported / visible volume", volume, least=0.9, most=1.1)]


def insertion_tables(records: Sequence[Record]) -> list[Table]:
    """Return table b: backgrounds without contrast agent; those with it in one line."""
    plain = [r for r in records if not r["contrast"]]
    enhanced = [r for r in records if r["contrast"]]
    tables = [
        _noted(presence_table("b", plain), plain),
        amount_table("b", plain),
        lesion_table("b", plain),
        _background_table(records),
    ]
    if enhanced:
        large = _large(enhanced)
        note = (
            f"Backgrounds with contrast agent ({len(enhanced)} insertions) are outside the "
            f"intended use and in none of the rows above but those by background; of their "
            f"lesions over {LARGE_MM3:g} mm3 {text(found(large))} were found, "
            f"{text(placed(large))} of those on the right artery."
        )
        tables[-1] = _with_note(tables[-1], note)
    return tables


def insertion_goals(records: Sequence[Record]) -> list[Goal]:
    """Return what is asked of table b."""
    large = _large([r for r in records if not r["contrast"]])
    what = f"lesions over {LARGE_MM3:g} mm3"
    return [
        Goal("b", f"{what} found", found(large), least=0.9),
        Goal("b", f"found {what} on the right artery", placed(large), least=0.9),
    ]


def _large(records: Sequence[Record]) -> list[tuple[str, Record]]:
    return [(c, x) for c, x in visible(records) if x["volume_mm3"] > LARGE_MM3]


def _background_table(records: Sequence[Record]) -> Table:
    rows = []
    for name in sorted({r["scan"] for r in records}):
        mine = [r for r in records if r["scan"] == name]
        large = _large(mine)
        rows.append(
            (
                name + (", contrast agent" if mine[0]["contrast"] else ""),
                _seen(mine[0]),
                ", ".join(mine[0]["traced"]),
                f"{sum(x['found'] for _, x in large)} of {len(large)}",
                f"{sum(x['right'] for _, x in large if x['found'])}",
            )
        )
    columns = (
        "background", "networks", "arteries", f"found over {LARGE_MM3:g} mm3", "right artery",
    )  # fmt: skip
    return Table("b_backgrounds", "By background", columns, tuple(rows))


def scan_tables(records: Sequence[Record]) -> list[Table]:
    """Return table c."""
    columns = (
        "scan", "networks", "heart in crop", "ostia in crop",
        "RCA / LAD / LCX: drawn, found, on the right artery (mm3)", "false lesions", "Agatston",
    )  # fmt: skip
    rows = tuple(_scan_row(r) for r in records)
    groups = [("networks that never saw the scan", [r for r in records if r["unseen"]])]
    groups.append(("all scans", list(records)))
    pooled = [
        (
            label,
            str(len(_read(group))),
            text(_found_share(group)),
            text(_right_share(group)),
            text(false_lesions(_read(group)), percent=False),
            _agreeing(group),
            places(_read(group)),
        )
        for label, group in groups
    ]
    heads = (
        "scored by", "scans", "calcium found", "of that on the right artery",
        "false lesions per scan", "arteries right about presence", "where false lesions lie",
    )  # fmt: skip
    return [
        Table("c_scans", "Scan by scan", columns, rows),
        Table("c_pooled", "Together", heads, tuple(pooled)),
    ]


def scan_goals(records: Sequence[Record]) -> list[Goal]:
    """Return what is asked of table c, of networks that never saw the scans."""
    unseen = [r for r in records if r["unseen"]]
    per_scan = false_lesions(_read(unseen))
    return [
        Goal("c", "visible calcium found, unseen scans", _found_share(unseen), least=0.8),
        Goal("c", "of that on the right artery", _right_share(unseen), least=0.85),
        Goal("c", "false lesions per unseen scan", per_scan, most=1.0, percent=False),
    ]


def _read(records: Sequence[Record]) -> list[Record]:
    """Return the scored scans on which somebody looked for calcium."""
    return [r for r in records if r["known"] and "refused" not in r]


def _found_share(records: Sequence[Record]) -> Estimate:
    calcified = [(r["cluster"], x) for r in _read(records) for x in r["arteries"].values()]
    return ratio((c, x["found_mm3"], x["truth_mm3"]) for c, x in calcified)


def _right_share(records: Sequence[Record]) -> Estimate:
    calcified = [(r["cluster"], x) for r in _read(records) for x in r["arteries"].values()]
    return ratio((c, x["right_mm3"], x["found_mm3"]) for c, x in calcified)


def _agreeing(records: Sequence[Record]) -> str:
    calls = [
        x["present"] == x["truth_present"] for r in _read(records) for x in r["arteries"].values()
    ]
    return f"{sum(calls)} of {len(calls)}"


def _scan_row(r: Record) -> tuple[str, ...]:
    name = r["scan"] + (", contrast agent" if r["contrast"] else "")
    if "refused" in r:
        return (name, _seen(r), "refused", "", r["refused"], "", "")
    ostia = {True: "yes", False: "**no**", None: "not traced"}[r["ostia_inside"]]
    arteries = "; ".join(
        f"{a} {x['truth_mm3']:.0f}, {x['found_mm3']:.0f}, {x['right_mm3']:.0f}"
        for a, x in r["arteries"].items()
    )
    false = Counter(x["place"] for x in r["false"])
    volume = sum(x["mm3"] for x in r["false"])
    where = ": " + ", ".join(f"{n} {p}" for p, n in false.most_common()) if false else ""
    reported = f"{len(r['false'])}, {volume:.0f} mm3{where}"
    if not r["known"]:
        arteries, reported = "not read for calcium", f"reported {volume:.0f} mm3"
    return (
        name,
        _seen(r),
        f"{r['heart_inside']:.1%}",
        ostia,
        arteries,
        reported,
        f"{r['agatston']:.0f}",
    )


def _seen(r: Record) -> str:
    return "never saw it" if r["unseen"] else "trained on it"


def robustness_tables(records: Sequence[Record]) -> list[Table]:
    """Return table d."""
    rows = [
        (
            kind,
            str(len(changes)),
            text(share((c, row["category"] == base["category"]) for c, base, row in changes)),
            _drawn_kept(changes),
            _change(changes),
            _presence_kept(changes),
        )
        for kind, changes in _by_kind(records).items()
    ]
    refused = sum("refused" in v for r in records for v in r["variations"])
    notes = (f"{refused} variations were refused." if refused else "None was refused.",)
    columns = (
        "variation", "scans", "category unchanged", "that of the drawn calcium",
        "change of the score (median, worst)", "arteries with the same call",
    )  # fmt: skip
    return [Table("d", "The same scan made again", columns, tuple(rows), notes)]


def robustness_goals(records: Sequence[Record]) -> list[Goal]:
    """Return what is asked of table d; storage order, which changes nothing, is left out."""
    changes = [
        (c, base, row)
        for kind, group in _by_kind(records).items()
        for c, base, row in group
        if "stored" not in kind
    ]
    same = share((c, row["category"] == base["category"]) for c, base, row in changes)
    return [Goal("d", "Agatston category unchanged", same, least=0.9)]


def _by_kind(records: Sequence[Record]) -> dict[str, list[tuple[str, Record, Record]]]:
    out: dict[str, list[tuple[str, Record, Record]]] = {}
    for r in records:
        base = next(v for v in r["variations"] if v["kind"] == AS_ACQUIRED)
        for row in r["variations"]:
            if row is not base and "refused" not in row:
                out.setdefault(row["kind"], []).append((r["cluster"], base, row))
    return out


def _drawn_kept(changes: Sequence[tuple[str, Record, Record]]) -> str:
    kept = [row["drawn"] == base["drawn"] for _, base, row in changes if base["drawn"] is not None]
    return f"{sum(kept)} of {len(kept)}"


def _change(changes: Sequence[tuple[str, Record, Record]]) -> str:
    moves = sorted((row["agatston"] - base["agatston"] for _, base, row in changes), key=abs)
    return f"{moves[len(moves) // 2]:+.0f}, {moves[-1]:+.0f}"


def _presence_kept(changes: Sequence[tuple[str, Record, Record]]) -> str:
    calls = [
        (base["arteries"][a] > 0) == (row["arteries"][a] > 0)
        for _, base, row in changes
        for a in ARTERIES
    ]
    return f"{sum(calls)} of {len(calls)}"


def _noted(table: Table, records: Sequence[Record]) -> Table:
    refused = sum("refused" in r for r in records)
    note = (
        f"{len(records)} cases, {refused} refused. False lesions per case "
        f"{text(false_lesions(records), percent=False)}: {places(records)}. "
        f"CAC-DRS category as in truth in {text(same_category(records))}."
    )
    return _with_note(table, note)


def _with_note(table: Table, note: str) -> Table:
    return Table(table.name, table.title, table.columns, table.rows, (*table.notes, note))
