"""docs/method.md: every sentence of the paper's section 2.4, and what it says is so."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass

import pytest

from corcal.settings import Settings
from tests.house_rules.sources import ROOT, SOURCE

PAPER = ROOT.parent / "shared" / "paper" / "alnasser-2026-diagnostics-16-646.txt"
TABLE = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Sentence:
    number: str
    begins: str
    settings: tuple[str, ...]
    code: str
    test: str


def sentences() -> list[Sentence]:
    found = []
    for line in TABLE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"2\.4\.\d-\d+", cells[0]):
            number, begins, _, settings, code, test = cells
            found.append(
                Sentence(
                    number,
                    begins,
                    tuple(re.findall("`(.+?)`", settings)),
                    code.strip("`"),
                    test.strip("`"),
                )
            )
    return found


def paper_sentences() -> list[tuple[str, str]]:
    """Return each sentence of section 2.4 under its number."""
    text = PAPER.read_text(encoding="utf-8")
    text = text[text.index("2.4.1. Data Preparation") : text.index("2.5. Stage 2")]
    found, section, count = [], "", 0
    for line in filter(None, map(str.strip, text.replace("e.g.", "eg").splitlines())):
        if heading := re.match(r"(2\.4\.\d)\. ", line):
            section, count = heading[1], 0
            continue
        for sentence in re.split(r"(?<=\.)\s+(?=[A-Z])", line):
            count += 1
            found.append((f"{section}-{count}", sentence))
    return found


def test_every_sentence_of_the_paper_has_its_line() -> None:
    if not PAPER.exists():
        pytest.skip("the paper's text is not beside the project")
    theirs = paper_sentences()
    ours = sentences()
    assert [s.number for s in ours] == [number for number, _ in theirs]
    for mine, (_, sentence) in zip(ours, theirs, strict=True):
        assert sentence.startswith(mine.begins), mine.number


def test_the_table_has_all_its_lines() -> None:
    by_section = [s.number[:5] for s in sentences()]
    assert {n: by_section.count(n) for n in by_section} == {
        "2.4.1": 12,
        "2.4.2": 10,
        "2.4.3": 7,
        "2.4.4": 3,
        "2.4.5": 5,
    }


@pytest.mark.parametrize("sentence", sentences(), ids=lambda s: s.number)
def test_settings_and_code_are_as_the_table_says(sentence: Sentence) -> None:
    paper = Settings.paper().as_dict()
    for said in sentence.settings:
        name, value = said.split(" = ")
        group, key = name.split(".")
        assert paper[group][key] == tomllib.loads(f"x = {value}")["x"], name
    file, name = sentence.code.split(": ")
    tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
    assert name in _names(tree), sentence.code


#: A caption, reasons, people's work, results: nothing that a test could measure.
UNMEASURED = {"2.4.1-11", "2.4.2-1", "2.4.2-6", "2.4.5-4", "2.4.5-5"}


@pytest.mark.parametrize("sentence", sentences(), ids=lambda s: s.number)
def test_the_test_that_is_named_exists(sentence: Sentence) -> None:
    if sentence.number in UNMEASURED:
        assert sentence.test == ""
        return
    file, name = sentence.test.split(": ")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name.startswith("test_")
    assert name in _names(tree), sentence.test


def test_numbers_in_the_paper_are_settings_in_the_table() -> None:
    said = {setting for s in sentences() for setting in s.settings}
    assert said >= {
        "training.test_share = 0.15",
        "training.folds = 5",
        "preparation.spacing_mm = [0.8, 0.73, 0.73]",
        "preparation.padding_voxels = [0, 10, 10]",
        "training.epochs = 250",
        "training.batch = 2",
        "training.patch_voxels = [112, 128, 160]",
    }


def _names(tree: ast.Module) -> set[str]:
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        targets: list[ast.expr] = [node.target] if isinstance(node, ast.AnnAssign) else []
        targets += node.targets if isinstance(node, ast.Assign) else []
        names |= {t.id for t in targets if isinstance(t, ast.Name)}
    return names
