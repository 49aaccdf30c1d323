"""A table as CSV, Markdown and LaTeX."""

from __future__ import annotations

from corcal.evaluate.publish.latex import table_latex
from corcal.evaluate.publish.table import Table
from corcal.storage import csv_bytes


def write_table(table: Table) -> dict[str, bytes]:
    """Return the table as files by name: NAME.csv, NAME.md and NAME.tex."""
    return {
        f"{table.name}.csv": table_csv(table),
        f"{table.name}.md": table_markdown(table).encode(),
        f"{table.name}.tex": table_latex(table, left_columns(table)).encode(),
    }


def table_csv(table: Table) -> bytes:
    """Return headings and rows as CSV; title and notes are left to the other forms.

    It begins with a byte order mark, by which Excel knows that the text is UTF-8.
    """
    return csv_bytes(table.columns, table.rows, byte_order_mark=True)


def table_markdown(table: Table) -> str:
    """Return the table as GitHub-flavoured Markdown, title above and notes below."""
    left = left_columns(table)
    rule = tuple("---" if i in left else "---:" for i in range(len(table.columns)))
    head = [_cells(table.columns), _cells(rule)]
    lines = [f"**{table.title}**", "", *head, *map(_cells, table.rows), ""]
    return "\n".join([*lines, *(f"{n}\n" for n in table.lines_below)])


def left_columns(table: Table) -> tuple[int, ...]:
    """Return the columns that are set to the left: the first, and those that hold words."""
    return tuple(
        i
        for i in range(len(table.columns))
        if i == 0 or all(row[i][:1].isalpha() for row in table.rows)
    )


def _cells(row: tuple[str, ...]) -> str:
    return "| " + " | ".join(c.replace("|", r"\|").replace("\n", " ") for c in row) + " |"
