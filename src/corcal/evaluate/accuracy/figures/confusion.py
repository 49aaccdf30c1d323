"""The four 2x2 tables as shaded squares."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.tables.detection_tables import TITLES
from corcal.evaluate.publish.plot import INK, PAGE_INCHES, Plot, render
from corcal.evaluate.statistics.two_by_two import TwoByTwo
from corcal.evaluate.tables_in.results import TARGETS


def confusion_plot(e: Evaluation) -> Plot | None:
    """Return the 2x2 tables of all targets; None without a patient in any."""
    if not any(d.counts.n for d in e.detection.values()):
        return None

    def draw(figure: Figure) -> None:
        for ax, target in zip(figure.subplots(1, len(TARGETS)), TARGETS, strict=True):
            _draw(ax, e.detection[target].counts)
            ax.set_title(TITLES[target])
            if target != TARGETS[0]:
                ax.set_ylabel("")

    caption = (
        "Patients with and without calcium, predicted by reference; in brackets the share of the "
        "reference's column. Darker: a larger share."
    )
    return render("figure_confusion", caption, draw, size_inches=(PAGE_INCHES, 2.35))


def _draw(ax: Axes, c: TwoByTwo) -> None:
    counts = np.array([[c.tp, c.fp], [c.fn, c.tn]], dtype=np.float64)
    totals = counts.sum(axis=0)
    shares = counts / np.where(totals > 0, totals, 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1.15)
    for (row, column), count in np.ndenumerate(counts):
        share = f"({100 * shares[row, column]:.1f} %)" if totals[column] else "(–)"
        ax.text(
            column,
            row,
            f"{int(count):,}\n{share}",
            ha="center",
            va="center",
            color="white" if shares[row, column] > 0.6 else INK,
        )
    ax.set_xticks([0, 1], ["present", "absent"])
    ax.set_yticks([0, 1], ["present", "absent"], rotation=90, va="center")
    ax.set(xlabel="Reference", ylabel="Predicted")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
