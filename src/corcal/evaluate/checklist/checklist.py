"""Reporting checklists with what a run can fill in; the rest is the authors'.

Guidelines: STARD 2015 (Bossuyt et al., BMJ 2015, 351, h5527); CLAIM, update of 2024 (Tejani et
al., Radiol Artif Intell 2024, 6, e240300); STARD-AI (Sounderajah et al., Nat Med 2025, 31, 3283),
of which only the items that are new or changed against STARD 2015 are listed, by its numbers;
TRIPOD+AI (Collins et al., BMJ 2024, 385, e078378). The items are given here in short and in other
words; the guidelines' own words hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from corcal.core.errors import TableRefused
from corcal.evaluate.checklist.checklist_facts import Run, state_fact
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import table_csv, table_markdown
from corcal.storage import parse_json, read_json

#: What stands where only the authors can answer.
AUTHORS = "for the authors"

#: The documents of a run by file name.
DOCUMENTS = (
    "evaluation.json",
    "overlap.json",
    "readers.json",
    "describe.json",
    "ablation.json",
    "report.json",
)


def checklist_tables(run: Run) -> tuple[Table, ...]:
    """Return each checklist, filled in as far as the run goes.

    Args:
        run: documents by the first part of their schema.
    """
    return tuple(_table(guideline, run) for guideline in _guidelines())


def checklist_files(run: Run) -> dict[str, bytes]:
    """Return the checklists as CSV and Markdown, by file name."""
    return {
        f"{table.name}.{suffix}": content
        for table in checklist_tables(run)
        for suffix, content in (("csv", table_csv(table)), ("md", table_markdown(table).encode()))
    }


def read_run(folders: Iterable[Path]) -> dict[str, Mapping[str, Any]]:
    """Return the documents in the folders that corcal's commands wrote, by kind.

    Raises:
        TableRefused: a folder holds none of `DOCUMENTS`, a document is damaged, or two folders
            hold the same kind.
    """
    run: dict[str, Mapping[str, Any]] = {}
    for folder in folders:
        paths = [folder / name for name in DOCUMENTS if (folder / name).is_file()]
        if not paths:
            raise TableRefused(
                f"{folder}: holds none of {', '.join(DOCUMENTS)}; name folders that corcal wrote"
            )
        for path in paths:
            kind, document = _read(path)
            if kind in run:
                raise TableRefused(f"{path}: a second {path.name}; name one folder of each kind")
            run[kind] = document
    return run


def count_filled(table: Table) -> int:
    """Return how many items of a checklist the run has filled in."""
    return sum(row[3] != AUTHORS for row in table.rows)


def _read(path: Path) -> tuple[str, Mapping[str, Any]]:
    try:
        document: Mapping[str, Any] = read_json(path, refusal=TableRefused)
        schema = document["schema"].partition("/")[0]
    except (TableRefused, KeyError, TypeError, AttributeError) as error:
        raise TableRefused(f"{path}: is not a document that corcal wrote") from error
    if schema != f"corcal-{path.stem}":
        raise TableRefused(f"{path}: holds {schema!r}, not what its name says")
    return schema, document


def _guidelines() -> list[dict[str, Any]]:
    file = files("corcal.evaluate.checklist").joinpath("checklists.json")
    guidelines: list[dict[str, Any]] = parse_json(file.read_bytes(), file.name)
    return guidelines


def _table(guideline: Mapping[str, Any], run: Run) -> Table:
    rows = [
        (
            item["number"],
            item["section"],
            item["topic"],
            (state_fact(item["fill"], run) if "fill" in item else "") or AUTHORS,
            "",
        )
        for item in guideline["items"]
    ]
    return Table(
        name=f"checklist_{guideline['name']}",
        title=f"{guideline['title']}: what to report, and what this run can say",
        columns=("Item", "Section", "What to report", "From this run", "Page"),
        rows=tuple(rows),
        notes=(
            f"After {guideline['source']}, in short; the guideline's own words hold. What the run "
            "fills in is a beginning, not the whole answer.",
        ),
    )
