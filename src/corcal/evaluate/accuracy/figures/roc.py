"""ROC curves, each with its pointwise band."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.tables.detection_tables import TITLES
from corcal.evaluate.publish.plot import COLOURS, LINES, MARKERS, SOFT, Plot, render
from corcal.evaluate.publish.wording import figure as said
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.tables_in.results import TARGETS

_LEGEND = {"volume_mm3": "AUC of the volume", "agatston": "AUC of the score",
           "": "AUC, present or absent"}  # fmt: skip
_WHAT = {"volume_mm3": "the predicted volume", "agatston": "the predicted Agatston score"}

#: More corners than this are not seen, and make the file large.
_CORNERS = 400


def roc_plot(e: Evaluation) -> Plot | None:
    """Return the ROC curves of the volume, or of the score; None without a defined one."""
    # One kind of area in one legend: targets whose numbers are not known are left out.
    shown = [t for t in TARGETS if _area(e, t).value is not None]
    if not shown:
        return None
    level = f"{100 * e.options.rule.confidence:g} %"
    banded = any(o.band is not None for o in e.operating.values())
    band = f" Bands: pointwise {level} intervals of the sensitivity, bootstrap." if banded else ""
    caption = (
        f"ROC curves of {_WHAT[e.measure]} against calcium in the reference. Marks: the yes-or-no "
        f"result.{band} AUC with its interval, DeLong's variance on the logit scale."
        if e.measure
        else "Sensitivity and false-positive rate of the yes-or-no result (marks), joined to the "
        "corners. AUC with its interval after DeLong."
    )

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.plot([0, 1], [0, 1], color=SOFT, linewidth=0.8, linestyle=(0, (2, 3)))
        for target in shown:
            _draw_target(ax, e, target)
        ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
        ax.set(xlabel="1 − specificity", ylabel="Sensitivity")
        title = f"{_LEGEND[e.measure]} ({level} interval)"
        ax.legend(loc="lower right", handlelength=3.2, title=title)

    return render("figure_roc", caption, draw, size_inches=(4.6, 4.6))


def _area(e: Evaluation, target: str) -> Estimate:
    d = e.detection[target]
    areas = {"volume_mm3": d.auc_volume, "agatston": d.auc_agatston, "": d.figures["auc"]}
    return areas[e.measure]


def _draw_target(ax: Axes, e: Evaluation, target: str) -> None:
    d, colour = e.detection[target], COLOURS[target]
    point = None
    if d.counts.healthy and d.counts.diseased:
        point = (1 - d.counts.tn / d.counts.healthy, d.counts.tp / d.counts.diseased)
    if target in e.operating:
        o = e.operating[target]
        x, y = o.curve.false_positive, o.curve.true_positive
        if o.band is not None:
            ax.fill_between(
                o.band.false_positive, o.band.low, o.band.high,
                color=colour, alpha=0.13, linewidth=0,
            )  # fmt: skip
    else:
        x, y = (np.array([0.0, at, 1.0]) for at in point or (0.0, 0.0))
    keep = _thin(x)
    label = f"{TITLES[target]}: {said(_area(e, target))}"
    ax.plot(x[keep], y[keep], color=colour, linestyle=LINES[target], label=label)
    if point is not None:
        ax.plot(*point, MARKERS[target], color=colour, markeredgecolor="white", markersize=7)


def _thin(values: Numbers) -> NDArray[np.intp]:
    steps = np.linspace(0, len(values) - 1, min(len(values), _CORNERS))
    return np.unique(steps.round().astype(np.intp))
