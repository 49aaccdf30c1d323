"""The fenced blocks of README.md and docs/, and the reasons why some are not run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
#: Languages of blocks that a reader can run.
RUNNABLE = ("sh", "python", "powershell")

_FENCE = re.compile(
    r"^(?:<!-- (?P<note>[^>]*) -->\n)?"
    r"(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$",
    flags=re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: the file.
        line: its first line, from 1.
        language: after the fence.
        text: what is within.
        note: the comment on the line above, as "not run: needs a network", or "".
    """

    page: Path
    line: int
    language: str
    text: str
    note: str

    @property
    def is_run(self) -> bool:
        """True if the block is run as it stands."""
        return self.language in RUNNABLE and not self.note.startswith(("not run: ", "run in "))


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, match.start("text")) + 1,
            match["language"],
            match["text"],
            match["note"] or "",
        )
        for match in _FENCE.finditer(text)
    ]


def shown(page: Path) -> str:
    """Return a page's name within the project."""
    return page.relative_to(ROOT).as_posix()
