"""The pages that are made from the code hold all of it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

import corcal
from corcal.cli.main import COMMANDS
from corcal.report import report_schema
from tests.docs.blocks import ROOT, blocks_of

PYTHON = ROOT / "docs" / "reference" / "python.md"


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    pytest.importorskip("mkdocs")
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs" / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_has_its_heading(hooks: ModuleType) -> None:
    page = hooks.commands_page()
    headings = set(re.findall(r"^#{3,4} (corcal .+)$", page, flags=re.MULTILINE))
    assert {f"corcal {name}" for name in COMMANDS} <= headings
    assert {"corcal train dataset", "corcal readers forms", "corcal phantom insert"} <= headings
    assert "| `--force` | Replace a report that OUT holds already. |" in page
    assert "[45 to 84]" in page


def test_every_value_of_the_schema_has_its_row(hooks: ModuleType) -> None:
    page = hooks.schema_page()
    assert all(f"| `{name}` |" in page for name in report_schema()["properties"])
    assert "| `arteries.RCA.lesions[].peak_hu` |" in page
    assert "| `arteries.LCX` | object | the same values as of the RCA |" in page


def test_the_figures_come_from_the_model_card(hooks: ModuleType) -> None:
    rows = hooks.figures().splitlines()
    assert rows[0].startswith("| figure | table | measured | goal | verdict |")
    assert len(rows) == 21


@pytest.mark.parametrize(
    ("home", "here", "link", "turned"),
    [
        ("docs/faq.md", "faq.md", "[x](../SECURITY.md)", "[x](security.md)"),
        ("docs/tutorials/a.md", "tutorials/a.md", "[x](../faq.md#y)", "[x](../faq.md#y)"),
        ("docs/faq.md", "faq.md", "[x](../DESIGN.md)", "x (`DESIGN.md`)"),
        ("SECURITY.md", "security.md", "[x](docs/models.md)", "[x](models.md)"),
        ("docs/faq.md", "faq.md", "[`a.py`](../examples/a.py)", "`a.py`"),
        ("docs/faq.md", "faq.md", "[x](https://a.org/b.md)", "[x](https://a.org/b.md)"),
        ("docs/faq.md", "faq.md", "![x](images/a.png)", "![x](images/a.png)"),
    ],
)
def test_links_are_turned_to_pages_of_the_site(
    home: str, here: str, link: str, turned: str, hooks: ModuleType
) -> None:
    assert hooks.turn_links(link, home, here) == turned


def test_every_public_name_stands_on_the_page_of_python() -> None:
    text = PYTHON.read_text(encoding="utf-8")
    shown = set(re.findall(r"^::: corcal\.\S*?(\w+)$", text, flags=re.MULTILINE))
    members = set(re.findall(r"\w+", " ".join(re.findall(r"members: \[(.*)\]", text))))
    assert set(corcal.__all__) - {"__version__", "DISCLAIMER"} - shown - members == set()


def test_the_scripts_on_that_page_are_those_of_examples() -> None:
    scripts = {p.read_text() for p in (ROOT / "examples" / "python").glob("*.py")}
    assert {b.text for b in blocks_of(PYTHON) if b.language == "python"} == scripts


def test_every_page_of_the_site_is_in_its_menu() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r": ([\w/-]+\.md)$", text, flags=re.MULTILINE))
    pages = {p.relative_to(ROOT / "docs").as_posix() for p in Path(ROOT / "docs").rglob("*.md")}
    assert pages <= listed
