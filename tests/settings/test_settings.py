"""Settings: the paper's values, TOML in and out, and what is refused."""

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corcal.core.errors import SettingsRefused
from corcal.settings import Settings


def differing(one: Settings, other: Settings) -> dict[str, tuple[Any, Any]]:
    """Return the settings that differ, by their full name."""
    return {
        f"{group.name}.{f.name}": (mine, theirs)
        for group in fields(Settings)
        for f in fields(getattr(one, group.name))
        if (mine := getattr(getattr(one, group.name), f.name))
        != (theirs := getattr(getattr(other, group.name), f.name))
    }


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_paper_in_its_own_numbers() -> None:
    paper = Settings.paper()
    assert paper.admission.min_slices == 100
    assert paper.preparation.spacing_mm == (0.8, 0.73, 0.73)
    assert paper.preparation.padding_voxels == (0, 10, 10)
    assert paper.segmentation.threshold == 0.5


def test_the_default_differs_from_the_paper_in_these_only() -> None:
    assert differing(Settings(), Settings.paper()) == {
        "admission.min_slices": (12, 100),
        "preparation.padding_voxels": ((10, 10, 10), (0, 10, 10)),
        "segmentation.fill_calcium": (True, False),
        "segmentation.min_lesion_voxels": (2, 1),
        "segmentation.min_lesion_mm3": (2.0, 0.0),
        "segmentation.min_artery_mm3": (30.0, 0.0),
        "segmentation.heart_margin_mm": (8.0, 0.0),
        "courses.draw": (True, False),
        "training.elastic_share": (0.0, 0.2),
        "segmentation.candidate_probability": (0.25, 0.5),
        "segmentation.min_lesion_probability": (0.5, 0.0),
        "segmentation.min_mean_probability": (0.35, 0.0),
    }


def test_fast_is_the_default_with_one_network() -> None:
    assert differing(Settings(), Settings.fast()) == {"segmentation.members": (0, 1)}


@pytest.mark.parametrize("settings", [Settings(), Settings.paper()])
def test_toml_and_back(settings: Settings, tmp_path: Path) -> None:
    assert Settings.from_toml(written(tmp_path, settings.to_toml())) == settings


def test_what_a_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    text = "[scoring]\nslab_mm = 5\n[preparation]\npadding_voxels = [0, 10, 10]\n"
    found = Settings.from_toml(written(tmp_path, text))
    assert differing(Settings(), found) == {
        "scoring.slab_mm": (3.0, 5.0),
        "preparation.padding_voxels": ((10, 10, 10), (0, 10, 10)),
    }
    assert isinstance(found.scoring.slab_mm, float)
    assert Settings.from_toml(written(tmp_path, "")) == Settings()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[scoring", "cannot be read as TOML settings"),
        ("[scorign]", r"no settings table \[scorign\]; known: \['admission', 'axes', 'courses', "),
        ("scoring = 3", r"\[scoring\] needs a table of settings, not 3"),
        ("[scoring]\nslabs_mm = 3", r"\[scoring\] has no setting 'slabs_mm'"),
        ("[scoring]\nslab_mm = 'thin'", r"\[scoring\] slab_mm: 'thin' is not like 3.0"),
        ("[scoring]\nslab_mm = true", r"\[scoring\] slab_mm: True is not like 3.0"),
        ("[segmentation]\nfill_calcium = 1", r"fill_calcium: 1 is not like True"),
        ("[admission]\nmin_slices = 1.5", r"min_slices needs a whole number, not 1.5"),
        ("[admission]\nmin_slices = inf", r"min_slices must be finite, not inf"),
        ("[scoring]\nthreshold_hu = nan", r"threshold_hu must be finite, not nan"),
        ("[preparation]\nspacing_mm = [1.0, 1.0]", r"spacing_mm needs 3 numbers, not \[1.0, 1.0\]"),
        ("[preparation]\nspacing_mm = 1.0", r"spacing_mm needs 3 numbers, not 1.0"),
        ("[preparation]\nspacing_mm = [1, 1, 'a']", r"spacing_mm: 'a' is not like 0.73"),
        ("[segmentation]\nthreshold = 1.0", r"segmentation.threshold must lie between 0 and 1"),
    ],
)
def test_a_wrong_file_is_refused_by_name(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=rf"mine\.toml: .*{complaint}"):
        Settings.from_toml(written(tmp_path, text))


