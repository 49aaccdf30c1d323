"""Measure, or take up records that are there, and print the tables.

python -m validation ../shared/data --work accuracy_records -o accuracy.md
"""

from __future__ import annotations

import argparse
from pathlib import Path

from corcal.core.errors import SettingsRefused
from validation import insertions, phantoms, robustness, scans
from validation.annotated import names
from validation.compare import Record
from validation.models import Models
from validation.report import put_between_markers, report
from validation.work import Task, measured

TABLES = "abcd"


def main() -> None:
    given = _parser().parse_args()
    wanted = given.tables.split(",")
    if unknown := sorted(set(wanted) - set(TABLES)):
        raise SystemExit(f"no table {', '.join(unknown)}; there are a, b, c and d")
    models = Models(given.models, given.without)
    _check(given.data, models)
    records: dict[str, list[Record]] = {}
    for name, tasks in _tasks(given, models).items():
        if name in wanted:
            records[name] = measured(tasks, given.work, jobs=given.jobs, announce=_announce)
    text = report(records)
    print(text)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    if given.card:
        put_between_markers(given.card, text)


def _check(data: Path, models: Models) -> None:
    try:
        scans = names(data)
        models.check(scans)
    except SettingsRefused as error:
        raise SystemExit(str(error)) from None
    if not scans:
        raise SystemExit(f"{data}: none of the annotated scans lies in its folder ct/")


def _tasks(given: argparse.Namespace, models: Models) -> dict[str, list[Task]]:
    return {
        "a": phantoms.tasks(given.phantoms, models),
        "b": insertions.tasks(given.data, models, given.rounds),
        "c": scans.tasks(given.data, models),
        "d": robustness.tasks(given.data, models),
    }


def _announce(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m validation",
        description="How well corcal does, with 95 %% intervals; e and f are made of a and c.",
    )
    add = parser.add_argument
    add("data", type=Path, help="folder with ct/ and annotations/")
    add("--tables", default="a,b,c,d", help="which of them, such as a,c (all)")
    add("--phantoms", type=int, default=100, metavar="N", help="cases of table a (100)")
    add(
        "--rounds",
        type=int,
        default=insertions.ROUNDS,
        metavar="N",
        help="insertions into each background (12)",
    )
    add("--models", type=Path, metavar="DIR", help="networks to use instead of the shipped ones")
    add("--without", type=Path, metavar="DIR", help="DIR/SCAN holds networks that never saw SCAN")
    add(
        "--work",
        type=Path,
        default=Path("accuracy_records"),
        metavar="DIR",
        help="where the records of all cases are kept (accuracy_records)",
    )
    add("--jobs", type=int, default=1, metavar="N", help="cases at once; 2 GB each (1)")
    add("-o", "--out", type=Path, metavar="FILE", help="write the tables there")
    add("--card", type=Path, metavar="FILE", help="put them between the markers of this model card")
    return parser


if __name__ == "__main__":
    main()
