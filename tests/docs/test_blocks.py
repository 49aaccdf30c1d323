"""Every block of README and docs/ is run, or says why not; and every option in it exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from corcal.cli.main import corcal
from tests.docs.blocks import PAGES, RUNNABLE, Block, blocks_of, shown

BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def test_every_block_is_found() -> None:
    fences = sum(len(re.findall(r"^ *```", p.read_text(), flags=re.MULTILINE)) for p in PAGES)
    assert fences == 2 * len(BLOCKS)


def test_a_block_that_is_not_run_says_why() -> None:
    notes = {b.note for b in BLOCKS if b.language in RUNNABLE and not b.is_run}
    assert [note for note in notes if len(note.partition(": ")[2] or note) < 8] == []
    # PowerShell is nowhere to be had where the tests run.
    assert [shown(b.page) for b in BLOCKS if b.language == "powershell" and b.is_run] == []


def commands(block: Block) -> list[str]:
    """Return the command lines of a block that call corcal, comments and pipes cut off."""
    text = block.text.replace("\\\n", " ")
    found = re.findall(r"(?:^|; do |&& )(corcal [^\n;|&]*)", text, flags=re.MULTILINE)
    return [re.sub(r"  +#.*$| #.*$", "", line).strip() for line in found]


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_command_and_option_exists(page: Path) -> None:
    wrong = [
        f"{shown(page)}:{block.line}: {line}"
        for block in blocks_of(page)
        if block.language in ("sh", "powershell")
        for line in commands(block)
        if not _exists(shlex.split(line.replace("[", "").replace("]", ""))[1:])
    ]
    assert wrong == []


def _exists(words: list[str]) -> bool:
    """Tell whether words after `corcal` name a command, and options that it has."""
    command: click.Command = corcal
    context = click.Context(corcal, info_name="corcal")
    options = _options(command)
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            below = command.get_command(context, word)
            if below is None:
                return word.isupper()
            command, context = below, click.Context(below, context, word)
            options |= _options(command)
            if isinstance(below, click.Group):
                # `phantom -o OUT` is short for `phantom make -o OUT`.
                short = below.get_command(context, "make")
                options |= _options(short) if short else set()
        elif word.startswith("-") and word.partition("=")[0] not in options:
            return False
    return True


def _options(command: click.Command) -> set[str]:
    context = click.Context(command)
    return {name for option in command.get_params(context) for name in option.opts} | {"--help"}
