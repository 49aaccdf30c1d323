"""What the README shows works as it stands there."""

import re
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, ROOT, shown

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    monkeypatch.chdir(ROOT)
    exec(compile(example, "README.md", "exec"), {})
    # LCTSC-Test-S1-201 has two plain lesions of the left main and proximal LAD (217 mm3).
    assert 100 < float(capsys.readouterr().out) < 300


BESIDE = [ROOT / name for name in ("DESIGN.md", "MODEL_CARD.md", "SECURITY.md")]


@pytest.mark.parametrize("page", [*PAGES, *BESIDE], ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [t for t in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in t]
    # The site makes these pages of the code and of what lies beside docs/.
    made = {"reference/commands.md", "reference/report-json.md"}
    there = [t for t in targets if t.removeprefix("../") not in made]
    assert [t for t in there if not page.parent.joinpath(t).exists()] == []


def test_the_figures_are_those_of_the_model_card() -> None:
    card = (ROOT / "MODEL_CARD.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| [abcd] \| ([\d.]+ ?%?)", card, flags=re.MULTILINE))
    kappas = " / ".join(rows[f"kappa of presence, {a}"].strip() for a in ("RCA", "LAD", "LCX"))
    for figure in (
        f"calcium found | {rows['visible calcium found, unseen scans']} |",
        f"per real scan | {rows['false lesions per unseen scan'].strip()} |",
        f"found | {rows['lesions over 10 mm3 found']} |",
        f"LCX | {kappas} |",
    ):
        assert figure in README


def test_the_readme_is_short() -> None:
    assert len(README.split()) < 500
