from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from corcal import phantom
from corcal.cli import main as cli
from corcal.cli.study.phantom import TITLES
from corcal.phantom import STEPS, PhantomCase, PhantomOptions, make_case


class Maker:
    """Makes tiny phantoms in the place of those asked for, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, PhantomOptions]] = []

    def __call__(
        self, seed: int, *, options: PhantomOptions, progress: Callable[[str], None]
    ) -> PhantomCase:
        self.asked.append((seed, options))
        progress("draw")
        return made(seed)


def made(seed: int) -> PhantomCase:
    if seed not in _MADE:
        _MADE[seed] = make_case(seed, options=PhantomOptions.tiny())
    return _MADE[seed]


_MADE: dict[int, PhantomCase] = {}


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    acting = Maker()
    monkeypatch.setattr(phantom, "make_case", acting)
    return acting


def test_a_phantom_of_a_whole_chest_is_the_default(
    maker: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["phantom", "-o", str(tmp_path / "out")]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith(f"{tmp_path / 'out/phantom-00001/ct.nii.gz'}: ")
    assert {p.name for p in (tmp_path / "out/phantom-00001").iterdir()} == {
        "ct.nii.gz", "labels.nii.gz", "truth.json",
    }  # fmt: skip
    ((seed, options),) = maker.asked
    assert (seed, options.field, options.spacing_mm) == (1, "chest", (1.0, 0.75, 0.75))
    assert (options.burden, options.contrast, options.noise) == ("mix", 0.0, True)


def test_options_reach_the_phantom(maker: Maker, tmp_path: Path) -> None:
    arguments = ["--seed", "2", "--count", "2", "--burden", "many", "--contrast", "yes"]
    arguments += ["--thickness", "3", "--heart-only", "--format", "dicom", "--quiet"]
    assert cli.main(["phantom", "-o", str(tmp_path), *arguments]) == 0
    assert [seed for seed, _ in maker.asked] == [2, 3]
    options = maker.asked[0][1]
    assert (options.field, options.burden, options.contrast) == ("heart", "many", 1.0)
    assert (options.spacing_mm, options.thickness_mm, options.layers) == ((3.0, 0.75, 0.75), 3.0, 3)
    assert len(list((tmp_path / "phantom-00003/ct").glob("*.dcm"))) == 64


def test_json_is_the_truth_and_nothing_else(
    maker: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["phantom", "-o", str(tmp_path), "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["truth"] == json.loads((tmp_path / "phantom-00001/truth.json").read_text())
    assert Path(one["scan"]).is_file()
    assert Path(one["labels"]).is_file()


def test_quiet_says_nothing(
    maker: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["phantom", "-o", str(tmp_path), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_nothing_is_made_where_any_phantom_would_be_refused(
    maker: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "phantom-00002").mkdir()
    (tmp_path / "phantom-00002/notes.txt").write_text("kept")
    assert cli.main(["phantom", "-o", str(tmp_path), "--count", "3"]) == 2
    assert "phantom-00002: exists already" in capsys.readouterr().err
    assert maker.asked == []
    assert [p.name for p in tmp_path.iterdir()] == ["phantom-00002"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--burden", "much"], "'much' is not one of"),
        (["--thickness", "9"], "9.0 must be 0.5 to 5.0"),
        (["--count", "0"], "0 must be 1 or more"),
        (["--seed", "-1"], "-1 must be 0 to 99999"),
    ],
)
def test_a_wrong_wish_is_2(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["phantom", "-o", str(tmp_path / "out"), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_every_step_has_a_title() -> None:
    assert tuple(TITLES) == (*STEPS, "write")


@pytest.mark.slow
def test_a_phantom_can_be_read_and_is_admitted(tmp_path: Path) -> None:
    out = ["-o", str(tmp_path), "--heart-only", "--quiet", "--format", "dicom"]
    assert cli.main(["phantom", *out]) == 0
    assert cli.main(["inspect", str(tmp_path / "phantom-00001/ct")]) == 0
