"""Ranges of settings: refuse a value that lies outside, by its name."""

from __future__ import annotations

from collections.abc import Callable

from corcal.core.errors import SettingsRefused

Number = int | float

_RANGES: dict[str, tuple[Callable[[Number], bool], str]] = {
    "positive": (lambda x: x > 0, "must be positive"),
    "not_negative": (lambda x: x >= 0, "must not be negative"),
    "at_least_1": (lambda x: x >= 1, "must be at least 1"),
    "share": (lambda x: 0 <= x <= 1, "must lie between 0 and 1"),
    "share_below_1": (lambda x: 0 <= x < 1, "must be at least 0 and below 1"),
    "inside_0_1": (lambda x: 0 < x < 1, "must lie between 0 and 1, both excluded"),
    "percentile": (lambda x: 0 <= x <= 100, "must lie between 0 and 100"),
}


def require_range(group: str, settings: object, **names: tuple[str, ...]) -> None:
    """Refuse settings that lie outside their range; each of several numbers must lie in it.

    Args:
        group: name of the group, for the message.
        settings: holds the values.
        names: by kind of range, the settings that must lie in it.

    Raises:
        SettingsRefused: a value lies outside; the message names it.
    """
    for kind, members in names.items():
        inside, text = _RANGES[kind]
        for name in members:
            value = getattr(settings, name)
            values = value if isinstance(value, tuple) else (value,)
            require(group, all(inside(v) for v in values), f"{name} {text}, not {value}")


def require(group: str, holds: bool, message: str) -> None:
    """Refuse settings of a group for which a rule does not hold.

    Raises:
        SettingsRefused: `holds` is false.
    """
    if not holds:
        raise SettingsRefused(f"{group}.{message}")
