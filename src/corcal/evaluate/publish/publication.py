"""A result as a folder of files: one page, one JSON document, every table and every figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corcal.evaluate.publish.page import Page, page_html
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import write_table
from corcal.storage import add_files, json_bytes

if TYPE_CHECKING:
    from corcal.evaluate.publish.plot import Plot


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
    """

    name: str
    page: Page
    document: Mapping[str, Any]
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...] = ()
    others: Mapping[str, bytes] = field(default_factory=dict)

    def write(self, out: Path, *, force: bool = False) -> tuple[Path, ...]:
        """Write everything into a folder, all of it or nothing.

        Args:
            out: the folder; made if absent.
            force: replace earlier files of the same names.

        Returns:
            The files, NAME.json and NAME.html first.

        Raises:
            OutputRefused: as `corcal.storage.check_folder`, or the disk is full.
        """
        document, page = main_files(self.name)
        files = {document: json_bytes(self.document), page: page_html(self.page)}
        for part in (*map(write_table, self.tables), *(p.files() for p in self.plots)):
            files |= part
        return add_files(out, files | dict(self.others), force=force)


def main_files(name: str) -> tuple[str, str]:
    """Return the names of the document and the page of a publication: NAME.json, NAME.html."""
    return f"{name}.json", f"{name}.html"
