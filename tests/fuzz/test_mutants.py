"""A thousand mutants of every format: read as something that can be, or refused in words.

`python -m tests.fuzz` tries as many more as there is time for.
"""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from tests.fuzz.files import whole
from tests.fuzz.mutants import KINDS, kind_of, read_kind, try_mutant

#: Mutants of each format; together a thousand and a few.
EACH = 1000 // len(KINDS) + 1
#: What a thousand mutants of small files may add to the memory of the tests.
_MORE_BYTES = 512 << 20


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_files_are_read(kind: str, tmp_path: Path) -> None:
    made = whole(kind)
    for name, content in ((made.name, made.content), *made.beside):
        (tmp_path / name).write_bytes(content)
    read_kind(kind, tmp_path if made.folder else tmp_path / made.name)


@pytest.mark.parametrize("kind", KINDS)
def test_mutants_are_read_rightly_or_refused(kind: str, tmp_path: Path) -> None:
    first = KINDS.index(kind)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wrong = []
    for seed in range(first, first + EACH * len(KINDS), len(KINDS)):
        assert kind_of(seed) == kind
        folder = tmp_path / str(seed)
        folder.mkdir()
        verdict = try_mutant(seed, folder)
        if not verdict.sound:
            wrong.append(verdict)
    assert wrong == []
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < _MORE_BYTES


#: Mutants that once ended in a traceback, a crash or a wrong scan.
ONCE_WRONG = (12248, 19242, 22304, 38305, 40591, 44534, 46733, 49849, 52426, 55207, 59384, 99955)


@pytest.mark.parametrize("seed", ONCE_WRONG)
def test_what_once_went_wrong_does_not_again(seed: int, tmp_path: Path) -> None:
    assert try_mutant(seed, tmp_path).sound
