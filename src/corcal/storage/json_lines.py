"""JSON lines: a log that one process at a time appends to, each line flushed to the disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from corcal.core.errors import OutputRefused, TableRefused
from corcal.storage.json_document import parse_json
from corcal.storage.lock import lock_file


class JsonLines:
    """A file of JSON lines, open for appending and locked against other processes.

    The lock belongs to the process: it goes with it, however the process ends. What a process
    that was killed left of its last line is cut off when the file is opened.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, which is made if absent, and lock it.

        Raises:
            OutputRefused: another process has it open, it cannot be written, or the system has
                no such locks.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+b")
        except OSError as error:
            raise _unwritten(path, error) from error
        try:
            _lock(self._file.fileno(), path)
            self._cut_torn_line()
        except BaseException:
            self._file.close()
            raise

    def append(self, document: Any) -> None:
        """Write one line and have the disk keep it.

        Raises:
            OutputRefused: it cannot be written; the disk may be full.
        """
        line = json.dumps(document, allow_nan=False, separators=(",", ":")) + "\n"
        try:
            self._file.write(line.encode("ascii"))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _unwritten(self._path, error) from error

    def close(self) -> None:
        """Close the file and give the lock up."""
        try:
            self._file.close()
        except OSError as error:
            raise _unwritten(self._path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _cut_torn_line(self) -> None:
        size = self._file.seek(0, os.SEEK_END)
        end = size
        while end > 0:
            start = max(0, end - 65536)
            self._file.seek(start)
            at = self._file.read(end - start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end < size:
            self._file.truncate(end)


def read_json_lines(path: Path) -> Iterator[Any]:
    """Yield the documents of a file of JSON lines; none where there is no file.

    A last line without its end is left out: the process that wrote it was killed.

    Raises:
        TableRefused: a line is no JSON, or the file cannot be read.
    """
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n"):
                    yield parse_json(
                        line, f"{path.name} (line {number} of it)", refusal=TableRefused
                    )
    except OSError as error:
        raise TableRefused(f"{path}: cannot be read ({error.strerror or error})") from error


def _lock(handle: int, path: Path) -> None:
    try:
        ours = lock_file(handle)
    except OSError as error:
        raise OutputRefused(
            f"{path}: cannot be held against other processes ({error.strerror or error}); name a "
            "folder on a disk of this computer"
        ) from error
    if not ours:
        raise OutputRefused(
            f"{path}: another process is writing it; wait for its end, or name another folder"
        )


def _unwritten(path: Path, error: OSError) -> OutputRefused:
    return OutputRefused(
        f"{path}: cannot be written ({error.strerror or error}); free some space, or name another "
        "place"
    )