def test_a_file_that_is_absent_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=r"none\.toml: .* as TOML settings: No such file"):
        Settings.from_toml(tmp_path / "none.toml")
    (tmp_path / "image.toml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(SettingsRefused, match=r"image\.toml: cannot be read as TOML settings"):
        Settings.from_toml(tmp_path / "image.toml")


@pytest.mark.parametrize(
    ("group", "changes", "complaint"),
    [
        ("admission", {"min_slices": 0}, "admission.min_slices must be at least 1"),
        ("preparation", {"spacing_mm": (0.8, 0.0, 0.7)}, "spacing_mm must be positive"),
        ("preparation", {"padding_voxels": (0, -1, 0)}, "padding_voxels must not be negative"),
        ("segmentation", {"threshold": 0.0}, "threshold must lie between 0 and 1"),
        ("segmentation", {"reach_mm": -0.1}, "reach_mm must not be negative"),
        ("segmentation", {"heart_margin_mm": -1.0}, "heart_margin_mm must not be negative"),
        ("segmentation", {"min_lesion_probability": 1.0}, "must be at least 0 and below 1"),
        ("scoring", {"threshold_hu": 201.0}, "weight_bounds_hu must rise from threshold_hu"),
        (
            "scoring",
            {"weight_bounds_hu": (200.0, 400.0, 300.0)},
            "weight_bounds_hu must rise from threshold_hu",
        ),
        ("scoring", {"connectivity_2d": 6}, "connectivity_2d is 4 or 8"),
        ("scoring", {"connectivity_3d": 8}, "connectivity_3d is 6, 18 or 26"),
        ("scoring", {"slab_mm": 0.0}, "slab_mm must be positive"),
        ("admission", {"lung_hu": (-500, -960)}, "lung_hu must rise"),
        ("axes", {"aorta_beside_voxels": (5, 5)}, "aorta_beside_voxels must rise"),
        ("axes", {"few_voxels": 0}, "few_voxels must be at least 1"),
        ("geometry", {"most_missing": 1.0}, "most_missing must be at least 0 and below 1"),
        ("geometry", {"on_place": 0.6}, "on_place must lie above 0 and up to 0.5"),
        ("geometry", {"even_share": 0.5}, "even_share must be below 0.5"),
        ("geometry", {"long_hole_steps": 0.5}, "long_hole_steps must not be below 1"),
        ("series", {"medium_mm": 1.0}, "thin_mm, medium_mm and coarse_mm must rise"),
        ("series", {"shared_slices": 0}, "shared_slices must be at least 1"),
        ("values", {"turns_window_hu": (400, -1000)}, "turns_window_hu must rise"),
        ("values", {"turns_min_slices": 2}, "turns_min_slices must be at least 3"),
        ("values", {"overflow_dark_hu": 700}, "overflow_dark_hu must be below overflow_bright_hu"),
    ],
)
def test_values_out_of_range_are_refused(
    group: str, changes: dict[str, Any], complaint: str
) -> None:
    default = Settings()
    with pytest.raises(SettingsRefused, match=complaint):
        replace(default, **{group: replace(getattr(default, group), **changes)})


def test_as_dict_is_plain_and_whole() -> None:
    plain = Settings().as_dict()
    assert list(plain) == [
        "series",
        "geometry",
        "values",
        "admission",
        "axes",
        "preparation",
        "segmentation",
        "courses",
        "omitted",
        "scoring",
        "training",
    ]
    assert plain["preparation"] == {
        "spacing_mm": [0.8, 0.73, 0.73],
        "padding_voxels": [10, 10, 10],
        "crop_to_heart": True,
    }


def test_settings_are_changed_by_name() -> None:
    changed = Settings().with_(min_slices=100, padding_voxels=(0, 10, 10), threshold_hu=120)
    assert changed.admission.min_slices == 100
    assert changed.preparation.padding_voxels == (0, 10, 10)
    assert changed.scoring.threshold_hu == 120
    back = changed.with_(min_slices=60, padding_voxels=[10, 10, 10], threshold_hu=130)
    plain = Settings().with_(min_slices=60, padding_voxels=(10, 10, 10), threshold_hu=130)
    assert back == plain
    assert Settings().with_() == Settings()


@pytest.mark.parametrize("number", [np.int64(150), np.float32(150), np.float64(150)])
def test_numbers_of_numpy_are_numbers(number: Any) -> None:
    threshold = Settings().with_(threshold_hu=number).scoring.threshold_hu
    assert type(threshold) is float
    assert threshold == 150


@pytest.mark.parametrize(
    "changes",
    [
        {"scoring": {"threshold_hu": 120}, "threshold_hu": 150},
        {"threshold_hu": 150, "scoring": {"min_area_mm2": 2, "threshold_hu": 150}},
    ],
)
def test_a_setting_that_is_given_twice_is_refused(changes: dict[str, Any]) -> None:
    says = r"^'threshold_hu' is given by itself and in 'scoring'; give it once$"
    with pytest.raises(SettingsRefused, match=says):
        Settings().with_(**changes)


def test_a_group_and_another_of_its_settings_go_together() -> None:
    changed = Settings().with_(scoring={"threshold_hu": 120}, min_area_mm2=2)
    assert (changed.scoring.threshold_hu, changed.scoring.min_area_mm2) == (120, 2)


@pytest.mark.parametrize(
    ("make", "arguments", "says"),
    [
        (
            Settings,
            {"scoring": {"threshold_hu": 120}},
            "scoring: a Scoring, such as Scoring(), is needed, not dict",
        ),
        (
            Settings.from_dict,
            {"tables": "x", "where": "here"},
            "tables: a dict of groups is needed, not str",
        ),
        (
            Settings.from_dict,
            {"tables": {}, "where": "here", "base": "paper"},
            "base: a Settings, such as Settings(), is needed, not str",
        ),
    ],
)
def test_what_is_no_group_or_no_settings_is_refused(
    make: Any, arguments: dict[str, Any], says: str
) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(says)}$"):
        make(**arguments)


def test_a_name_of_several_groups_needs_its_group() -> None:
    with pytest.raises(SettingsRefused, match=r"name the group: .*scoring=\{'connectivity_3d'"):
        Settings().with_(connectivity_3d=6)
    changed = Settings().with_(scoring={"connectivity_3d": 6})
    assert changed.scoring.connectivity_3d == 6
    assert changed.segmentation == Settings().segmentation


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"treshold_hu": 120}, r"no setting 'treshold_hu'; did you mean 'threshold_hu'\?"),
        ({"zzz": 1}, r"no setting 'zzz'$"),
        ({"values": 5}, r"'values' is a group; give what changes in it: values=\{'.*': \.\.\.\}"),
        ({"scoring": {"zzz": 1}}, r"\[scoring\] has no setting 'zzz'"),
        ({"min_slices": "many"}, r"\[admission\] min_slices: 'many' is not like"),
        ({"padding_voxels": (1, 2)}, "needs 3 numbers"),
    ],
)
def test_a_change_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsRefused, match=message):
        Settings().with_(**change)
