"""Files: written whole or not at all, NIfTI, CSV, JSON and JSON lines in one form each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.storage.atomic import (
        add_files,
        check_folder,
        remove_partials,
        replace_file,
        replace_files,
        replace_folder,
        replace_zip,
    )
    from corcal.storage.csv_table import (
        CsvTable,
        Row,
        csv_bytes,
        read_csv,
    )
    from corcal.storage.json_document import (
        json_bytes,
        json_text,
        parse_json,
        read_json,
    )
    from corcal.storage.json_lines import JsonLines, read_json_lines
    from corcal.storage.lock import lock_file
    from corcal.storage.nifti import (
        lps_of_ras,
        nifti_bytes,
        read_nifti_header,
        read_nifti_values,
        write_nifti,
    )

__all__ = [
    "CsvTable",
    "JsonLines",
    "Row",
    "add_files",
    "check_folder",
    "csv_bytes",
    "json_bytes",
    "json_text",
    "lock_file",
    "lps_of_ras",
    "nifti_bytes",
    "parse_json",
    "read_csv",
    "read_json",
    "read_json_lines",
    "read_nifti_header",
    "read_nifti_values",
    "remove_partials",
    "replace_file",
    "replace_files",
    "replace_folder",
    "replace_zip",
    "write_nifti",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "atomic": (
            "add_files",
            "check_folder",
            "remove_partials",
            "replace_file",
            "replace_files",
            "replace_folder",
            "replace_zip",
        ),
        "csv_table": ("CsvTable", "Row", "csv_bytes", "read_csv"),
        "json_document": ("json_bytes", "json_text", "parse_json", "read_json"),
        "json_lines": ("JsonLines", "read_json_lines"),
        "lock": ("lock_file",),
        "nifti": (
            "lps_of_ras",
            "nifti_bytes",
            "read_nifti_header",
            "read_nifti_values",
            "write_nifti",
        ),
    },
)
