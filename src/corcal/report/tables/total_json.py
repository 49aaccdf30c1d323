"""A total without arteries, for machines: what is known where labels do not say which artery."""

from __future__ import annotations

from corcal.core.reading import Provenance
from corcal.core.scan import Notice, Scan
from corcal.report.tables.report_json import scan_document
from corcal.report.words.limits import DISCLAIMER, agatston_kind
from corcal.storage import json_bytes

SCHEMA_ID = "corcal-total/1"
#: The file of a total; there is no report where no artery is known.
TOTAL_FILE = "total.json"


def total_json(
    numbers: dict[str, float | str | None],
    scan: Scan,
    notices: tuple[Notice, ...],
    provenance: Provenance,
) -> bytes:
    """Return a total as UTF-8 JSON text. No patient data, no paths, no dates.

    Args:
        numbers: of all calcium together, by name.
        scan: as acquired.
        notices: doubts.
        provenance: how it came to be.
    """
    rounded = {k: round(v, 6) if isinstance(v, float) else v for k, v in numbers.items()}
    return json_bytes(
        {
            "schema": SCHEMA_ID,
            "disclaimer": DISCLAIMER,
            "software": {"name": "corcal", "version": provenance.version},
            "input": scan_document(scan),
            "total": rounded,
            "method": {
                "agatston_kind": agatston_kind(scan.acquisition.gated),
                "settings": provenance.settings,
            },
            "notices": [{"code": n.code, "text": n.text} for n in notices],
        }
    )
