"""Step 8, out: a reading as files for people, tables, viewers and machines.

The names below are the door: what other rooms, users and docs may import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.report.options import LANGUAGES, ReportOptions
    from corcal.report.page.template import page_template
    from corcal.report.pictures.colours import (
        ARTERY_COLOURS,
        CALCIUM_COLOUR,
        UNASSIGNED_COLOUR,
        Colour,
        css,
    )
    from corcal.report.pictures.frame import UNASSIGNED, View
    from corcal.report.pictures.overview import (
        BACKGROUND,
        BRIGHT,
        DIM,
        GAP,
        SIDE,
        Picture,
        draw_legend,
        paint_pictures,
        png_bytes,
        split_overview,
    )
    from corcal.report.pictures.paint import font, paint_marked, paint_plain
    from corcal.report.pictures.views import (
        MEDIASTINUM_HU,
        key_slice,
        spread_views,
        take_views,
        view_at,
    )
    from corcal.report.tables.labels_nifti import (
        LABELS_TEXT,
        LARGEST_LABEL,
        labels_nifti,
        reorder_as_stored,
    )
    from corcal.report.tables.lesions_csv import LESION_COLUMNS, lesion_rows
    from corcal.report.tables.report_json import report_document, report_schema
    from corcal.report.tables.total_json import TOTAL_FILE, total_json
    from corcal.report.words.finding import category_text, grade_text
    from corcal.report.words.images import lesion_slice
    from corcal.report.write import REPORT_FILES, check_output, check_scan, write_reports

__all__ = [
    "ARTERY_COLOURS",
    "BACKGROUND",
    "BRIGHT",
    "CALCIUM_COLOUR",
    "DIM",
    "GAP",
    "LABELS_TEXT",
    "LANGUAGES",
    "LARGEST_LABEL",
    "LESION_COLUMNS",
    "MEDIASTINUM_HU",
    "REPORT_FILES",
    "SIDE",
    "TOTAL_FILE",
    "UNASSIGNED",
    "UNASSIGNED_COLOUR",
    "Colour",
    "Picture",
    "ReportOptions",
    "View",
    "category_text",
    "check_output",
    "check_scan",
    "css",
    "draw_legend",
    "font",
    "grade_text",
    "key_slice",
    "labels_nifti",
    "lesion_rows",
    "lesion_slice",
    "page_template",
    "paint_marked",
    "paint_pictures",
    "paint_plain",
    "png_bytes",
    "reorder_as_stored",
    "report_document",
    "report_schema",
    "split_overview",
    "spread_views",
    "take_views",
    "total_json",
    "view_at",
    "write_reports",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "page.template": ("page_template",),
        "pictures.colours": (
            "ARTERY_COLOURS",
            "CALCIUM_COLOUR",
            "UNASSIGNED_COLOUR",
            "Colour",
            "css",
        ),
        "pictures.overview": (
            "BACKGROUND",
            "BRIGHT",
            "DIM",
            "GAP",
            "SIDE",
            "Picture",
            "draw_legend",
            "paint_pictures",
            "png_bytes",
            "split_overview",
        ),
        "pictures.frame": ("UNASSIGNED", "View"),
        "pictures.paint": ("font", "paint_marked", "paint_plain"),
        "pictures.views": (
            "MEDIASTINUM_HU",
            "key_slice",
            "spread_views",
            "take_views",
            "view_at",
        ),
        "tables.labels_nifti": (
            "LABELS_TEXT",
            "LARGEST_LABEL",
            "labels_nifti",
            "reorder_as_stored",
        ),
        "tables.lesions_csv": ("LESION_COLUMNS", "lesion_rows"),
        "tables.report_json": ("report_document", "report_schema"),
        "tables.total_json": ("TOTAL_FILE", "total_json"),
        "words.finding": ("category_text", "grade_text"),
        "words.images": ("lesion_slice",),
        "write": ("REPORT_FILES", "check_output", "check_scan", "write_reports"),
        "options": ("LANGUAGES", "ReportOptions"),
    },
)
