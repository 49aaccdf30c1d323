"""A table as CSV, Markdown or LaTeX."""

from __future__ import annotations

import re

from corcal.evaluate.publish.table import Table
from corcal.storage import csv_bytes

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"$<$",
    ">": r"$>$",
    "κ": r"$\kappa$",
    "χ²": r"$\chi^2$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "−": r"$-$",
    "²": r"$^2$",
    "³": r"$^3$",
    "–": "--",
}
_SPECIAL = re.compile("|".join(re.escape(c) for c in sorted(_LATEX, key=len, reverse=True)))


def write_table(table: Table) -> dict[str, bytes]:
    """Return the table as files by name: NAME.csv, NAME.md and NAME.tex."""
    return {
        f"{table.name}.csv": table_csv(table),
        f"{table.name}.md": table_markdown(table).encode(),
        f"{table.name}.tex": table_latex(table).encode(),
    }


def table_csv(table: Table) -> bytes:
    """Return headings and rows as CSV; title and notes are left to the other forms."""
    return csv_bytes(table.columns, table.rows)


def table_markdown(table: Table) -> str:
    """Return the table as GitHub-flavoured Markdown, title above and notes below."""
    left = left_columns(table)
    rule = tuple("---" if i in left else "---:" for i in range(len(table.columns)))
    head = [_cells(table.columns), _cells(rule)]
    lines = [f"**{table.title}**", "", *head, *map(_cells, table.rows), ""]
    return "\n".join([*lines, *(f"{n}\n" for n in table.notes)])


def table_latex(table: Table) -> str:
    """Return the table as a LaTeX float; it needs the package booktabs."""
    rows = [" & ".join(map(_escape, row)) + r" \\" for row in table.rows]
    lines = [
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{_escape(table.title)}}}",
        rf"\label{{tab:{table.name.replace('_', '-')}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(table.columns) - 1)}}}",
        r"\toprule",
        " & ".join(map(_escape, table.columns)) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        *(rf"\par\smallskip\footnotesize {_escape(n)}" for n in table.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def left_columns(table: Table) -> tuple[int, ...]:
    """Return the columns that are set to the left: the first, and those that hold words."""
    return tuple(
        i
        for i in range(len(table.columns))
        if i == 0 or all(row[i][:1].isalpha() for row in table.rows)
    )


def _cells(row: tuple[str, ...]) -> str:
    return "| " + " | ".join(c.replace("|", r"\|").replace("\n", " ") for c in row) + " |"


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: _LATEX[match.group()], text.replace("\n", " "))
