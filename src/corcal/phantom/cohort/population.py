"""A population of virtual patients: how many have calcium, in which arteries, and how much.

The defaults are those of the paper (Alnasser et al., Diagnostics 2026, 16, 646) where it gives
them. What it does not give is said to be ours, where it stands.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

import tomli_w

from corcal.core.artery import Artery
from corcal.core.errors import SettingsRefused

Pair = tuple[float, float]
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class ArteryBurden:
    """The calcium of one artery in a population.

    Attributes:
        presence: share of patients in whom it is calcified.
        shares: of these, the shares graded mild, moderate and severe. Ours: the paper does not
            print its counts by grade.
        mild, moderate, severe: mean and standard deviation of the calcium volume by grade, mL
            (the paper's Table 4).
        slope_per_ml: coefficient B of a reader's ordinal logit for each mL (Table 4).
    """

    presence: float
    shares: Triple
    mild: Pair
    moderate: Pair
    severe: Pair
    slope_per_ml: float


@dataclass(frozen=True)
class Reading:
    """Mistakes of the simulated readers. Ours.

    Attributes:
        overlooked_mm3: a reader overlooks calcium of volume v with probability
            exp(-v / overlooked_mm3).
        false_alarm: probability that an artery without calcium is graded mild.
    """

    overlooked_mm3: float = 1.5
    false_alarm: float = 0.01


@dataclass(frozen=True)
class People:
    """The people that patients are drawn from.

    Attributes:
        men: share of men (Stage 3: 175 of 473).
        age_years: mean and standard deviation; ages are kept within 18 to 95.
        groups: diagnoses and their shares (Stage 3). All but "none" have the large right heart
            and pulmonary trunk of pulmonary hypertension.
        hospitals: and their shares: one sends 80 %, seven the rest.
        scanners: and their shares. Names only: all scans come from the same scanner model.
        contrast_train, contrast_test: share scanned with contrast agent (27 of 69, and none).
        train: share of patients for training; the others are for testing.
    """

    men: float = 0.37
    age_years: Pair = (64.0, 13.0)
    groups: dict[str, float] = field(
        default_factory=lambda: {
            "none": 0.23, "PAH": 0.34, "left heart": 0.15, "lung": 0.19, "CTEPH": 0.08,
            "unclear": 0.01,
        }
    )  # fmt: skip
    hospitals: dict[str, float] = field(
        default_factory=lambda: {"A": 0.8, **dict.fromkeys("BCDEFGH", 0.2 / 7)}
    )
    scanners: dict[str, float] = field(
        default_factory=lambda: {"GE": 0.72, "Canon": 0.23, "Siemens": 0.05}
    )
    contrast_train: float = 0.39
    contrast_test: float = 0.0
    train: float = 0.2


@dataclass(frozen=True)
class Population:
    """A population that virtual patients are drawn from.

    Attributes:
        RCA, LAD, LCX: the calcium of each artery.
        alike: correlation, between arteries, of what makes them calcify. With 0.8, three in four
            patients have calcium in any artery, hardly more than in the LAD alone; so it is in
            the paper, whose Table 3 implies 346 of 473 for any and 329 for the LAD.
        by_age, by_sex: correlation of the same with age and with male sex. Ours.
        least_mm3, most_mm3: volumes drawn outside are moved to these bounds: less cannot be
            seen, more does not fit the wall of an artery.
        reading: the simulated readers.
        people: who the patients are.

    Raises:
        SettingsRefused: a value out of range.
    """

    RCA: ArteryBurden = ArteryBurden(
        0.51, (0.6, 0.25, 0.15), (0.028, 0.050), (0.107, 0.089), (0.309, 0.049), 28.31
    )
    LAD: ArteryBurden = ArteryBurden(
        0.72, (0.6, 0.25, 0.15), (0.040, 0.088), (0.155, 0.090), (0.387, 0.090), 28.65
    )
    LCX: ArteryBurden = ArteryBurden(
        0.46, (0.6, 0.25, 0.15), (0.013, 0.090), (0.040, 0.034), (0.116, 0.021), 77.52
    )
    alike: float = 0.8
    by_age: float = 0.3
    by_sex: float = 0.2
    least_mm3: float = 3.0
    most_mm3: float = 800.0
    reading: Reading = field(default_factory=Reading)
    people: People = field(default_factory=People)

    def __post_init__(self) -> None:
        for holds, message in _rules(self):
            if not holds:
                raise SettingsRefused(message)

    def burden(self, artery: Artery) -> ArteryBurden:
        """Return the calcium of an artery."""
        return {Artery.RCA: self.RCA, Artery.LAD: self.LAD, Artery.LCX: self.LCX}[artery]

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read a population from a TOML file; what it leaves out keeps its default.

        Raises:
            SettingsRefused: the file is not TOML, names what does not exist, or gives a value of
                another kind or out of range.
        """
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsRefused(f"{path}: cannot be read as a TOML population: {error}") from None
        try:
            made: Self = _update(cls(), document, "")
        except SettingsRefused as error:
            raise SettingsRefused(f"{path}: {error}") from None
        return made

    def as_dict(self) -> dict[str, Any]:
        """Return nested plain values, for TOML."""
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))
        return plain

    def to_toml(self) -> str:
        """Return the population as TOML text that `from_toml` reads back."""
        return tomli_w.dumps(self.as_dict())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _update(old: Any, document: dict[str, Any], where: str) -> Any:
    """Return a dataclass with the values that a TOML table gives."""
    changes: dict[str, Any] = {}
    for key, value in document.items():
        name = f"{where}{key}"
        if key not in {f.name for f in fields(old)}:
            known = ", ".join(f.name for f in fields(old))
            raise SettingsRefused(f"a population has no {name!r}; known here: {known}")
        changes[key] = _value(getattr(old, key), value, name)
    return replace(old, **changes)


