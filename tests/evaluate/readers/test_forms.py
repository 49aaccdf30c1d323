"""Forms out: nothing in them tells who a case is, and what they show is the case."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from corcal.core.artery import Artery
from corcal.core.errors import GridMismatch, UnreadableScan
from corcal.evaluate.cases import result_folders
from corcal.evaluate.readers.forms import build_forms, form_files
from corcal.evaluate.readers.pictures import (
    CasePictures,
    pictures_of_result,
    pictures_of_scan,
)
from corcal.evaluate.readers.ratings import read_ratings
from corcal.evaluate.readers.study import SCALE, Category, Study, plan_study
from corcal.report import paint_plain, take_views
from tests.evaluate.conftest import NAMES
from tests.evaluate.on_disk import write_phantom

#: The only parts a JPEG file here may have: start, JFIF, tables, frame, scan.
PARTS = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def parts_of_jpeg(data: bytes) -> set[int]:
    """Return the markers of a JPEG file up to its scan."""
    assert data[:2] == b"\xff\xd8"
    at, found = 2, set()
    while True:
        assert data[at] == 0xFF
        found.add(data[at + 1])
        if data[at + 1] == 0xDA:
            return found
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def decoded(uri: str) -> bytes:
    head, _, text = uri.partition(",")
    assert head == "data:image/jpeg;base64"
    return base64.b64decode(text)


def data_of(form: bytes) -> dict[str, Any]:
    found = re.search(rb'<script type="application/json" id="study">(.*?)</script>', form, re.S)
    assert found is not None
    data: dict[str, Any] = json.loads(found.group(1))
    return data


@pytest.fixture(scope="module")
def study() -> Study:
    return plan_study(NAMES, ["AJS", "TNA"], categories=SCALE, seed=11)


@pytest.fixture(scope="module")
def pictures(cases: Path) -> dict[str, CasePictures]:
    folders = result_folders([cases / "results"])
    return {name: pictures_of_result(folder) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def forms(study: Study, pictures: dict[str, CasePictures]) -> dict[str, bytes]:
    return build_forms(study, pictures)


def test_files_are_those_announced(study: Study, forms: dict[str, bytes]) -> None:
    assert set(forms) == set(form_files(study)) == {
        "form-AJS.html", "ratings-AJS.csv", "form-TNA.html", "ratings-TNA.csv",
    }  # fmt: skip


def test_no_name_reaches_a_reader(forms: dict[str, bytes], cases: Path) -> None:
    words = {word for name in NAMES for word in (name, *name.split("_"))}
    words |= {str(cases), "results", "scans", "nii", "DICOM", "sha256:", "/tmp"}
    for name, content in forms.items():
        bare = re.sub(rb"base64,[A-Za-z0-9+/=]+", b"", content).decode()
        assert [w for w in words if w.lower() in bare.lower()] == [], name


def test_pictures_carry_nothing_but_pixels(pictures: dict[str, CasePictures]) -> None:
    shots = [s for p in pictures.values() for group in p.arteries.values() for s in group]
    for shot in shots:
        for uri in (shot.plain, shot.marked):
            assert parts_of_jpeg(decoded(uri)) <= PARTS
            assert set(Image.open(io.BytesIO(decoded(uri))).info) <= {
                "jfif", "jfif_version", "jfif_unit", "jfif_density",
            }  # fmt: skip


def test_words_in_a_png_stay_behind(tmp_path: Path) -> None:
    write_phantom(tmp_path, "one", 0)
    path = tmp_path / "results/one/overview.png"
    words = PngInfo()
    words.add_text("Comment", "DOE^JANE 1943-03-12")
    image = Image.open(path)
    image.load()
    image.save(path, pnginfo=words)
    found = pictures_of_result(path.parent)
    for shot in (found.front, *(s for group in found.arteries.values() for s in group)):
        assert b"DOE" not in decoded(shot.plain) + decoded(shot.marked)


def test_pictures_are_those_of_the_case_without_its_words(
    tmp_path: Path,
) -> None:
    reading = write_phantom(tmp_path, "one", 0)
    found = pictures_of_result(tmp_path / "results/one")
    for artery, view in zip(Artery, take_views(reading), strict=False):
        expected = np.asarray(paint_plain(view, 480), dtype=float)
        shown = np.asarray(Image.open(io.BytesIO(decoded(found.arteries[artery][0].plain))))
        assert shown.shape == expected.shape
        assert np.abs(shown - expected).mean() < 4


def test_readers_have_no_code_in_common_and_the_same_pictures(
    study: Study, forms: dict[str, bytes]
) -> None:
    seen: dict[str, dict[str, Any]] = {}
    codes: dict[str, set[str]] = {}
    for reader in study.order:
        data = data_of(forms[f"form-{reader}.html"])
        names = {b.code: b.case for b in study.order[reader]}
        assert [c["code"] for c in data["cases"]] == [b.code for b in study.order[reader]]
        seen[reader] = {names[c["code"]]: c["arteries"] for c in data["cases"]}
        codes[reader] = set(names)
    assert seen["AJS"] == seen["TNA"]
    assert not codes["AJS"] & codes["TNA"]


def test_nothing_is_fetched_or_sent(forms: dict[str, bytes]) -> None:
    page = forms["form-AJS.html"].decode()
    assert "default-src 'none'" in page
    assert "connect-src" not in page
    assert re.findall(r"https?://[^\s\"']+", page) == []


def test_a_blank_form_reads_as_no_rating(study: Study, forms: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(forms["ratings-AJS.csv"].decode())))
    assert len(rows) == 18
    assert [r["case"] for r in rows[::6]] == [b.code for b in study.order["AJS"]]
    assert {r["rating"] for r in rows} == {""}


def test_a_blank_form_filled_in_a_spreadsheet_is_read(
    study: Study, forms: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(forms["ratings-AJS.csv"].decode().replace(",\n", ",minor\n"))
    found = read_ratings([path], key=study)
    assert len(found.given["AJS"]) == 18


def test_a_category_cannot_break_out_of_the_page(pictures: dict[str, CasePictures]) -> None:
    scale = (Category("</script><b>good"), Category("bad", "<i>never</i>"))
    study = plan_study(NAMES, ["A"], categories=scale, seed=1)
    page = build_forms(study, pictures)["form-A.html"]
    assert data_of(page)["categories"] == ["</script><b>good", "bad"]
    assert b"<b>good" not in page
    assert b"<i>never" not in page


def test_with_scans_each_artery_is_shown_in_several_slices(cases: Path) -> None:
    name = NAMES[0]
    found = pictures_of_scan(cases / "scans" / f"{name}.nii.gz", cases / "results" / name, slices=4)
    assert {a.value: len(s) for a, s in found.arteries.items()} == {"RCA": 4, "LAD": 4, "LCX": 4}
    assert len({s.plain for s in found.arteries[Artery.RCA]}) == 4
    assert parts_of_jpeg(decoded(found.arteries[Artery.LAD][0].marked)) <= PARTS


def test_another_patients_scan_is_refused(cases: Path) -> None:
    with pytest.raises(GridMismatch, match="another scan"):
        pictures_of_scan(
            cases / "scans" / f"{NAMES[1]}.nii.gz", cases / "results" / NAMES[0], slices=4
        )


def test_an_overview_of_another_size_is_refused(tmp_path: Path) -> None:
    write_phantom(tmp_path, "one", 0)
    path = tmp_path / "results/one/overview.png"
    Image.new("RGB", (300, 200)).save(path)
    with pytest.raises(UnreadableScan, match="score the scan again"):
        pictures_of_result(path.parent)
    path.unlink()
    with pytest.raises(UnreadableScan, match=r"overview\.png"):
        pictures_of_result(path.parent)
