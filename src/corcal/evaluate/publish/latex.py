"""A table as LaTeX that compiles within the page, whatever characters its cells hold."""

from __future__ import annotations

import re
import unicodedata

from corcal.evaluate.publish.table import Table

_SPECIAL = {
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
    "|": r"$|$",
    '"': "''",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "−": r"$-$",
    "√": r"$\surd$",
    "²": r"$^2$",
    "³": r"$^3$",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "…": r"\dots{}",
    "°": r"$^\circ$",
    "µ": r"$\mu$",
    "→": r"$\rightarrow$",
    "\u00a0": "~",
    "\n": " ",
}
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)$")
#: LaTeX names no Greek letter that looks like a Latin one.
_LOOKALIKES = {"ALPHA": "A", "BETA": "B", "EPSILON": "E", "ZETA": "Z", "ETA": "H", "IOTA": "I",
               "KAPPA": "K", "MU": "M", "NU": "N", "OMICRON": "O", "RHO": "P", "TAU": "T",
               "CHI": "X", "UPSILON": "Y"}  # fmt: skip


#: A wider table, in letters, would be too small to read upright.
_UPRIGHT_LETTERS = 125


def table_latex(table: Table, left: tuple[int, ...] = (0,)) -> str:
    """Return the table as a LaTeX float; it needs the packages booktabs, adjustbox and rotating.

    A wide table stands sideways on a page of its own; one larger than the page is made smaller
    until it fits.

    Args:
        table: what to set.
        left: columns that are set to the left.
    """
    columns = "".join("l" if i in left else "r" for i in range(len(table.columns)))
    width = sum(max(len(row[i]) for row in (table.columns, *table.rows)) + 2
                for i in range(len(table.columns)))  # fmt: skip
    wide = width > _UPRIGHT_LETTERS
    name, height = ("sidewaystable", r"0.6\textwidth") if wide else ("table", r"0.8\textheight")
    lines = [
        rf"\begin{{{name}}}[htbp]",
        r"\centering\small\setlength{\tabcolsep}{4pt}",
        rf"\caption{{{escape(table.title)}}}",
        rf"\label{{tab:{table.name.replace('_', '-')}}}",
        rf"\begin{{adjustbox}}{{max totalsize={{\linewidth}}{{{height}}}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(map(escape, table.columns)) + r" \\",
        r"\midrule",
        *(" & ".join(map(escape, row)) + r" \\" for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{adjustbox}",
        *(
            rf"\par\smallskip{{\footnotesize\raggedright {escape(n)}\par}}"
            for n in table.lines_below
        ),
        rf"\end{{{name}}}",
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return a text that LaTeX sets as it is."""
    return "".join(map(_escape_character, text))


def _escape_character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character
    greek = _GREEK.match(unicodedata.name(character, ""))
    if greek:
        size, name = greek.groups()
        if size == "CAPITAL":
            latin = _LOOKALIKES.get(name)
            return rf"$\mathrm{{{latin}}}$" if latin else rf"$\{name.capitalize()}$"
        return "o" if name == "OMICRON" else rf"$\{name.lower().replace('lamda', 'lambda')}$"
    if character.isalpha() and unicodedata.name(character, "").startswith("LATIN"):
        return character
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    return "".join(_SPECIAL.get(c, c) for c in plain) or f"[U+{ord(character):04X}]"
