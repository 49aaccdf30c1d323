"""Wrong arguments are answered at the door: by the argument's name, what came, what is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import corcal
from corcal import report
from corcal.cohort import Options
from corcal.core.errors import (
    GeometryRefused,
    OutputRefused,
    SettingsRefused,
    UnreadableScan,
)
from corcal.report import ReportOptions
from corcal.testing import TrueModels, tiny_phantom

EMPTY = "the path is empty: is a variable not set? The current folder is '.'"
SETTINGS = "settings: a Settings, such as Settings.paper(), is needed, not {}"
PERSON = "person: a Person, such as Person(60, 'female', 'white'), is needed, not tuple"
PROGRESS = "progress: a function of one text, such as print, is needed, not bool"
MODELS = "models: a ModelChoice, or the name, folder or zip of a trained model, is needed, not {}"
SCAN = "scan: a path, a nibabel or SimpleITK image, an array with its affine, or a corcal.Scan"
PLOT = "of: an artery, such as 'LAD', or one of reading.lesions is needed, not {}"
MASK = "artery: an artery, such as 'LAD', is needed, not {}"
PATH = type(Path()).__name__

# Untyped: a type checker would refuse most of these calls, too.
public: Any = corcal
options: Any = Options
report_options: Any = ReportOptions
CASE = tiny_phantom(4)
labels_nifti: Any = report.labels_nifti
TRUTH: Any = public.ArteryLabels(CASE.labels, CASE.grid)
score: Any = partial(public.score, models=TrueModels(CASE))
quantify: Any = public.quantify_labels


@pytest.fixture(scope="module")
def reading() -> Any:
    return quantify(CASE.scan, TRUTH)


def refuse(kind: type[Exception], call: Callable[[], Any], text: str) -> None:
    with pytest.raises(kind, match=f"^{re.escape(text)}$"):
        call()


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"settings": "paper"}, SETTINGS.format("str")),
        ({"settings": {}}, SETTINGS.format("dict")),
        ({"settings": public.Settings}, SETTINGS.format("the class Settings")),
        ({"person": (60, "male")}, PERSON),
        ({"progress": True}, PROGRESS),
    ],
)
def test_every_way_of_scoring_looks_at_what_all_of_them_take(
    given: dict[str, Any], text: str
) -> None:
    refuse(TypeError, partial(score, CASE.scan, **given), text)
    refuse(TypeError, partial(quantify, CASE.scan, TRUTH, **given), text)
    with pytest.warns(DeprecationWarning, match="is now corcal.score"):
        refuse(TypeError, partial(public.score_scan, CASE.scan, **given), text)


@pytest.mark.parametrize(
    ("models", "text"),
    [
        (5, MODELS.format("int")),
        (public.ModelChoice, MODELS.format("the class ModelChoice")),
        (TrueModels(CASE).locator(), MODELS.format("TrueHeart")),
    ],
)
def test_models_are_looked_at_before_a_scan_is_read(models: Any, text: str) -> None:
    refuse(TypeError, lambda: public.score("no such scan", models=models), text)
    refuse(TypeError, lambda: public.score_many([Path(__file__)], models=models), text)


def test_a_path_stands_for_a_trained_model_as_a_text_does(tmp_path: Path) -> None:
    for models in (tmp_path / "mine.zip", str(tmp_path / "mine.zip")):
        with pytest.raises(corcal.InputRefused, match=r"mine\.zip: there is no such file or fold"):
            public.score(CASE.scan, models=models)
        with pytest.raises(corcal.InputRefused, match=r"mine\.zip: there is no such file or fold"):
            next(public.score_many([tmp_path], models=models))
    assert public.ModelChoice(tmp_path / "mine.zip").model == str(tmp_path / "mine.zip")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (None, f"{SCAN} is needed, not NoneType"),
        (["a", "b"], f"{SCAN} is needed, not list"),
        (TRUTH, f"{SCAN} is needed, not ArteryLabels"),
    ],
)
def test_what_is_no_scan_is_said(given: Any, text: str) -> None:
    refuse(TypeError, lambda: score(given), text)
    refuse(TypeError, lambda: quantify(given, TRUTH), text)


def test_an_affine_is_a_matrix_and_belongs_to_an_array_alone() -> None:
    no_matrix = "the image: does not say where its voxels lie: its affine is no finite 4 x 4 matrix"
    for affine in ("x", [[1, 2], [3]]):
        refuse(GeometryRefused, partial(score, CASE.scan.hu, affine), no_matrix)
    misplaced = "only an array needs an affine, the second argument: leave it out"
    refuse(UnreadableScan, lambda: score(CASE.scan, public.Settings.paper()), misplaced)


def test_an_empty_path_is_not_the_current_folder(reading: Any) -> None:
    for call, name in (
        (lambda: score(""), "scan"),
        (lambda: quantify("", TRUTH), "scan"),
        (lambda: quantify(CASE.scan, ""), "labels"),
        (lambda: public.read_scan(""), "path"),
        (lambda: public.read_labels("", CASE.scan), "path"),
        (lambda: public.write_reports(reading, ""), "out"),
        (lambda: public.score_many([""]), "scans"),
        (lambda: public.score_many([Path(__file__)], out=""), "out"),
        (lambda: public.score_many([Path(__file__)], models=""), "models"),
        (lambda: public.score(CASE.scan, models=""), "models"),
        (lambda: public.Settings.from_toml(""), "path"),
        (lambda: public.ModelChoice(heart="totalsegmentator", heart_weights=""), "heart_weights"),
        (lambda: report_options(prior=""), "prior"),
    ):
        refuse(corcal.InputRefused, call, f"{name}: {EMPTY}")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: public.read_scan(None), "path: a path is needed, not NoneType"),
        (lambda: public.read_scan(".", settings="x"), SETTINGS.format("str")),
        (
            lambda: public.read_scan(".", series_uid=5),
            "series_uid: a text, such as '1.2.3', is needed, not int",
        ),
        (lambda: public.read_labels(5, CASE.scan), "path: a path is needed, not int"),
        (
            lambda: public.read_labels("x.nii", None),
            "scan: a Scan, such as that of read_scan, is needed, not NoneType",
        ),
        (
            lambda: quantify(CASE.scan, CASE.labels),
            "labels: an ArteryLabels or a path is needed, not ndarray",
        ),
        (lambda: public.Settings.from_toml(None), "path: a path is needed, not NoneType"),
        (
            lambda: public.ModelChoice(5),
            "model: the name, folder or zip of a trained model is needed, not int",
        ),
        (
            lambda: public.Scan(CASE.scan.hu, (64, 64, 64)),
            "grid: a Grid, such as Grid.axial(shape, spacing_mm), is needed, not tuple",
        ),
        (
            lambda: public.ArteryLabels(CASE.labels, CASE.scan),
            "grid: a Grid, such as that of the scan, is needed, not Scan",
        ),
        (
            lambda: TRUTH.calcium("LAD"),
            "artery: an Artery, such as Artery.LAD, is needed, not str",
        ),
        (lambda: TRUTH.whole(2), "artery: an Artery, such as Artery.LAD, is needed, not int"),
        (
            lambda: public.Reading.of(None),
            "reading: a Reading, such as that of corcal.pipeline.score_scan, is needed, "
            "not NoneType",
        ),
        (lambda: report_options(case_id=5), "case_id: a text is needed, not int"),
        (
            lambda: report_options(scored_at="today"),
            "scored_at: a datetime, such as datetime.now(), is needed, not str",
        ),
        (
            lambda: public.ModelChoice().segmenter("all"),
            "members: a whole number is needed, not str",
        ),
        (
            lambda: public.ModelChoice().segmenter(1, "all"),
            "on_progress: a function of two whole numbers is needed, not str",
        ),
        (
            lambda: labels_nifti(CASE.labels, CASE.scan.source),
            "labels: an ArteryLabels, such as reading.labels, is needed, not ndarray",
        ),
        (
            lambda: labels_nifti(TRUTH, CASE.scan),
            "source: a Source, such as reading.scan.source, is needed, not Scan",
        ),
        (lambda: options(jobs="2"), "jobs: a whole number is needed, not str"),
        (lambda: options(jobs=1.5), "jobs: a whole number is needed, not float"),
        (lambda: options(limit_seconds="9"), "limit_seconds: a number is needed, not str"),
    ],
)
def test_another_kind_is_refused_by_name(call: Callable[[], Any], text: str) -> None:
    refuse(TypeError, call, text)


def test_there_is_no_negative_number_of_networks() -> None:
    text = "members must not be negative, not -1"
    refuse(SettingsRefused, lambda: public.ModelChoice().segmenter(-1), text)


def test_a_reading_is_asked_for_arteries_and_lesions(reading: Any) -> None:
    refuse(TypeError, lambda: reading.plot(5), PLOT.format("int"))
    refuse(TypeError, lambda: reading.plot(reading.lesions), PLOT.format("tuple"))
    refuse(TypeError, lambda: reading.mask(5), MASK.format("int"))
    refuse(TypeError, lambda: reading.mask(None), MASK.format("NoneType"))
    refuse(
        TypeError,
        lambda: reading.score.of("LAD"),
        "artery: an Artery, such as Artery.LAD, is needed, not str",
    )


def test_the_former_name_looks_at_its_models() -> None:
    for given, text in (
        ({"scan": "x"}, "scan: a Scan, such as read_scan(path), is needed, not str"),
        ({"locator": 5}, "locator: what finds the heart is needed, not int"),
        ({"segmenter": 5}, "segmenter: what finds the arteries is needed, not int"),
    ):
        with pytest.warns(DeprecationWarning, match="is now corcal.score"):
            refuse(TypeError, partial(public.score_scan, **{"scan": CASE.scan, **given}), text)


def test_reports_are_of_a_reading_and_its_options(reading: Any, tmp_path: Path) -> None:
    needed = f"reading: a Reading, such as that of corcal.score, is needed, not {PATH}"
    refuse(TypeError, lambda: public.write_reports(tmp_path, reading), needed)
    refuse(
        TypeError,
        lambda: public.write_reports(reading, tmp_path / "out", options={}),
        "options: a ReportOptions, such as ReportOptions(), is needed, not dict",
    )
    (tmp_path / "kept").write_text("x", encoding="utf-8")
    refuse(
        OutputRefused,
        lambda: public.write_reports(reading, tmp_path),
        f"{tmp_path}: exists already and is not empty; name another folder, or use --force "
        "(force=True from Python) to replace an earlier result in it; files of other names are "
        "kept",
    )
    refuse(
        OutputRefused,
        lambda: public.write_reports(reading, tmp_path / "out", options=report_options(dicom=True)),
        "DICOM results belong to the study of a DICOM series, and the scan came as array: score "
        "the series itself, or leave DICOM results out",
    )
    assert not (tmp_path / "out").exists()


def test_an_earlier_report_may_be_named_by_a_text(reading: Any, tmp_path: Path) -> None:
    public.write_reports(reading, tmp_path / "first")
    chosen = report_options(prior=str(tmp_path / "first" / "report.json"))
    assert chosen.prior == tmp_path / "first" / "report.json"
    public.write_reports(reading, tmp_path / "second", options=chosen)
    assert "(+0)" in (tmp_path / "second" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"scans": "scans"}, "scans: a list of paths, such as ['scans'], is needed, not str"),
        (
            {"scans": Path("x")},
            f"scans: a list of paths, such as ['scans'], is needed, not {PATH}",
        ),
        ({"scans": None}, "scans: a list of paths, such as ['scans'], is needed, not NoneType"),
        ({"scans": [CASE.scan]}, "scans: a list of paths is needed, not Scan"),
        ({"out": 5}, "out: a path is needed, not int"),
        ({"settings": "paper"}, SETTINGS.format("str")),
        ({"options": 4}, "options: an Options, such as Options(), is needed, not int"),
    ],
)
def test_a_cohort_is_looked_at_before_it_begins(given: dict[str, Any], text: str) -> None:
    refuse(TypeError, partial(public.score_many, **{"scans": [Path(__file__)], **given}), text)


def test_the_folder_of_a_cohort_is_no_file(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("x", encoding="utf-8")
    refuse(
        OutputRefused,
        lambda: public.score_many([tmp_path], out=file),
        f"{file}: is a file; name a folder",
    )
