"""A list that grows with the files of a folder while others write there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Growing(Sequence[T], Generic[T]):
    """The content of a folder, read as it appears."""

    def __init__(
        self, folder: Path, read: Callable[[Path], T | None], *, every_seconds: float = 5.0
    ) -> None:
        """Look into the folder for the first time.

        Args:
            folder: of whole files or folders; names that begin with a point are not looked at.
            read: makes an item of a path, or None of one that is not wanted.
            every_seconds: how often the folder is looked into when the list is used.
        """
        self._folder, self._read, self._every = folder, read, every_seconds
        self._seen: set[str] = set()
        self._items: list[T] = []
        self.look()

    def look(self) -> None:
        """Look into the folder now."""
        self._looked = time.monotonic()
        for path in sorted(self._folder.iterdir()):
            if path.name not in self._seen and not path.name.startswith("."):
                self._seen.add(path.name)
                item = self._read(path)
                if item is not None:
                    self._items.append(item)

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        if time.monotonic() - self._looked >= self._every:
            self.look()
        return iter(tuple(self._items))

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self._items[index]
