"""Contour files made of the annotations of real scans, laid back on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from corcal.annotate.annotation import annotation_of
from corcal.annotate.checks.contour_placement import choose_layout
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.contour_file import read_contour_file
from corcal.annotate.formats.contour_grid import contour_grid
from corcal.annotate.formats.contour_text import parse_contour_text
from corcal.annotate.options import AnnotateOptions
from corcal.core.errors import AnnotationRefused
from corcal.core.scan import Scan
from corcal.phantom import ConOptions
from corcal.phantom.files.as_con import ORPHAN
from corcal.read import read_scan
from tests.annotate.drawings import TYPES, con_of, drawn_classes, reading_options

DATA = Path(__file__).parents[3] / "shared" / "data"
WITH_CALCIUM = ("LCTSC-Test-S1-104", "LCTSC-Test-S1-201")
OTHERS = ("CPTAC-PDA-C3N-00249", "LIDC-IDRI-0001", "LIDC-IDRI-0002", "LIDC-IDRI-0314")

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the annotated scans are not beside the project"),
]


def annotated(case: str) -> tuple[Scan, NDArray[np.uint8]]:
    """Return a scan and its six classes, as its reader drew them."""
    file = DATA / "ct" / f"{case}.nii.gz"
    scan = read_scan(file if file.exists() else DATA / "ct" / f"{case}_dicom")
    codes = np.zeros(scan.grid.shape, dtype=np.uint8)
    for what, shift in (("vessels", 0), ("calcium", 3)):
        path = DATA / "annotations" / f"{case}_{what}.nii.gz"
        if path.exists():
            image = sitk.DICOMOrient(sitk.ReadImage(str(path)), "LPS")
            drawn = sitk.GetArrayFromImage(image)
            coronary = (drawn >= 1) & (drawn <= 3)
            codes[coronary] = drawn[coronary] + shift
    return scan, codes


def jittered(path: Path, seed: int) -> Path:
    """Move every contour of a file by a third of a pixel or so, and each point a little."""
    rng = np.random.default_rng(seed)
    sections = path.read_text(encoding="utf-8").split("[XYCONTOUR]\n")
    for n, section in enumerate(sections[1:], start=1):
        head, count, *lines = section.splitlines()
        points = np.array([line.split() for line in lines if line[0] != "["], dtype=float)
        points += rng.normal(scale=0.3, size=2) + rng.normal(scale=0.1, size=points.shape)
        rows = [f"{x:.3f} {y:.3f}" for x, y in points]
        sections[n] = "\n".join([head, count, *rows, ""])
    path.write_text("[XYCONTOUR]\n".join(sections), encoding="utf-8")
    return path


def way_of(path: Path, scan: Scan) -> tuple[str, str, list[str]]:
    con = parse_contour_text(path.read_bytes(), path.name)
    grid, _ = contour_grid(con, scan, path.name)
    way, _, notices = choose_layout(con, grid, TYPES, options=reading_options(), name=path.name)
    return way.slices, way.origin, [n.code for n in notices]


def ways() -> list[tuple[str, str, ConOptions]]:
    return [
        ("down" if down else "up", "centre" if centred else "corner", ConOptions(down, centred))
        for down in (False, True)
        for centred in (False, True)
    ]


@pytest.mark.parametrize("case", WITH_CALCIUM)
@pytest.mark.parametrize("by_hand", [False, True])
def test_calcium_tells_direction_and_origin(tmp_path: Path, case: str, by_hand: bool) -> None:
    scan, codes = annotated(case)
    for slices, origin, dialect in ways():
        path = con_of(tmp_path, codes, scan.grid, dialect)
        assert way_of(jittered(path, 4) if by_hand else path, scan) == (slices, origin, [])


@pytest.mark.slow
@pytest.mark.parametrize("case", OTHERS)
@pytest.mark.parametrize("change", [lambda p, _: p, jittered])
def test_arteries_tell_the_direction_and_never_the_wrong_origin(
    tmp_path: Path, case: str, change: Callable[[Path, int], Path]
) -> None:
    scan, codes = annotated(case)
    for slices, origin, dialect in ways():
        path = change(con_of(tmp_path, codes, scan.grid, dialect), 5)
        found, begins, notices = way_of(path, scan)
        assert found == slices
        assert begins == origin or notices == ["con-origin"]


@pytest.mark.slow
@pytest.mark.parametrize("case", [*WITH_CALCIUM, *OTHERS])
def test_real_drawings_pass_every_check_and_come_back_whole(tmp_path: Path, case: str) -> None:
    scan, codes = annotated(case)
    path = con_of(tmp_path, codes, scan.grid, ConOptions(resolution=None, crlf=True))
    drawn = read_contour_file(path, scan, options=reading_options(origin="corner"))
    np.testing.assert_array_equal(drawn.bits, drawn_classes(codes))
    one = annotation_of(drawn, scan, options=AnnotateOptions(), name="a.con")
    assert np.count_nonzero(one.six.labels.codes > 3) == np.count_nonzero(codes > 3)
    assert {n.code for n in one.notices} <= {"class-absent", "calcium-shared"}


WRONG: dict[str, Callable[[NDArray[np.uint8]], NDArray[np.generic]]] = {
    "upside down": lambda codes: codes[::-1],
    "mirrored": lambda codes: codes[:, :, ::-1],
    "RCA and LAD swapped": lambda codes: np.array([0, 2, 1, 3, 5, 4, 6, 7])[codes],
    "LAD and LCX swapped": lambda codes: np.array([0, 1, 3, 2, 4, 6, 5, 7])[codes],
    "RCA and LCX swapped": lambda codes: np.array([0, 3, 2, 1, 6, 5, 4, 7])[codes],
    "moved": lambda codes: np.roll(codes, 12, axis=2),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", [*WITH_CALCIUM, *OTHERS])
def test_wrong_labels_are_refused(case: str) -> None:
    scan, codes = annotated(case)
    assert ORPHAN not in codes
    for how, wrong in WRONG.items():
        bits = drawn_classes(np.ascontiguousarray(wrong(codes)).astype(np.uint8))
        drawn = Drawing(bits, scan.grid, "volume")
        with pytest.raises(AnnotationRefused, match="cannot be of this scan, or its classes"):
            pytest.fail(str(annotation_of(drawn, scan, options=AnnotateOptions(), name=how).checks))


@pytest.mark.slow
def test_labels_of_two_scans_that_were_swapped_are_refused() -> None:
    (one, of_one), (other, of_other) = (annotated(case) for case in WITH_CALCIUM)
    size = [slice(0, min(a, b)) for a, b in zip(one.hu.shape, other.hu.shape, strict=True)]
    for scan, codes in ((one, of_other), (other, of_one)):
        cut = (size[0], size[1], size[2])
        swapped = np.zeros(scan.grid.shape, dtype=np.uint8)
        swapped[cut] = drawn_classes(codes)[cut]
        drawn = Drawing(swapped, scan.grid, "volume")
        with pytest.raises(AnnotationRefused, match="cannot be of this scan"):
            annotation_of(drawn, scan, options=AnnotateOptions(), name="a")
