"""Small whole files of every format that is read, from which mutants are made."""

from __future__ import annotations

import gzip
import io
import plistlib
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nrrd
import numpy as np
from pydicom.uid import JPEGLosslessSV1

from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.storage import nifti_bytes
from tests.annotate.coca_files import images_of
from tests.annotate.drawings import chest, con_of, heart
from tests.annotate.formats.dicom_drawings import CODED, rtstruct, seg
from tests.annotate.formats.slicer_files import Drawn, write_segmentation
from tests.read.dicom.dicom_files import SPACING_MM, Series, write_multi_frame

SHAPE = (9, 60, 64)
GRID = Grid.axial(SHAPE, (3.0, *SPACING_MM), (-20.0, -30.0, 100.0))
#: Stands for the patient in every file that names one; no message may repeat it.
SECRET = "SECRET"


@dataclass(frozen=True)
class Whole:
    """A whole input: the file that is mutated, and what lies beside it.

    Attributes:
        name: of the file.
        content: of it.
        beside: other files of the same folder, by name.
        folder: True where the folder is the input, not the file.
    """

    name: str
    content: bytes
    beside: tuple[tuple[str, bytes], ...] = ()
    folder: bool = False


@cache
def codes() -> np.ndarray:
    """Return labels of three arteries with calcium."""
    return heart(GRID)


@cache
def scan() -> Scan:
    """Return the scan on which drawings are read."""
    made = chest(codes(), GRID)
    return Scan(made.hu, Grid(SHAPE, GRID.affine, "1.2.3.4"))


def _slices(**given: object) -> Whole:
    series = Series(hu=scan().hu[:5, ::4, ::4], uid="1.2.3.5", **given)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        paths = series.write(Path(folder))
        files = [(p.name, p.read_bytes()) for p in paths]
    return Whole(*files[2], tuple(files[:2] + files[3:]), folder=True)


def _multi_frame() -> Whole:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.dcm"
        write_multi_frame(path, Series(hu=scan().hu[:5, ::4, ::4], uid="1.2.3.5"), range(5))
        return Whole("a.dcm", path.read_bytes())


def _nifti(packed: bool) -> Whole:
    content = nifti_bytes(scan().hu[:, ::3, ::3].copy(), GRID.affine)
    return Whole("a.nii.gz", content) if packed else Whole("a.nii", gzip.decompress(content))


def _nrrd(encoding: str) -> Whole:
    header = {
        "space": "left-posterior-superior",
        "space directions": GRID.affine[:3, 2::-1].T.tolist(),
        "space origin": GRID.affine[:3, 3].tolist(),
        "encoding": encoding,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.nrrd"
        nrrd.write(str(path), scan().hu[:, ::3, ::3].transpose(2, 1, 0).copy(), header)
        return Whole(path.name, path.read_bytes())


def _metaimage() -> Whole:
    hu = scan().hu[:, ::3, ::3].copy()
    lines = [
        "ObjectType = Image", "NDims = 3", "BinaryData = True", "BinaryDataByteOrderMSB = False",
        "CompressedData = False", "TransformMatrix = 1 0 0 0 1 0 0 0 1", "Offset = -20 -30 100",
        "ElementSpacing = 0.7 0.8 3", f"DimSize = {hu.shape[2]} {hu.shape[1]} {hu.shape[0]}",
        "ElementType = MET_SHORT", "ElementDataFile = LOCAL",
    ]  # fmt: skip
    return Whole("a.mha", "\n".join(lines).encode() + b"\n" + hu.astype("<i2").tobytes())


def _zip() -> Whole:
    whole = _slices()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((whole.name, whole.content), *whole.beside):
            archive.writestr(zipfile.ZipInfo(f"ct/{name}"), content)
    return Whole("a.zip", packed.getvalue())


def _contours() -> Whole:
    with tempfile.TemporaryDirectory() as folder:
        return Whole("a.con", con_of(Path(folder), codes(), GRID).read_bytes())


def _slicer() -> Whole:
    names = ("RCA", "LAD", "LCX", "RCA calcium", "LAD calcium", "LCX calcium")
    segments = [Drawn(name, value=code) for code, name in enumerate(names, start=1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.seg.nrrd"
        return Whole(path.name, write_segmentation(path, [codes()], segments, GRID).read_bytes())


def _structures() -> Whole:
    with tempfile.TemporaryDirectory() as folder:
        path = rtstruct(Path(folder) / "a.dcm", scan(), {"RCA": codes() == 1, "calc": codes() > 3})
        return Whole(path.name, path.read_bytes())


def _segments() -> Whole:
    series = Series(hu=scan().hu)
    images = [series.slice(k, place) for k, place in enumerate(series.places())]
    for image in images:
        image.PatientBirthDate = image.PatientSex = image.StudyDate = image.StudyTime = ""
        image.AccessionNumber = image.StudyID = image.ReferringPhysicianName = ""
    masks = np.stack([codes() == code for code in range(1, 7)], axis=-1)
    content = io.BytesIO()
    seg(list(images), masks, CODED).save_as(content)
    return Whole("a.dcm", content.getvalue())


def _table() -> Whole:
    lines = ["patient,artery,present,volume_mm3,agatston,grade"]
    lines += [f"{SECRET}{n},{a},1,12.5,{n},mild" for n in range(4) for a in ("RCA", "LAD", "LCX")]
    return Whole("a.csv", "\n".join(lines).encode())


def _manifest() -> Whole:
    return Whole("m.csv", b"scan,annotation,patient,contrast\nct/1,a.con,1,no\nct/2,b.con,2,yes\n")


def _names() -> Whole:
    text = '0 0 0 0 0 0 0 "Clear Label"\n1 255 0 0 1 1 1 "RCA"\n2 0 255 0 1 1 1 "LAD"\n'
    return Whole("a.label", text.encode())


#: Each format, and how its whole file is made.
WHOLE = {
    "dicom": _slices,
    "dicom-jpeg": lambda: _slices(syntax=JPEGLosslessSV1),
    "dicom-frames": _multi_frame,
    "nifti": lambda: _nifti(packed=False),
    "nifti-gz": lambda: _nifti(packed=True),
    "nrrd": lambda: _nrrd("raw"),
    "nrrd-gz": lambda: _nrrd("gzip"),
    "metaimage": _metaimage,
    "zip": _zip,
    "contours": _contours,
    "slicer": _slicer,
    "rtstruct": _structures,
    "dicom-seg": _segments,
    "outlines": lambda: Whole("a.xml", plistlib.dumps({"Images": images_of(codes())})),
    "labels": lambda: Whole("a.nii", gzip.decompress(nifti_bytes(codes(), GRID.affine))),
    "table": _table,
    "manifest": _manifest,
    "names": _names,
}


@cache
def whole(kind: str) -> Whole:
    """Return the whole input of a format."""
    return WHOLE[kind]()
