"""Arguments of the functions that users call, and settings: refused by name before any work.

The kind of an argument is a matter of the program that calls, hence Python's own `TypeError`.
An empty path is refused, as the command line refuses an empty word: it would be the current folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import TypeVar

from corcal.core.errors import InputRefused, SettingsRefused

T = TypeVar("T")
Number = int | float

#: A progress callback in words.
ONE_TEXT = "a function of one text, such as print,"

_RANGES: dict[str, tuple[Callable[[Number], bool], str]] = {
    "positive": (lambda x: x > 0, "must be positive"),
    "not_negative": (lambda x: x >= 0, "must not be negative"),
    "at_least_1": (lambda x: x >= 1, "must be at least 1"),
    "share": (lambda x: 0 <= x <= 1, "must lie between 0 and 1"),
    "share_below_1": (lambda x: 0 <= x < 1, "must be at least 0 and below 1"),
    "inside_0_1": (lambda x: 0 < x < 1, "must lie between 0 and 1, both excluded"),
    "percentile": (lambda x: 0 <= x <= 100, "must lie between 0 and 100"),
}


def wrong_kind(name: str, value: object, needed: str) -> TypeError:
    """Return the error for an argument of another kind than its function takes.

    Args:
        name: of the argument.
        value: that came.
        needed: instead of it, in words: "a path".
    """
    came = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
    return TypeError(f"{name}: {needed} is needed, not {came}")


def require_kind(name: str, value: T, kind: type[T], example: str = "") -> T:
    """Return an argument that is of its kind.

    Args:
        name: of the argument.
        value: of the argument.
        kind: that it must be of.
        example: of how such a value is got; `kind` made without arguments unless given.

    Raises:
        TypeError: it is of another kind.
    """
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        needed = f"{article} {kind.__name__}, such as {example or f'{kind.__name__}()'},"
        raise wrong_kind(name, value, needed)
    return value


def or_default(name: str, value: T | None, kind: type[T], example: str = "") -> T:
    """Return an argument that may be left out; for None `kind` made without arguments.

    Args:
        name: of the argument.
        value: of the argument.
        kind: that it must be of.
        example: as of `require_kind`.

    Raises:
        TypeError: it is of another kind.
    """
    return kind() if value is None else require_kind(name, value, kind, example)


def require_text(name: str, value: object, example: str = "") -> str:
    """Return an argument that is a text.

    Args:
        name: of the argument.
        value: of the argument.
        example: of such a text.

    Raises:
        TypeError: it is of another kind.
    """
    if not isinstance(value, str):
        raise wrong_kind(name, value, f"a text, such as {example!r}," if example else "a text")
    return value


def require_choice(name: str, value: object, choices: Iterable[str]) -> str:
    """Return an argument that is one of several words.

    Args:
        name: of the argument.
        value: of the argument.
        choices: the words.

    Raises:
        SettingsRefused: it is another word.
        TypeError: it is no text.
    """
    words = tuple(choices)
    text = require_text(name, value, words[0])
    if text not in words:
        raise SettingsRefused(f"{name} {text!r} is not one of {', '.join(words)}")
    return text


def require_whole_number(name: str, value: object) -> int:
    """Return an argument that counts something.

    Args:
        name: of the argument.
        value: of the argument.

    Raises:
        SettingsRefused: it is negative.
        TypeError: it is no whole number.
    """
    if not isinstance(value, Integral):
        raise wrong_kind(name, value, "a whole number")
    if value < 0:
        raise SettingsRefused(f"{name} must not be negative, not {value}")
    return int(value)


def require_whole_numbers(name: str, values: object) -> tuple[int, ...]:
    """Return an argument that lists whole numbers, such as those of folds.

    Args:
        name: of the argument.
        values: of the argument.

    Raises:
        SettingsRefused: one is negative.
        TypeError: it is no list, or holds something else.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise wrong_kind(name, values, "a list of whole numbers, such as [0, 1],")
    return tuple(require_whole_number(name, value) for value in values)


def require_function(name: str, value: object, needed: str) -> None:
    """Refuse an argument that cannot be called.

    Args:
        name: of the argument.
        value: of the argument.
        needed: the function in words: "a function of one text, such as print,".

    Raises:
        TypeError: it is no function.
    """
    if not callable(value):
        raise wrong_kind(name, value, needed)


def require_path(name: str, value: object, needed: str = "a path") -> Path:
    """Return a path that was given as text or as any kind of path.

    Args:
        name: of the argument.
        value: of the argument.
        needed: the kinds that it may be of, in words.

    Raises:
        InputRefused: it is empty.
        TypeError: it is neither text nor a path.
    """
    if not isinstance(value, str | os.PathLike):
        raise wrong_kind(name, value, needed)
    if value == "":
        raise InputRefused(
            f"{name}: the path is empty: is a variable not set? The current folder is '.'"
        )
    return Path(value)


def require_range(group: str, settings: object, **names: tuple[str, ...]) -> None:
    """Refuse settings that lie outside their range; each of several numbers must lie in it.

    Args:
        group: name of the group, for the message.
        settings: holds the values.
        names: by kind of range, the settings that must lie in it.

    Raises:
        SettingsRefused: a value is no number or lies outside; the message names it.
    """
    _require_numbers(group, settings)
    for kind, members in names.items():
        inside, text = _RANGES[kind]
        for name in members:
            value = getattr(settings, name)
            values = value if isinstance(value, tuple) else (value,)
            require(group, all(inside(v) for v in values), f"{name} {text}, not {value}")


def _require_numbers(group: str, settings: object) -> None:
    """Refuse what is not of the kind of its default: a number, several, or a yes or no."""
    for setting in fields(settings) if is_dataclass(settings) else ():
        value, default = getattr(settings, setting.name), setting.default
        needed, holds = "", True
        if isinstance(default, tuple):
            needed = f"needs a tuple of {len(default)} numbers"
            several = isinstance(value, tuple) and len(value) == len(default)
            holds = several and all(isinstance(v, Real) for v in value)
        elif isinstance(default, bool):
            needed, holds = "needs True or False", value in (True, False)
        elif isinstance(default, Real):
            needed, holds = "needs a number", isinstance(value, Real)
        require(group, holds, f"{setting.name} {needed}, not {value!r}")


def require(group: str, holds: bool, message: str) -> None:
    """Refuse settings of a group for which a rule does not hold.

    Raises:
        SettingsRefused: `holds` is false.
    """
    if not holds:
        raise SettingsRefused(f"{group}.{message}")
