"""A reading with its ways out of Python: tables, masks, images, a picture."""

from __future__ import annotations

from dataclasses import dataclass, fields
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from corcal.core import reading as nouns
from corcal.core.arguments import require_kind, wrong_kind
from corcal.core.artery import Artery
from corcal.core.errors import SettingsRefused
from corcal.core.score import CalciumScore, Lesion
from corcal.report import (
    LESION_COLUMNS,
    SIDE,
    key_slice,
    lesion_rows,
    lesion_slice,
    paint_marked,
    reorder_as_stored,
    report_document,
    view_at,
)

if TYPE_CHECKING:
    import nibabel as nib
    import pandas as pd
    import SimpleITK as sitk
    from PIL import Image

#: Of an artery in the JSON document, what is a table or a dictionary of its own.
_NESTED = ("lesions", "course", "grade_probabilities")
#: RAS and LPS differ in the direction of the first two axes.
_RAS_OF_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False, repr=False)
class Reading(nouns.Reading):
    """The result of scoring one scan: `corcal.core.reading.Reading`, and the ways out.

    `scan` is as acquired, `labels` lie on its grid, `report` holds the numbers and all that is
    said, `heart` the box of the heart on that grid, `courses` where the arteries run.

    Arrays and images come in the order of the input: (i, j, k) as nibabel has it for NIfTI
    files, nibabel images and arrays; (slice, row, column) as stored for everything else, which
    is also the order of SimpleITK's arrays.
    """

    @classmethod
    def of(cls, reading: nouns.Reading) -> Self:
        """Return a reading of the core with the ways out.

        Raises:
            TypeError: it is no reading.
        """
        require_kind("reading", reading, nouns.Reading, "that of corcal.pipeline.score_scan")
        return cls(**{f.name: getattr(reading, f.name) for f in fields(nouns.Reading)})

    @property
    def score(self) -> CalciumScore:
        """The numbers, in all and for each artery."""
        return self.report.score

    @property
    def lesions(self) -> tuple[Lesion, ...]:
        """All lesions, largest first."""
        return self.report.score.lesions

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values: the content of `report.json`."""
        return report_document(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each artery, without a total, as a pandas table.

        Raises:
            SettingsRefused: pandas is not installed.
        """
        pandas = _pandas()
        document = self.to_dict()
        rows = [
            {"case": document["case"], "artery": artery}
            | {k: v for k, v in values.items() if k not in _NESTED}
            | {"lesions": len(values["lesions"])}
            for artery, values in document["arteries"].items()
        ]
        return pandas.DataFrame(rows)

    def lesions_frame(self) -> pd.DataFrame:
        """Return one row for each lesion as a pandas table: the columns of `lesions.csv`.

        Raises:
            SettingsRefused: pandas is not installed.
        """
        rows = lesion_rows(self, self.to_dict()["case"])
        return _pandas().DataFrame(rows, columns=list(LESION_COLUMNS))

    def mask(self, artery: Artery | str, *, calcium: bool = False) -> NDArray[np.bool_]:
        """Return the voxels of an artery in the order of the input.

        Args:
            artery: "RCA", "LAD" (with the left main) or "LCX".
            calcium: its calcium alone; else vessel and calcium.

        Raises:
            SettingsRefused: there is no such artery.
            TypeError: it is neither an artery nor a name.
        """
        meant = _artery("artery", artery, "an artery, such as 'LAD',")
        codes = reorder_as_stored(self.labels, self.scan.source)[0]
        hit: NDArray[np.bool_] = codes == meant.calcium_code
        if not calcium:
            hit |= codes == meant.vessel_code
        return hit.T if self.scan.source.kind == "nifti" else hit

    def to_nibabel(self) -> nib.Nifti1Image:
        """Return the labels, uint8 codes 0 to 6, as a nibabel image on the input's voxels."""
        import nibabel as nib  # noqa: PLC0415

        codes, affine = reorder_as_stored(self.labels, self.scan.source)
        reverse = np.eye(4)[[2, 1, 0, 3]]
        return nib.Nifti1Image(codes.T, _RAS_OF_LPS @ affine @ reverse)

    def to_sitk(self) -> sitk.Image:
        """Return the labels, uint8 codes 0 to 6, as a SimpleITK image on the input's voxels.

        Raises:
            SettingsRefused: SimpleITK is not installed.
        """
        _require("SimpleITK")
        import SimpleITK as sitk  # noqa: PLC0415

        codes, affine = reorder_as_stored(self.labels, self.scan.source)
        spacing = np.linalg.norm(affine[:3, :3], axis=0)
        image = sitk.GetImageFromArray(codes)
        image.SetSpacing(spacing[::-1].tolist())
        image.SetOrigin(affine[:3, 3].tolist())
        image.SetDirection((affine[:3, :3] / spacing)[:, ::-1].ravel().tolist())
        return image

    def plot(self, of: Artery | str | Lesion | None = None) -> Image.Image:
        """Return an axial slice of the heart with arteries and calcium marked, as a Pillow image.

        Args:
            of: a lesion, for the slice of its centre; an artery, for that of its most calcium;
                None for the artery with the highest score.

        Raises:
            SettingsRefused: there is no such artery.
            TypeError: it is neither an artery nor a name.
        """
        if isinstance(of, Lesion):
            artery, at = of.artery, lesion_slice(of, self.scan)
        else:
            scores = self.report.score.arteries
            most = max(scores, key=lambda a: a.agatston).artery
            needed = "an artery, such as 'LAD', or one of reading.lesions"
            artery = most if of is None else _artery("of", of, needed)
            at = key_slice(self, artery)
        return paint_marked(view_at(self, artery, at), SIDE, by_artery=True)


def _artery(argument: str, name: Artery | str, needed: str) -> Artery:
    if isinstance(name, Artery):
        return name
    if not isinstance(name, str):
        raise wrong_kind(argument, name, needed)
    if name.upper() in Artery.__members__:
        return Artery[name.upper()]
    known = ", ".join(Artery.__members__)
    raise SettingsRefused(f"there is no artery {name!r}: {known} (LAD with the left main)")


def _pandas() -> Any:
    _require("pandas")
    import pandas as pd  # noqa: PLC0415

    return pd


def _require(package: str) -> None:
    if find_spec(package) is None:
        raise SettingsRefused(
            f"this needs {package}, which is not installed: pip install {package}"
        )
