"""Mutants tried: each is read as something that can be, or refused in words."""

from __future__ import annotations

import gzip
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import numpy as np

from corcal.annotate import (
    AnnotateOptions,
    drawn_calcium,
    parse_map,
    read_drawing,
    read_entries,
    read_label_names,
)
from corcal.core.errors import InputRefused
from corcal.core.scan import Scan
from corcal.evaluate.tables_in import read_results
from corcal.read import read_scan
from tests.fuzz.files import SECRET, WHOLE, scan, whole
from tests.fuzz.mutation import mutate

KINDS = tuple(WHOLE)
#: No mutant of these small files may take more seconds of a processor, however busy the machine.
_SECONDS = 60
_MAP = "6=RCA,7=LAD,8=LCX,9=calcium"


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        kind: its format.
        seed: it can be made again by.
        word: "read", "refused", or what is wrong: "error", "secret", "wrong", "hang".
        detail: the kind and place of an error; "" where all is well.
    """

    kind: str
    seed: int
    word: str
    detail: str = ""

    @property
    def sound(self) -> bool:
        """True where the mutant was read or refused."""
        return self.word in ("read", "refused")


class _Hang(BaseException):
    """A mutant took longer than any may."""


def kind_of(seed: int) -> str:
    """Return the format of a mutant; formats take turns."""
    return KINDS[seed % len(KINDS)]


def write_mutant(seed: int, folder: Path) -> Path:
    """Write a mutant and what lies beside it; return the input's path."""
    rng = np.random.default_rng(seed)
    made = whole(kind_of(seed))
    packed = made.name.endswith(".gz") and rng.random() < 0.7
    content = gzip.decompress(made.content) if packed else made.content
    content = mutate(content, rng)
    if packed:
        content = gzip.compress(content, 1, mtime=0)
    for name, other in made.beside:
        (folder / name).write_bytes(other)
    (folder / made.name).write_bytes(content)
    return folder if made.folder else folder / made.name


def read_kind(kind: str, path: Path) -> str:
    """Read an input of a format and check what came out; return what is said about it.

    Raises:
        InputRefused: it is refused.
        AssertionError: it was read as something that cannot be.
    """
    return _READERS.get(kind, _scan)(path)


def try_mutant(seed: int, folder: Path) -> Verdict:
    """Return what became of a mutant that is written into an empty folder."""
    kind = kind_of(seed)
    path = write_mutant(seed, folder)
    try:
        with _limit(_SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = read_kind(kind, path)
    except InputRefused as error:
        text = str(error)
        return Verdict(kind, seed, *(("secret", text) if SECRET in text else ("refused", "")))
    except AssertionError as error:
        return Verdict(kind, seed, "wrong", _place(error))
    except _Hang as error:
        return Verdict(kind, seed, "hang", _place(error))
    except Exception as error:
        return Verdict(kind, seed, "error", _place(error))
    return Verdict(kind, seed, *(("secret", said) if SECRET in said else ("read", "")))


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "corcal" in f.filename] or frames
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return f"{type(error).__name__} at {where}: {str(error)[:160]}"


@contextmanager
def _limit(seconds: int) -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise _Hang

    earlier = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, earlier)


def _scan(path: Path) -> str:
    """Read a scan; return what is said about it."""
    found = read_scan(path)
    _require_sound(found)
    return " ".join(n.text for n in found.notices)


def _require_sound(found: Scan) -> None:
    """Check what holds for every scan that may be scored."""
    assert found.hu.shape == found.grid.shape
    assert found.hu.dtype == np.int16
    assert np.isfinite(found.grid.affine).all()
    steps = np.array(found.grid.spacing_mm)
    assert ((steps > 0.01) & (steps < 31)).all(), steps
    assert (steps * found.grid.shape).max() < 2600
    unit = found.grid.affine[:3, :3] / steps
    assert np.abs(unit.T @ unit - np.eye(3)).max() < 0.02


def _drawing(path: Path) -> str:
    given = [_MAP] if path.suffix == ".con" else []
    drawn = read_drawing([path], scan(), options=AnnotateOptions(classes=parse_map(given)))
    assert drawn.bits.shape == scan().grid.shape
    found = drawn_calcium(drawn, scan(), threshold_hu=130.0, name=path.name)
    # Labels that say nothing of calcium are refused: none is read as "no calcium found".
    assert found.mask.any() or "no-calcium-marked" in [n.code for n in found.notices]
    return " ".join([*(n.text for n in found.notices), *(d.why for d in drawn.decisions)])


def _table(path: Path) -> str:
    # A table's own cells may stand in a message: they are the user's, not a header's.
    try:
        read_results(str(path))
    except InputRefused as error:
        raise type(error)(str(error).replace(SECRET, "")) from None
    return ""


def _entries(path: Path) -> str:
    for entry in read_entries(path):
        assert entry.contrast in ("yes", "no", "")
    return ""


def _names(path: Path) -> str:
    found = read_label_names(path)
    assert 0 not in found
    return ""


_READERS: dict[str, Callable[[Path], str]] = {
    **dict.fromkeys(
        ("contours", "slicer", "rtstruct", "dicom-seg", "outlines", "labels"), _drawing
    ),
    "table": _table,
    "manifest": _entries,
    "names": _names,
}
