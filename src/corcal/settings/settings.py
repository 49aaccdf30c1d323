"""Every number of the method, with the paper's values by name.

The paper: Alnasser et al., Diagnostics 2026, 16, 646.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from numbers import Real
from pathlib import Path
from typing import Any, Self

import tomli_w

from corcal.core.arguments import or_default, require_kind, require_path, wrong_kind
from corcal.core.errors import SettingsRefused
from corcal.core.preparation import Preparation
from corcal.settings.admission import Admission
from corcal.settings.axes import Axes
from corcal.settings.courses import Courses
from corcal.settings.geometry import Geometry
from corcal.settings.omitted import Omitted
from corcal.settings.scoring import Scoring
from corcal.settings.segmentation import Segmentation
from corcal.settings.series import Series
from corcal.settings.training import Training
from corcal.settings.values import Values

#: The preparation is a noun of `corcal.core`, as models speak of it, and a group of settings.
__all__ = ["Preparation", "Settings", "settings_or_default"]


@dataclass(frozen=True)
class Settings:
    """Every number of the method.

    Raises:
        TypeError: what is given for a group is not that group.
    """

    series: Series = field(default_factory=Series)
    geometry: Geometry = field(default_factory=Geometry)
    values: Values = field(default_factory=Values)
    admission: Admission = field(default_factory=Admission)
    axes: Axes = field(default_factory=Axes)
    preparation: Preparation = field(default_factory=Preparation)
    segmentation: Segmentation = field(default_factory=Segmentation)
    courses: Courses = field(default_factory=Courses)
    omitted: Omitted = field(default_factory=Omitted)
    scoring: Scoring = field(default_factory=Scoring)
    training: Training = field(default_factory=Training)

    def __post_init__(self) -> None:
        for group in fields(self):
            kind: Any = group.default_factory
            require_kind(group.name, getattr(self, group.name), kind)

    @classmethod
    def paper(cls) -> Self:
        """Return the paper's values: 100 slices, padding in-plane only, labels as painted.

        The training's defaults are the paper's already, but for elastic deformations.
        """
        default = cls()
        return replace(
            default,
            admission=replace(default.admission, min_slices=100),
            preparation=replace(default.preparation, padding_voxels=(0, 10, 10)),
            segmentation=replace(
                default.segmentation,
                fill_calcium=False,
                min_lesion_voxels=1,
                min_lesion_mm3=0.0,
                min_artery_mm3=0.0,
                heart_margin_mm=0.0,
                candidate_probability=0.5,
                min_lesion_probability=0.0,
                min_mean_probability=0.0,
            ),
            courses=replace(default.courses, draw=False),
            training=replace(default.training, elastic_share=0.2),
        )

    @classmethod
    def fast(cls) -> Self:
        """Return the defaults with one network of the embedded segmenter, in place of all."""
        default = cls()
        return replace(default, segmentation=replace(default.segmentation, members=1))

    @classmethod
    def from_toml(cls, path: Path | str, *, base: Self | None = None) -> Self:
        """Read settings from a TOML file; what it leaves out is that of `base`.

        Args:
            path: the file.
            base: the defaults when None.

        Raises:
            SettingsRefused: the file is not TOML, names a setting that does not exist, or gives
                one a value of another kind or out of range.
            InputRefused: the path is empty.
            TypeError: an argument is of another kind.
        """
        try:
            tables = tomllib.loads(require_path("path", path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            why = (isinstance(error, OSError) and error.strerror) or error
            raise SettingsRefused(f"{path}: cannot be read as TOML settings: {why}") from error
        return cls.from_dict(tables, str(path), base=base)

    @classmethod
    def from_dict(cls, tables: dict[str, Any], where: str, *, base: Self | None = None) -> Self:
        """Read settings from nested plain values; what they leave out is that of `base`.

        Args:
            tables: as `as_dict` returns them, or a part of it.
            where: they come from, for messages.
            base: the defaults when None.

        Raises:
            SettingsRefused: as `from_toml`.
        """
        if not isinstance(tables, dict):
            raise wrong_kind("tables", tables, "a dict of groups")
        settings = or_default("base", base, cls)
        known = {f.name for f in fields(cls)}
        for name, table in tables.items():
            if name not in known:
                raise SettingsRefused(
                    f"{where}: no settings table [{name}]; known: {sorted(known)}"
                )
            if not isinstance(table, dict):
                raise SettingsRefused(f"{where}: [{name}] needs a table of settings, not {table!r}")
            group = _update(getattr(settings, name), table, f"{where}: [{name}]")
            settings = replace(settings, **{name: group})
        return settings

    def with_(self, **changes: Any) -> Self:
        """Return these settings with some of them changed.

        Args:
            changes: a setting by its name, `min_slices=100`; or a group and what changes in it,
                `scoring={"threshold_hu": 120}`. A setting that several groups have needs its
                group.

        Raises:
            SettingsRefused: there is no such setting, it is given twice, or the value is of
                another kind or out of range.
        """
        groups = {f.name: {k.name for k in fields(getattr(self, f.name))} for f in fields(self)}
        tables: dict[str, dict[str, Any]] = {}
        for name, value in changes.items():
            whole = name in groups and isinstance(value, dict)
            group = name if whole else _group_of(name, groups)
            changed, new = tables.setdefault(group, {}), value if whole else {name: value}
            if twice := changed.keys() & new.keys():
                key = min(twice)
                raise SettingsRefused(f"{key!r} is given by itself and in {group!r}; give it once")
            changed |= new
        settings = self
        for name, table in tables.items():
            listed = {k: list(v) if isinstance(v, tuple) else v for k, v in table.items()}
            updated = _update(getattr(self, name), listed, f"[{name}]")
            settings = replace(settings, **{name: updated})
        return settings

    def as_dict(self) -> dict[str, Any]:
        """Return nested plain values, for JSON and TOML."""
        plain = dataclasses.asdict(self)
        return {
            group: {k: list(v) if isinstance(v, tuple) else v for k, v in table.items()}
            for group, table in plain.items()
        }

    def to_toml(self) -> str:
        """Return the settings as TOML text that `from_toml` reads back."""
        return tomli_w.dumps(self.as_dict())


def settings_or_default(settings: Settings | None) -> Settings:
    """Return the settings that a user gave, or the defaults for None.

    Raises:
        TypeError: it is something else.
    """
    return or_default("settings", settings, Settings, "Settings.paper()")


def _group_of(name: str, groups: dict[str, set[str]]) -> str:
    """Return the one group that has a setting of this name."""
    if name in groups:
        example = f"{name}={{{min(groups[name])!r}: ...}}"
        raise SettingsRefused(f"{name!r} is a group; give what changes in it: {example}")
    homes = [group for group, names in groups.items() if name in names]
    if len(homes) == 1:
        return homes[0]
    if homes:
        example = ", ".join(f"{home}={{{name!r}: ...}}" for home in homes)
        raise SettingsRefused(f"several groups have a setting {name!r}; name the group: {example}")
    near = get_close_matches(name, sorted(set().union(*groups.values(), groups)), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise SettingsRefused(f"there is no setting {name!r}{hint}")


def _update(group: Any, table: dict[str, Any], where: str) -> Any:
    changes: dict[str, Any] = {}
    for key, value in table.items():
        if key not in {f.name for f in fields(group)}:
            raise SettingsRefused(f"{where} has no setting {key!r}")
        old = getattr(group, key)
        if isinstance(old, tuple):
            if not isinstance(value, list) or len(value) != len(old):
                raise SettingsRefused(f"{where} {key} needs {len(old)} numbers, not {value!r}")
            changes[key] = tuple(
                _number(v, o, f"{where} {key}") for v, o in zip(value, old, strict=True)
            )
        else:
            changes[key] = _number(value, old, f"{where} {key}")
    try:
        return replace(group, **changes)
    except SettingsRefused as error:
        raise SettingsRefused(f"{where}: {error}") from None


def _number(value: Any, like: Any, where: str) -> Any:
    """Return the value in the type of the default it replaces."""
    if isinstance(like, str) and isinstance(value, str):
        return value
    if isinstance(like, bool) != isinstance(value, bool) or not isinstance(value, Real):
        raise SettingsRefused(f"{where}: {value!r} is not like {like!r}")
    if not math.isfinite(value):
        raise SettingsRefused(f"{where} must be finite, not {value!r}")
    if isinstance(like, int) and not isinstance(like, bool) and not float(value).is_integer():
        raise SettingsRefused(f"{where} needs a whole number, not {value!r}")
    return type(like)(value)
