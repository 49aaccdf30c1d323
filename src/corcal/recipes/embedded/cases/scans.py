"""The list of real annotated scans, read from a TOML file that does not come with corcal."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.errors import SettingsRefused
from corcal.core.grid import Grid
from corcal.read import read_volume


@dataclass(frozen=True)
class Trust:
    """The extent to which the annotations of one scan can be trusted.

    Attributes:
        complete: arteries traced in full: elsewhere they are known not to be.
        partial: arteries traced in part: unknown away from the traced stretch.
        calcium_free: read as free of coronary calcium where no calcium file exists.
        unsettled_mm: LPS points about which the reading is doubted: nothing is learnt of calcium
            within 6 mm of them.
    """

    complete: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    calcium_free: bool = False
    unsettled_mm: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True)
class RealScans:
    """Annotated scans in a folder.

    Attributes:
        data: folder with `ct/` and `annotations/`; None where prepared cases are all there is.
        trust: by name of the scan, in the order of the list.
    """

    data: Path | None
    trust: dict[str, Trust] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """Return where a scan lies: a NIfTI file or a DICOM folder."""
        folder = self._folder(name) / "ct"
        volume = folder / f"{name}.nii.gz"
        return volume if volume.exists() else folder / f"{name}_dicom"

    def annotation_file(self, name: str, what: str) -> Path:
        """Return where an annotation of a scan lies, such as "heart.nii.gz"; it may be absent."""
        return self._folder(name) / "annotations" / f"{name}_{what}"

    def annotation(self, name: str, what: str) -> tuple[NDArray[np.uint8], Grid]:
        """Return a label map of a scan, "heart" or "calcium", and its grid."""
        volume = read_volume(self.annotation_file(name, f"{what}.nii.gz"))
        return volume.values.astype(np.uint8), volume.grid

    def without(self, names: Collection[str]) -> RealScans:
        """Return the list without some of its scans."""
        return replace(self, trust={n: t for n, t in self.trust.items() if n not in names})

    def _folder(self, name: str) -> Path:
        if self.data is None:
            raise SettingsRefused(
                f"{name} is not prepared yet: --data says where the annotated scans lie"
            )
        return self.data


def read_scans(file: Path | None, data: Path | None) -> RealScans:
    """Return the annotated scans that a TOML file lists: a table for each, with `Trust`.

    Args:
        file: the list.
        data: folder with `ct/` and `annotations/`; None where all of them are prepared.

    Raises:
        SettingsRefused: no list is given, it cannot be read, says something unknown, or the
            folder lacks a scan's heart.
    """
    if file is None:
        raise SettingsRefused(
            "which real scans are trained on must be said with --scans TOML; the list of corcal's "
            "own models is recipes/embedded/scans.toml of its source"
        )
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsRefused(f"{file}: cannot be read as a list of scans ({error})") from error
    if not tables:
        raise SettingsRefused(f"{file}: lists no scan; there is a table for each, such as [NAME]")
    scans = RealScans(data, {name: _trust(table, file, name) for name, table in tables.items()})
    missing = (
        []
        if data is None
        else [n for n in scans.trust if not scans.annotation_file(n, "heart.nii.gz").exists()]
    )
    if missing:
        raise SettingsRefused(
            f"{data}: no annotations/{missing[0]}_heart.nii.gz there, but {file.name} lists that "
            "scan; MODEL_CARD.md says where the scans of corcal's own models come from"
        )
    return scans


def _trust(table: Any, file: Path, name: str) -> Trust:
    known = {f.name for f in fields(Trust)}
    strange = sorted(set(table) - known) if isinstance(table, dict) else [str(table)]
    if strange:
        raise SettingsRefused(
            f"{file}: [{name}] says {strange[0]}; a scan can have {', '.join(sorted(known))}"
        )
    arteries = {key: tuple(table.get(key, ())) for key in ("complete", "partial")}
    unknown = set().union(*arteries.values()) - {artery.value for artery in Artery}
    points = tuple(tuple(float(v) for v in point) for point in table.get("unsettled_mm", ()))
    if unknown or any(len(point) != 3 for point in points):
        raise SettingsRefused(
            f"{file}: [{name}]: arteries are RCA, LAD and LCX, points three numbers in mm"
        )
    return Trust(
        complete=arteries["complete"],
        partial=arteries["partial"],
        calcium_free=bool(table.get("calcium_free", False)),
        unsettled_mm=points,  # type: ignore[arg-type]
    )