def _value(old: Any, value: Any, name: str) -> Any:
    if dataclasses.is_dataclass(old):
        if not isinstance(value, dict):
            raise SettingsRefused(f"{name} must be a table, not {value!r}")
        return _update(old, value, f"{name}.")
    if isinstance(old, dict):
        if not isinstance(value, dict) or not value:
            raise SettingsRefused(f"{name} must be a table of shares, not {value!r}")
        return {k: _number(v, f"{name}.{k}") for k, v in value.items()}
    if isinstance(old, tuple):
        if not isinstance(value, list) or len(value) != len(old):
            raise SettingsRefused(f"{name} needs {len(old)} numbers, not {value!r}")
        return tuple(_number(v, name) for v in value)
    return _number(value, name)


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingsRefused(f"{name} must be a number, not {value!r}")
    return float(value)


def _rules(p: Population) -> list[tuple[bool, str]]:
    people = p.people
    chances = {
        "people.men": people.men,
        "people.train": people.train,
        "people.contrast_train": people.contrast_train,
        "people.contrast_test": people.contrast_test,
        "reading.false_alarm": p.reading.false_alarm,
        **{f"{a.value}.presence": p.burden(a).presence for a in Artery},
    }
    sums = {
        **{f"people.{n}": sum(getattr(people, n).values()) for n in ("groups", "hospitals")},
        "people.scanners": sum(people.scanners.values()),
        **{f"{a.value}.shares": sum(p.burden(a).shares) for a in Artery},
    }
    out = [(0 <= v <= 1, f"{n} must lie between 0 and 1, not {v:g}") for n, v in chances.items()]
    out += [(abs(v - 1) < 1e-6, f"{n} must add up to 1, not {v:g}") for n, v in sums.items()]
    for artery in Artery:
        burden = p.burden(artery)
        for grade in ("mild", "moderate", "severe"):
            mean, sd = getattr(burden, grade)
            said = f"{artery.value}.{grade} needs a mean above 0 and a deviation of 0 or more"
            out.append((mean > 0 and sd >= 0, said))
        out.append((min(burden.shares) >= 0, f"{artery.value}.shares must not be negative"))
        out.append((burden.slope_per_ml > 0, f"{artery.value}.slope_per_ml must be positive"))
    out += [
        (0 <= p.alike < 1, "alike must be at least 0 and below 1"),
        (p.by_age**2 + p.by_sex**2 <= p.alike, "by_age and by_sex are too much for `alike`"),
        (0 < p.least_mm3 < p.most_mm3, "least_mm3 must be positive and below most_mm3"),
        (p.reading.overlooked_mm3 > 0, "reading.overlooked_mm3 must be positive"),
        (people.age_years[1] >= 0, "people.age_years needs a deviation of 0 or more"),
    ]
    return out
