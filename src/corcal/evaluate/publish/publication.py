"""A result as a folder of files: one page, one JSON document, every table and every figure."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corcal import __version__
from corcal.evaluate.publish.excel import tables_xlsx
from corcal.evaluate.publish.page import Page, page_html
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import write_table
from corcal.evaluate.publish.word import tables_docx
from corcal.storage import add_files, json_bytes

if TYPE_CHECKING:
    from corcal.evaluate.publish.plot import Plot

#: Libraries whose versions may move a last digit.
_LIBRARIES = ("numpy", "scipy")


@dataclass(frozen=True, eq=False)
class Publication:
    """Everything that one command publishes.

    Attributes:
        name: of the two main files, NAME.json and NAME.html.
        page: for people.
        document: every figure for programs: plain values, no NaN.
        tables: go as files beside the page, each in every form.
        plots: go as SVG and PNG.
        others: further files by name.
        method: intervals and seed in a few words, for the line under every table.
    """

    name: str
    page: Page
    document: Mapping[str, Any]
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...] = ()
    others: Mapping[str, bytes] = field(default_factory=dict)
    method: str = ""

    def write(self, out: Path, *, force: bool = False, office: bool = False) -> tuple[Path, ...]:
        """Write everything into a folder, all of it or nothing.

        Args:
            out: the folder; made if absent.
            force: replace earlier files of the same names.
            office: add NAME.docx and NAME.xlsx with all tables.

        Returns:
            The files, NAME.json and NAME.html first.

        Raises:
            OutputRefused: as `corcal.storage.check_folder`, or the disk is full.
        """
        line = made_line(self.method)
        tables = [replace(table, made=line) for table in self.tables]
        document, page = main_files(self.name)
        files = {
            document: json_bytes({**self.document, "made": line}),
            page: page_html(self.page, line),
        }
        for part in (*map(write_table, tables), *(p.files() for p in self.plots)):
            files |= part
        if office:
            files[f"{self.name}.docx"] = tables_docx(self.page.title, tables)
            files[f"{self.name}.xlsx"] = tables_xlsx(self.page.title, tables)
        return add_files(out, files | dict(self.others), force=force)


def main_files(name: str) -> tuple[str, str]:
    """Return the names of the document and the page of a publication: NAME.json, NAME.html."""
    return f"{name}.json", f"{name}.html"


def made_line(method: str) -> str:
    """Return the line on how a table was made: versions, methods, seed.

    Args:
        method: intervals and seed in a few words, or "".
    """
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES if _is_installed(name))
    python = ".".join(platform.python_version_tuple()[:2])
    line = f"Made by corcal {__version__} with Python {python}, {libraries}"
    return f"{line}; {method}." if method else f"{line}."


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except ModuleNotFoundError:
        return False
    return True
