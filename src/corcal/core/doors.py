"""A room's door: the names of a room that others may use, each loaded when it is first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

Lookup = tuple[Callable[[str], object], Callable[[], list[str]]]


def lazy_exports(room: str, homes: Mapping[str, tuple[str, ...]]) -> Lookup:
    """Return the `__getattr__` and `__dir__` of a room's `__init__`.

    The `__init__` names the same objects in `__all__`, and imports them under `TYPE_CHECKING`
    for readers and type checkers. A name must not be that of a module of the room: Python puts
    a module's own name into the room when the module is first imported.

    Args:
        room: dotted name of the room, its `__name__`.
        homes: module within the room, such as "heart" or "nnunet.segmenter", to the names that
            it gives.
    """
    home = {name: module for module, names in homes.items() for name in names}

    def get(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(import_module(f"{room}.{home[name]}"), name)
        setattr(sys.modules[room], name, value)
        return value

    def names() -> list[str]:
        return sorted(sys.modules[room].__all__)

    return get, names
