"""ROC curves."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from corcal.evaluate.accuracy.detection import Detection
from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.tables.detection_tables import TITLES
from corcal.evaluate.publish.plot import COLOURS, LINES, MARKERS, SOFT, Plot, render
from corcal.evaluate.publish.wording import figure as said
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.roc.area import RocCurve, roc_curve
from corcal.evaluate.tables_in.results import TARGETS

_LEGEND = {"volume_mm3": "AUC of the volume", "agatston": "AUC of the score",
           None: "AUC, present or absent"}  # fmt: skip

#: More corners than this are not seen, and make the file large.
_CORNERS = 400


def roc_plot(e: Evaluation) -> Plot | None:
    """Return the ROC curves of the volume, or of the score; None without a defined one."""
    measure = next((m for m in ("volume_mm3", "agatston") if _is_measured(e, m)), None)
    # One kind of area in one legend: targets whose numbers are not known are left out.
    shown = [t for t in TARGETS if _area(e.detection[t], measure).value is not None]
    if not shown:
        return None
    what = {"volume_mm3": "the predicted volume", "agatston": "the predicted Agatston score"}
    caption = (
        f"ROC curves of {what[measure]} against calcium in the reference. Marks: the yes-or-no "
        "result. AUC with its interval, DeLong's variance on the logit scale."
        if measure
        else "Sensitivity and false-positive rate of the yes-or-no result (marks), joined to the "
        "corners. AUC with its interval after DeLong."
    )

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.plot([0, 1], [0, 1], color=SOFT, linewidth=0.8, linestyle=(0, (2, 3)))
        for target in shown:
            _draw_target(ax, e, target, measure)
        ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
        ax.set(xlabel="1 − specificity", ylabel="Sensitivity")
        level = f"{100 * e.options.rule.confidence:g} %"
        ax.legend(
            loc="lower right", handlelength=3.2, title=f"{_LEGEND[measure]} ({level} interval)"
        )

    return render("figure_roc", caption, draw, size_inches=(4.6, 4.6))


def _is_measured(e: Evaluation, measure: str) -> bool:
    return any(_area(e.detection[t], measure).value is not None for t in TARGETS)


def _area(d: Detection, measure: str | None) -> Estimate:
    areas = {"volume_mm3": d.auc_volume, "agatston": d.auc_agatston}
    return d.figures["auc"] if measure is None else areas[measure]


def _draw_target(ax: Axes, e: Evaluation, target: str, measure: str | None) -> None:
    d = e.detection[target]
    point = None
    if d.counts.healthy and d.counts.diseased:
        point = (1 - d.counts.tn / d.counts.healthy, d.counts.tp / d.counts.diseased)
    area = _area(d, measure)
    if measure:
        curve = _curve(e, measure, target)
    else:
        x, y = point or (0.0, 0.0)
        curve = RocCurve(np.array([0, x, 1]), np.array([0, y, 1]))
    label = f"{TITLES[target]}: {said(area)}"
    colour = COLOURS[target]
    ax.plot(
        curve.false_positive,
        curve.true_positive,
        color=colour,
        linestyle=LINES[target],
        label=label,
    )
    if point is not None:
        ax.plot(*point, MARKERS[target], color=colour, markeredgecolor="white", markersize=7)


def _curve(e: Evaluation, measure: str, target: str) -> RocCurve:
    known = e.pairs.select_known(target, measure, "present")
    curve = roc_curve(known.predicted, known.reference == 1)
    keep = _thin(curve.false_positive)
    return RocCurve(curve.false_positive[keep], curve.true_positive[keep])


def _thin(values: Numbers) -> NDArray[np.intp]:
    steps = np.linspace(0, len(values) - 1, min(len(values), _CORNERS))
    return np.unique(steps.round().astype(np.intp))
