"""The page on `corcal.testing` works as it stands, and a user's test can be that short."""

import re
from pathlib import Path

import pytest

from corcal import Artery
from corcal.testing import TrueArteries, TrueHeart, score_phantom, tiny_phantom

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_test_on_the_page_passes() -> None:
    names: dict[str, object] = {}
    exec(compile(EXAMPLES[0], PAGE.name, "exec"), names)
    (test,) = [value for name, value in names.items() if name.startswith("test_")]
    assert callable(test)
    assert test() is None


def test_files_of_a_phantom_are_read_and_measured(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(EXAMPLES[1], PAGE.name, "exec"), {})
    assert capsys.readouterr().out == "V2/N2\n"


@pytest.mark.parametrize(
    ("seed", "calcified"),
    [(3, {Artery.RCA, Artery.LAD}), (4, {Artery.LAD, Artery.LCX}), (5, {Artery.RCA, Artery.LCX})],
)
def test_calcium_is_where_the_page_says(seed: int, calcified: set[Artery]) -> None:
    case = tiny_phantom(seed)
    assert case.hu.shape == (64, 64, 64)
    assert {a for a in Artery if (case.labels == a.calcium_code).any()} == calcified
    assert [(m.step, m.name) for m in score_phantom(case).report.provenance.models] == [
        ("heart", TrueHeart(case).name),
        ("arteries", TrueArteries(case).name),
    ]
