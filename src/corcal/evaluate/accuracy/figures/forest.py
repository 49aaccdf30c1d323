"""Detection stratum by stratum."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corcal.evaluate.accuracy.evaluation import Evaluation, Strata
from corcal.evaluate.accuracy.tables.detection_tables import TITLES, file_part
from corcal.evaluate.publish.plot import COLOURS, INK, MARKERS, SOFT, Plot, render
from corcal.evaluate.publish.wording import figure as said
from corcal.evaluate.publish.wording import state_p
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.group_tests import GroupTest
from corcal.evaluate.tables_in.results import TARGETS

_PANELS = (("sensitivity", "Sensitivity"), ("specificity", "Specificity"), ("kappa", "κ"))
_ROW_INCHES, _INCHES = 0.21, 10.0
_GUIDE: dict[str, Any] = {"linewidth": 0.8, "linestyle": (0, (2, 3)), "zorder": 0}


def forest_plots(e: Evaluation) -> list[Plot]:
    """Return a forest plot for each column that was stratified by."""
    return [_forest(e, column, strata) for column, strata in e.strata.items()]


def _forest(e: Evaluation, column: str, strata: Strata) -> Plot:
    rows = [(t, s) for t in TARGETS for s in (None, *strata.strata)]

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(_PANELS), sharey=True)
        for ax, (name, title) in zip(axes, _PANELS, strict=True):
            for place, (target, stratum) in enumerate(rows):
                estimate = (stratum or e).detection[target].figures[name]
                _whisker(ax, -place, estimate, target, overall=stratum is None)
                n = (stratum or e).detection[target].figures[name].n
                _say(ax, -place, f"{said(estimate)}, {n:,}", overall=stratum is None)
                if stratum is None and estimate.value is not None:
                    ends = [-place, -place - len(strata.strata) - 0.3]
                    ax.plot([estimate.value] * 2, ends, color=COLOURS[target], **_GUIDE)
            _cut_axis(ax, e, strata, name)
            ax.set_title(title, loc="left")
            for i, target in enumerate(TARGETS):
                _say_p(ax, i * (1 + len(strata.strata)), strata.heterogeneity[target].get(name))
            ax.grid(axis="x", color="#e3e8ef", linewidth=0.8)
            ax.set_axisbelow(True)
        labels = [TITLES[t] if s is None else f"{s.value} ({s.n:,})" for t, s in rows]
        axes[0].set_yticks([-i for i in range(len(rows))], labels)
        axes[0].set_ylim(-len(rows) + 0.4, 0.6)
        for text, (_, stratum) in zip(axes[0].get_yticklabels(), rows, strict=True):
            text.set_fontweight("bold" if stratum is None else "normal")

    caption = (
        f"Detection by {column}: figures with their intervals and n; bold, with a vertical line: "
        "all patients; p: that all strata have the same figure. In brackets: patients of the "
        "stratum. A figure without a mark is undefined."
    )
    height = 0.75 + _ROW_INCHES * len(rows)
    name = f"figure_forest_{file_part(column)}"
    return render(name, caption, draw, size_inches=(_INCHES, height))


def _say(ax: Axes, y: float, text: str, *, overall: bool) -> None:
    """Write a row's figure to the right of its panel."""
    weight = "bold" if overall else "normal"
    ax.text(1.02, y, text, transform=ax.get_yaxis_transform(), va="center", fontsize=6,
            fontweight=weight)  # fmt: skip


def _say_p(ax: Axes, row: int, test: GroupTest | None) -> None:
    """Write the p value of heterogeneity over the first stratum of a target."""
    if test is not None:
        ax.text(0.02, -row - 0.5, state_p(test.p), va="center",
                transform=ax.get_yaxis_transform(), fontsize=6, color=SOFT)  # fmt: skip


def _whisker(ax: Axes, y: float, estimate: Estimate, target: str, *, overall: bool) -> None:
    if estimate.value is None:
        return
    colour = COLOURS[target]
    if estimate.low is not None and estimate.high is not None:
        ax.plot(
            [estimate.low, estimate.high], [y, y], color=colour, linewidth=2.4 if overall else 1.3
        )
    ax.plot(
        estimate.value,
        y,
        MARKERS[target],
        color=colour,
        markersize=7 if overall else 4.5,
        markeredgecolor=INK if overall else colour,
        markeredgewidth=0.8,
    )


def _cut_axis(ax: Axes, e: Evaluation, strata: Strata, name: str) -> None:
    """Leave out the empty part on the left."""
    sides = [e.detection, *(s.detection for s in strata.strata)]
    every = [detection[t].figures[name] for detection in sides for t in TARGETS]
    lows = [f.low if f.low is not None else f.value for f in every]
    least = min((x for x in lows if x is not None), default=0.0)
    ax.set_xlim(min(0.9, max(-1.0, least - 0.04)), 1.02)
    ax.axvline(1.0, color=SOFT, linewidth=0.6, zorder=0)
