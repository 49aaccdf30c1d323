"""All figures that an evaluation has the data for."""

from __future__ import annotations

from corcal.evaluate.evaluation import Evaluation
from corcal.evaluate.figures.confusion import confusion_plot
from corcal.evaluate.figures.differences import difference_plot
from corcal.evaluate.figures.forest import forest_plots
from corcal.evaluate.figures.roc import roc_plot
from corcal.evaluate.figures.style import Plot
from corcal.evaluate.figures.volumes import volume_plot


def paper_figures(e: Evaluation) -> tuple[Plot, ...]:
    """Return every figure that the data fill."""
    single = (roc_plot(e), confusion_plot(e), volume_plot(e), difference_plot(e))
    return (*(p for p in single if p is not None), *forest_plots(e))
