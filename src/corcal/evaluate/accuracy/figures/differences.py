"""Bland and Altman's plot."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corcal.evaluate.accuracy.evaluation import AMOUNTS, Evaluation
from corcal.evaluate.publish.plot import BAND, COLOURS, INK, PAGE_INCHES, Plot, render
from corcal.evaluate.publish.wording import number
from corcal.evaluate.statistics.agreement.bland_altman import BlandAltman
from corcal.evaluate.statistics.estimate import Numbers

_TITLES = {"agatston": "Agatston score", "volume_mm3": "Volume, mm³"}

#: With more patients, how many fall on a place is shown instead of each.
_POINTS = 3000


def difference_plot(e: Evaluation) -> Plot | None:
    """Return difference against mean of the patient's totals; None without amounts."""
    shown = [m for m in AMOUNTS if _has_limits(e, m)]
    if not shown:
        return None

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(shown), squeeze=False)[0]
        for ax, measure in zip(axes, shown, strict=True):
            first, second = e.pairs.both(measure, "any").sides
            _draw(ax, (first + second) / 2, first - second)
            _limits(ax, e.agreement[measure]["any"].bland_altman)
            ax.set_title(f"{_TITLES[measure]}, whole patient (n = {len(first):,})")
            ax.set(xlabel="Mean of predicted and reference", ylabel="Predicted − reference")

    caption = (
        "Bland–Altman plots: the difference against the mean of both measurements. Solid: bias; "
        "dashed: limits of agreement; bands: their confidence intervals."
    )
    width = PAGE_INCHES if len(shown) > 1 else 0.62 * PAGE_INCHES
    return render("figure_bland_altman", caption, draw, size_inches=(width, 3.2))


def _has_limits(e: Evaluation, measure: str) -> bool:
    of = e.agreement.get(measure, {})
    return "any" in of and of["any"].bland_altman.sd is not None


def _draw(ax: Axes, means: Numbers, differences: Numbers) -> None:
    if len(means) <= _POINTS:
        ax.plot(
            means, differences, "o", color=COLOURS["any"], markersize=3.5, alpha=0.55,
            markeredgewidth=0,
        )  # fmt: skip
    else:
        ax.hexbin(means, differences, gridsize=45, bins="log", mincnt=1, cmap="Blues")


def _limits(ax: Axes, b: BlandAltman) -> None:
    names = (("upper limit", b.upper, "--"), ("bias", b.bias, "-"), ("lower limit", b.lower, "--"))
    for name, e, style in names:
        if e.value is None:
            continue
        if e.low is not None and e.high is not None:
            ax.axhspan(e.low, e.high, color=BAND, alpha=0.7, linewidth=0, zorder=0)
        ax.axhline(e.value, color=INK, linestyle=style, linewidth=1.1)
        ax.annotate(
            f"{name} {number(e.value, 1)}",
            (1, e.value),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 2),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=7.5,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.8},
        )
