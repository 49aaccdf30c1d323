"""The frame of a child process: its way to talk, its log, and its end with the one above."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from corcal.core.errors import InputRefused, TrainingStopped
from corcal.storage import lock_file
from corcal.train.events import Event, Finished, Refused, encode

Send = Callable[[Event], None]
_DONE, _FAILED = 0, 3
#: Bytes of free disk, below which a defect may be for want of it.
_LOW = 100e6


def run(job: Callable[[Send], None], log: Path) -> int:
    """Do a job, report it on what was stdout, and return the exit code.

    Everything else that is printed, also by nnU-Net and by C libraries, goes to the log.

    Args:
        job: called with the function that sends events.
        log: appended to.
    """
    _end_with_parent()
    with _redirect_output(log) as channel:

        def send(event: Event) -> None:
            # The one above may be gone; then this process is about to end, too.
            with contextlib.suppress(BrokenPipeError):
                channel.write(encode(event))
                channel.flush()

        try:
            job(send)
        except Exception as error:
            # The log may lie on the very disk that is full.
            with contextlib.suppress(OSError):
                traceback.print_exc()
            send(Refused(refusal(error) or _defect(error, log)))
            return _FAILED
        send(Finished())
        return _DONE


def refusal(error: Exception) -> str | None:
    """Return the words for a person of an error; None for a defect."""
    text = str(error)
    if isinstance(error, InputRefused):
        return text
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; the last saved state is kept. Free some space and call again"
    if type(error).__name__ == "OutOfMemoryError" or "out of memory" in text.lower():
        return (
            "the GPU has too little memory for this plan; choose smaller training.patch_voxels or "
            "training.features, or end what else runs on it"
        )
    if isinstance(error, MemoryError) or "can't allocate memory" in text:
        return "too little memory for this plan; choose smaller training.patch_voxels"
    return None


def _defect(error: Exception, log: Path) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    free = shutil.disk_usage(log.parent).free
    # Libraries that compress do not say that it was the disk.
    full = f"the disk has only {free / 1e6:.0f} MB left, which may be why; " if free < _LOW else ""
    return (
        f"unexpected {type(error).__name__} ({Path(last.filename).name}, line {last.lineno}); "
        f"{full}{log} tells more. What was saved is kept"
    )


@contextlib.contextmanager
def _redirect_output(log: Path) -> Iterator[TextIO]:
    log.parent.mkdir(parents=True, exist_ok=True)
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with log.open("a", encoding="utf-8") as file, channel:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        yield channel
        _flush()


def _flush() -> None:
    """Write what is left of the log; on a full disk do without, or Python ends with an error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())


def _end_with_parent() -> None:
    """End this process and its children when stdin ends: the one above is gone."""

    def watch() -> None:
        # Not sys.stdin: Python cannot end while a thread holds it.
        while os.read(0, 1):
            pass
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)
        os._exit(_FAILED)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder against a second process; a process that ends, however, lets go of it.

    Raises:
        TrainingStopped: another process holds it, or the disk has no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            # Not inherited: the processes that prepare patches outlive us.
            ours = lock_file(file.fileno(), inherited=False)
        except OSError as error:
            raise TrainingStopped(
                f"{folder}: cannot be held against other processes ({error.strerror or error}); "
                "train in a folder on a disk of this computer"
            ) from error
        if not ours:
            raise TrainingStopped(
                f"{folder}: another process is at work there; wait for it, or end it"
            )
        yield
