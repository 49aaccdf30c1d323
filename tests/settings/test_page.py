"""The page of settings is that of the code, and explains every one of them."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from corcal.cli.main import main
from corcal.settings import Settings, settings_page

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_in_docs_is_made_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run `make docs`"


def test_every_setting_is_explained() -> None:
    rows = [line.split(" | ") for line in settings_page().splitlines() if line.startswith("| `")]
    names = [row[0].strip("| `") for row in rows]
    groups = [getattr(Settings(), group.name) for group in fields(Settings)]
    assert names == [f.name for group in groups for f in fields(group)]
    assert all(row[3].strip("| ") for row in rows)


def test_the_command_prints_what_a_file_may_hold(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["settings", "--paper"]) == 0
    file = tmp_path / "paper.toml"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert Settings.from_toml(file) == Settings.paper()


def test_the_command_prints_the_fast_settings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["settings", "--fast"]) == 0
    file = tmp_path / "fast.toml"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert Settings.from_toml(file) == Settings.fast() != Settings()


def test_fast_and_the_paper_do_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "--fast", "--paper"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--fast for less than corcal's own: give one of them" in captured.err


def test_a_file_changes_what_the_paper_gives(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "counts.toml"
    file.write_text("[training]\ntest_share = 0.188\n", encoding="utf-8")
    assert main(["settings", "--paper", "--settings", str(file)]) == 0
    printed = tmp_path / "printed.toml"
    printed.write_text(capsys.readouterr().out, encoding="utf-8")
    paper = Settings.paper()
    expected = replace(paper, training=replace(paper.training, test_share=0.188))
    assert Settings.from_toml(printed) == expected
    assert expected.training.elastic_share == 0.2


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "--page"]) == 0
    assert capsys.readouterr().out == settings_page()
