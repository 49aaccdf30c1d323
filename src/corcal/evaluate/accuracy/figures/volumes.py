"""Predicted volume by the reference's grade."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corcal.core.artery import Artery
from corcal.core.severity import Severity
from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.publish.plot import COLOURS, INK, PAGE_INCHES, Plot, render
from corcal.evaluate.statistics.estimate import Numbers

#: With more patients a cloud of points hides more than it shows.
_POINTS = 400

#: Below this the axis is linear, so that a volume of 0 has a place: mL.
_LINEAR_ML = 0.01


def volume_plot(e: Evaluation) -> Plot | None:
    """Return the volumes of each grade for the three arteries; None without grades."""
    if not any(s.n for s in e.severity.values()):
        return None
    largest = float(np.nanmax(e.pairs.predicted.volume_mm3[:, : len(Artery)], initial=0)) / 1000

    def draw(figure: Figure) -> None:
        for ax, artery in zip(figure.subplots(1, 3, sharey=True), Artery, strict=True):
            _draw(ax, [_volumes(e, artery.value, g) for g in Severity], COLOURS[artery.value])
            ax.set_title(artery.title)
            ax.set_xlabel("Grade of the reference")
            ax.set_yscale("symlog", linthresh=_LINEAR_ML)
            ax.set_ylim(-0.0015, max(2 * _LINEAR_ML, 1.6 * largest))
            ax.set_yticks(ticks := [0.0, *_decades(largest)], [f"{t:g}" for t in ticks])
            ax.minorticks_off()
            if artery is Artery.RCA:
                ax.set_ylabel("Predicted volume, mL")

    caption = (
        "Predicted calcium volume by the reference's grade. Boxes: quartiles with the median; "
        "whiskers: 5th to 95th percentile; diamonds: means. The axis is linear below "
        f"{_LINEAR_ML:g} mL and logarithmic above."
    )
    return render("figure_volume_by_grade", caption, draw, size_inches=(PAGE_INCHES, 3.1))


def _decades(largest: float) -> list[float]:
    return [t for t in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0) if t <= max(0.01, 1.6 * largest)]


def _volumes(e: Evaluation, artery: str, grade: Severity) -> Numbers:
    volumes = e.pairs.predicted.column("volume_mm3", artery)
    grades = e.pairs.reference.column("grade", artery)
    chosen: Numbers = volumes[(grades == grade) & np.isfinite(volumes)] / 1000
    return chosen


def _draw(ax: Axes, groups: list[Numbers], colour: str) -> None:
    filled = [i for i, g in enumerate(groups) if len(g)]
    if filled:
        _boxes(ax, [groups[i] for i in filled], filled, colour)
    for i in filled:
        if len(groups[i]) <= _POINTS:
            across = i + 0.4 * (_spread(len(groups[i])) - 0.5)
            ax.plot(across, groups[i], ".", color=colour, markersize=3, alpha=0.7, zorder=1)
    ax.set_xlim(-0.6, len(groups) - 0.4)
    labels = [f"{s.word}\nn = {len(g):,}" for s, g in zip(Severity, groups, strict=True)]
    ax.set_xticks(range(len(groups)), labels)


def _boxes(ax: Axes, groups: list[Numbers], places: list[int], colour: str) -> None:
    ax.boxplot(
        groups,
        positions=places,
        widths=0.55,
        whis=(5, 95),
        showfliers=False,
        showmeans=True,
        patch_artist=True,
        boxprops={"facecolor": colour, "alpha": 0.35, "edgecolor": INK},
        medianprops={"color": INK, "linewidth": 1.8},
        meanprops={"marker": "D", "markerfacecolor": "white", "markeredgecolor": INK,
                   "markersize": 5},
    )  # fmt: skip


def _spread(n: int) -> Numbers:
    """Return n places between 0 and 1 that look scattered, the same each time."""
    golden = (5**0.5 - 1) / 2
    return (np.arange(1, n + 1) * golden % 1).astype(np.float64)
