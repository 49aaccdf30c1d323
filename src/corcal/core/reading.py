"""The result of scoring a scan: what was found and how."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.course import ArteryCourse
from corcal.core.labels import ArteryLabels
from corcal.core.lesion_model import Certainty
from corcal.core.scan import Notice, Scan
from corcal.core.score import CalciumScore, OmittedPiece
from corcal.core.severity import ArteryGrade, CacDrs
from corcal.core.steps import LocatedHeart


@dataclass(frozen=True)
class ModelStamp:
    """The model that did a step.

    Attributes:
        step: "heart" or "arteries".
        name: the model's name and version.
        sha256: hash of its files.
    """

    step: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Provenance:
    """The way in which a result came to be, so that it can be made again.

    Attributes:
        version: corcal's version.
        models: the models used; empty when the labels were given.
        settings: every setting by its name.
        seconds: wall time by step, in the order of the steps.
        device: where the networks ran.
    """

    version: str
    models: tuple[ModelStamp, ...]
    settings: dict[str, object]
    seconds: dict[str, float]
    device: str


@dataclass(frozen=True)
class Report:
    """All that is said about a scan.

    Attributes:
        score: the numbers.
        counted: category of the calcium that was counted; scale V is derived from the score, not
            visual. A lower bound where an artery is unseen.
        percentile: MESA bracket such as "50-75", or None when not asked for or an artery is unseen.
        arterial_age_years: McClelland's arterial age, None in the same cases.
        notices: doubts that did not stop the reading.
        provenance: how it came to be.
        certainty: how sure the reading is of each artery; empty where nobody can say, as for
            labels that were given.
        grades: grade of each artery by a severity model; empty without one.
        omitted: bright pieces in or near the heart that were not counted, largest first.
        unseen: arteries of which too little was found to say anything of their calcium but what
            was counted; empty where labels were given.
    """

    score: CalciumScore
    counted: CacDrs
    percentile: str | None
    arterial_age_years: float | None
    notices: tuple[Notice, ...]
    provenance: Provenance
    certainty: tuple[Certainty, ...] = ()
    grades: tuple[ArteryGrade, ...] = ()
    omitted: tuple[OmittedPiece, ...] = ()
    unseen: tuple[Artery, ...] = ()

    @property
    def cac_drs(self) -> CacDrs | None:
        """The category of the scan; None where an artery is unseen, so that none can be given."""
        return None if self.unseen else self.counted

    def presence_of(self, artery: Artery) -> bool | None:
        """Return whether an artery holds calcium; None where it is unseen and none was counted."""
        present = self.score.of(artery).present
        return None if artery in self.unseen and not present else present

    @property
    def presence(self) -> bool | None:
        """True if any artery holds calcium; None where an artery is unseen and none was counted."""
        return True if self.score.vessels else None if self.unseen else False

    def certainty_of(self, artery: Artery) -> Certainty | None:
        """Return how certain the reading is of one artery, None where nobody can say."""
        return next((c for c in self.certainty if c.artery is artery), None)

    def grade_of(self, artery: Artery) -> ArteryGrade | None:
        """Return the grade of one artery, None where it was not graded."""
        return next((g for g in self.grades if g.artery is artery), None)


@dataclass(frozen=True, eq=False, repr=False)
class Reading:
    """A scan, its labels and its report.

    Attributes:
        scan: as acquired.
        labels: on the scan's grid.
        heart: the box of the heart on the scan's grid, or None when labels were given.
        report: what is said about it.
        courses: where the arteries run; empty when labels were given.
        heart_mask: the heart itself, on a grid of its own; None when labels were given.

    Raises:
        GridMismatch: the labels are not on the scan's grid, or of another patient.
    """

    scan: Scan
    labels: ArteryLabels
    heart: Box | None
    report: Report
    courses: tuple[ArteryCourse, ...] = ()
    heart_mask: LocatedHeart | None = None

    def __post_init__(self) -> None:
        self.scan.grid.require_same(self.labels.grid, "labels of a reading")

    def __repr__(self) -> str:
        score = self.report.score
        parts = ", ".join(f"{a.artery.value} {a.agatston:.0f}" for a in score.arteries)
        category = self.report.cac_drs
        word = "not graded" if category is None else category.severity.word
        return f"<Reading: Agatston {score.agatston:.0f} ({parts}), {word}; {self.scan!r}>"

    def course_of(self, artery: Artery) -> ArteryCourse | None:
        """Return where one artery runs, None where that is not known."""
        return next((c for c in self.courses if c.artery is artery), None)
