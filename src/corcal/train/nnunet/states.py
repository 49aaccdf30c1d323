"""Saved states of a training, of which the last good one is always there.

nnU-Net writes its checkpoint over the last one, so that a kill at that moment leaves none. Here
each state has a file of its own with its SHA-256 in the name; the last two are kept, and the best
beside them. One that is damaged is passed over. Nothing is unpickled but tensors and plain values.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corcal.core.errors import TrainingStopped
from corcal.storage import replace_file

_NAME = re.compile(r"(?:state|best)_(\d+)_([0-9a-f]{64})\.pt")
_KEPT = 2


def save_state(
    folder: Path, epochs_done: int, state: dict[str, Any], *, best: bool = False
) -> None:
    """Save a state, then drop all but the last two; or all earlier best ones.

    Args:
        folder: of the fold.
        epochs_done: in this state.
        state: tensors and plain values, nested in dictionaries and lists.
        best: the best so far, kept beside the last two.

    Raises:
        OutputRefused: it cannot be written; earlier ones are kept.
    """
    import torch  # noqa: PLC0415 - who only asks how far a fold is does without

    content = io.BytesIO()
    torch.save(state, content)
    # From memory: a write by torch itself would name a full disk only as a failed assertion.
    data = content.getbuffer()
    sha256 = hashlib.sha256(data).hexdigest()
    kind = "best" if best else "state"
    saved = folder / f"{kind}_{epochs_done:05d}_{sha256}.pt"
    replace_file(saved, data)
    others = [(done, p) for done, p in _states(folder) if p.name.startswith(kind) and p != saved]
    if best:
        for _, path in others:
            path.unlink(missing_ok=True)
        return
    # One as late as this is a damaged one that was passed over; it must not count as kept.
    passed = [p for done, p in others if done >= epochs_done]
    earlier = [p for done, p in others if done < epochs_done]
    for path in (*passed, *earlier[_KEPT - 1 :]):
        path.unlink(missing_ok=True)


def load_state(
    folder: Path, device: str, *, note: Callable[[str], None] = lambda _: None
) -> tuple[int, dict[str, Any]] | None:
    """Return the last good state and how many epochs it has done; None if there is none yet.

    Args:
        folder: of the fold.
        device: where the tensors go.
        note: called with a sentence about each damaged state that is passed over.

    Raises:
        TrainingStopped: there are states, but all are damaged.
    """
    import torch  # noqa: PLC0415

    found = _states(folder)
    for epochs_done, path in found:
        content = _whole(path)
        if content is not None:
            loaded = torch.load(io.BytesIO(content), map_location=device, weights_only=True)
            return epochs_done, dict(loaded)
        note(f"the state after epoch {epochs_done} is damaged and is passed over")
    if found:
        raise TrainingStopped(
            f"{folder}: all {len(found)} saved states are damaged; restore them from a copy, or "
            "delete the folder to train this fold again from the start"
        )
    return None


def epochs_done(folder: Path) -> int:
    """Return how many epochs the last good state has done, 0 without one; torch is not needed."""
    return next((done for done, path in _states(folder) if _whole(path) is not None), 0)


def _whole(path: Path) -> bytes | None:
    """Return the content of a state that is as it was saved, None for a damaged one."""
    match, content = _NAME.fullmatch(path.name), path.read_bytes()
    good = match is not None and hashlib.sha256(content).hexdigest() == match[2]
    return content if good else None


def _states(folder: Path) -> list[tuple[int, Path]]:
    """Return the saved states, the last first; of two of one epoch, the one that is not "best"."""
    if not folder.is_dir():
        return []
    named = [(match, p) for p in folder.iterdir() if (match := _NAME.fullmatch(p.name))]
    return sorted(
        ((int(match[1]), p) for match, p in named), key=lambda s: (s[0], s[1].name), reverse=True
    )
