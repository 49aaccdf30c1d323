"""A reader who follows a page from its top gets to its end: its blocks run, one after the other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, ROOT, Block, blocks_of, shown

#: A block of text with this note is what the block before it prints.
OUTPUT = "output"
RUN = {page: [b for b in blocks_of(page) if b.is_run or b.note == OUTPUT] for page in PAGES}
#: Pages whose blocks take less than a second each; the others score scans.
QUICK = {"docs/testing.md", "docs/install.md", "docs/tutorials/own-model.md"}
#: Pages with blocks for a shell that Windows has not.
SHELL = shutil.which("bash")


def _cases() -> list[object]:
    return [
        pytest.param(page, marks=() if shown(page) in QUICK else pytest.mark.slow, id=shown(page))
        for page, blocks in RUN.items()
        if blocks
    ]


@pytest.mark.skipif(SHELL is None, reason="there is no bash here")
@pytest.mark.parametrize("page", _cases())
def test_a_page_runs_from_its_top_to_its_end(page: Path, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    programs = tmp_path / "programs"
    programs.mkdir()
    corcal = programs / "corcal"
    corcal.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m corcal "$@"\n')
    corcal.chmod(0o755)
    (programs / "python").symlink_to(sys.executable)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src")}
    printed = ""
    for block in RUN[page]:
        where = f"{shown(page)}, line {block.line}"
        if block.note == OUTPUT:
            assert _lines(printed) == _lines(block.text), where
            continue
        done = subprocess.run(
            _program(block), cwd=tmp_path, env=variables, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{where}:\n{block.text}\n{done.stdout}\n{done.stderr}"
        printed = done.stdout


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _program(block: Block) -> list[str]:
    if block.language == "python":
        return [sys.executable, "-c", block.text]
    return [str(SHELL), "-euo", "pipefail", "-c", block.text]


def test_the_quick_pages_are_pages() -> None:
    assert {shown(page) for page, blocks in RUN.items() if blocks} >= QUICK
