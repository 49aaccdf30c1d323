"""Office files that are the same each time: without the date of their making."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

#: The date that such a file bears: the first that a zip can.
EPOCH = datetime(1980, 1, 1)


def without_dates(content: bytes) -> bytes:
    """Return a zip with the same members, none of which bears a date."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            member = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return packed.getvalue()
