"""Names of a label map's codes, from the file that a program writes beside it.

Read are the label descriptions of ITK-SNAP (code, red, green, blue, opacity, two switches and the
name in quotes) and the colour tables of 3D Slicer (code, name, red, green, blue, opacity).
"""

from __future__ import annotations

import re
from pathlib import Path

from corcal.core.errors import LabelsRefused, UnreadableScan

_ITK_SNAP = re.compile(r'(\d+)(?:\s+\d+){3}\s+[\d.]+\s+\d+\s+\d+\s+"([^"]*)"')
_SLICER = re.compile(r"(\d+)\s+(\S.*?)(?:\s+[\d.]+){4}")
#: No list of names is longer.
_LARGEST_BYTES = 1 << 20


def read_label_names(path: Path) -> dict[int, str]:
    """Return the name of each code; 0, the background, is left out.

    Raises:
        UnreadableScan: there is no such file.
        LabelsRefused: it is of another form; the line is named.
    """
    if not path.is_file():
        raise UnreadableScan(f"{path}: there is no such file")
    if path.stat().st_size > _LARGEST_BYTES:
        raise LabelsRefused(f"{path.name}: is too large for a list of label names")
    names: dict[int, str] = {}
    text = path.read_bytes().decode("utf-8-sig", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        stated = line.strip()
        if not stated or stated.startswith("#"):
            continue
        match = _ITK_SNAP.fullmatch(stated) or _SLICER.fullmatch(stated)
        if match is None:
            raise LabelsRefused(
                f"{path.name}: line {number} is neither of ITK-SNAP's label descriptions (code, "
                'four numbers, two switches, "name") nor of a colour table of 3D Slicer (code, '
                "name, four numbers)"
            )
        names[int(match[1])] = match[2].replace("_", " ").strip()
    names.pop(0, None)
    if not names:
        raise LabelsRefused(f"{path.name}: names no label")
    return names
